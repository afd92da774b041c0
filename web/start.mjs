// SPDX-License-Identifier: MIT
// From what a link says to a machine at that moment, and from a machine to the link that says it.

import { isExecutable, isLink, readCpio, writeCpio } from "./cpio.mjs";
import { LENSES, shortened, writeLink } from "./links.mjs";

const ENVIRONMENT = ["PATH=/bin:/sbin:/usr/bin", "HOME=/", "TERM=linux"];
const DEFAULT_MEMORY = 32; // MiB
/** What a recording and a scene have by themselves. */
const OF_A_START = ["bin", "name", "program", "args", "sched", "ram"];
/** What a program needs beside the files that are in memory anyway, MiB. */
const ROOM_TO_WORK = 16;

/** The files that tell init what to run (core/session/overlay.h). */
function programFiles(argv) {
  const lines = (words) => words.map((word) => `${word}\0`).join("");
  return [
    { path: "etc/lucid/mode", bytes: "tty\n" },
    { path: "etc/lucid/env", bytes: lines(ENVIRONMENT) },
    { path: "etc/lucid/argv", bytes: lines(argv) },
  ];
}

/** Whether the machine's own files have a program, by name or path: a file that may be executed, or a link. */
export function hasProgram(root, program) {
  const files = readCpio(root);
  const paths = program.includes("/") ? [program.replace(/^\/+/, "")] : ["bin", "sbin", "usr/bin"].map((folder) => `${folder}/${program}`);
  return paths.map((path) => files.get(path)).some((file) => file && (isExecutable(file) || isLink(file.mode)));
}

/** How the machine of these settings starts: {memory, overlay, commandLine}. own: {files, argv} of a reader's
 *  program (own.mjs). Problems are added where a name means nothing. */
export function startOf(settings, root, problems = [], own = null) {
  let argv = own?.argv;
  if (!argv && settings.program) {
    const { program } = settings;
    if (hasProgram(root, program)) argv = [program, ...settings.args ?? []];
    else problems.push(`program=${shortened(program)}: the machine has no such program; ls /bin in its console lists them.`);
  }
  const quiet = argv ? " quiet" : "";
  const sched = settings.sched ? ` sched=${settings.sched}` : "";
  const overlay = argv ? writeCpio([...own?.files ?? [], ...programFiles(argv)]) : own ? writeCpio(own.files) : null;
  const needed = Math.ceil((root.length + (overlay?.length ?? 0)) / (1 << 20)) + ROOM_TO_WORK;
  let memory = settings.ram ?? Math.max(DEFAULT_MEMORY, needed);
  if (memory < needed - ROOM_TO_WORK / 2) {
    problems.push(`ram=${memory}: these files need ${needed} MiB, so the machine has that.`);
    memory = needed;
  }
  return { memory, overlay, commandLine: `console=ttyS0${quiet}${sched}` };
}

/** The program whose bytes the settings carry, or null. */
async function ownOf({ bin, name = "program", args = [] }, root, problems) {
  if (!bin) return null;
  try {
    const { ownProgram } = await import("./own.mjs");
    return ownProgram(bin, name, args, root);
  } catch (why) {
    problems.push(typeof why === "string" ? why : `${name} could not be read: ${why.message}`);
    return null;
  }
}

/** Boots what the settings ask for. A program that cannot run is a problem, and the shell comes instead. */
export async function boot(machine, settings, problems) {
  if (settings.run) {
    try {
      return void (settings.recorded = machine.bootRecorded(settings.run));
    } catch (error) {
      problems.push(`run: ${error.message}`);
      delete settings.run;
    }
  }
  machine.boot(startOf(settings, machine.root, problems, await ownOf(settings, machine.root, problems)));
}

/** Goes to the moment of the settings. Resolves to whether time should pass from there. */
export async function arrive(machine, settings, problems) {
  show(machine, settings, problems);
  const { recorded, at, time } = settings;
  if (recorded) {
    await machine.toward({ time: recorded.time });
    if (machine.getStateHash() !== recorded.hash) problems.push("run: the link's recording led to another state here than its writer saw.");
  } else {
    if (settings.type) {
      await machine.toward({}); // until the shell waits
      machine.type(settings.type.replace(/\r?\n|\\n/g, "\r"));
    }
    const wanted = at !== undefined ? { instruction: at } : { time };
    if ((at ?? time) !== undefined && !await machine.toward(wanted)) {
      problems.push(`${at !== undefined ? "at" : "time"}=${at ?? time}: the machine stops or waits before that, at instruction ${machine.counters().instruction}.`);
    }
  }
  for (const expression of settings.breaks ?? []) {
    const problem = machine.addBreakpoint(expression);
    if (problem) problems.push(`break=${shortened(expression)}: ${problem.replace(/\.$/, "")}.`);
  }
  return !machine.ofScene && (recorded ?? at ?? time) === undefined;
}

function show(machine, settings, problems) {
  if (settings.speed !== undefined) machine.setSpeed(settings.speed);
  if (settings.panels) {
    const { lens, view } = settings.panels;
    machine.setLens(lens);
    if (view && !machine.setView(lens, view[0].toUpperCase() + view.slice(1))) {
      problems.push(`panels=${LENSES[lens]}.${view}: ${LENSES[lens]} has no such tab.`);
    }
  }
}

/** The link to the machine's present state, to be put behind the page's address: a beat of a scene, or a start and a
 *  time. What was typed or changed makes it a recording, which replays in this version of the page. */
export async function linkOf(machine, settings) {
  const { lens, view } = machine.view();
  const now = { ...settings, panels: { lens, view: view.toLowerCase() }, speed: machine.speed || undefined, breaks: machine.breakpoints() };
  for (const key of ["at", "time", "to", "type", "run", "recorded", "scene", "beat", "parent"]) delete now[key];
  const scene = machine.scene();
  if (scene?.atBeat) {
    for (const key of OF_A_START) delete now[key];
    Object.assign(now, { scene: scene.id, beat: scene.beat });
  } else if (machine.ofScene || machine.commandCount > 0 || settings.run) {
    for (const key of OF_A_START) delete now[key];
    now.run = machine.packedRun();
  } else now.time = machine.counters().time;
  return writeLink(now);
}

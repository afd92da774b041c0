// SPDX-License-Identifier: MIT
// The dozen calls that drive a machine from outside: the same in node, in the page and, through
// messages, in the element (types: embed.d.ts). All but on() are promises; what makes no sense is a
// rejection that says so, and changes nothing.

import { VERSION, shortened, splitWords } from "./links.mjs";
import { GRAINS, tellAll } from "./machine.mjs";
import { EventCount, fits, isCount, KINDS, MOST_INSTRUCTIONS, placeOf } from "./places.mjs";
import { arrive, boot, hasProgram } from "./start.mjs";

export { VERSION };
export const CALLS = ["play", "pause", "step", "stepBack", "seek", "loadScene", "loadProgram", "type", "highlight", "getState"];
export const EVENTS = ["ready", "beat", "fork", "exec", "exit", "pagefault", "cow", "syscall", "switch", "console", "resize", "error"];

const MOST_TYPED = 65536;
const SEARCH_STEP = 500_000; // instructions between two looks for an event

function demand(holds, what) {
  if (!holds) throw new TypeError(what);
}
const isWhole = (n, least, most) => Number.isInteger(n) && n >= least && n <= most;
const isText = (value, most) => typeof value === "string" && value.length <= most;
const isWords = (words) => Array.isArray(words) && words.length <= 100 && words.every((word) => isText(word, 1000) && !word.includes("\0"));

function wordsOf(line) {
  try {
    return splitWords(line);
  } catch (why) {
    throw new TypeError(`loadProgram: ${line} ${why}`);
  }
}

export class Api {
  #machine;
  #scenes;
  #listeners = new Map();
  #busy = Promise.resolve();
  settings = {}; // what the machine started with

  /** scenes.load(id, beat): what shows a scene, where there is a page. */
  constructor(machine, scenes = { load: (id, beat) => machine.loadScene(id, beat) }) {
    this.#machine = machine;
    this.#scenes = scenes;
    machine.on("console", (text) => this.emit("console", text));
    machine.on("beat", (beat) => this.emit("beat", beat));
    machine.on("stop", () => {
      const { over, deathReason } = machine.getState();
      if (over && deathReason) this.emit("error", { message: deathReason });
    });
  }
  get version() {
    return VERSION;
  }

  /** For hosts: boots what settings say (links.mjs); arrive() goes to its moment. */
  async boot(settings, problems) {
    this.settings = settings;
    const { run, scene, beat = 1 } = settings;
    if (scene && !run) {
      if (this.#scenes.load(scene, beat)) return;
      problems.push(`scene=${scene}: there is no scene of that name with a beat ${beat}.`);
    }
    await boot(this.#machine, settings, problems);
  }
  /** Resolves to whether time should pass from there. */
  async arrive(problems) {
    const { at, run, time, to } = this.settings;
    const runs = await arrive(this.#machine, this.settings, problems);
    if (!to || (at ?? run ?? time) !== undefined) return runs;
    if (!await this.seek(to)) problems.push(`to=${to}: the machine stops or waits before that.`);
    return false;
  }
  /** For hosts: tells the listeners. */
  emit(event, detail) {
    tellAll(this.#listeners.get(event), detail);
  }

  async play() {
    this.#machine.run();
  }
  async pause() {
    this.#machine.pause();
  }
  async step(grain = "instruction") {
    demand(GRAINS.includes(grain), `step: a grain is one of: ${GRAINS.join(", ")}`);
    this.#machine.step(grain);
  }
  async stepBack(grain = "instruction") {
    demand(GRAINS.includes(grain), `stepBack: a grain is one of: ${GRAINS.join(", ")}`);
    return this.#machine.stepBack(grain);
  }
  /** Resolves to whether it got there. */
  seek(target) {
    return this.#inTurn(async () => {
      const machine = this.#machine;
      const wish = typeof target === "string" ? placeOf(target) : target;
      demand(["idle", "scene", "event", "instruction", "time"].some((key) => wish?.[key] !== undefined), 'seek: where to? "cow:3", "@120000", "fork#2", "idle", {instruction}, {time} or {event, count}');
      if (wish.idle) {
        await machine.toward({});
        const { halted, over } = machine.getState();
        return halted || over;
      }
      if (wish.scene !== undefined) {
        demand(isText(wish.scene, 40) && isWhole(wish.beat ?? 1, 1, 999), "seek: a scene has a name, and a beat a whole number from 1");
        return this.#load(wish.scene, wish.beat);
      }
      if (wish.event !== undefined) {
        demand(Object.hasOwn(KINDS, wish.event), `seek: an event is one of: ${Object.keys(KINDS).join(", ")}`);
        demand(isCount(wish.count ?? 1), "seek: count is a whole number from 1 to 100000");
        return this.#toEvent(wish.event, wish.count ?? 1);
      }
      if (wish.instruction !== undefined) {
        demand(isWhole(wish.instruction, 0, MOST_INSTRUCTIONS), `seek: instruction is a whole number up to ${MOST_INSTRUCTIONS}`);
        return machine.toward({ instruction: wish.instruction });
      }
      demand(isWhole(wish.time, 0, 1e15), "seek: time is a whole number of ticks");
      return machine.toward({ time: wish.time });
    });
  }
  loadScene(id, beat = 1) {
    return this.#inTurn(async () => {
      demand(isText(id, 40), "loadScene: the scene's name is missing");
      demand(isWhole(beat, 1, 999), "loadScene: a beat is a whole number from 1");
      demand(this.#load(id, beat), `loadScene: there is no scene ${shortened(id)} with a beat ${beat}`);
    });
  }
  /** A name of one of the machine's programs, or the bytes of an ELF, tar or cpio file. */
  loadProgram(program, argv = []) {
    return this.#inTurn(async () => {
      const args = typeof argv === "string" ? wordsOf(argv) : argv;
      demand(isWords(args), "loadProgram: argv is a list of words");
      const bytes = program instanceof ArrayBuffer ? new Uint8Array(program) : program;
      const problems = [];
      const kept = this.#kept();
      if (bytes instanceof Uint8Array) {
        const { ownProgram } = await import("./own.mjs");
        const name = args[0] ?? "program";
        try {
          ownProgram(bytes, name, [], this.#machine.root); // what cannot run leaves the machine as it is
        } catch (why) {
          throw typeof why === "string" ? new TypeError(`loadProgram: ${why}`) : why;
        }
        await this.boot({ ...kept, bin: bytes, name, args: args.slice(1) }, problems);
      } else {
        demand(isText(program, 200) && /^[\x21-\x7e]+$/.test(program), "loadProgram: a program is a name, or the bytes of a file");
        demand(hasProgram(this.#machine.root, program), `loadProgram: the machine has no program ${shortened(program)}`);
        await this.boot({ ...kept, program, args }, problems);
      }
      await this.arrive(problems);
      if (problems.length > 0) throw new TypeError(`loadProgram: ${problems.join(" ")}`);
    });
  }
  /** As if at the keyboard of the console; "\n" is Enter. In the past that begins another future. */
  async type(text) {
    demand(isText(text, MOST_TYPED), `type: a text of at most ${MOST_TYPED} characters`);
    this.#machine.type(text.replace(/\r?\n/g, "\r"));
  }
  async highlight(thing = "") {
    demand(isText(thing, 300) && this.#machine.highlight(thing),
      'highlight: "pid 3", "address 3 0x401000", "frame 500", "line samples/hello/hello.c:12", or "" for nothing');
  }
  /** With {maps: true | pid} also the memory maps, with {since: number} the events from that number on. */
  async getState(options) {
    const { maps = false, since } = options ?? {};
    demand(typeof maps === "boolean" || isWhole(maps, 0, 2 ** 31), "getState: maps is true, or the number of a process");
    const state = this.#machine.getState();
    const pids = maps === true ? state.processes.map((process) => process.pid) : maps === false ? [] : [maps];
    if (pids.length > 0) state.maps = Object.fromEntries(pids.map((pid) => [pid, this.#machine.getMap(pid).areas]));
    if (since !== undefined) {
      demand(isWhole(since, 0, 1e15), "getState: since is the number of an event");
      const { events, next } = this.#machine.eventsFrom(since);
      Object.assign(state, { eventsSince: events, nextEvent: next });
    }
    state.hash = this.#machine.getStateHash();
    return state;
  }
  /** Calls listener(detail) until the function that is returned is called. */
  on(event, listener) {
    demand(EVENTS.includes(event), `on: an event is one of: ${EVENTS.join(", ")}`);
    demand(typeof listener === "function", "on: the listener is a function");
    if (!this.#listeners.has(event)) {
      this.#listeners.set(event, new Set());
      if (KINDS[event]) this.#machine.on(KINDS[event], (detail) => { if (fits(event, detail)) this.emit(event, detail); });
    }
    this.#listeners.get(event).add(listener);
    if (event === "ready") queueMicrotask(() => listener({ version: VERSION }));
    return () => this.#listeners.get(event).delete(listener);
  }

  #load(id, beat) {
    if (!this.#scenes.load(id, beat)) return false;
    this.settings = this.#kept(); // whatever it started with, it is the scene's machine now
    return true;
  }
  #kept() {
    const { theme, controls, lang, embed, parent, autoplay } = this.settings;
    return { theme, controls, lang, embed, parent, autoplay };
  }
  /** To right after the n-th event of a kind since the program began. */
  async #toEvent(name, count) {
    const machine = this.#machine;
    const counts = new EventCount();
    let next = 0;
    if (machine.inPast) machine.seek(machine.counters().end);
    for (;;) {
      const { events, next: after } = machine.eventsFrom(next);
      next = after;
      for (const event of events) {
        if (counts.add(event).some(([each, soFar]) => each === name && soFar === count)) return machine.toward({ time: event.time + 1 });
      }
      if (events.length > 0) continue;
      const { instruction } = machine.counters();
      if (instruction > MOST_INSTRUCTIONS || !await machine.toward({ instruction: instruction + SEARCH_STEP })) {
        if (machine.eventsFrom(next).events.length === 0) return false;
      }
    }
  }
  /** Calls that take a while do not overlap. */
  #inTurn(call) {
    const turn = this.#busy.then(call);
    this.#busy = turn.catch(() => {});
    return turn;
  }
}

// SPDX-License-Identifier: MIT
// The page: loads the machine, lays the DOM parts over the places the panels leave for them, and
// joins controls, keys and theme to it.

import { address } from "./address.mjs";
import { Api } from "./api.mjs";
import { Assembler } from "./assembler.mjs";
import { instantiate } from "./code.mjs";
import { Console } from "./console.mjs";
import { elementCalls, joinEmbed } from "./embed.mjs";
import { asked, isYes, readLink } from "./links.mjs";
import { Machine } from "./machine.mjs";
import { describe } from "./now.mjs";
import { Port } from "./port.mjs";
import { joinReader, showProblems } from "./reader.mjs";
import { Scenes } from "./scenes.mjs";
import { Transport } from "./transport.mjs";

const $ = (selector) => document.querySelector(selector);
const canvas = $("#canvas");
const stage = $("#stage");
const LENS_CONSOLE = 5;

function notice(text, bad = false) {
  $("#notice").hidden = text === "";
  $("#notice").textContent = text;
  $("#notice").classList.toggle("bad", bad);
}

/** A word that goes away by itself. */
function flash(text) {
  const toast = $("#toast");
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(flash.timer);
  flash.timer = setTimeout(() => { toast.hidden = true; }, 1600);
}

// --- theme ---
const systemDark = matchMedia("(prefers-color-scheme: dark)");
const embedded = isYes(asked(location, "embed"));
document.documentElement.classList.toggle("embed", embedded);
const port = new Port(asked(location, "parent"));
let theme = ["light", "dark"].find((each) => each === asked(location, "theme")) ?? "auto";
const isDark = () => (theme === "auto" ? systemDark.matches : theme === "dark");
const showTheme = () => { document.documentElement.dataset.theme = isDark() ? "dark" : "light"; };
showTheme();

function useFonts(machine) {
  [["Inter", "400"], ["Inter", "600"], ["JetBrains Mono", "400"]].forEach(([family, weight], which) => {
    document.fonts.add(new FontFace(family, machine.font(which), { weight }));
  });
}

/** Puts the DOM parts where the panels leave room, and tells the panels how tall they are. */
class Placement {
  #machine;
  #told = "";
  #placed = "";

  constructor(machine) {
    this.#machine = machine;
    const observer = new ResizeObserver(() => this.measure());
    observer.observe($("#story .inner"));
    observer.observe($("#transport .inner"));
    new ResizeObserver(() => this.resize()).observe(stage);
    this.#watchPixelRatio();
    machine.on("frame", () => this.place());
    $("#story").addEventListener("scroll", () => this.hintMore(), { passive: true });
    for (const type of ["focusin", "focusout"]) $("#console").addEventListener(type, () => this.measure());
  }

  resize() {
    this.#machine.resize(stage.clientWidth, stage.clientHeight, devicePixelRatio);
  }

  measure() {
    this.hintMore();
    const heights = [$("#story .inner").offsetHeight || 120, $("#transport .inner").offsetHeight || 36];
    const focused = $("#console").contains(document.activeElement);
    const told = [...heights, isDark(), focused].join();
    if (told === this.#told) return;
    this.#told = told;
    this.#machine.setPage(...heights, isDark(), focused);
  }

  /** Words of the story that its card has no room for. */
  hintMore() {
    const story = $("#story");
    story.classList.toggle("more", story.scrollTop + story.clientHeight < story.scrollHeight - 2);
  }

  place() {
    const places = this.#machine.places();
    const placed = JSON.stringify(places);
    if (placed === this.#placed) return;
    this.#placed = placed;
    for (const id of ["story", "transport", "console", "breakpoint", "assembler"]) {
      const { x, y, w, h } = places[id];
      const element = document.getElementById(id);
      element.hidden = w <= 0 || h <= 0;
      Object.assign(element.style, { left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${h}px` });
    }
    this.measure();
  }

  #watchPixelRatio() {
    matchMedia(`(resolution: ${devicePixelRatio}dppx)`).addEventListener("change", () => {
      this.resize();
      this.#watchPixelRatio();
    }, { once: true });
  }
}

function joinCanvas(machine) {
  for (const type of ["pointermove", "pointerdown", "pointerup", "pointerleave", "wheel", "keydown", "keyup",
    "touchstart", "touchmove", "touchend"]) {
    canvas.addEventListener(type, () => machine.kick(), { passive: true });
  }
  canvas.addEventListener("pointerdown", () => canvas.focus({ preventScroll: true }));
  const moves = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", PageUp: "scrollUp", PageDown: "scrollDown" };
  // SDL takes every key from the page; it gets none that the page or the browser has a use for.
  canvas.addEventListener("keydown", (event) => {
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    const what = event.key === "Enter" ? (event.shiftKey ? "ask" : "click") : moves[event.key];
    if (what && !modified) {
      event.preventDefault();
      machine.point(what);
    }
    if (event.key === "Escape") canvas.blur();
    if (event.key.length > 1 || event.key === " " || modified) event.stopImmediatePropagation();
  }, { capture: true });
  canvas.addEventListener("contextmenu", (event) => event.preventDefault()); // it copies values
  canvas.addEventListener("webglcontextlost", (event) => {
    event.preventDefault(); // else it never comes back
    machine.contextLost();
  });
  canvas.addEventListener("webglcontextrestored", () => machine.contextRestored());
}

function joinKeys(transport, terminal, scenes) {
  const actions = {
    " ": () => transport.toggle(),
    F7: (event) => transport.act(event.shiftKey ? "stepBack" : "step"),
    F8: (event) => transport.act(event.shiftKey ? "stepOverBack" : "stepOver"),
    "`": () => terminal.show(),
    n: () => scenes.go(1),
    p: () => scenes.go(-1),
    "?": () => $("#help").showModal(),
  };
  canvas.addEventListener("keydown", onKey, { capture: true });
  document.addEventListener("keydown", onKey);
  function onKey(event) {
    const target = event.target;
    const writing = target instanceof HTMLElement && target.closest("textarea, input, select, dialog");
    const pressing = event.key === " " && target instanceof HTMLElement && target.closest("button");
    if (writing || pressing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const action = actions[event.key] ?? actions[event.key.toLowerCase()]; // with capitals locked, too
    if (!action) return;
    event.preventDefault();
    action(event);
  }
}

/** Asks before a recorded future is given up; resolves to whether to go on. */
function mayChangeThePast(machine) {
  if (!machine.inPast) return true;
  const dialog = $("#another-future");
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      if (dialog.returnValue === "end") machine.seek(machine.counters().end);
      resolve(dialog.returnValue === "here" || dialog.returnValue === "end");
    }, { once: true });
  });
}

/** Asks before the machine begins anew with another program. */
function mayRestart() {
  const dialog = $("#restart");
  if (!dialog.open) dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "restart"), { once: true });
  });
}

/** Every control as the document has it. */
function resetControls() {
  document.activeElement?.blur(); // what is typed is meant for the machine that was here
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close("cancel");
  for (const form of document.forms) form.reset();
  $("#grain").selectedIndex = 0;
  $("#console textarea").value = "";
  $("#speed").value = $("#speed").defaultValue;
  $("#speed").dispatchEvent(new Event("input"));
  for (const id of ["#tables", "#problems", "#toast"]) $(id).hidden = true;
  notice("");
}

/** From the second visit on the page needs no network (sw.js). */
function workOffline() {
  if (!isSecureContext || origin === "null") return; // a sandbox has none
  navigator.serviceWorker?.register("sw.js").catch(() => {}); // not in every frame, nor in every mode of a browser
}

async function start() {
  const [machine, link] = await Promise.all([Machine.create({ canvas, address, instantiate: () => instantiate(canvas, address) }), readLink(location)]);
  let { settings, problems } = link;
  const scenes = new Scenes(machine, { story: $("#story"), menu: $("#scenes") });
  const api = new Api(machine, scenes);
  await api.boot(settings, problems);
  useFonts(machine);
  const terminalView = new Console($("#console"), async (text) => {
    if (!await mayChangeThePast(machine)) return;
    machine.type(text);
    transport.ensureRunning();
  }, {
    read: (since) => machine.consoleSince(since),
    paste: (text) => machine.pasted(text),
    fit: (rows, columns) => machine.fitConsole(rows, columns),
    alone: () => !embedded && machine.places().narrow,
  });
  const transport = new Transport(machine, $("#stage"), $("#reset-header"));
  const terminal = {
    show() {
      if (machine.places().narrow) machine.setLens(LENS_CONSOLE);
      requestAnimationFrame(() => requestAnimationFrame(() => terminalView.focus()));
    },
  };
  for (const event of ["console", "consolesize"]) machine.on(event, () => terminalView.changed());
  machine.on("jump", () => {
    terminalView.reset();
    notice("");
  });
  machine.on("copy", (text) => {
    navigator.clipboard?.writeText(text).then(() => flash(`copied ${text}`), () => flash(`could not copy ${text}`));
  });
  machine.on("savewish", (format) => {
    const name = format === "perfetto" ? "lucid86-trace.json" : "lucid86-events.jsonl";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([machine.eventsText(format)]));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    flash(`saved ${name}`);
  });
  machine.on("pokewish", async ({ address, value }) => {
    if (await mayChangeThePast(machine)) machine.poke(address, value);
  });
  machine.on("settingswish", async (words) => {
    if (await mayChangeThePast(machine)) machine.changeSettings(words);
  });
  const box = $("#breakpoint input");
  $("#breakpoint").addEventListener("submit", (event) => {
    event.preventDefault();
    if (box.value.trim() && machine.enterBreakpoint(box.value)) box.value = "";
  });
  machine.on("draft", (text) => {
    box.value = text;
    box.focus();
  });
  new Assembler(machine, $("#assembler"), {
    mayChange: () => mayChangeThePast(machine),
    mayRestart,
    async run(elf) {
      await api.loadProgram(elf, ["assembled"]);
      notice("");
      machine.run();
    },
  });
  machine.on("consolewish", () => terminalView.focus());
  machine.on("stop", () => {
    const state = machine.getState();
    if (state.over) notice(`${state.deathReason || `The machine is off; its last exit status is ${state.exitStatus}.`} Reset starts it again.`);
  });

  let said = "";
  let sayTimer = 0;
  const say = () => {
    sayTimer = 0;
    const parts = describe(machine.getState());
    const live = machine.running ? "off" : "polite"; // nobody wants to hear each turn of a machine that runs
    const text = [live, ...parts].join("|");
    if (text === said) return;
    said = text;
    const strong = document.createElement("b");
    strong.textContent = parts[0];
    $("#story .now").setAttribute("aria-live", live);
    $("#story .now").replaceChildren(strong, parts[1]);
  };
  machine.on("change", () => { sayTimer ||= setTimeout(say, machine.running ? 400 : 30); });

  if (!machine.open(stage.clientWidth, stage.clientHeight, devicePixelRatio)) {
    throw new Error("This browser gives the page no WebGL 2, which the pictures need.");
  }
  const placement = new Placement(machine);
  placement.measure();
  joinKeys(transport, terminal, scenes); // before joinCanvas, which keeps keys from going further
  joinCanvas(machine);
  const themeChanged = () => {
    showTheme();
    placement.measure();
  };
  systemDark.addEventListener("change", themeChanged);
  $("#theme").addEventListener("click", () => {
    theme = isDark() ? "light" : "dark";
    themeChanged();
  });
  $("#help-button").addEventListener("click", () => $("#help").showModal());
  for (const button of document.querySelectorAll("[data-type]")) {
    button.addEventListener("click", () => {
      machine.type(`${button.dataset.type}\r`);
      transport.ensureRunning();
    });
  }
  notice("");
  joinReader(machine, api, { notice, flash });
  if (embedded) joinEmbed(machine, { canvas, api, port, flash });
  const arrive = async () => {
    document.documentElement.dataset.controls = settings.controls ?? "";
    const runs = await api.arrive(problems);
    showProblems(problems);
    machine.frameNow(); // before time passes
    if (runs && settings.autoplay !== false) machine.run();
  };
  await arrive();
  const become = async (another) => {
    ({ settings, problems } = await readLink(another));
    resetControls();
    theme = settings.theme ?? "auto";
    scenes.forget();
    machine.beginAnew();
    await api.boot(settings, problems);
    themeChanged();
    await arrive();
  };
  port.serve(api, embedded ? elementCalls(machine, api, port, become) : {});
  return machine;
}

start().then((machine) => {
  window.lucid86 = machine;
  document.dispatchEvent(new CustomEvent("lucid86:ready", { detail: machine }));
  machine.sources.then(workOffline); // all is loaded: now what else the worker wants
}, (error) => {
  notice(`The machine could not start. ${error.message}`, true);
  port.fail(error.message);
});

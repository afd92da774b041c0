// SPDX-License-Identifier: MIT
// The machine in a page: loads WebAssembly, owns the animation frames, and is the API of
// `window.lucid86` (types: lucid86.d.ts). Frames are asked for only while something changes.

import { unpack } from "./unpack.mjs";

const encoder = new TextEncoder();
const SLICE_MS = 6;
const MOST_BETWEEN_MS = 40; // a browser that draws more slowly than this needs the processor itself
const TOWARD_MS = 24;
const MOST_WITHOUT_SOURCES_MS = 2000; // after which they are loaded in the midst of other work
const [ARRIVED, ON_THE_WAY] = [0, 1]; // web/host.h, Toward
const WATCHED = "fork exec exit reap panic power-off";

/** How far a step goes, as core/session/grain.h has them. */
export const GRAINS = [
  "instruction", "system call", "fault", "interrupt", "switch", "process",
  "line", "line over", "out", "return",
];
function grainNumber(name) {
  const number = GRAINS.indexOf(name);
  if (number < 0) throw new RangeError(`no step is called ${name}; there are: ${GRAINS.join(", ")}`);
  return number;
}

/** Calls all listeners of a Set. What goes wrong in one is its own: it is reported, and nothing else stops for it. */
export function tellAll(listeners, detail) {
  for (const listener of listeners ?? []) {
    try {
      listener(detail);
    } catch (error) {
      queueMicrotask(() => { throw error; });
    }
  }
}

export async function fetched(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} could not be loaded (HTTP status ${response.status})`);
  return response;
}
const bytes = async (url) => new Uint8Array(await (await fetched(url)).arrayBuffer());

/** "text …", "bytes …" or "show LINE COLUMN LENGTH" as an object. */
function sourceWish(wish) {
  const [, kind, rest] = /^(\w+) ([^]*)$/.exec(wish);
  if (kind !== "show") return { [kind]: rest };
  const [line, column, length] = rest.split(" ").map(Number);
  return { line, column, length };
}

/** Outside a page there are no frames: at once. */
const nextFrame = globalThis.requestAnimationFrame ?? ((take) => setTimeout(take));

export class Machine {
  #wasm;
  #canvas;
  #kernel;
  root; // the archive of its files
  #pack = null; // source lines
  #readSources = null; // not yet asked for
  #towards = 0; // calls of toward()
  #listeners = new Map();
  #frameAsked = 0;
  #timer = 0;
  #outputSeen = 0;
  #fitted = false; // the console was given a size
  #jumps = 0;
  #decoder = new TextDecoder();
  #revision = -1;
  #wasRunning = false;
  #text = "";
  #between = new MessageChannel();
  #frameBegan = 0;
  #busy = false; // a message is on its way through #between
  #isHeld = false; // the first frame is on its way to the screen
  speed = 0; // as setSpeed() has it
  frameCount = 0; // animation frames taken, drawn or not
  sources = Promise.resolve(false); // true once source lines are there
  ofScene = false; // booted by a scene, which may have been left since

  /** Loads all; boot() is next. `base` is the folder of lucid86.wasm, kernel.pack, root.pack,
   *  sources.pack and, if it has scenes, scenes.txt; `address(file)` says where else one of them is. `instantiate()`
   *  makes the module (code.mjs); outside a page `read(url)` gets their bytes. */
  static async create({ base = ".", canvas = null, address = (file) => `${base}/${file}`, read = bytes, instantiate }) {
    const unpacked = async (file) => unpack(await read(address(file)));
    const [kernel, root, wasm, scenes] = await Promise.all([unpacked("kernel.pack"), unpacked("root.pack"), instantiate(), read(address("scenes.txt")).catch(() => [])]);
    const machine = new Machine(wasm, kernel, root, canvas);
    machine.#with(scenes, (at) => wasm._lucid_load_scenes(at, scenes.length));
    globalThis.document?.addEventListener("visibilitychange", () => machine.kick());
    machine.#readSources = () => read(address("sources.pack"));
    return machine;
  }

  constructor(wasm, kernel, root, canvas) {
    this.#wasm = wasm;
    this.#canvas = canvas;
    this.#kernel = kernel;
    this.root = root;
    this.#between.port1.onmessage = () => this.#runBetweenFrames();
    this.#between.port1.unref?.(); // node: it keeps no process alive
  }

  // --- beginnings ---
  /** Another machine in place of this one: `memory` in MiB, `overlay` a cpio archive laid over the root. */
  boot({ memory = 32, overlay = null, commandLine = "" } = {}) {
    this.#bootWith((kernel, root) => this.#with(overlay ?? [], (over) => this.#withText(commandLine, (line) =>
      this.#wasm._lucid_boot(...kernel, ...root, memory, over, overlay?.length ?? 0, line))));
  }
  /** The beginning of a run that packedRun() gave; says where it ended: {time, hash}. */
  bootRecorded(packed) {
    this.#bootWith((kernel, root) => this.#with(packed, (at) =>
      this.#wasm._lucid_boot_recorded(...kernel, ...root, at, packed.length)));
    return { time: this.#wasm._lucid_recorded_time(), hash: this.#string(this.#wasm._lucid_recorded_hash()) };
  }
  #bootWith(boot, ofScene = false) {
    const problem = this.#withFiles((kernel, root) => this.#string(boot(kernel, root)));
    if (problem) throw new Error(problem);
    this.ofScene = ofScene;
    this.#jumps = NaN; // what was seen is of another machine
    this.#watch();
    if (this.#pack) this.#useSources();
    else if (this.#readSources) this.sources = this.#loadSources(this.#readSources);
    this.#readSources = null;
    this.#emit("reset");
    this.#settle();
  }
  /** What readers have chosen and done is forgotten, and whoever is on the way somewhere does not get there; another
   *  machine comes next. */
  beginAnew() {
    ++this.#towards;
    this.#wasm._lucid_begin_anew();
  }
  // --- scenes ---
  /** All scenes: [{id, title, summary, chapter, chapterTitle, beats}]. */
  sceneList() {
    return JSON.parse(this.#string(this.#wasm._lucid_scenes()));
  }
  /** Another machine in place of this one, at a beat of a scene, from 1. */
  openScene(id, beat = 1) {
    this.#bootWith((kernel, root) => this.#withText(id, (name) => this.#wasm._lucid_open_scene(...kernel, ...root, name)), true);
    this.goToBeat(beat);
  }
  /** The same, but a scene that plays already goes on; false when there is none such. */
  loadScene(id, beat = 1) {
    if (beat > this.#withText(id, (name) => this.#wasm._lucid_scene_beats(name))) return false;
    if (this.scene()?.id === id) this.goToBeat(beat);
    else this.openScene(id, beat);
    return true;
  }
  /** Of the scene that plays, from wherever now is; emits "beat". */
  goToBeat(beat) {
    const problem = this.#string(this.#wasm._lucid_go_to_beat(beat));
    if (problem) throw new Error(problem);
    this.#settle();
    const now = this.scene();
    this.#emit("beat", { scene: now.id, beat: now.beat, caption: now.caption });
  }
  /** The beat gone to last (types: lucid86.d.ts, Beat), or null when no scene plays. */
  scene() {
    return JSON.parse(this.#string(this.#wasm._lucid_scene()));
  }
  /** The machine stays as it is. */
  leaveScene() {
    this.#wasm._lucid_leave_scene();
    this.kick();
  }

  /** The run up to now as bytes; small, for it is what was typed and a few hashes. */
  packedRun() {
    return this.#withFiles((kernel, root) => {
      const at = this.#wasm._lucid_packed_run(...kernel, ...root);
      return this.#wasm.HEAPU8.slice(at, at + this.#wasm._lucid_text_size());
    });
  }
  #withFiles(use) {
    return this.#with(this.#kernel, (k) => this.#with(this.root, (r) => use([k, this.#kernel.length], [r, this.root.length])));
  }
  /** How often something was typed or changed from outside since the boot. */
  get commandCount() {
    return this.#wasm._lucid_command_count();
  }

  /** Source lines come when the machine runs already; without them all but their names works. */
  async #loadSources(read) {
    await new Promise((idle) => (globalThis.requestIdleCallback ?? setTimeout)(idle, { timeout: MOST_WITHOUT_SOURCES_MS }));
    this.#pack = await read().catch(() => null);
    return this.#pack !== null && this.#useSources();
  }
  #useSources() {
    const known = this.#with(this.#pack, (at) => Boolean(this.#wasm._lucid_set_sources(at, this.#pack.length)));
    this.#settle();
    return known;
  }

  // --- transport ---
  run() {
    this.#wasm._lucid_run();
    this.kick();
    this.#frameBegan = performance.now();
    this.#keepRunning();
  }
  pause() {
    this.#wasm._lucid_pause();
    this.kick();
  }
  /** To the next moment of a kind: see GRAINS. */
  step(grain = "instruction") {
    this.#wasm._lucid_step(grainNumber(grain));
    this.#settle();
  }
  stepOver() {
    this.#wasm._lucid_step_over();
    this.#settle();
  }
  /** To the last moment of a kind; false when there is none. */
  stepBack(grain = "instruction") {
    const moved = Boolean(this.#wasm._lucid_step_back(grainNumber(grain)));
    this.#settle();
    return moved;
  }
  /** To a time (ticks of 10 ns) of the recorded run. */
  seek(time) {
    this.#wasm._lucid_seek(time);
    this.#settle();
  }
  /** Runs as fast as it goes until an instruction or a time (ticks), letting the page live; false when the machine
   *  stops before, or has nothing left to do. A later call ends an earlier one. */
  async toward({ instruction = -1, time = -1 }) {
    const turn = ++this.#towards;
    for (;;) {
      const outcome = this.#wasm._lucid_toward(instruction, time, TOWARD_MS);
      this.#settle();
      if (outcome !== ON_THE_WAY) return outcome === ARRIVED;
      await new Promise((resolve) => setTimeout(resolve));
      if (turn !== this.#towards) return false;
    }
  }
  /** Now is before the end of the recorded run: what is typed now starts another future. */
  get inPast() {
    return Boolean(this.#wasm._lucid_in_past());
  }
  reset() {
    this.#wasm._lucid_reset();
    this.#emit("reset");
    this.#settle();
  }
  /** Instructions per second; 0 = as fast as it goes. */
  setSpeed(instructionsPerSecond) {
    this.speed = instructionsPerSecond;
    this.#wasm._lucid_set_speed(instructionsPerSecond);
    this.#emit("speed");
    this.kick();
  }
  get running() {
    return Boolean(this.#wasm._lucid_running());
  }
  /** Sends text to the console's serial line, as a keyboard would. */
  type(text) {
    const data = encoder.encode(text);
    this.#with(data, (at) => this.#wasm._lucid_type(at, data.length));
    this.kick();
  }

  // --- looking ---
  /** The two clocks, cheaply: instructions retired and ticks of 10 ns. */
  counters() {
    return { instruction: this.#wasm._lucid_instruction(), time: this.#wasm._lucid_time(), end: this.#wasm._lucid_end_time() };
  }
  getState() {
    return {
      ...JSON.parse(this.#string(this.#wasm._lucid_state())),
      running: this.running,
      console: this.#text,
      framesDrawn: this.#wasm._lucid_frames_drawn(),
      frames: this.frameCount,
    };
  }
  getMap(pid) {
    return JSON.parse(this.#string(this.#wasm._lucid_memory_map(pid)));
  }
  /** The page walk of an address (number, BigInt or "0x…") in a process; pid 0 = the present CR3. */
  getWalk(pid, address) {
    const value = BigInt.asUintN(64, BigInt(address));
    return JSON.parse(this.#string(this.#wasm._lucid_walk(pid, Number(value >> 32n), Number(value & 0xffffffffn))));
  }
  getStateHash() {
    return this.#string(this.#wasm._lucid_state_hash());
  }

  /** Recorded events up to now from a number on, at most a thousand of them, and the number that comes after. */
  eventsFrom(number) {
    const first = Math.max(number, this.#wasm._lucid_event_first());
    const events = JSON.parse(this.#string(this.#wasm._lucid_events_from(first)));
    return { events, next: Math.max(number, Math.min(this.#wasm._lucid_event_count(), first + events.length)) };
  }

  // --- the assembler's boxes (assembler.mjs) ---
  /** What the assembler made of the boxes; gives the text for the one that was not written in. */
  setDraft(packed) {
    const other = this.#with(packed, (at) => this.#string(this.#wasm._lucid_set_draft(at, packed.length)));
    this.kick();
    return other;
  }
  setDraftLine(line) {
    this.#wasm._lucid_draft_line(line);
    this.kick();
  }
  /** Where the next instruction lies: {high, low, bits}. */
  codeDue() {
    const [high, low, bits] = this.#string(this.#wasm._lucid_code_due()).split(" ").map(Number);
    return { high, low, bits };
  }
  /** Writes the assembler's result for that place there, in the past as another future. False: the panel says why not. */
  patch(result) {
    const written = this.#with(result, (at) => Boolean(this.#wasm._lucid_patch(at, result.length)));
    this.#settle();
    return written;
  }

  // --- what links say ---
  /** "" or what is wrong with the expression. */
  addBreakpoint(expression) {
    const problem = this.#withText(expression, (at) => this.#string(this.#wasm._lucid_add_breakpoint(at)));
    this.#settle();
    return problem;
  }
  /** From the box over the panel; false = the panel says what is wrong with it. */
  enterBreakpoint(text) {
    const added = this.#withText(text, (at) => Boolean(this.#wasm._lucid_enter_breakpoint(at)));
    this.#settle();
    return added;
  }
  breakpoints() {
    return this.#string(this.#wasm._lucid_breakpoints()).split("\n").slice(0, -1);
  }
  /** "pid 3", "address 3 0x401000", "frame 500", "line FILE:12", "" = nothing; false when it means nothing. */
  highlight(name) {
    const known = this.#withText(name, (at) => Boolean(this.#wasm._lucid_highlight(at)));
    this.kick();
    return known;
  }
  /** What the canvas shows, as a data: address. */
  picture() {
    this.#wasm._lucid_draw();
    return this.#canvas.toDataURL();
  }
  /** The same as an ImageBitmap: costs next to nothing, where an image file takes as long as a start. */
  snapshot() {
    this.#wasm._lucid_draw();
    return createImageBitmap(this.#canvas);
  }
  /** The lens's number and the name of its tab. */
  view() {
    const [lens, view] = this.#string(this.#wasm._lucid_view()).split(/ (.*)/);
    return { lens: Number(lens), view };
  }

  /** Calls `listener(detail)` on each event; returns a function that ends it. */
  on(event, listener) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    this.#listeners.get(event).add(listener);
    this.#watch();
    return () => this.#listeners.get(event).delete(listener);
  }

  // --- for the page itself ---
  open(width, height, pixelRatio) {
    return Boolean(this.#wasm._lucid_open(width, height, pixelRatio));
  }
  resize(width, height, pixelRatio) {
    this.#wasm._lucid_resize(width, height, pixelRatio);
    this.kick();
  }
  setPage(storyHeight, transportHeight, dark, consoleFocused) {
    this.#wasm._lucid_set_page(storyHeight, transportHeight, dark, consoleFocused);
    this.kick();
  }
  /** The console's screen and what changed on it after a version: web/console_json.h. */
  consoleSince(version) {
    return JSON.parse(this.#string(this.#wasm._lucid_console(version)));
  }
  /** How many rows and columns the console has room for: the guest's terminal gets that size, but in scenes. */
  fitConsole(rows, columns) {
    this.#wasm._lucid_fit_console(rows, columns);
    this.#fitted = true;
    this.kick();
  }
  /** All that the panels show now, for tests: {panel, kind, pid, value, size, x, y, w, h, lit, name, shown}. */
  drawn() {
    const kinds = ["", "address", "physical", "process", "event", "line", "file"]; // ui/thing.h
    return this.#string(this.#wasm._lucid_drawn()).split("\n").slice(0, -1).map((line) => {
      const [panel, thing, place, lit, name, ...shown] = line.split("|");
      const [kind, pid, value, size] = thing.split(" ");
      const [x, y, w, h] = place.split(" ").map(Number);
      return { panel, kind: kinds[kind], pid: Number(pid), value: BigInt(value), size: BigInt(size), x, y, w, h, lit: lit === "1", name, shown: shown.join("|") };
    });
  }
  /** What a pasted text sends to the console. */
  pasted(text) {
    return this.#withText(text, (at) => this.#string(this.#wasm._lucid_pasted(at)));
  }
  /** The panels' pointer: "left" … "down" take it to the next mark, "click", "ask", "scrollUp", "scrollDown". */
  point(what) {
    this.#wasm._lucid_point(["left", "right", "up", "down", "click", "ask", "scrollUp", "scrollDown"].indexOf(what));
    this.kick();
  }
  /** Eight bytes of RAM become `value` (both BigInt). In the past that begins another future. */
  poke(address, value) {
    const halves = (number) => [Number(number >> 32n), Number(number & 0xffffffffn)];
    this.#wasm._lucid_poke(...halves(address), ...halves(value));
    this.kick();
  }
  /** Asks the kernel for other settings of its scheduler: "sched=fair sched_latency_ns=6000000". In the past that begins another future. */
  changeSettings(words) {
    this.#withText(words, (text) => this.#wasm._lucid_change_settings(text));
    this.kick();
  }
  /** All recorded events: format "jsonl" (a JSON object a line) or "perfetto" (a trace file). */
  eventsText(format) {
    return this.#string(this.#wasm._lucid_events_text(format === "perfetto"));
  }
  setLens(lens) {
    this.#wasm._lucid_set_lens(lens);
    this.kick();
  }
  /** One of a lens's tabs by its name; false when there is none. */
  setView(lens, name) {
    const known = this.#withText(name, (at) => Boolean(this.#wasm._lucid_set_view(lens, at)));
    this.kick();
    return known;
  }
  contextLost() {
    this.#wasm._lucid_context_lost();
  }
  contextRestored() {
    this.#wasm._lucid_context_restored();
    this.kick();
  }
  /** Where the DOM parts go, in CSS pixels from the canvas' corner. */
  places() {
    const at = this.#wasm._lucid_places() >> 2;
    const n = this.#wasm.HEAPF32.subarray(at, at + 21);
    const rect = (i) => ({ x: n[i], y: n[i + 1], w: n[i + 2], h: n[i + 3] });
    return { narrow: n[0] !== 0, story: rect(1), transport: rect(5), console: rect(9), breakpoint: rect(13), assembler: rect(17) };
  }
  font(which) {
    const at = this.#wasm._lucid_font(which);
    return this.#wasm.HEAPU8.slice(at, at + this.#wasm._lucid_font_size(which));
  }

  /** Something may have changed: take a frame. */
  kick() {
    clearTimeout(this.#timer);
    if (this.#frameAsked || globalThis.document?.hidden) return;
    this.#frameAsked = nextFrame(() => this.#frame());
  }

  /** A frame at once, instead of the next that the browser gives. Time passes, and another is drawn, when that one has
   *  been shown. */
  frameNow() {
    if (globalThis.document?.hidden) return;
    cancelAnimationFrame(this.#frameAsked);
    this.#frame();
    cancelAnimationFrame(this.#frameAsked);
    this.#isHeld = true;
    this.#frameAsked = requestAnimationFrame(() => setTimeout(() => {
      this.#frameAsked = 0;
      this.#isHeld = false;
      this.kick();
    }));
  }

  #frame() {
    this.#frameAsked = 0;
    this.#frameBegan = performance.now();
    ++this.frameCount;
    const wait = this.#wasm._lucid_frame();
    this.#canvas?.getContext("webgl2")?.flush(); // who draws begins, while the page is laid out
    this.#settle(false);
    if (wait === 0) {
      this.kick();
      this.#keepRunning();
    } else if (wait > 0 && !this.#frameAsked) this.#timer = setTimeout(() => this.kick(), Math.max(0, wait - 8));
  }

  /** Where drawing is slow, time need not be: the machine runs on until the browser takes the frame. */
  #keepRunning() {
    if (this.#busy || this.#isHeld || !this.running) return;
    this.#busy = true;
    this.#between.port2.postMessage(0);
  }
  #runBetweenFrames() {
    this.#busy = false;
    if (performance.now() - this.#frameBegan > MOST_BETWEEN_MS) return;
    if (!this.#frameAsked) return;
    if (this.#wasm._lucid_advance(SLICE_MS) === 0) this.#keepRunning();
    else this.#settle(false);
  }

  /** Tells listeners what happened since the last time. */
  #settle(kick = true) {
    const wasm = this.#wasm;
    const jumps = wasm._lucid_jumps();
    if (jumps !== this.#jumps) {
      // Now was reached in another way than by time passing: the console's text begins anew.
      this.#jumps = jumps;
      this.#outputSeen = 0;
      this.#text = "";
      this.#decoder = new TextDecoder();
      this.#emit("jump");
    }
    const size = wasm._lucid_output_size(0);
    if (size > this.#outputSeen) {
      const at = wasm._lucid_output(0, this.#outputSeen);
      const data = wasm.HEAPU8.slice(at, at + wasm._lucid_text_size());
      this.#outputSeen = size;
      const text = this.#decoder.decode(data, { stream: true });
      this.#text = (this.#text + text).slice(-(1 << 20));
      this.#emit("console", text);
    }
    const events = this.#string(wasm._lucid_take_events());
    if (events !== "[]") for (const event of JSON.parse(events)) this.#emit(event.kind, event);
    const copied = this.#string(wasm._lucid_take_copied());
    if (copied) this.#emit("copy", copied);
    const draft = this.#string(wasm._lucid_take_draft());
    if (draft) this.#emit("draft", draft);
    const source = this.#string(wasm._lucid_take_source());
    if (source) this.#emit("source", sourceWish(source));
    const save = wasm._lucid_take_save_wish();
    if (save) this.#emit("savewish", save === 2 ? "perfetto" : "jsonl");
    const poke = this.#string(wasm._lucid_take_poke_wish());
    if (poke) {
      const [address, value] = poke.split(" ").map((word) => BigInt(`0x${word}`));
      this.#emit("pokewish", { address, value });
    }
    const settings = this.#string(wasm._lucid_take_settings_wish());
    if (settings) this.#emit("settingswish", settings);
    if (wasm._lucid_take_console_wish()) this.#emit("consolewish");
    if (this.#fitted) this.#emit("consolesize");
    this.#fitted = false;
    const revision = wasm._lucid_revision();
    const running = this.running;
    if (revision !== this.#revision || running !== this.#wasRunning) {
      this.#revision = revision;
      this.#emit("change");
    }
    if (this.#wasRunning && !running) this.#emit("stop");
    this.#wasRunning = running;
    this.#emit("frame");
    if (kick) this.kick();
  }

  #watch() {
    const names = [...this.#listeners.keys()].join(" ");
    this.#withText(`${WATCHED} ${names}`, (at) => this.#wasm._lucid_watch(at));
  }
  #emit(event, detail) {
    tellAll(this.#listeners.get(event), detail);
  }
  #string(at) {
    const heap = this.#wasm.HEAPU8;
    return new TextDecoder().decode(heap.subarray(at, heap.indexOf(0, at)));
  }
  #withText(text, use) {
    return this.#with(encoder.encode(`${text}\0`), use);
  }
  #with(data, use) {
    const at = this.#wasm._malloc(data.length || 1);
    this.#wasm.HEAPU8.set(data, at);
    const result = use(at);
    this.#wasm._free(at);
    return result;
  }
}

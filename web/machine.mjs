// SPDX-License-Identifier: MIT
// The machine in a page: loads WebAssembly, owns the animation frames, and is the API of
// `window.lucid86` (types: lucid86.d.ts). Frames are asked for only while something changes.

const encoder = new TextEncoder();
const SLICE_MS = 6;
const MOST_BETWEEN_MS = 40; // a browser that draws more slowly than this needs the processor itself
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

async function bytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} could not be loaded (HTTP status ${response.status})`);
  return new Uint8Array(await response.arrayBuffer());
}

export class Machine {
  #wasm;
  #listeners = new Map();
  #frameAsked = 0;
  #timer = 0;
  #outputSeen = 0;
  #jumps = 0;
  #decoder = new TextDecoder();
  #revision = -1;
  #wasRunning = false;
  #text = "";
  #between = new MessageChannel();
  #frameBegan = 0;
  #busy = false; // a message is on its way through #between
  frameCount = 0; // animation frames taken, drawn or not
  sources = Promise.resolve(false); // true once source lines are there

  /** Loads and boots; `base` is the folder of lucid86.wasm, kernel.elf, root.cpio and sources.pack. */
  static async create({ base = ".", memory = 32 } = {}) {
    const [kernel, root, wasm] = await Promise.all([
      bytes(`${base}/kernel.elf`),
      bytes(`${base}/root.cpio`),
      globalThis.createLucid86({ canvas: document.querySelector("#canvas"), locateFile: (file) => `${base}/${file}` }),
    ]);
    const machine = new Machine(wasm);
    const problem = machine.#with(kernel, (k) =>
      machine.#with(root, (r) => machine.#string(wasm._lucid_boot(k, kernel.length, r, root.length, memory))));
    if (problem) throw new Error(problem);
    machine.#watch();
    document.addEventListener("visibilitychange", () => machine.kick());
    machine.sources = machine.#loadSources(`${base}/sources.pack`);
    return machine;
  }

  constructor(wasm) {
    this.#wasm = wasm;
    this.#between.port1.onmessage = () => this.#runBetweenFrames();
  }

  /** Source lines come when the machine runs already; without them all but their names works. */
  async #loadSources(url) {
    const pack = await bytes(url).catch(() => null);
    if (!pack) return false;
    const known = this.#with(pack, (at) => Boolean(this.#wasm._lucid_set_sources(at, pack.length)));
    this.#settle();
    return known;
  }

  // --- transport ---
  run() {
    this.#wasm._lucid_run();
    this.kick();
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
    this.#wasm._lucid_set_speed(instructionsPerSecond);
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
  /** Eight bytes of RAM become `value` (both BigInt). In the past that begins another future. */
  poke(address, value) {
    const halves = (number) => [Number(number >> 32n), Number(number & 0xffffffffn)];
    this.#wasm._lucid_poke(...halves(address), ...halves(value));
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
    const known = this.#with(encoder.encode(`${name}\0`), (at) => Boolean(this.#wasm._lucid_set_view(lens, at)));
    this.kick();
    return known;
  }
  contextRestored() {
    this.#wasm._lucid_context_restored();
    this.kick();
  }
  /** Where the DOM parts go, in CSS pixels from the canvas' corner. */
  places() {
    const at = this.#wasm._lucid_places() >> 2;
    const n = this.#wasm.HEAPF32.subarray(at, at + 13);
    const rect = (i) => ({ x: n[i], y: n[i + 1], w: n[i + 2], h: n[i + 3] });
    return { narrow: n[0] !== 0, story: rect(1), transport: rect(5), console: rect(9) };
  }
  font(which) {
    const at = this.#wasm._lucid_font(which);
    return this.#wasm.HEAPU8.slice(at, at + this.#wasm._lucid_font_size(which));
  }

  /** Something may have changed: take a frame. */
  kick() {
    clearTimeout(this.#timer);
    if (this.#frameAsked || document.hidden) return;
    this.#frameAsked = requestAnimationFrame(() => this.#frame());
  }

  #frame() {
    this.#frameAsked = 0;
    this.#frameBegan = performance.now();
    ++this.frameCount;
    const wait = this.#wasm._lucid_frame();
    this.#settle(false);
    if (wait === 0) {
      this.kick();
      this.#keepRunning();
    } else if (wait > 0 && !this.#frameAsked) this.#timer = setTimeout(() => this.kick(), Math.max(0, wait - 8));
  }

  /** Where drawing is slow, time need not be: the machine runs on until the browser takes the frame. */
  #keepRunning() {
    if (this.#busy || !this.running) return;
    this.#busy = true;
    this.#between.port2.postMessage(0);
  }
  #runBetweenFrames() {
    this.#busy = false;
    if (performance.now() - this.#frameBegan > MOST_BETWEEN_MS) return;
    if (this.#frameAsked && this.#wasm._lucid_advance(SLICE_MS) === 0) this.#keepRunning();
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
    const save = wasm._lucid_take_save_wish();
    if (save) this.#emit("savewish", save === 2 ? "perfetto" : "jsonl");
    const poke = this.#string(wasm._lucid_take_poke_wish());
    if (poke) {
      const [address, value] = poke.split(" ").map((word) => BigInt(`0x${word}`));
      this.#emit("pokewish", { address, value });
    }
    if (wasm._lucid_take_console_wish()) this.#emit("consolewish");
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
    const data = encoder.encode(`${WATCHED} ${names}\0`);
    this.#with(data, (at) => this.#wasm._lucid_watch(at));
  }
  #emit(event, detail) {
    for (const listener of this.#listeners.get(event) ?? []) listener(detail);
  }
  #string(at) {
    const heap = this.#wasm.HEAPU8;
    return new TextDecoder().decode(heap.subarray(at, heap.indexOf(0, at)));
  }
  #with(data, use) {
    const at = this.#wasm._malloc(data.length || 1);
    this.#wasm.HEAPU8.set(data, at);
    const result = use(at);
    this.#wasm._free(at);
    return result;
  }
}

// SPDX-License-Identifier: MIT
// The assembler's boxes: text and bytes, each made from the other while one types; running the text as a program,
// and writing it over the code that is due. The assembler itself, lucid86-asm.wasm, is loaded when the boxes are
// first shown, and works without the network afterwards.

import { address } from "./address.mjs";

const encoder = new TextEncoder();

/** Calls of the module (assembler_module.cpp). */
class AssemblerModule {
  #exports;

  static async load(url) {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    const exit = () => { throw new Error("the assembler stopped"); };
    const { instance } = await WebAssembly.instantiate(await response.arrayBuffer(), {
      env: { emscripten_notify_memory_growth() {} },
      wasi_snapshot_preview1: { proc_exit: exit },
    });
    instance.exports._initialize?.();
    const module = new AssemblerModule();
    module.#exports = instance.exports;
    return module;
  }

  #put(text) {
    const bytes = encoder.encode(text);
    const at = this.#exports.room(bytes.length);
    new Uint8Array(this.#exports.memory.buffer).set(bytes, at);
  }
  #result(at) {
    return new Uint8Array(this.#exports.memory.buffer).slice(at, at + this.#exports.size());
  }
  /** A draft (core/session/draft.h), packed. */
  ofText(text, line) {
    this.#put(text);
    return this.#result(this.#exports.text(line));
  }
  ofBytes(hex) {
    this.#put(hex);
    return this.#result(this.#exports.bytes());
  }
  /** What is wrong with the last draft, "" = nothing. */
  problem() {
    return new TextDecoder().decode(this.#result(this.#exports.problem()));
  }
  /** For writing over the code at an address: what Machine.patch() takes. */
  forPatch(text, { bits, high, low }) {
    this.#put(text);
    return this.#result(this.#exports.patch(bits, high, low));
  }
  /** An ELF file, or null when the text has errors. */
  program(text) {
    this.#put(text);
    const elf = this.#result(this.#exports.program());
    return elf.length > 0 ? elf : null;
  }
}

export class Assembler {
  #machine;
  #text;
  #bytes;
  #buttons;
  #state;
  #module = null; // a promise once it is wanted
  #typed = false; // bytes were typed last
  #turn = 0;
  #failed = false; // to load it; tried again when the reader writes

  /** root: the boxes' form. mayChange() resolves to whether a recorded future may be given up; mayRestart() to
   *  whether the machine may begin anew; run(elf) starts a program. */
  constructor(machine, root, { mayChange, mayRestart, run }) {
    this.#machine = machine;
    this.#text = root.querySelector("[name=text]");
    this.#bytes = root.querySelector("[name=bytes]");
    this.#state = root.querySelector("[role=status]");
    this.#buttons = root.querySelectorAll("button");
    this.#text.addEventListener("input", () => this.#changed(false));
    this.#bytes.addEventListener("input", () => this.#changed(true));
    for (const type of ["keyup", "click", "focus"]) this.#text.addEventListener(type, () => machine.setDraftLine(this.#line()));
    this.#text.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#text.blur();
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) root.requestSubmit(this.#buttons[0]);
    });
    root.addEventListener("submit", async (event) => {
      event.preventDefault();
      const module = await this.#loaded();
      if (!module) return;
      if (event.submitter?.name === "patch") {
        if (await mayChange()) this.#patch(module);
        return;
      }
      const elf = module.program(this.#text.value);
      if (elf === null) return this.#changed(this.#typed); // the panel shows what is wrong
      if (await mayRestart()) await run(elf);
    });
    root.addEventListener("reset", () => {
      ++this.#turn;
      this.#typed = false;
      this.#say("", false);
    });
    machine.on("source", (wish) => this.#obey(wish));
    machine.on("frame", () => {
      if (!root.hidden && !this.#module && !this.#failed) this.#loaded();
    });
  }

  #loaded() {
    this.#module ??= AssemblerModule.load(address("lucid86-asm.wasm")).then((module) => {
      this.#state.textContent = "";
      this.#state.classList.add("unseen");
      if (this.#text.value || this.#bytes.value) queueMicrotask(() => this.#changed(this.#typed));
      return module;
    }, (error) => {
      this.#module = null;
      this.#failed = true;
      this.#missing(`The assembler could not be loaded (${error.message}).`);
      return null;
    });
    return this.#module;
  }

  #missing(why) {
    this.#state.classList.remove("unseen");
    this.#state.textContent = why;
  }

  /** The caret's, from 1. */
  #line() {
    return this.#text.value.slice(0, this.#text.selectionStart).split("\n").length;
  }

  async #changed(typed) {
    this.#typed = typed;
    const turn = ++this.#turn;
    const module = await this.#loaded();
    if (!module || turn !== this.#turn) return;
    if (typed) {
      const text = this.#machine.setDraft(module.ofBytes(this.#bytes.value));
      if (text !== "" || this.#bytes.value.trim() === "") this.#text.value = text; // else the panel says what is wrong
    } else {
      this.#bytes.value = this.#machine.setDraft(module.ofText(this.#text.value, this.#line()));
    }
    this.#say(module.problem(), typed);
  }

  /** The panel shows it to those who see. */
  #say(problem, typed) {
    this.#state.textContent = problem;
    this.#text.setAttribute("aria-invalid", String(problem !== "" && !typed));
    this.#bytes.setAttribute("aria-invalid", String(problem !== "" && typed));
  }

  #patch(module) {
    this.#machine.patch(module.forPatch(this.#text.value, this.#machine.codeDue()));
  }

  #obey({ text, bytes, line, column, length }) {
    if (line === undefined) {
      const typed = bytes !== undefined;
      (typed ? this.#bytes : this.#text).value = typed ? bytes : text;
      this.#changed(typed);
      return;
    }
    const box = this.#typed ? this.#bytes : this.#text;
    const lines = box.value.split("\n");
    const begin = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    // The assembler counts bytes, the box UTF-16 units: the same but behind such letters.
    const from = begin + column - 1;
    box.focus();
    box.setSelectionRange(from, length > 0 ? from + length : begin + (lines[line - 1] ?? "").length);
    this.#machine.setDraftLine(line);
  }
}

// SPDX-License-Identifier: MIT
// The console drawer: shows a Terminal as DOM text (selectable, readable by screen readers) and
// sends what is typed, composed by an input method, or pasted.

import { Terminal } from "./terminal.mjs";

const KEYS = {
  Enter: "\r",
  Backspace: "\x7f",
  ArrowUp: "\x1b[A",
  ArrowDown: "\x1b[B",
  ArrowRight: "\x1b[C",
  ArrowLeft: "\x1b[D",
  Home: "\x1b[H",
  End: "\x1b[F",
  Delete: "\x1b[3~",
};

export class Console {
  #screen;
  #input;
  #terminal = new Terminal();
  #rows = []; // {element, line, version}
  #drawn = false;
  #send;

  constructor(root, send) {
    this.#screen = root.querySelector(".screen");
    this.#input = root.querySelector("textarea");
    this.#send = send;
    root.addEventListener("click", () => {
      if (String(getSelection()) === "") this.focus();
    });
    this.#input.addEventListener("keydown", (event) => this.#key(event));
    this.#input.addEventListener("beforeinput", (event) => this.#beforeInput(event));
    this.#input.addEventListener("compositionend", (event) => {
      this.#type(event.data);
      this.#input.value = "";
    });
    this.#draw();
  }

  focus() {
    this.#input.focus({ preventScroll: true });
  }
  get focused() {
    return document.activeElement === this.#input;
  }

  write(text) {
    this.#terminal.write(text);
    if (this.#drawn) return;
    this.#drawn = true;
    queueMicrotask(() => this.#draw());
  }
  reset() {
    this.#terminal = new Terminal();
    this.#draw();
  }

  #key(event) {
    if (event.isComposing) return;
    let text = KEYS[event.key];
    if (event.key === "Escape") {
      this.#input.blur();
      return;
    }
    if (event.ctrlKey && !event.altKey && !event.metaKey && !event.shiftKey && event.key.length === 1) {
      const letter = event.key.toUpperCase().charCodeAt(0);
      const copying = event.key === "c" && String(getSelection()) !== "";
      if (letter >= 64 && letter < 96 && event.key !== "v" && !copying) text = String.fromCharCode(letter & 31);
    }
    if (text === undefined || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.#type(text);
  }

  /** What keys do not say: composed characters, phone keyboards, paste, drop. */
  #beforeInput(event) {
    if (event.isComposing || event.inputType === "insertCompositionText") return;
    event.preventDefault();
    const data = event.data ?? event.dataTransfer?.getData("text/plain");
    if (event.inputType.startsWith("insertLine") || event.inputType === "insertParagraph") this.#type("\r");
    else if (event.inputType.startsWith("delete")) this.#type("\x7f");
    else if (data) this.#type(data.replace(/\r?\n/g, "\r"));
  }

  #type(text) {
    if (text) this.#send(text);
    this.#screen.scrollTop = this.#screen.scrollHeight;
  }

  #draw() {
    this.#drawn = false;
    const atEnd = this.#screen.scrollTop + this.#screen.clientHeight >= this.#screen.scrollHeight - 8;
    const { lines, row, column } = this.#terminal;
    const shown = new Set(lines);
    this.#rows = this.#rows.filter((entry) => shown.has(entry.line) || entry.element.remove());
    lines.forEach((line, index) => {
      let entry = this.#rows[index];
      if (entry?.line !== line) {
        entry = { element: document.createElement("div"), line, version: -1, cursor: -1 };
        this.#screen.insertBefore(entry.element, this.#rows[index]?.element ?? null);
        this.#rows.splice(index, 0, entry);
      }
      const cursor = index === row ? column : -1;
      if (entry.version === line.version && entry.cursor === cursor) return;
      entry.version = line.version;
      entry.cursor = cursor;
      entry.element.replaceChildren(...lineNodes(line, cursor));
    });
    if (atEnd) this.#screen.scrollTop = this.#screen.scrollHeight;
  }
}

function lineNodes(line, cursor) {
  const nodes = [];
  let at = 0;
  const add = (text, style) => {
    if (!text) return;
    if (!style) return nodes.push(text);
    const span = document.createElement("span");
    span.className = style;
    span.textContent = text;
    nodes.push(span);
  };
  for (const { text, style } of Terminal.runs(line)) {
    if (cursor >= at && cursor < at + text.length) {
      add(text.slice(0, cursor - at), style);
      add(text[cursor - at], `${style} cursor`);
      add(text.slice(cursor - at + 1), style);
    } else {
      add(text, style);
    }
    at += text.length;
  }
  if (cursor >= at) {
    add(" ".repeat(cursor - at), "");
    add("\u00a0", "cursor");
  }
  return nodes.length ? nodes : ["\u200b"];
}

// SPDX-License-Identifier: MIT
// The console drawer: shows the machine's terminal as DOM text (selectable, readable by screen readers)
// and sends what is typed, composed by an input method, or pasted.

const [BOLD, DIM, ITALIC, UNDERLINED, INVERSE, HIDDEN, STRUCK] = [1, 2, 4, 8, 16, 32, 64]; // ui/terminal/cell.h
const QUIET_MS = 500;
const MOST_READ_OUT = 20; // lines at once
const KEYS = {
  Enter: "\r",
  Backspace: "\x7f",
  ArrowUp: "\x1b[A",
  ArrowDown: "\x1b[B",
  ArrowRight: "\x1b[C",
  ArrowLeft: "\x1b[D",
  Home: "\x1b[1~",
  Insert: "\x1b[2~",
  Delete: "\x1b[3~",
  End: "\x1b[4~",
  PageUp: "\x1b[5~",
  PageDown: "\x1b[6~",
};

const SETTLED_MS = 150;

export class Console {
  #screen;
  #input;
  #read;
  #now = { version: 0, whole: false, up: "\x1b[A" }; // as the terminal was last read
  #rows = new Map(); // number of the line → {element, runs}
  #cursor = null; // the row that has it
  #drawn = false;
  #log; // what is read out
  #told = -1; // the line that was read out last; -1: none since all is another
  #quiet = 0;
  #send;
  #paste;
  #fit;
  #used = false; // it had the focus
  #settling = 0;

  /** `read(since)` gives web/console_json.h's object; `paste(text)` what a pasted text sends. `fit(rows, columns)` takes
   *  the size there is room for once that has settled and the console has been used, or fills the page (`alone`): until
   *  then a run is the same for everybody. */
  constructor(root, send, { read, paste, fit, alone }) {
    this.#read = read;
    this.#paste = paste;
    this.#fit = (...size) => (this.#used || alone()) && fit(...size);
    this.#screen = root.querySelector(".screen");
    this.#log = root.querySelector("[role=log]");
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
    this.#input.addEventListener("focus", () => {
      if (this.#used) return;
      this.#used = true;
      this.#measure();
    });
    new ResizeObserver(() => {
      clearTimeout(this.#settling);
      this.#settling = setTimeout(() => this.#measure(), SETTLED_MS);
    }).observe(this.#screen);
    this.#draw();
  }

  #measure() {
    const { font, lineHeight, paddingTop, paddingLeft } = getComputedStyle(this.#screen);
    const [width, height] = [this.#screen.clientWidth - 2 * parseFloat(paddingLeft), this.#screen.clientHeight - 2 * parseFloat(paddingTop)];
    if (width <= 0 || height <= 0) return; // not shown
    const pen = document.createElement("canvas").getContext("2d");
    pen.font = font;
    this.#fit(Math.floor(height / parseFloat(lineHeight)), Math.floor(width / pen.measureText("0").width));
  }

  focus() {
    this.#input.focus({ preventScroll: true });
  }
  get focused() {
    return document.activeElement === this.#input;
  }

  /** The machine wrote something. */
  changed() {
    if (this.#drawn) return;
    this.#drawn = true;
    queueMicrotask(() => this.#draw());
  }
  reset() {
    this.#forget();
    this.changed();
  }
  #forget() {
    this.#told = -1;
    this.#now.version = 0;
    this.#rows.clear();
    this.#screen.replaceChildren();
  }

  #key(event) {
    if (event.isComposing) return;
    let text = KEYS[event.key];
    // Escape is the program's while it has the whole screen, and else leaves the console; with Shift it always does.
    if (event.key === "Escape") {
      if (this.#now.whole && !event.shiftKey) text = "\x1b";
      else return this.#input.blur();
    }
    if (event.key.startsWith("Arrow")) text = this.#now.up.slice(0, 2) + text.slice(2);
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
    else if (data) this.#type(event.inputType === "insertText" ? data.replace(/\r?\n/g, "\r") : this.#paste(data));
  }

  #type(text) {
    if (text) this.#send(text);
    this.#screen.scrollTop = this.#screen.scrollHeight;
  }

  #draw() {
    this.#drawn = false;
    const atEnd = this.#screen.scrollTop + this.#screen.clientHeight >= this.#screen.scrollHeight - 8;
    let now = this.#read(this.#now.version);
    if (now.whole !== this.#now.whole) {
      this.#forget();
      now = this.#read(0);
    }
    this.#now = now;
    for (const [number, row] of this.#rows) {
      if (number >= now.first) break;
      row.element.remove();
      this.#rows.delete(number);
    }
    for (const [number, ...runs] of now.lines) {
      let row = this.#rows.get(number);
      if (!row) {
        row = { element: this.#screen.appendChild(document.createElement("div")) };
        this.#rows.set(number, row);
      }
      row.runs = trimmed(runs);
      fill(row, -1);
    }
    if (this.#cursor) fill(this.#cursor, -1);
    this.#cursor = this.#rows.get(now.row) ?? null;
    if (this.#cursor) fill(this.#cursor, now.column);
    this.#hideBlank(now);
    this.#readOut();
    if (atEnd) this.#screen.scrollTop = this.#screen.scrollHeight;
  }

  /** New lines for those who listen, whole ones and once it is quiet: not each letter as it is echoed. */
  #readOut() {
    if (this.#told < 0) this.#told = this.#now.row;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => {
      const { whole, row: last } = this.#now;
      const lines = [...this.#rows].filter(([number]) => number >= this.#told && number < last).map(([, { runs }]) => runs.map(([text]) => text).join(""));
      this.#told = last;
      if (!whole && lines.length > 0) this.#log.textContent = lines.slice(-MOST_READ_OUT).join("\n");
    }, QUIET_MS);
  }

  /** What is blank below the cursor is not worth the place, unless the program has the whole screen. */
  #hideBlank(now) {
    let blank = !now.whole;
    for (let number = now.first + now.count - 1; number >= now.first; --number) {
      const row = this.#rows.get(number);
      blank &&= row !== this.#cursor && row.runs.length === 0;
      if (!blank && !row.element.hidden) break; // and so are all above
      row.element.hidden = blank;
    }
  }
}

/** Without the plain blanks at the end. */
function trimmed(runs) {
  const last = runs.at(-1);
  if (last && !last[2] && !last[3]) {
    last[0] = last[0].trimEnd();
    if (!last[0]) runs.pop();
  }
  return runs;
}

function fill(row, cursor) {
  const nodes = [];
  const add = (text, run, more) => {
    if (!text) return;
    const style = run ? styleOf(run) : null;
    if (!style && !more) return nodes.push(text);
    const span = document.createElement("span");
    span.textContent = text;
    if (style) Object.assign(span.style, style);
    if (more) span.className = more;
    nodes.push(span);
  };
  let at = 0;
  for (const run of row.runs) {
    const characters = cursor < 0 ? null : Array.from(run[0]);
    if (characters && cursor >= at && cursor < at + characters.length) {
      add(characters.slice(0, cursor - at).join(""), run);
      add(characters[cursor - at], run, "cursor");
      add(characters.slice(cursor - at + 1).join(""), run);
    } else {
      add(run[0], run);
    }
    at += characters?.length ?? 0;
  }
  if (cursor >= at) {
    add(" ".repeat(cursor - at));
    add("\u00a0", null, "cursor");
  }
  row.element.replaceChildren(...(nodes.length ? nodes : ["\u200b"]));
}

/** As ui/terminal/palette.cpp has them: the first sixteen fit the theme, then xterm's cube and greys. */
function colour(name, asPaper) {
  if (name[0] === "#") return name;
  const n = Number(name);
  if (n >= 232) return `rgb(${Array(3).fill(8 + (n - 232) * 10)})`;
  if (n >= 16) return `rgb(${[36, 6, 1].map((unit) => Math.floor((n - 16) / unit) % 6).map((step) => (step ? 55 + step * 40 : 0))})`;
  return asPaper && (n & 7) % 7 === 0 ? "var(--line)" : `var(--ink${n & 7})`;
}

function styleOf([, ink, paper, style]) {
  if (!ink && !paper && !style) return null;
  let [color, background] = [ink ? colour(ink, false) : "", paper ? colour(paper, true) : ""];
  if (style & INVERSE) [color, background] = [background || "var(--fill)", color || "var(--ink)"];
  return {
    color, background,
    fontWeight: style & BOLD ? "600" : "",
    fontStyle: style & ITALIC ? "italic" : "",
    opacity: style & DIM ? "0.6" : "",
    visibility: style & HIDDEN ? "hidden" : "",
    textDecoration: `${style & UNDERLINED ? "underline" : ""} ${style & STRUCK ? "line-through" : ""}`.trim(),
  };
}

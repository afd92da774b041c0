// SPDX-License-Identifier: MIT
// A terminal's memory: bytes of text in, lines of styled characters out. Knows what line-oriented
// programs send: CR LF BS TAB, and of ECMA-48 the cursor moves, erasures and colours (SGR).

const MOST_LINES = 2000;

const blankLine = () => ({ cells: [], version: 0 });

export class Terminal {
  lines = [blankLine()];
  row = 0;
  column = 0;
  dropped = 0; // lines lost at the top
  #style = "";
  #escape = null; // the control sequence being read

  write(text) {
    for (const c of text) {
      if (this.#escape !== null) this.#continueEscape(c);
      else this.#put(c);
    }
  }

  clear() {
    this.dropped += this.lines.length;
    this.lines = [blankLine()];
    this.row = this.column = 0;
  }

  /** A line as runs of one style: [{text, style}]. */
  static runs(line) {
    const runs = [];
    for (let i = 0; i < line.cells.length; ++i) {
      const { c, style } = line.cells[i] ?? { c: " ", style: "" };
      const last = runs[runs.length - 1];
      if (last && last.style === style) last.text += c;
      else runs.push({ text: c, style });
    }
    return runs;
  }

  text() {
    return this.lines.map((line) => Array.from(line.cells, (cell) => cell?.c ?? " ").join("")).join("\n");
  }

  #put(c) {
    switch (c) {
      case "\n": return this.#lineFeed();
      case "\r": this.column = 0; return;
      case "\b": this.column = Math.max(0, this.column - 1); return;
      case "\t": this.column = (this.column | 7) + 1; return;
      case "\x1b": this.#escape = ""; return;
    }
    if (c < " " || c === "\x7f") return;
    const line = this.lines[this.row];
    line.cells[this.column++] = { c, style: this.#style };
    ++line.version;
  }

  #lineFeed() {
    if (++this.row < this.lines.length) return;
    this.lines.push(blankLine());
    if (this.lines.length > MOST_LINES) {
      this.lines.shift();
      --this.row;
      ++this.dropped;
    }
  }

  #continueEscape(c) {
    this.#escape += c;
    if (this.#escape === "[") return;
    if (this.#escape[0] !== "[") {
      this.#escape = null;
    } else if (c >= "@" && c <= "~") {
      this.#control(c, this.#escape.slice(1, -1));
      this.#escape = null;
    } else if (this.#escape.length > 32) {
      this.#escape = null;
    }
  }

  #control(final, parameters) {
    const numbers = parameters.split(";").map((p) => parseInt(p, 10) || 0);
    const count = Math.min(numbers[0] || 1, 1000);
    const line = this.lines[this.row];
    if (final === "A") this.row = Math.max(0, this.row - count);
    if (final === "B") this.row = Math.min(this.lines.length - 1, this.row + count);
    if (final === "C") this.column += count;
    if (final === "D") this.column = Math.max(0, this.column - count);
    if (final === "G") this.column = count - 1;
    if (final === "H" || (final === "J" && numbers[0] >= 2)) this.clear();
    if (final === "K") {
      if (numbers[0] === 0) line.cells.length = Math.min(line.cells.length, this.column);
      else line.cells = [];
      ++line.version;
    }
    if (final === "m") this.#setStyle(numbers);
  }

  #setStyle(numbers) {
    let classes = new Set(this.#style.split(" ").filter(Boolean));
    const drop = (prefix) => { classes = new Set([...classes].filter((name) => !name.startsWith(prefix))); };
    for (const n of numbers) {
      if (n === 0) classes.clear();
      else if (n === 1) classes.add("bold");
      else if (n === 7) classes.add("inverse");
      else if (n === 22) classes.delete("bold");
      else if (n === 27) classes.delete("inverse");
      else if ((n >= 30 && n <= 37) || (n >= 90 && n <= 97)) {
        drop("ink");
        classes.add(`ink${n % 10}`);
      } else if (n === 39) drop("ink");
    }
    this.#style = [...classes].join(" ");
  }
}

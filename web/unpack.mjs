// SPDX-License-Identifier: MIT
// The kernel and the root archive travel rearranged (scripts/pack-guest), so that brotli and gzip find more in
// them that is alike; here they become again, byte for byte, what they were. Of the ELF files within
//   - symbol tables are lists of numbers: an entry of a dictionary each, and a gap where there is one;
//   - a function that several programs have (the C library's) is there once;
//   - the parts of instructions lie in streams of their own: operations, displacements, near jumps, words …;
//   - addresses are numbers of symbols, and how far from them: calls of a function are alike wherever they stand.
// An address is of 32 bits, for all of a file lie below 2 GiB or in the topmost 2 GiB.

const MAGIC = 0x326b706c; // "lpk2"
const FUNCTION = 2, SYMBOL = 24; // a type; bytes of a symbol (System V gABI ch. 4)
const TOPMOST = 0xffffffff; // the upper half of a pointer to the kernel

/** The streams. Names to LISTED are what is around code; OPERATIONS (prefixes, opcodes, ModRM) to NEAR are of single
 *  bytes; CALL to NEXT are of 32-bit words as `readWord` tells; BEYOND is how far from symbols; POINTERS are the data's. */
export const [NAMES, IMAGES, ENTRIES, SYMBOLS, LISTED, OPERATIONS, INDEX, FRAME, STACK, FIELD, SMALL, NEAR,
  CALL, JUMP, RELATIVE, PLACE, IMMEDIATE, BEYOND, POINTERS, STREAMS] = Array(20).keys();

// What an opcode is and what follows it (SDM vol. 2, appendix A): p is a prefix, x REX, o the first byte of a longer opcode.
// m: ModRM; b, w: ModRM and an immediate of one, four bytes; t, u: these when ModRM's middle is 0 or 1; B, W, V: an immediate
// of one, four, four or eight bytes; j, c, J: the distance of a near jump, a call, a jump.
// Bytes that are taken for something else than they are come back nevertheless.
const [PREFIX, REX, LONGER, MODRM, SHORT, WORD, TEST, WIDE, HOP, CALLS, JUMPS] = Array.from({ length: 11 }, (_, i) => 1 << i);
const FORM = {
  p: PREFIX, x: REX, o: LONGER, m: MODRM, b: MODRM | SHORT, w: MODRM | WORD, t: MODRM | TEST | SHORT, u: MODRM | TEST | WORD,
  B: SHORT, W: WORD, V: WORD | WIDE, j: HOP, c: CALLS, J: JUMPS,
};
const forms = (...rows) => Uint16Array.from(rows.map((row) => row.length === 1 ? row.repeat(16) : row).join(""), (letter) => FORM[letter]);
const FORMS = forms("mmmmBW..mmmmBW.o", "mmmmBW..mmmmBW..", "mmmmBWp.mmmmBWp.", "mmmmBWp.mmmmBWp.", "x", ".", "...mppppWwBb....", "j",
  "bwbbmmmmmmmmmmmm", ".", "........BW......", "BBBBBBBBVVVVVVVV", "bb....bw.....B..", "mmmm....mmmmmmmm", "jjjjBBBBcJ.j....", "p.pp..tu......mm");
const FORMS_0F = forms("mmmm.........m..", "m", "mmmm....mmmmmmmm", ".", "m", "m", "m", "bbbbmmm.mmmmmmmm",
  "J", "m", "...mbm.....mbmmm", "mmmmmmmmmmbmmmmm", "mmbmbbbm........", "m", "m", "m");

/** Goes through an instruction: byte(stream) and word(stream, bytes that follow it) are its parts, in order; byte gives its value. */
export function instruction(byte, word) {
  let isNarrow = false, isWide = false, opcode, form;
  while ((form = FORMS[opcode = byte(OPERATIONS)]) & PREFIX) isNarrow ||= opcode === 0x66;
  if (form & REX) {
    isWide = (opcode & 8) > 0;
    form = FORMS[byte(OPERATIONS)];
  }
  if (form & LONGER) form = FORMS_0F[byte(OPERATIONS)];
  if (form & MODRM) {
    const modrm = byte(OPERATIONS), mode = modrm >> 6;
    const base = mode < 3 && (modrm & 7) === 4 ? byte(INDEX) & 7 : modrm & 7;
    if (form & TEST && modrm & 0x30) form = MODRM;
    if ((modrm & 0xc7) === 5) word(RELATIVE, form & SHORT ? 1 : form & WORD ? (isNarrow ? 2 : 4) : 0);
    else if (mode === 1) byte(base === 5 ? FRAME : base === 4 ? STACK : FIELD);
    else if (mode === 2 || (mode === 0 && base === 5)) word(PLACE, 0);
  }
  if (form & SHORT) byte(SMALL);
  if (form & HOP) byte(NEAR);
  if (form & CALLS) word(CALL, 0);
  if (form & JUMPS) word(JUMP, 0);
  if (form & WORD && isNarrow) byte(SMALL), byte(SMALL);
  else if (form & WORD) word(IMMEDIATE, 0);
  if (form & WIDE && isWide) word(IMMEDIATE, 0);
}

class Stream {
  at = 0;
  constructor(bytes) { this.bytes = bytes; }
  get rest() { return this.at < this.bytes.length; }
  take(size) { return this.bytes.subarray(this.at, this.at += size); }
  /** Seven bits a byte, the least first. */
  number() {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const next = this.bytes[this.at++];
      value += (next & 127) * scale;
      if (next < 128) return value;
    }
  }
  signed() {
    const value = this.number();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }
  word() { return this.bytes.subarray(this.at, this.at = this.bytes.indexOf(0, this.at) + 1); }
}

const STARTS = ["_ZN", "_ZNK", "_ZTVN"]; // of mangled names (Itanium C++ ABI 5.1)
/** Makes a function that completes names of the kernel, one after the other: those of C++ come without a length before each
 *  part, and without what all have. "\1Inode\7write" is "_ZN5lucid6kernel5Inode5writeE"; \4 to \6 for \1 to \3 say that all
 *  parts but the last are those of the name before; no part is the nameless namespace; \x08 precedes what has no length. */
export function nameMaker() {
  let scope = [];
  const mangled = (part) => part[0] === "\x08" ? part.slice(1) : part ? `${part.length}${part}` : "12_GLOBAL__N_1";
  return (word) => {
    const start = word[0] - 1;
    if (start >= 6) return word;
    const parts = String.fromCharCode(...word.subarray(1, -1)).split("\x07"), last = parts.pop();
    if (start < 3) scope = parts;
    return new TextEncoder().encode(`${STARTS[start % 3]}5lucid6kernel${[...scope, last].map(mangled).join("")}E\0`);
  };
}

/** The file as it was; one that is not packed comes back as it is. */
export function unpack(packed) {
  const head = new DataView(packed.buffer, packed.byteOffset, packed.length);
  if (packed.length < 8 + 4 * STREAMS || head.getUint32(0, true) !== MAGIC) return packed;
  const out = new Uint8Array(head.getUint32(4, true));
  const view = new DataView(out.buffer);
  const data = new Stream(packed.subarray(8 + 4 * STREAMS));
  const streams = Array.from({ length: STREAMS }, (_, i) => new Stream(data.take(head.getUint32(8 + 4 * i, true))));
  const [names, images, entries, symbols, listed] = streams;
  const words = [], dictionary = [], completed = nameMaker();
  let end = 0; // of what is made
  const put = (bytes) => {
    out.set(bytes, end);
    end += bytes.length;
  };
  const putWord = (value) => {
    view.setUint32(end, value, true);
    end += 4;
  };

  function readEntry() {
    let id = entries.number() - 1; // -1: another name
    if (id < 0) id = words.push(completed(names.word())) - 1;
    return { id, info: entries.number(), section: entries.number(), size: entries.number(), places: null };
  }

  /** {entry, value} of each symbol, in order of their addresses. */
  function readSymbols(count) {
    const ends = []; // of the last symbol, by section
    let next = 0;
    return Array.from({ length: count }, () => {
      const step = symbols.number();
      const number = next + (step & 2 ? -1 - (step >> 2) : step >> 2);
      next = number + 1;
      const entry = dictionary[number] ??= readEntry();
      const value = (ends[entry.section] ?? 0) + (step & 1 ? symbols.signed() : 0);
      ends[entry.section] = value + entry.size;
      return { entry, value };
    });
  }

  /** What the next word of a stream stands for: itself, with its sign, when it is even; else 0, the next listed address,
   *  or a symbol's and how far from it. `origin` is what a distance counts from. */
  function readWord(stream, origin, values) {
    const number = streams[stream].number(), symbol = (number - 1) / 2;
    if (number % 2 === 0) return number % 4 ? -(number + 2) / 4 : number / 4;
    if (symbol === 0) return -origin;
    if (symbol === 1) return (values.last += listed.signed()) - origin;
    return values.get(symbol - 2) + (stream <= JUMP ? 0 : streams[BEYOND].signed()) - origin;
  }

  function putCode(stop, bias, values) {
    const byte = (stream) => end < stop ? out[end++] = streams[stream].bytes[streams[stream].at++] : 0;
    const word = (stream, more) => {
      if (stop - end < 4) while (end < stop) byte(OPERATIONS);
      else putWord(readWord(stream, stream <= RELATIVE ? end + 4 + more + bias : 0, values));
    };
    while (end < stop) instruction(byte, word);
  }

  function putSymbols(all, high) {
    const isLocal = ({ entry }) => entry.info >> 4 === 0;
    const strings = end + SYMBOL * (all.length + 1);
    let name = strings + 1;
    end += SYMBOL;
    for (const { entry, value } of [...all.filter(isLocal), ...all.filter((symbol) => !isLocal(symbol))]) {
      view.setUint32(end, name - strings, true);
      out.set([entry.info, entry.section >> 6, entry.section & 63], end + 4);
      view.setUint32(end + 8, value, true);
      view.setUint32(end + 12, value > 0x7fffffff ? high : 0, true);
      view.setUint32(end + 16, entry.size, true);
      out.set(words[entry.id], name);
      name += words[entry.id].length;
      end += SYMBOL;
    }
    end = name;
  }

  /** Pointers in data are numbers of symbols, too: each has a marker in its place. */
  function putData(stop, values) {
    const { bytes } = data;
    const isMarked = (at) => bytes[at] === 255 && bytes[at + 1] === 255 && bytes[at + 2] === 255 && bytes[at + 3] === 255;
    while (end < stop) {
      let size = (8 - end % 8) % 8; // markers stand where pointers may
      while (end + size + 8 <= stop && !isMarked(data.at + size)) size += 8;
      if (end + size + 8 > stop) size = stop - end;
      put(data.take(size));
      if (end === stop) return;
      data.at += 4;
      const value = readWord(POINTERS, 0, values);
      putWord(value);
      if (value !== -1) putWord(TOPMOST); // else it was no pointer, but looked like a marker
    }
  }

  function putSection(stop, bias, all, values) {
    const here = all.filter(({ entry, value }) => (entry.info & 15) === FUNCTION && value - bias >= end && value - bias < stop);
    // What precedes the first function is a piece, too.
    const goTo = (places) => places.forEach((at, k) => { if (k >= OPERATIONS) streams[k].at = at; });
    [null, ...here].forEach((symbol, i) => {
      const known = symbol?.entry.places, places = streams.map(({ at }) => at);
      if (known) goTo(known);
      else if (symbol) symbol.entry.places = places;
      putCode(here[i] ? here[i].value - bias : stop, bias, values);
      if (known) goTo(places);
    });
  }

  while (images.rest) {
    put(data.take(images.number()));
    const start = end;
    const [table, count, high, sections] = Array.from({ length: 4 }, () => images.number());
    const all = readSymbols(count);
    const values = new Map();
    values.last = 0;
    for (const { entry, value } of all) if (!values.has(entry.id)) values.set(entry.id, value);
    for (let i = 0; i < sections; ++i) {
      const [gap, size, address] = [images.number(), images.number(), images.number()];
      put(data.take(gap));
      if (address > 0) putSection(end + size, address - end, all, values);
      else putData(end + size, values);
    }
    put(data.take(start + table - end));
    putSymbols(all, high);
  }
  put(data.take(out.length - end));
  return out;
}

// SPDX-License-Identifier: MIT
// The kernel and the root archive travel rearranged (scripts/pack-guest), so that brotli and gzip find more in
// them that is alike; here they become again, byte for byte, what they were. Of the ELF files within
//   - symbol tables are lists of numbers: an entry of a dictionary each, and a gap where there is one;
//   - a function that several programs have (the C library's) is there once;
//   - fields that hold addresses hold the number of a symbol, and how far from it, instead: calls of a function
//     are alike then wherever they stand. Where these fields are is listed, but for calls, which show themselves.
// An address is of 32 bits, for all of a file lie below 2 GiB or in the topmost 2 GiB.

const MAGIC = 0x316b706c; // "lpk1"
/** What a field becomes: a symbol's address less that of what follows the field; a symbol's address; the next of
 *  the listed addresses; how far it is from what follows the field to 0 (a call of what was not linked). */
export const [RELATIVE, ABSOLUTE, LISTED, TO_NOTHING] = [0, 1, 2, 3];
const FUNCTION = 2;
const CALL = 0xe8;
const HEAD = 24, SYMBOL = 24; // bytes of the head, of a symbol

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

/** The kernel's names of C++ without a length before each part, and without those that all have: "\1Inode\3write"
 *  is "_ZN5lucid6kernel5Inode5writeE", and with \2 for \1 "_ZNK5…". */
export function mangled(word) {
  if (word[0] !== 1 && word[0] !== 2) return word;
  const parts = String.fromCharCode(...word.subarray(1, -1)).split("\x03").map((part) => `${part.length}${part}`);
  return new TextEncoder().encode(`_ZN${word[0] === 2 ? "K" : ""}5lucid6kernel${parts.join("")}E\0`);
}

/** Where the field of the next call begins that holds the number of a symbol and no more; `end` when there is none before. */
export function nextCall(code, from, end, symbols) {
  for (let at = from; at + 5 <= end; ++at) {
    if (code[at] === CALL && code[at + 3] === 0 && code[at + 4] === 0 && code[at + 1] + 256 * code[at + 2] < symbols) return at + 1;
  }
  return end;
}

/** The file as it was; one that is not packed comes back as it is. */
export function unpack(packed) {
  const head = new DataView(packed.buffer, packed.byteOffset, packed.length);
  if (packed.length < HEAD + 8 || head.getUint32(0, true) !== MAGIC) return packed;
  const out = new Uint8Array(head.getUint32(4, true));
  const view = new DataView(out.buffer);
  const streams = new Stream(packed.subarray(8 + HEAD));
  const [names, images, entries, symbols, fields, addresses] = [0, 1, 2, 3, 4, 5].map((i) => new Stream(streams.take(head.getUint32(8 + 4 * i, true))));
  const words = [], dictionary = [];
  let end = 0; // of what is made
  const put = (bytes) => {
    out.set(bytes, end);
    end += bytes.length;
  };

  function readEntry() {
    let id = entries.number() - 1; // -1: another name
    if (id < 0) id = words.push(mangled(names.word())) - 1;
    return { id, info: entries.number(), section: entries.number(), size: entries.number(), code: null };
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

  const readCode = (size) => ({ bytes: streams.take(size), fields: Array.from({ length: fields.number() }, () => fields.number()) });

  function fillFields(steps, at, codeEnd, bias, values) {
    const fill = (kind) => {
      let value = kind === LISTED ? values.last += addresses.signed() : 0;
      if (kind <= ABSOLUTE) value = values.get(view.getUint16(at, true)) + view.getInt16(at + 2, true);
      if (kind === RELATIVE || kind === TO_NOTHING) value -= at + 4 + bias;
      view.setUint32(at, value, true);
      at += 4;
    };
    const fillCalls = (end) => {
      while ((at = nextCall(out, at, end, words.length)) < end) fill(RELATIVE);
    };
    for (const step of steps) {
      fillCalls(at + (step >> 2));
      fill(step & 3);
    }
    fillCalls(codeEnd);
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

  while (images.rest) {
    put(streams.take(images.number()));
    const start = end;
    const [table, count, address, high, text, textEnd] = Array.from({ length: 6 }, () => images.number());
    const bias = address - start; // from places in `out` to addresses
    const all = readSymbols(count);
    const values = new Map();
    values.last = 0;
    for (const { entry, value } of all) if (!values.has(entry.id)) values.set(entry.id, value);
    put(streams.take(text));
    const functions = all.filter(({ entry, value }) => (entry.info & 15) === FUNCTION && value - bias >= start + text && value - bias < start + textEnd);
    // What precedes the first function is a piece, too.
    [null, ...functions].forEach((symbol, i) => {
      const next = functions[i];
      const size = (next ? next.value - bias : start + textEnd) - end;
      const code = symbol ? symbol.entry.code ??= readCode(size) : readCode(size);
      const at = end;
      put(code.bytes);
      fillFields(code.fields, at, end, bias, values);
    });
    put(streams.take(start + table - end));
    putSymbols(all, high);
  }
  put(streams.take(out.length - end));
  return out;
}

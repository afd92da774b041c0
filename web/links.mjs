// SPDX-License-Identifier: MIT
// What a link says: the keys of its query and its fragment (the fragment wins), read and written.
// Unknown keys are nobody's business; a bad value becomes a sentence and its key counts as absent.

import { MOST_INSTRUCTIONS, placeOf } from "./places.mjs";

export const VERSION = 1;
export const LENSES = ["cpu", "memory", "processes", "kernel", "files", "console"];
export const SCHEDULERS = ["rr", "latency", "fair", "eevdf", "coop"];
/** Characters of an address that all browsers take (Firefox takes the fewest: a MiB). */
export const LONGEST_LINK = 1_000_000;
const MOST_PACKED = LONGEST_LINK; // characters of a value in the fragment
const MOST_UNPACKED = 16 << 20;

/** Whole numbers of a range. */
const whole = (least, most) => (text) => {
  if (!/^\d{1,15}$/.test(text) || +text < least || +text > most) throw `must be a whole number from ${least} to ${most}`;
  return +text;
};
const oneOf = (...words) => (text) => {
  if (!words.includes(text)) throw `must be one of: ${words.join(", ")}`;
  return text;
};
export const isYes = (text) => ["1", "true", "yes", ""].includes(text);
const yesNo = (text) => isYes(text) || !oneOf("0", "1", "true", "false", "yes", "no")(text);
const text = (pattern, what, most = 200) => (value) => {
  if (value.length > most) throw `has more than ${most} characters`;
  if (!pattern.test(value)) throw `must be ${what}`;
  return value;
};
const anyText = text(/^[^\0]*$/, "a text without NUL characters", 1000);

/** "memory.walk", "cpu": a lens and one of its tabs. */
function panels(value) {
  const [, lens, view = ""] = /^([^.]*)\.?(.*)$/s.exec(value.toLowerCase());
  const number = LENSES.indexOf(lens);
  if (number < 0) throw `must begin with one of: ${LENSES.join(", ")}`;
  return { lens: number, view: text(/^[a-z ]*$/, "a tab's name, as in memory.walk", 20)(view) };
}

/** Words as a shell splits them; quotes keep blanks together. */
export function splitWords(line) {
  const words = [];
  let word = null;
  let quote = "";
  for (const c of line) {
    if (quote) {
      if (c === quote) quote = "";
      else word += c;
    } else if (c === '"' || c === "'") {
      quote = c;
      word ??= "";
    } else if (c === " ") {
      if (word !== null) words.push(word);
      word = null;
    } else word = (word ?? "") + c;
  }
  if (quote) throw `lacks its closing ${quote}`;
  if (word !== null) words.push(word);
  return words;
}
const quoted = (word) => (/^[^\s'"]+$/.test(word) ? word : word.includes('"') ? `'${word}'` : `"${word}"`);

// --- bytes in a fragment: base64url of raw deflate ---
async function through(stream, bytes, most) {
  const parts = [];
  let size = 0;
  const piped = new Blob([bytes]).stream().pipeThrough(stream).getReader();
  for (;;) {
    const { done, value } = await piped.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      piped.cancel().catch(() => {});
      throw `unpacks to more than ${most >> 20} MiB`;
    }
    parts.push(value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
export async function packBytes(bytes) {
  const packed = await through(new CompressionStream("deflate-raw"), bytes, Infinity);
  let binary = "";
  for (let i = 0; i < packed.length; i += 8192) binary += String.fromCharCode(...packed.subarray(i, i + 8192));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
export async function unpackBytes(packed) {
  if (packed.length > MOST_PACKED) throw `is longer than ${MOST_PACKED} characters`;
  let bytes;
  try {
    bytes = Uint8Array.from(atob(packed.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  } catch {
    throw "is no base64url";
  }
  try {
    return await through(new DecompressionStream("deflate-raw"), bytes, MOST_UNPACKED);
  } catch (problem) {
    throw typeof problem === "string" ? problem : "is cut off or was changed";
  }
}

const KEYS = {
  scene: text(/^[a-z0-9-]+$/, "a scene's name: small letters, digits, hyphens", 40),
  beat: whole(1, 999),
  at: whole(0, MOST_INSTRUCTIONS),
  time: whole(0, 1e15),
  to: (value) => {
    if (!placeOf(value)) throw 'must be a place: "fork#2" (in a link fork%232), "@120000", "cow:3" or "idle"';
    return value;
  },
  panels,
  theme: oneOf("auto", "light", "dark"),
  controls: oneOf("all", "play", "none"),
  autoplay: yesNo,
  lang: oneOf("en"),
  program: text(/^[\x21-\x7e]+$/, "a program's name or path"),
  args: (value) => splitWords(anyText(value)),
  sched: oneOf(...SCHEDULERS),
  ram: whole(8, 512),
  speed: whole(0, 1e9),
  type: anyText,
  embed: yesNo,
  parent: text(/^(https?:\/\/[\w.:[\]-]+|null)$/, "an origin, as in https://example.org"),
  bin: unpackBytes,
  name: text(/^[\w.+-]+$/, "a file name of letters, digits and . + - _", 60),
  run: unpackBytes,
};
const [MOST_BREAKS, MOST_BREAK] = [100, 4096]; // how many, and characters of each: as many as the panel takes

/** [[key, value]] of a link: the query's, then the fragment's. */
const pairsOf = (url) => [url.search, url.hash].flatMap((part) => [...new URLSearchParams(part.slice(1))]);
/** Its last value of a key, unread; undefined when there is none. */
export const asked = (url, key) => pairsOf(url).findLast(([each]) => each === key)?.[1];

/** {settings, problems}: what a link asks for, and a sentence for each value that is none. Never throws. */
export async function readLink(url) {
  const settings = { breaks: [] };
  const problems = [];
  const given = new Map();
  for (const [key, value] of pairsOf(url)) {
    if (key !== "break") given.set(key, value);
    else if (value && value.length <= MOST_BREAK && settings.breaks.length < MOST_BREAKS) settings.breaks.push(value);
    else problems.push(`break: at most ${MOST_BREAKS} expressions of 1 to ${MOST_BREAK} characters.`);
  }
  const version = given.get("v") ?? String(VERSION);
  if (version !== String(VERSION)) problems.push(`v=${shortened(version)}: this page reads links of version ${VERSION}; some of this one may be lost.`);
  for (const [key, value] of given) {
    if (!Object.hasOwn(KEYS, key)) continue;
    try {
      settings[key] = await KEYS[key](value);
    } catch (why) {
      problems.push(`${key}=${shortened(value)}: ${why}.`);
    }
  }
  if (settings.beat && !settings.scene) problems.push("beat: needs scene as well.");
  if (settings.args && !settings.program && !settings.bin) problems.push("args: needs program as well.");
  return { settings, problems };
}
/** For a sentence: not too long, and without what would spoil it. */
export const shortened = (value) => {
  const plain = value.replace(/\p{C}/gu, "\ufffd");
  return plain.length > 40 ? `${Array.from(plain.slice(0, 41)).slice(0, -1).join("")}…` : plain;
};

/** The query and fragment that say the same: "?v=1&…#bin=…". */
export async function writeLink(settings) {
  const query = new URLSearchParams({ v: VERSION });
  const fragment = new URLSearchParams();
  for (const key of ["scene", "beat", "at", "time", "to", "theme", "controls", "lang", "program", "sched", "ram", "speed", "type", "name"]) {
    if (settings[key] !== undefined) query.set(key, settings[key]);
  }
  for (const key of ["autoplay", "embed"]) if (settings[key]) query.set(key, 1);
  if (settings.panels) query.set("panels", LENSES[settings.panels.lens] + (settings.panels.view ? `.${settings.panels.view}` : ""));
  if (settings.args?.length) query.set("args", settings.args.map(quoted).join(" "));
  for (const each of settings.breaks ?? []) query.append("break", each);
  for (const key of ["bin", "run"]) if (settings[key]) fragment.set(key, await packBytes(settings[key]));
  const hash = fragment.toString();
  return `?${query}${hash && `#${hash}`}`;
}

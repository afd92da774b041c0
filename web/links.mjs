// SPDX-License-Identifier: MIT
// What a link says: the keys of its query and its fragment (the fragment wins), read and written.
// Unknown keys are nobody's business; a bad value becomes a sentence and its key counts as absent.

import { placeOf } from "./places.mjs";

export const VERSION = 1;
export const LENSES = ["cpu", "memory", "processes", "kernel", "files", "console"];
export const SCHEDULERS = ["rr", "latency", "fair", "eevdf", "coop"];
const MOST_PACKED = 256 << 10; // characters in the fragment
const MOST_UNPACKED = 16 << 20;
export const MOST_INSTRUCTIONS = 4e9; // about a minute and a half of a fast browser

/** Whole numbers of a range. */
const whole = (least, most) => (text) => {
  if (!/^\d{1,15}$/.test(text) || +text < least || +text > most) throw `must be a whole number from ${least} to ${most}`;
  return +text;
};
const oneOf = (...words) => (text) => {
  if (!words.includes(text)) throw `must be one of: ${words.join(", ")}`;
  return text;
};
const yesNo = (text) => ["1", "true", "yes", ""].includes(text) || !oneOf("0", "1", "true", "false", "yes", "no")(text) || false;
const text = (pattern, what, most = 200) => (value) => {
  if (value.length > most || !pattern.test(value)) throw `must be ${what}`;
  return value;
};

/** "memory.walk", "cpu": a lens and one of its tabs. */
function panels(value) {
  const [lens, view = ""] = value.toLowerCase().split(".");
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
  if (packed.length > MOST_PACKED) throw `is longer than ${MOST_PACKED >> 10} KiB`;
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
    if (!placeOf(value)) throw 'must be a place: "fork#2", "@120000" or "idle"';
    return value;
  },
  panels,
  theme: oneOf("auto", "light", "dark"),
  controls: oneOf("all", "play", "none"),
  autoplay: yesNo,
  lang: oneOf("en"),
  program: text(/^[\x21-\x7e]+$/, "a program's name or path"),
  args: (value) => splitWords(text(/^[^\0]*$/, "at most 1000 characters", 1000)(value)),
  sched: oneOf(...SCHEDULERS),
  ram: whole(8, 512),
  speed: whole(0, 1e9),
  type: text(/^[^\0]*$/, "at most 1000 characters", 1000),
  embed: yesNo,
  parent: text(/^(https?:\/\/[\w.:[\]-]+|null)$/, "an origin, as in https://example.org"),
  bin: unpackBytes,
  name: text(/^[\w.+-]+$/, "a file name of letters, digits and . + - _", 60),
  run: unpackBytes,
};
const MOST_BREAKS = 16;

/** {settings, problems}: what a link asks for, and a sentence for each value that is none. Never throws. */
export async function readLink(url) {
  const settings = { breaks: [] };
  const problems = [];
  const given = new Map();
  for (const part of [url.search, url.hash]) {
    for (const [key, value] of new URLSearchParams(part.slice(1))) {
      if (key === "break") {
        if (value && value.length <= 200 && settings.breaks.length < MOST_BREAKS) settings.breaks.push(value);
        else problems.push(`break: at most ${MOST_BREAKS} expressions of 1 to 200 characters.`);
      } else given.set(key, value);
    }
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
const shortened = (value) => (value.length > 40 ? `${value.slice(0, 40)}…` : value);

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

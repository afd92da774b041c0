// SPDX-License-Identifier: MIT
// Archives in cpio's "newc" format, which the kernel unpacks into its root: written, and listed.

const [KIND, REGULAR, DIRECTORY, LINK] = [0o170000, 0o100000, 0o040000, 0o120000]; // of a mode
export const isRegular = (mode) => (mode & KIND) === REGULAR;
export const isLink = (mode) => (mode & KIND) === LINK;
/** A file that can be run. */
export const isExecutable = ({ mode }) => isRegular(mode) && (mode & 0o111) !== 0;
const TRAILER = "TRAILER!!!";
const HEADER = 110;
const encoder = new TextEncoder();
const decoder = new TextDecoder();
const padded = (size) => (size + 3) & ~3;

/** files: [{path, bytes, mode}] with paths like "bin/hello"; folders above them are made. */
export function writeCpio(files) {
  const entries = [];
  const folders = new Set();
  for (const { path, bytes, mode = 0o644 } of files) {
    const parts = path.split("/");
    for (let i = 1; i < parts.length; ++i) {
      const folder = parts.slice(0, i).join("/");
      if (!folders.has(folder)) entries.push({ path: folder, bytes: new Uint8Array(), mode: DIRECTORY | 0o755 });
      folders.add(folder);
    }
    entries.push({ path, bytes: typeof bytes === "string" ? encoder.encode(bytes) : bytes, mode: mode > 0o7777 ? mode : REGULAR | mode });
  }
  entries.push({ path: TRAILER, bytes: new Uint8Array(), mode: 0 });
  const names = entries.map(({ path }) => encoder.encode(`${path}\0`));
  const size = entries.reduce((sum, { bytes }, i) => sum + padded(HEADER + names[i].length) + padded(bytes.length), 0);
  const archive = new Uint8Array(padded(size));
  let at = 0;
  entries.forEach(({ bytes, mode }, i) => {
    const numbers = [i + 1, mode, 0, 0, 1, 0, bytes.length, 0, 0, 0, 0, names[i].length, 0];
    archive.set(encoder.encode(`070701${numbers.map((n) => n.toString(16).padStart(8, "0")).join("")}`), at);
    archive.set(names[i], at + HEADER);
    at += padded(HEADER + names[i].length);
    archive.set(bytes, at);
    at += padded(bytes.length);
  });
  return archive;
}

/** Whether these bytes begin as such an archive does. */
export const isCpio = (bytes) => /^07070[12]/.test(decoder.decode(bytes.subarray(0, 6)));

/** Map of path (no slash in front) to {mode, bytes}; later entries win. Stops quietly at damage. */
export function readCpio(archive) {
  const files = new Map();
  let at = 0;
  while (at + HEADER <= archive.length) {
    if (archive[at] === 0) { // padding between archives
      ++at;
      continue;
    }
    if (!isCpio(archive.subarray(at))) break;
    const field = (n) => parseInt(decoder.decode(archive.subarray(at + 6 + 8 * n, at + 14 + 8 * n)), 16);
    const [mode, size, nameSize] = [field(1), field(6), field(11)];
    const name = decoder.decode(archive.subarray(at + HEADER, at + HEADER + nameSize - 1));
    const begin = at + padded(HEADER + nameSize);
    if (!(begin + size <= archive.length)) break;
    if (name !== TRAILER) files.set(name.replace(/^(\.?\/)+/, ""), { mode, bytes: archive.subarray(begin, begin + size) });
    at = begin + padded(size);
  }
  return files;
}

// SPDX-License-Identifier: MIT
// A reader's own program: an ELF file, or a tar or cpio archive of files. What cannot run here is
// explained before anything starts. Throws a sentence (a string) for a person.

import { isCpio, isExecutable, isLink, readCpio } from "./cpio.mjs";

const MOST_BYTES = 64 << 20;
const [PT_LOAD, PT_DYNAMIC, PT_INTERP] = [1, 2, 3];
const [DT_NULL, DT_NEEDED, DT_STRTAB, DT_RPATH, DT_RUNPATH] = [0, 1, 5, 15, 29];
const MACHINES = { 3: "32-bit x86", 40: "32-bit ARM", 183: "64-bit ARM", 243: "RISC-V", 21: "PowerPC", 22: "S/390", 8: "MIPS", 258: "LoongArch" };
const LIBRARY_FOLDERS = ["lib", "lib64", "usr/lib", "usr/lib64", "lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "usr/local/lib"];
const decoder = new TextDecoder();

const isElf = (bytes) => bytes[0] === 0x7f && decoder.decode(bytes.subarray(1, 4)) === "ELF";

function textAt(bytes, at) {
  const end = bytes.indexOf(0, at);
  return decoder.decode(bytes.subarray(at, end < 0 ? bytes.length : end));
}

/** What an ELF program wants beside itself: {interpreter, libraries, folders}, the last where it looks for libraries
 *  first. Throws why it cannot run here. */
export function examineElf(bytes, name) {
  if (!isElf(bytes)) throw explainNoElf(bytes, name);
  if (bytes.length < 64) throw `${name} is cut off: an ELF header alone has 64 bytes.`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const machine = view.getUint16(18, bytes[5] !== 2);
  if (machine !== 62) {
    throw `${name} is a program for ${MACHINES[machine] ?? `another processor (ELF machine ${machine})`}; this machine is an x86-64. Compile it for x86-64.`;
  }
  if (bytes[4] !== 2) throw `${name} is a 32-bit program (x32); this machine runs 64-bit ones. Compile it with -m64.`;
  const type = view.getUint16(16, true);
  if (type === 1) throw `${name} is an object file (.o), not yet a program. Link it, best with -static.`;
  if (type === 4) throw `${name} is a core dump, not a program.`;
  if (type !== 2 && type !== 3) throw `${name} is an ELF file of no kind that runs (type ${type}).`;

  const wide = (at) => (at + 8 <= bytes.length ? Number(view.getBigUint64(at, true)) : 0);
  const [table, size, count] = [wide(32), view.getUint16(54, true), view.getUint16(56, true)];
  const segments = [];
  for (let i = 0; i < count && table + i * size + 56 <= bytes.length; ++i) {
    const at = table + i * size;
    segments.push({ type: view.getUint32(at, true), offset: wide(at + 8), address: wide(at + 16), fileSize: wide(at + 32) });
  }
  if (segments.length < count || segments.some((s) => s.type === PT_LOAD && s.offset + s.fileSize > bytes.length)) {
    throw `${name} is cut off: it says that it is longer than its ${bytes.length} bytes.`;
  }
  if (!segments.some((s) => s.type === PT_LOAD)) throw `${name} has nothing to load, so it cannot run.`;
  const asked = segments.find((s) => s.type === PT_INTERP);
  return { interpreter: asked ? textAt(bytes, asked.offset) : "", ...neededBy(bytes, segments, wide), library: type === 3 && !asked && wide(24) === 0 };
}

function neededBy(bytes, segments, wide) {
  const dynamic = segments.find((s) => s.type === PT_DYNAMIC);
  if (!dynamic) return { libraries: [], folders: [] };
  const entries = [];
  for (let at = dynamic.offset; at + 16 <= bytes.length && wide(at) !== DT_NULL; at += 16) entries.push([wide(at), wide(at + 8)]);
  const strings = entries.find(([tag]) => tag === DT_STRTAB)?.[1];
  const home = segments.find((s) => s.type === PT_LOAD && strings >= s.address && strings < s.address + s.fileSize);
  const named = (...tags) => (home ? entries.filter(([tag]) => tags.includes(tag)).map(([, at]) => textAt(bytes, strings - home.address + home.offset + at)) : []);
  return { libraries: named(DT_NEEDED), folders: named(DT_RPATH, DT_RUNPATH).flatMap((list) => list.split(":")) };
}

const COMPRESSED = /^(1f8b|1f9d|425a68|504b0304|fd377a58|28b52ffd|377abcaf|04224d18|4c5a4950)/; // gzip, compress, bzip2, zip, xz, zstd, 7z, lz4, lzip
const MACOS = /^(cffaedfe|cefaedfe|cafebabe)/;
const OLD_CPIO = /^(c771|71c7|303730373037)/; // binary, in either order of bytes; "070707"

function explainNoElf(bytes, name) {
  const begin = Array.from(bytes.subarray(0, 6), (byte) => byte.toString(16).padStart(2, "0")).join("");
  const text = decoder.decode(bytes.subarray(0, 2));
  if (bytes.length === 0) return `${name} is empty.`;
  if (text === "MZ") return `${name} is a Windows program; this machine runs Linux ones (ELF, x86-64).`;
  if (text === "#!") return `${name} is a script; put it into a tar with what runs it, or type it into the console.`;
  if (MACOS.test(begin)) return `${name} is a macOS program; this machine runs Linux ones (ELF, x86-64).`;
  if (OLD_CPIO.test(begin)) return `${name} is a cpio archive of an old format; make it with cpio -o -H newc.`;
  if (COMPRESSED.test(begin)) return `${name} is compressed; unpack it first (tar and cpio archives may hold many files).`;
  return `${name} is neither a program (ELF) nor an archive (tar, cpio).`;
}

// --- tar (ustar, with GNU and pax long names) ---
const isTar = (bytes) => bytes.length >= 512 && decoder.decode(bytes.subarray(257, 262)) === "ustar";
function readTar(bytes, name) {
  const files = new Map();
  const octal = (at, size) => parseInt(decoder.decode(bytes.subarray(at, at + size)).replace(/\0.*/s, "").trim() || "0", 8);
  const clean = (path) => path.replace(/^(\.?\/)+/, "").replace(/\/$/, "");
  const pax = (body, key) => new RegExp(`\\d+ ${key}=(.*)\n`).exec(decoder.decode(body))?.[1] ?? "";
  let [long, longLink] = ["", ""];
  for (let next = 0; next + 512 <= bytes.length && bytes[next] !== 0;) {
    const at = next;
    const size = octal(at + 124, 12);
    const body = bytes.subarray(at + 512, at + 512 + size);
    if (!(size >= 0) || body.length < size) throw `${name} is cut off.`;
    next += 512 + Math.ceil(size / 512) * 512;
    const field = (from, length) => textAt(bytes.subarray(at + from, at + from + length), 0);
    const kind = String.fromCharCode(bytes[at + 156] || 48);
    const prefix = field(345, 155);
    const path = clean(long || (prefix && `${prefix}/`) + field(0, 100));
    const link = longLink || field(157, 100);
    const mode = octal(at + 100, 8) & 0o7777;
    if (kind === "L") long = textAt(body, 0);
    else if (kind === "K") longLink = textAt(body, 0);
    else if (kind === "x") [long, longLink] = [pax(body, "path"), pax(body, "linkpath")];
    else {
      if (kind === "0" || kind === "7") files.set(path, { mode: 0o100000 | mode, bytes: body });
      else if (kind === "1" && files.has(clean(link))) files.set(path, files.get(clean(link)));
      else if (kind === "5" && path) files.set(path, { mode: 0o040000 | mode, bytes: new Uint8Array() });
      else if (kind === "2") files.set(path, { mode: 0o120777, bytes: new TextEncoder().encode(link) });
      [long, longLink] = ["", ""];
    }
  }
  return files;
}

/** Whether a path leads to a file, through symbolic links on its way. */
function leadsToFile(files, path, hops = 40) {
  const parts = path.split("/").filter((part) => part && part !== ".");
  const at = [];
  for (let i = 0; i < parts.length; ++i) {
    if (parts[i] === "..") {
      at.pop();
      continue;
    }
    at.push(parts[i]);
    const file = files.get(at.join("/"));
    if (!file || !isLink(file.mode)) continue;
    const target = textAt(file.bytes, 0);
    if (hops === 0 || target === "") return false;
    const folder = target.startsWith("/") ? "" : at.slice(0, -1).join("/");
    return leadsToFile(files, [folder, target, ...parts.slice(i + 1)].join("/"), hops - 1);
  }
  return files.has(at.join("/"));
}

/** What of a dynamic program is missing from the machine; files: Map of path. */
function explainMissing(path, { interpreter, libraries, folders }, files) {
  const name = path.replace(/^.*\//, "");
  const origin = path.slice(0, -name.length - 1);
  const places = [...folders.map((folder) => folder.replace(/\$ORIGIN|\$\{ORIGIN\}/g, origin)), ...LIBRARY_FOLDERS];
  const missing = [];
  if (interpreter && !leadsToFile(files, interpreter)) missing.push(`its interpreter ${interpreter}`);
  for (const library of libraries) {
    const there = library.includes("/") ? leadsToFile(files, library) : places.some((folder) => leadsToFile(files, `${folder}/${library}`));
    // The C library of musl is its interpreter, under another name.
    if (!there && !(interpreter.includes("ld-musl") && library.startsWith("libc."))) missing.push(`the library ${library}`);
  }
  if (missing.length === 0) return "";
  return `${name} is dynamically linked, and the machine lacks ${missing.join(", ")}. Link it with -static, or give a tar of the program with these files in their folders.`;
}

/** The file as a start of the machine: {files, argv}; files for writeCpio, argv empty when an archive has no program
 *  of its own to run and only adds files. `root` is the machine's own archive. */
export function ownProgram(bytes, name, args, root) {
  if (bytes.length > MOST_BYTES) throw `${name} has ${Math.ceil(bytes.length / (1 << 20))} MiB; at most ${MOST_BYTES >> 20} fit in here.`;
  const plain = name.replace(/^.*[/\\]/, "").replace(/[^\w.+-]/g, "_").replace(/^\.*$/, "program");
  const files = isTar(bytes) ? readTar(bytes, plain) : isCpio(bytes) ? readCpio(bytes) : null;
  const all = readCpio(root);
  if (files) {
    if (files.size === 0) throw `${plain} holds no files.`;
    for (const [path, file] of files) all.set(path, file);
    const isProgram = ([path, file]) => isExecutable(file) && isElf(file.bytes) && !/\.so(\.|$)|(^|\/)ld-/.test(path);
    const main = [...files].find(isProgram);
    if (main) {
      const problem = explainMissing(main[0], examineElf(main[1].bytes, main[0]), all);
      if (problem) throw problem;
    }
    return { files: [...files].map(([path, file]) => ({ path, ...file })), argv: main ? [`/${main[0]}`, ...args] : null };
  }
  const wants = examineElf(bytes, plain);
  if (wants.library) throw `${plain} is a shared library, not a program.`;
  const problem = explainMissing(`bin/${plain}`, wants, all);
  if (problem) throw problem;
  return { files: [{ path: `bin/${plain}`, bytes, mode: 0o755 }], argv: [`/bin/${plain}`, ...args] };
}

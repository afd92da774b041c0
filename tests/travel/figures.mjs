// SPDX-License-Identifier: MIT
// The page's WebAssembly in node: how long jumps take in a long recorded run.
// usage: figures.mjs SITE INSTRUCTIONS COMMAND
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

import { unpack } from "../../web/unpack.mjs";

const [site, instructions, command] = [resolve(process.argv[2]), Number(process.argv[3]), process.argv[4]];
const wasm = await createRequire(import.meta.url)(join(site, "lucid86.js"))({ wasmBinary: readFileSync(join(site, "lucid86.wasm")) });
const give = (data) => {
  const at = wasm._malloc(data.length);
  wasm.HEAPU8.set(data, at);
  return at;
};
const kernel = unpack(readFileSync(join(site, "kernel.pack"))), root = unpack(readFileSync(join(site, "root.pack")));
wasm._lucid_boot(give(kernel), kernel.length, give(root), root.length, 32);
wasm._lucid_run();
while (wasm._lucid_frame() >= 0);
const line = new TextEncoder().encode(`${command}\r`);
wasm._lucid_type(give(line), line.length);
while (wasm._lucid_instruction() < instructions && wasm._lucid_frame() >= 0);

function tell(name, milliseconds) {
  milliseconds.sort((a, b) => a - b);
  const show = (value) => `${value.toFixed(1).padStart(7)} ms`;
  const at = (part) => milliseconds[Math.floor((milliseconds.length - 1) * part)];
  console.log(`${name.padEnd(34)} median ${show(at(0.5))}, 95 % ${show(at(0.95))}, most ${show(at(1))} (${milliseconds.length} times)`);
}
const time = (what) => {
  const begin = performance.now();
  what();
  return performance.now() - begin;
};
let state = 1;
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
const end = wasm._lucid_end_time(), seeks = [], first = [], back = [];
for (let i = 0; i < 60; ++i) {
  const to = Math.floor(random() * end);
  seeks.push(time(() => wasm._lucid_seek(to)));
  first.push(time(() => wasm._lucid_step_back(0)));
  for (let k = 0; k < 5; ++k) back.push(time(() => wasm._lucid_step_back(0)));
}
console.log(`${(wasm._lucid_end_time() / 1e9).toFixed(2)}e9 ticks in WebAssembly (node)`);
tell("seek to anywhere", seeks);
tell("first step back after it", first);
tell("steps back after that", back);

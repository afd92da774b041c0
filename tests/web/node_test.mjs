// SPDX-License-Identifier: MIT
// The page's own WebAssembly in node, without a window: the same commands must give the same event
// log and the same machine as natively, bit for bit. usage: node_test.mjs SITE SESSION_HASHES
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { unpack } from "../../web/unpack.mjs";

const [site, native] = process.argv.slice(2).map((path) => resolve(path));
const COMMANDS = ["ps", "cowdemo", "ls /bin | cat", "cat /etc/motd | wc", "(echo a; echo b) | cat > /tmp/x; cat /tmp/x"];

if (!existsSync(join(site, "lucid86.wasm"))) {
  console.log(`skipped: ${site} holds no page; scripts/build makes it`);
  process.exit(process.env.LUCID_REQUIRE_WEB ? 1 : 77);
}

const wasm = await createRequire(import.meta.url)(join(site, "lucid86.js"))({ wasmBinary: readFileSync(join(site, "lucid86.wasm")) });

function text(at) {
  return new TextDecoder().decode(wasm.HEAPU8.subarray(at, wasm.HEAPU8.indexOf(0, at)));
}
function give(data) {
  const at = wasm._malloc(data.length);
  wasm.HEAPU8.set(data, at);
  return at;
}
function runUntilIdle() {
  while (wasm._lucid_frame() >= 0);
  const state = JSON.parse(text(wasm._lucid_state()));
  return `${state.instruction} ${state.events.count} ${state.events.hash} ${text(wasm._lucid_state_hash())}`;
}

const kernel = unpack(readFileSync(join(site, "kernel.pack")));
const root = unpack(readFileSync(join(site, "root.pack")));
const problem = text(wasm._lucid_boot(give(kernel), kernel.length, give(root), root.length, 32));
if (problem) throw new Error(problem);
wasm._lucid_run();
const got = [runUntilIdle()];
for (const command of COMMANDS) {
  const line = new TextEncoder().encode(`${command}\r`);
  wasm._lucid_type(give(line), line.length);
  got.push(runUntilIdle());
}
/** As in session_hashes.cpp: back and forth through the recorded time. */
function* walk() {
  let state = 2026;
  const below = (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % limit;
  };
  for (let i = 0; i < 120; ++i) {
    const what = below(5);
    const grain = below(6);
    const end = wasm._lucid_end_time();
    if (what === 0) wasm._lucid_seek(Math.floor(end / 1000) * below(1000));
    else if (what < 3) wasm._lucid_step_back(grain);
    else wasm._lucid_step(grain);
    yield `${wasm._lucid_time()} ${wasm._lucid_instruction()} ${text(wasm._lucid_state_hash())}`;
  }
}
got.push(...walk());
wasm._lucid_seek(wasm._lucid_end_time());

const folder = mkdtempSync(join(tmpdir(), "lucid86-"));
const files = Object.entries({ "kernel.elf": kernel, "root.cpio": root }).map(([name, bytes]) => {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
});
const wanted = execFileSync(native, [...files, ...COMMANDS], { encoding: "utf8" }).trim().split("\n");
rmSync(folder, { recursive: true });

let failures = 0;
["boot", ...COMMANDS].forEach((command, i) => {
  const same = got[i] === wanted[i];
  if (!same) ++failures;
  console.log(`${same ? "ok    " : "FAILED"} ${command}: ${got[i]}${same ? "" : `, natively ${wanted[i]}`}`);
});
const first = COMMANDS.length + 1;
const differing = got.findIndex((line, i) => i >= first && line !== wanted[i]);
if (differing >= 0 || got.length !== wanted.length) ++failures;
console.log(differing >= 0 ? `FAILED step ${differing - first} through time: ${got[differing]}, natively ${wanted[differing]}`
  : `ok     ${got.length - first} steps through time, ${new Set(got.slice(first)).size} moments`);

// Speed, for the record.
const spin = new TextEncoder().encode("spin 60\r");
wasm._lucid_type(give(spin), spin.length);
const begin = performance.now();
const before = wasm._lucid_instruction();
while (performance.now() - begin < 3000) wasm._lucid_frame();
console.log(`wasm in node: ${((wasm._lucid_instruction() - before) / (performance.now() - begin) / 1000).toFixed(1)} MIPS`);
process.exit(failures === 0 ? 0 : 1);

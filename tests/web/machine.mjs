// SPDX-License-Identifier: MIT
// The page's machine in node, without a window: for tests of what needs no picture.
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

export function requireSite(site) {
  if (existsSync(join(site, "lucid86.wasm"))) return;
  console.log(`skipped: ${site} holds no page; scripts/build makes it`);
  process.exit(process.env.LUCID_REQUIRE_WEB ? 1 : 77);
}

/** A module of the page. */
export const module = (name) => import(new URL(`../../web/${name}`, import.meta.url));

/** Opens a link as the page does, in a machine of its own: {api, machine, problems, runs}. */
export async function openLink(site, link) {
  const { Machine } = await module("machine.mjs");
  const factory = createRequire(import.meta.url)(join(site, "lucid86.js"));
  const machine = await Machine.create({
    base: site,
    read: async (path) => new Uint8Array(readFileSync(path)),
    instantiate: () => factory({ wasmBinary: readFileSync(join(site, "lucid86.wasm")) }),
  });
  return reopen(machine, link);
}
/** The same in a machine that is there. */
export async function reopen(machine, link) {
  const [{ Api }, { readLink }] = await Promise.all(["api.mjs", "links.mjs"].map(module));
  const api = new Api(machine);
  const { settings, problems } = await readLink(new URL(link, "https://example.org/"));
  await api.boot(settings, problems);
  return { api, machine, problems, runs: await api.arrive(problems) };
}

let failures = 0;
export function check(what, holds, detail = "") {
  console.log(`${holds ? "ok    " : "FAILED"} ${what}${detail === "" ? "" : ` (${detail})`}`);
  if (!holds) ++failures;
  return holds;
}
export function finish(name) {
  console.log(failures === 0 ? `${name}: all passed` : `${name}: ${failures} FAILED`);
  process.exit(failures === 0 ? 0 : 1);
}

/** Repeatable dice. */
export class Dice {
  #state;
  constructor(seed) {
    this.#state = seed;
  }
  below(limit) {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return (this.#state >>> 8) % limit;
  }
  of(list) {
    return list[this.below(list.length)];
  }
}

// SPDX-License-Identifier: MIT
// The machine under node: no page, no window, no network. Types: embed.d.ts.
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { Api, VERSION } from "./machine/api.mjs";
import { readLink } from "./machine/links.mjs";
import { Machine } from "./machine/machine.mjs";

export { VERSION };

const MACHINE = fileURLToPath(new URL("machine", import.meta.url));

/** A machine with these settings (the keys of links), paused at their moment. */
export async function create(settings = {}) {
  const { break: breaks = "", ...rest } = settings;
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(rest)) if (value !== undefined) query.set(key, String(value));
  for (const each of breaks.split(";").filter(Boolean)) query.append("break", each.trim());
  const { settings: known, problems } = await readLink(new URL(`?${query}`, "file:///"));

  const factory = createRequire(import.meta.url)("./machine/lucid86.cjs");
  const machine = await Machine.create({
    base: MACHINE,
    read: async (path) => new Uint8Array(await readFile(path)),
    instantiate: async () => factory({ wasmBinary: await readFile(`${MACHINE}/lucid86.wasm`) }),
  });
  const api = new Api(machine);
  await api.boot(known, problems);
  await api.arrive(problems);
  if (problems.length > 0) throw new TypeError(`create: ${problems.join(" ")}`);
  return api;
}

// SPDX-License-Identifier: MIT
// node.mjs BENCH_MACHINE.js [--observed] KERNEL [ARCHIVE…] [-- PROGRAM…]: bench_machine in node; prints
// the report as one line of JSON.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

import { parseJob } from "./job.mjs";
import { runJob } from "./machine.mjs";

const [script, ...options] = process.argv.slice(2);
const module = resolve(script);
const report = await runJob(createRequire(import.meta.url)(module), readFileSync(module.replace(/\.js$/, ".wasm")), parseJob(options));
console.log(JSON.stringify(report));

// SPDX-License-Identifier: MIT
// chromium.mjs BENCH_MACHINE.js: bench_machine in pages of one headless Chromium. Each line of standard
// input is the command line of a run, as JSON; each line of output its report, with the CPU time of the
// page's process ("user_seconds"; the little that the host's kernel did for it included), or
// {"error": …}. Every run has a page, and so a process, of its own. Ends with its input.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { launch } from "../../web/browser.mjs";
import { parseJob } from "./job.mjs";

const PATIENCE = 300_000;

const script = process.argv[2];

/** CPU time of a process's threads, by the scheduler's own account, in nanoseconds there (proc(5)). */
function cpuSeconds(pid) {
  let nanoseconds = 0;
  for (const task of existsSync(`/proc/${pid}/task`) ? readdirSync(`/proc/${pid}/task`) : []) {
    try {
      nanoseconds += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "latin1").split(" ")[0]);
    } catch {
      // the thread has ended in between
    }
  }
  return nanoseconds / 1e9;
}

const browser = await launch();
const control = await browser.newBrowserCDPSession();

async function renderers() {
  const { processInfo } = await control.send("SystemInfo.getProcessInfo");
  return new Map(processInfo.filter(({ type }) => type === "renderer").map(({ id }) => [id, cpuSeconds(id)]));
}

const factory = readFileSync(script, "utf8");
const runner = readFileSync(fileURLToPath(new URL("machine.mjs", import.meta.url)), "utf8").replace(/^export /m, "window.runJob = ");
const base64 = (bytes) => Buffer.from(bytes).toString("base64");
const wasm = base64(readFileSync(script.replace(/\.js$/, ".wasm")));

async function run(options) {
  const { kernel, archives, program, observed } = parseJob(options);
  const before = await renderers();
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.addScriptTag({ content: factory });
    await page.addScriptTag({ content: runner });
    const report = await page.evaluate(async (sent) => {
      const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      return window.runJob(window.createBenchMachine, bytes(sent.wasm), { ...sent, kernel: bytes(sent.kernel),
        archives: sent.archives.map(bytes) });
    }, { wasm, kernel: base64(kernel), archives: archives.map(base64), program, observed });
    let user_seconds = 0;
    for (const [pid, seconds] of await renderers()) user_seconds += seconds - (before.get(pid) ?? 0);
    return { ...report, user_seconds };
  } finally {
    await context.close();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const report = await run(JSON.parse(line)).catch((error) => ({ error: String(error).split("\n")[0] }));
  console.log(JSON.stringify(report));
}
await browser.close();

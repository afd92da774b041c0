// SPDX-License-Identifier: MIT
// How long readers wait, in headless Chromium from this machine: scripts/page-times.
// usage: times.mjs SITE [--check]
import { loadavg } from "node:os";
import { resolve } from "node:path";

import { launch } from "./browser.mjs";
import { requireSite } from "./machine.mjs";
import { serve } from "./serve.mjs";

const GOALS = { "first frame": 500, "the prompt": 800, "first beat of a scene": 800, "second embed of a page": 200, "the same, a second later": 200 }; // ms
const ROUNDS = 7;
const LATER_MS = 1000; // the first has been drawn by then

const site = resolve(process.argv[2]);
requireSite(site);
const server = await serve(site);
const browser = await launch();
const samples = Object.fromEntries(Object.keys(GOALS).map((what) => [what, []]));

/** A fresh browser profile each time; nothing is kept from the round before. */
async function visit(path, use) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(() => { // from navigation on, looked at once a frame
    window.seen = {};
    const look = () => {
      const state = window.lucid86?.getState();
      if (state?.framesDrawn > 0) window.seen.frame ??= performance.now();
      if (/\$ $/.test(state?.console ?? "")) window.seen.prompt ??= performance.now();
      if (window.lucid86?.scene()) window.seen.beat ??= performance.now();
      requestAnimationFrame(look);
    };
    look();
  });
  await page.goto(server.url + path);
  await use(page);
  await context.close();
}
const seen = async (page, what) => {
  await page.waitForFunction((key) => window.seen[key], what);
  return page.evaluate((key) => window.seen[key], what);
};

for (let round = 0; round < ROUNDS; ++round) {
  await visit("", async (page) => {
    samples["the prompt"].push(await seen(page, "prompt"));
    samples["first frame"].push(await seen(page, "frame"));
  });
  await visit("?scene=cow&beat=1", async (page) => samples["first beat of a scene"].push(await seen(page, "beat")));
  for (const [what, wait] of [["second embed of a page", 0], ["the same, a second later", LATER_MS]]) {
    await visit("examples/chapter.html", async (page) => {
      await page.waitForFunction(() => customElements.get("lucid-86"));
      samples[what].push(await page.evaluate(async (ms) => {
        const [first, second] = document.querySelectorAll("lucid-86");
        await first.getState();
        if (ms > 0) await new Promise((done) => setTimeout(done, ms));
        const begin = performance.now();
        await second.play();
        return performance.now() - begin;
      }, wait));
    });
  }
}
await browser.close();
await server.close();

console.log(`the machine's load: ${loadavg()[0].toFixed(1)}`);
let over = 0;
for (const [what, goal] of Object.entries(GOALS)) {
  const sorted = samples[what].sort((a, b) => a - b).map(Math.round);
  const [least, median, most] = [sorted[0], sorted[ROUNDS >> 1], sorted.at(-1)];
  const verdict = median <= goal ? "reached" : `${median - goal} ms above`;
  if (median > goal) over = 1;
  console.log(`${what.padEnd(24)} ${String(median).padStart(5)} ms (${least} to ${most})  goal ${goal} ms: ${verdict}`);
}
process.exit(process.argv[3] === "--check" ? over : 0);

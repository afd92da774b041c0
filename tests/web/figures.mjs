// SPDX-License-Identifier: MIT
// How fast the page draws in Chromium with OpenGL in software, at 1280x800; printed by scripts/ui-figures.
// usage: figures.mjs SITE
import { existsSync } from "node:fs";

import { serve } from "./serve.mjs";

const [site] = process.argv.slice(2);
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const playwright = await import("playwright-core");
const server = await serve(site);
const browser = await playwright.chromium.launch({ executablePath: chromium, args: ["--no-sandbox", "--disable-quic",
  "--no-first-run", "--disable-background-networking", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });
const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
await page.goto(server.url);
await page.waitForFunction(() => /\$ $/.test(window.lucid86?.getState().console), null, { timeout: 60_000, polling: 50 });
const client = await page.context().newCDPSession(page);
await client.send("Performance.enable");
const busy = async () => (await client.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value;

/** Frames drawn, and the page's seconds of work, in so many seconds. */
async function during(seconds) {
  const look = async () => ({ ...(await page.evaluate(() => ({ frames: window.lucid86.getState().frames, at: performance.now(), instruction: window.lucid86.counters().instruction }))), busy: await busy() });
  const [before] = [await look()];
  await page.waitForTimeout(seconds * 1000);
  const after = await look();
  const passed = (after.at - before.at) / 1000;
  return { fps: (after.frames - before.frames) / passed, busy: (after.busy - before.busy) / passed, mips: (after.instruction - before.instruction) / passed / 1e6 };
}

const VIEWS = [[1, "Frames"], [1, "Spaces"], [0, "Code"], [2, "Scheduler"], [3, "Events"]];
await page.waitForFunction(() => { // the sources come last, and are drawn
  const { frames } = window.lucid86.getState(), now = performance.now();
  if (window.lastFrames?.frames !== frames) window.lastFrames = { frames, now };
  return now - window.lastFrames.now > 1500;
}, null, { timeout: 60_000, polling: 100 });
const rest = await during(3);
console.log(`at rest            ${rest.fps.toFixed(1)} frames/s, ${(rest.busy * 100).toFixed(2)} % of a processor`);
await page.evaluate(() => window.lucid86.type("spin 60 &\ryes | wc &\r"));
await page.evaluate(() => window.lucid86.run());
for (const [lens, view] of VIEWS) {
  await page.evaluate(([l, v]) => window.lucid86.setView(l, v), [lens, view]);
  await page.waitForTimeout(300);
  const { fps, mips, busy: part } = await during(2);
  console.log(`${view.padEnd(18)} ${fps.toFixed(1)} frames/s at ${mips.toFixed(0)} MIPS, main thread ${(part * 100).toFixed(0)} %`);
}
// The panels' own part, with the machine at rest. OpenGL's commands are taken by another process, which falls behind.
for (const [lens, view] of VIEWS) {
  const alone = await page.evaluate(([l, v]) => {
    window.lucid86.pause();
    window.lucid86.setView(l, v);
    window.lucid86.drawn();
    const begin = performance.now();
    for (let i = 0; i < 8; ++i) window.lucid86.drawn();
    return (performance.now() - begin) / 8;
  }, [lens, view]);
  console.log(`${view.padEnd(18)} ${alone.toFixed(1)} ms a frame for the panels`);
  await page.waitForTimeout(1500);
}
await browser.close();
server.close();

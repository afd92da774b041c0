// SPDX-License-Identifier: MIT
// The page and the example chapter in Debian's firefox-esr; what they show in Chromium is in
// page_test.mjs and embed_test.mjs. Skipped, with a line that says so, where Firefox, xvfb or the npm
// package ws is missing. usage: firefox_test.mjs SITE ARTIFACTS
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

import { Firefox, firefox, screen } from "./firefox.mjs";
import { check, finish, openLink, requireSite } from "./machine.mjs";
import { serve, serveAuthors } from "./serve.mjs";

const [site, artifacts] = process.argv.slice(2).map((path) => resolve(path));
requireSite(site);
function skip(why) { // also in scripts/test: Firefox is not everywhere
  console.log(`SKIPPED: the tests in Firefox: ${why}`);
  process.exit(77);
}
if (!firefox) skip("firefox-esr is not installed; scripts/setup installs it where it can");
if (!screen) skip("xvfb is not installed; scripts/setup installs it");
const { WebSocket } = await import("ws").catch(() => skip("the npm package ws is not installed; scripts/setup installs it"));

mkdirSync(artifacts, { recursive: true });
const { machines, authors } = await serveAuthors(site);
const browser = await Firefox.launch(WebSocket).catch((error) => skip(error.message));
const shot = (tab, name) => tab.screenshot(join(artifacts, `firefox-${name}.png`));

async function page() {
  const begin = Date.now();
  const tab = await browser.open(machines.url);
  await tab.until("window.lucid86.getState().halted && /\\$ $/.test(lucid86.getState().console)");
  check("the page comes to the prompt", true, `${Date.now() - begin} ms`);
  const drawn = await tab.evaluate("lucid86.picture().length");
  check("and has its pictures", drawn > 15_000, `${drawn} bytes`);
  await shot(tab, "page");

  const spot = await tab.evaluate("(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))(document.querySelector('#console').getBoundingClientRect())");
  await tab.click(spot.x, spot.y);
  await tab.write("forkdemo");
  await tab.press("Enter");
  await tab.until("lucid86.getState().processes.filter((each) => each.name === 'forkdemo').length >= 3");
  check("typing grows the process tree", true);
  await tab.press("Escape");
  await tab.evaluate("lucid86.pause()");
  const before = await tab.evaluate("lucid86.counters().instruction");
  await tab.press("F7");
  check("F7 steps", await tab.evaluate("lucid86.counters().instruction") === before + 1);
  await tab.press("Shift", "F7");
  check("and Shift+F7 back", await tab.evaluate("lucid86.counters().instruction") === before);
  await tab.press("?");
  check("? lists the keys", await tab.evaluate("document.querySelector('#help').open"));
  await tab.press("Escape");

  const link = "?v=1&program=cowdemo&to=cow%231";
  await tab.goto(`${machines.url}${link}`);
  await tab.until("window.lucid86");
  const { machine } = await openLink(site, link);
  check("a link leads to the state it leads to in node", await tab.evaluate("lucid86.getStateHash()") === machine.getStateHash());
  await tab.goto(`${machines.url}?v=1&scene=cow&beat=2`);
  await tab.until("window.lucid86?.scene()?.beat === 2");
  await tab.evaluate("document.querySelector('.play [data-scene-act=next]').click()");
  await tab.until("lucid86.scene().beat === 3");
  check("a scene goes on", true, await tab.evaluate("document.querySelector('.scene .caption').textContent.slice(0, 60)"));
  await tab.until("window.lucid86.sources");
  await tab.until("navigator.serviceWorker.controller !== null"); // it was, at the visit before
  check("it keeps itself for use without a network", await tab.evaluate("caches.keys().then((names) => names.length)") === 1);
  await tab.resize(390, 844);
  await tab.until("lucid86.places().narrow");
  await shot(tab, "phone");
  await tab.close();
}

async function chapter() {
  const tab = await browser.open(`${authors.url}examples/chapter.html`);
  await tab.until("customElements.get('lucid-86')");
  const height = await tab.evaluate("document.documentElement.scrollHeight");
  await tab.evaluate("document.querySelector(\"a[data-lucid-seek='fork#2']\").click()");
  await tab.until("document.querySelector(\"a[data-lucid-seek='fork#2']\").hasAttribute('data-lucid-here')");
  check("prose drives a machine of another origin and lights up", true);
  check("nothing moved, no focus was taken", await tab.evaluate("document.documentElement.scrollHeight") === height
    && await tab.evaluate("document.activeElement === document.body"));
  const machine = (n) => `document.querySelectorAll("lucid-86")[${n}]`;
  const hash = (n) => tab.evaluate(`${machine(n)}.getState().then((state) => state.hash)`);
  const left = await hash(1);
  await tab.evaluate(`${machine(2)}.seek("cow#1")`);
  check("one runs at a time", (await tab.evaluate("[...document.querySelectorAll('lucid-86')].map((each) => each.awake)")).join() === "false,false,true,false,false,false");
  check("the other goes on from where it was", await hash(1) === left);

  await tab.evaluate(`${machine(1)}.scrollIntoView({ block: "center", behavior: "instant" })`);
  const at = () => tab.evaluate(`(({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 }))(${machine(1)}.getBoundingClientRect())`);
  const top = await tab.evaluate("scrollY");
  const spot = await at();
  await tab.wheel(spot.x, spot.y, 150);
  await tab.until(`scrollY > ${top} + 20`, 5000).then(() => check("the page scrolls over the machine", true), () => check("the page scrolls over the machine", false));
  const now = await at();
  await tab.click(now.x, now.y);
  await tab.until("document.activeElement.tagName === 'LUCID-86'");
  await tab.press("Escape");
  await tab.until("document.activeElement === document.body", 5000).then(() => check("Esc gives the keyboard back", true), () => check("Esc gives the keyboard back", false));
  await shot(tab, "chapter");

  await tab.goto(`${machines.url}?theme=dark`);
  await tab.until("window.lucid86");
  await tab.back();
  await tab.until("customElements.get('lucid-86')");
  check("back to the chapter works", await tab.evaluate(`${machine(0)}.getState().then((state) => state.instruction > 0)`));
  await tab.close();
}

try {
  await page();
  await chapter();
  check("no errors in the browser's console", browser.complaints.length === 0, browser.complaints.slice(0, 3).join("; "));
} catch (error) {
  check("the test runs to its end", false, error.stack);
} finally {
  await browser.close();
  await machines.close();
  await authors.close();
}
finish("firefox");

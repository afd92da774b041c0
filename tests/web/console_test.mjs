// SPDX-License-Identifier: MIT
// The console's size in Chromium: the guest's terminal is as large as its place. usage: console_test.mjs SITE
// Ends with 77 (skipped) when the page is not built or no browser is there, unless LUCID_REQUIRE_WEB is set.
// The oracles: rows and columns as the browser measures text, and what the guest's stty says.
import { launch } from "./browser.mjs";
import { requireSite } from "./machine.mjs";
import { serve } from "./serve.mjs";

const [site] = process.argv.slice(2);
const PATIENCE = 60_000;
const SETTLED = 600; // ms

requireSite(site);

let failures = 0;
function check(what, holds, detail = "") {
  console.log(`${holds ? "ok    " : "FAILED"} ${what}${detail === "" ? "" : ` (${detail})`}`);
  if (!holds) ++failures;
}

const server = await serve(site);
const browser = await launch();

async function open({ width = 1280, height = 800, query = "" } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, hasTouch: width < 600 });
  const page = await context.newPage();
  await page.goto(server.url + query);
  await page.waitForFunction(() => window.lucid86, null, { timeout: PATIENCE });
  return page;
}
const until = (page, pattern) => page.waitForFunction(([source, flags]) => {
  const now = window.lucid86.getState();
  return now.halted && new RegExp(source, flags).test(now.console);
}, [pattern.source, pattern.flags], { timeout: PATIENCE, polling: 50 });
const prompt = (page) => until(page, /\$ $/);
const commands = (page) => page.evaluate(() => window.lucid86.commandCount);

/** What there is room for. */
const room = (page) => page.evaluate(() => {
  const screen = document.querySelector("#console .screen");
  const probe = screen.appendChild(document.createElement("div"));
  probe.style.cssText = "position: absolute; visibility: hidden";
  probe.textContent = "0".repeat(100);
  const { width, height } = probe.getBoundingClientRect();
  probe.remove();
  return `${Math.floor((screen.clientHeight - 12) / height)} ${Math.floor((screen.clientWidth - 20) / (width / 100))}`;
});
const enter = async (page, line) => {
  await page.keyboard.type(line);
  await page.keyboard.press("Enter");
};
/** What the guest says. */
async function size(page) {
  await enter(page, "clear; stty size");
  await until(page, /\x1b\[3J\r?\n?\d+ \d+\r\n.*\$ $/);
  return page.evaluate(() => /(\d+ \d+)\r\n[^\n]*$/.exec(window.lucid86.getState().console)[1]);
}

async function followsItsPlace() {
  const page = await open();
  await prompt(page);
  await page.waitForTimeout(SETTLED);
  check("until the console is used the run is the same for everybody", await commands(page) === 0);
  await page.click("#console .screen");
  await page.waitForTimeout(SETTLED);
  const first = await room(page);
  check("the terminal is as large as its place", await size(page) === first, first);

  await enter(page, "trap 'stty size' WINCH; while true; do read line; done");
  await page.setViewportSize({ width: 1700, height: 1000 });
  await page.waitForTimeout(SETTLED);
  const second = await room(page);
  await until(page, new RegExp(`\n${second}\r\n$`));
  check("another place: who is in the foreground is told", second !== first, second);
  const told = await commands(page);
  await page.waitForTimeout(SETTLED);
  check("and only once", await commands(page) === told);
  await page.keyboard.press("Control+c");
  await prompt(page);

  await enter(page, "trap - WINCH; printf '\\033[?1049h'; sleep 1; stty size; sleep 1; printf '\\033[?1049l'");
  await until(page, /\?1049h(.*\n)?\d+ \d+\r\n/);
  const whole = await room(page);
  const said = await page.evaluate(() => /\?1049h(?:.*\n)?(\d+ \d+)\r\n/.exec(window.lucid86.getState().console)[1]);
  check("a program with the whole screen has the larger place", said === whole && parseInt(whole) > parseInt(second), `${said}, ${whole}`);
  await prompt(page);
  await page.waitForTimeout(SETTLED);
  check("and gives it back", await size(page) === await room(page));

  await enter(page, "seq 1 300");
  await until(page, /\n300\r\n.*\$ $/);
  const text = await page.evaluate(() => [...document.querySelectorAll("#console .screen > div")].map((row) => row.textContent).join("\n"));
  check("lines that left are still there", text.includes("\n17\n18\n") && text.includes("\n300\n"));
  check("nothing is cut off at the side", await page.evaluate(() => {
    const screen = document.querySelector("#console .screen");
    return screen.scrollWidth <= screen.clientWidth;
  }));

  const count = await commands(page);
  await page.evaluate(() => window.lucid86.seek(20_000_000));
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.waitForTimeout(SETTLED);
  check("in the past nothing is changed", await commands(page) === count && await page.evaluate(() => window.lucid86.inPast));
  await page.context().close();
}

async function onAPhone() {
  const page = await open({ width: 390, height: 844 });
  await prompt(page);
  await page.tap("#console .screen");
  await page.waitForTimeout(SETTLED);
  const columns = parseInt((await room(page)).split(" ")[1]);
  check("a phone has some forty columns", columns >= 40 && columns < 60 && await size(page) === await room(page), await room(page));
  await enter(page, "echo the beginning of a line that no phone is wide enough for, however small the letters are, and its end");
  await until(page, /and its end\r\n.*\$ $/);
  check("long lines go on in the next row", await page.evaluate(() => {
    const screen = document.querySelector("#console .screen");
    return screen.scrollWidth <= screen.clientWidth;
  }));
  await page.context().close();
}

async function notInScenes() {
  const page = await open({ query: "?scene=cow&beat=2" });
  await page.waitForTimeout(2 * SETTLED);
  const before = await commands(page);
  await page.click("#console .screen");
  await page.evaluate(() => window.lucid86.run());
  await page.waitForTimeout(2 * SETTLED);
  check("a scene keeps the size it was written for", await commands(page) === before);
  await page.context().close();
}

try {
  await followsItsPlace();
  await onAPhone();
  await notInScenes();
} finally {
  await browser.close();
  server.close();
}
console.log(failures === 0 ? "console: all passed" : `console: ${failures} FAILED`);
process.exit(failures === 0 ? 0 : 1);

// SPDX-License-Identifier: MIT
// The assembler's boxes in Chromium, as a reader uses them: text to bytes and back, errors, a program of one's own,
// a patch and its undoing, without the network once the page is there. usage: assembler_test.mjs SITE ARTIFACTS
// Ends with 77 (skipped) when the page is not built or no browser is there, unless LUCID_REQUIRE_WEB is set.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { launch, skip } from "./browser.mjs";
import { serve } from "./serve.mjs";

const [site, artifacts] = process.argv.slice(2);
const PATIENCE = 60_000;
if (!existsSync(join(site, "lucid86.wasm"))) skip(`${site} holds no page; scripts/build makes it`);

let failures = 0;
function check(what, holds, detail = "") {
  console.log(`${holds ? "ok    " : "FAILED"} ${what}${detail === "" ? "" : ` (${detail})`}`);
  if (!holds) ++failures;
}

mkdirSync(artifacts, { recursive: true });
const server = await serve(site);
const browser = await launch();
const complaints = [];

const ASSEMBLER = "?v=1&panels=cpu.assembler";
async function open({ width = 1280, height = 800, query = ASSEMBLER, scheme = "light", shown = "#assembler:not([hidden]) textarea" } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, hasTouch: width < 600 });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(server.url + query);
  await page.waitForFunction(() => window.lucid86, null, { timeout: PATIENCE });
  await page.waitForSelector(shown, { timeout: PATIENCE });
  return page;
}
const text = (page) => page.locator("#assembler [name=text]");
const bytes = (page) => page.locator("#assembler [name=bytes]");
const state = (page) => page.evaluate(() => window.lucid86.getState());
const hash = (page) => page.evaluate(() => window.lucid86.getStateHash());
const shot = (page, name) => page.screenshot({ path: join(artifacts, `web-assembler-${name}.png`) });
/** Until a box holds what it should. */
async function becomes(box, wanted) {
  const deadline = Date.now() + PATIENCE;
  while (await box.inputValue() !== wanted && Date.now() < deadline) await new Promise((done) => setTimeout(done, 30));
  return await box.inputValue() === wanted;
}
const prompt = (page) => page.waitForFunction(() => {
  const now = window.lucid86.getState();
  return now.halted && /\$ $/.test(now.console);
}, null, { timeout: PATIENCE, polling: 50 });

async function bothWays() {
  const page = await open();
  await text(page).fill("add eax, 512");
  check("text becomes bytes", await becomes(bytes(page), "05 00 02 00 00"), await bytes(page).inputValue());
  await text(page).press("End");
  await text(page).type("\nagain: jmp again");
  check("while one types", await becomes(bytes(page), "05 00 02 00 00 eb fe"), await bytes(page).inputValue());
  await shot(page, "1280x800");
  await bytes(page).fill("48 8b 44 cb 10 c3");
  check("bytes become text", await becomes(text(page), "mov rax, [rbx+rcx*8+0x10]\nret"), await text(page).inputValue());
  await text(page).fill("mov al, 500");
  check("a text with an error has no bytes", await becomes(bytes(page), ""));
  const said = await page.textContent("#assembler [role=status]");
  check("and screen readers hear why", /^Line 1:9: mov cannot take this here/.test(said), said);
  await page.waitForTimeout(200);
  await shot(page, "error");
  // Offline from here on: all that is needed is there.
  await page.context().setOffline(true);
  await text(page).fill("nop");
  check("it works without the network", await becomes(bytes(page), "90"));
  await page.context().close();
}

const PROGRAM = `mov eax, 1
mov edi, 1
lea rsi, [text]
mov edx, length
syscall
mov eax, 60
mov edi, 7
syscall
section .data
text db "made of bytes", 10
length equ $ - text`;

async function runsAsAProgram() {
  const page = await open();
  await prompt(page);
  await text(page).fill(PROGRAM);
  await becomes(bytes(page), "");
  await page.click("#assembler [name=run]");
  await page.click("#restart [value=cancel]");
  check("it asks before the machine starts again", (await state(page)).processes.some((each) => each.name === "sh"));
  await page.click("#assembler [name=run]");
  await page.click("#restart [value=restart]");
  await page.waitForFunction(() => window.lucid86.getState().over, null, { timeout: PATIENCE });
  const end = await state(page);
  check("the program runs in its own machine", end.console.includes("made of bytes"), JSON.stringify(end.console.slice(-60)));
  check("and its exit status is the machine's", end.exitStatus === 7, String(end.exitStatus));
  await page.context().close();
}

async function patches() {
  const page = await open();
  await prompt(page);
  await page.evaluate(() => {
    const machine = window.lucid86;
    machine.pause();
    machine.type("spin 60\r");
    for (let i = 0; i < 40 && machine.getState().cpl !== 3; ++i) machine.step("process");
    while (machine.getState().cpl !== 3) machine.step();
  });
  await page.evaluate(() => { window.lucid86.step(); });
  const before = { ...await state(page), hash: await hash(page) };
  await text(page).fill("mov eax, 0x1234\nmov ebx, eax");
  await becomes(bytes(page), "b8 34 12 00 00 89 c3");
  await page.click("#assembler [name=patch]");
  await page.waitForFunction((old) => window.lucid86.getStateHash() !== old, before.hash, { timeout: PATIENCE });
  check("a patch moves no time", (await state(page)).instruction === before.instruction);
  const patched = await hash(page);
  await page.evaluate(() => { window.lucid86.step(); window.lucid86.step(); });
  const after = await state(page);
  check("the bytes written run", Number(after.registers.rax) === 0x1234 && Number(after.registers.rbx) === 0x1234, after.registers.rbx);
  const later = await hash(page);
  await shot(page, "patched");
  // Back past the patch, and on again.
  await page.evaluate(() => { for (let i = 0; i < 3; ++i) window.lucid86.stepBack(); });
  const back = await state(page);
  check("steps back go to before it", back.instruction === before.instruction - 1, `${back.instruction}`);
  await page.evaluate(() => { for (let i = 0; i < 3; ++i) window.lucid86.step(); });
  check("and steps on repeat it", await hash(page) === later);
  await page.evaluate(() => { window.lucid86.stepBack(); window.lucid86.stepBack(); });
  check("to the very state", await hash(page) === patched || await hash(page) === before.hash);
  // In the past a patch begins another future: it asks.
  await page.click("#assembler [name=patch]");
  check("in the past it asks", await page.locator("#another-future").isVisible());
  await page.click("#another-future [value=cancel]");
  check("and a no changes nothing", (await state(page)).instruction === before.instruction);
  await page.context().close();
}

async function onAPhone() {
  const page = await open({ width: 390, height: 844, scheme: "dark" });
  await text(page).fill("lock add qword ptr [rbx + 8*r9 + 16], 500");
  check("on a phone, too", await becomes(bytes(page), "f0 4a 81 44 cb 10 f4 01 00 00"), await bytes(page).inputValue());
  const boxes = await page.evaluate(() => [...document.querySelectorAll("#assembler textarea, #assembler button")].map((each) => {
    const { left, right, top, bottom } = each.getBoundingClientRect();
    return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight && right - left > 40 && bottom - top > 24;
  }));
  check("all of it is in sight", boxes.every(Boolean), boxes.join());
  const size = await text(page).evaluate((each) => parseFloat(getComputedStyle(each).fontSize));
  check("no letters so small that the phone zooms", size >= 16, `${size}px`);
  await page.waitForTimeout(300);
  await shot(page, "390x844");
  await page.context().close();
}

async function withoutTheNetwork() {
  const page = await open({ query: "?v=1&panels=memory.frames", shown: "#canvas" }); // the assembler is not looked at
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
    while (!(await caches.match("lucid86-asm.wasm", { ignoreSearch: true }))) await new Promise((done) => setTimeout(done, 50));
  });
  await page.context().setOffline(true);
  await page.goto(`${server.url}${ASSEMBLER}`);
  await page.waitForSelector("#assembler:not([hidden]) textarea", { timeout: PATIENCE });
  await text(page).fill("ret");
  check("after one visit the assembler needs no network", await becomes(bytes(page), "c3"), await bytes(page).inputValue());
  await page.context().close();
}

async function inAScene() {
  const page = await open({ query: "?v=1&scene=machine-code&beat=3" });
  check("a scene writes into the boxes", await becomes(bytes(page), "81 c1 00 02 00 00"), await text(page).inputValue());
  await page.evaluate(() => window.lucid86.goToBeat(4));
  check("and into the one for bytes", await becomes(text(page), "add eax, 0x200"), await text(page).inputValue());
  await page.waitForTimeout(200);
  await shot(page, "scene");
  await page.context().close();
}

try {
  await bothWays();
  await runsAsAProgram();
  await patches();
  await onAPhone();
  await withoutTheNetwork();
  await inAScene();
  check("nothing to complain about in the browser's console", complaints.length === 0, complaints.slice(0, 3).join(" | "));
} catch (error) {
  console.log(`FAILED ${error.stack}\n${complaints.slice(0, 3).join("\n")}`);
  ++failures;
} finally {
  await browser.close();
  server.close?.();
}
process.exit(failures === 0 ? 0 : 1);

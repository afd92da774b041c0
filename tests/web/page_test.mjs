// SPDX-License-Identifier: MIT
// The page in Chromium, as a reader meets it. usage: page_test.mjs SITE ARTIFACTS
// Ends with 77 (skipped) when the page is not built or no browser is there, unless
// LUCID_REQUIRE_WEB is set.
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { launch } from "./browser.mjs";
import { requireSite } from "./machine.mjs";
import { serve } from "./serve.mjs";

const [site, artifacts] = process.argv.slice(2);
const PATIENCE = 60_000;

requireSite(site);

let failures = 0;
function check(what, holds, detail = "") {
  console.log(`${holds ? "ok    " : "FAILED"} ${what}${detail === "" ? "" : ` (${detail})`}`);
  if (!holds) ++failures;
}

mkdirSync(artifacts, { recursive: true });
const server = await serve(site);
const browser = await launch();
const complaints = [];

async function open({ width = 1280, height = 800, scale = 1, scheme = "light", query = "", ready = prompt } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, deviceScaleFactor: scale, colorScheme: scheme,
    hasTouch: width < 600 });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(server.url + query);
  await page.waitForFunction(() => window.lucid86, null, { timeout: PATIENCE });
  await ready(page);
  return page;
}
const state = (page) => page.evaluate(() => window.lucid86.getState());
/** Until the shell has written its prompt and everything sleeps. */
const prompt = (page) => page.waitForFunction(() => {
  const now = window.lucid86.getState();
  return now.halted && /\$ $/.test(now.console);
}, null, { timeout: PATIENCE, polling: 50 });
const shot = (page, name) => page.screenshot({ path: join(artifacts, `web-${name}.png`) });

async function bootsAndRuns() {
  const begin = Date.now();
  const page = await open();
  const booted = await state(page);
  check("boots to the shell prompt", /lucid86:\/\$ $/.test(booted.console), `${Date.now() - begin} ms, ${booted.instruction} instructions`);
  check("init is process 1 and the shell its child", booted.processes[0]?.pid === 1 && booted.processes.some((process) => process.name === "sh" && process.parent === 1));
  check("the console shows what the machine sent", (await page.innerText("#console .screen")).includes("lucid86:/$"));

  await page.click("#console .screen");
  await page.keyboard.type("forkdemo");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => window.lucid86.getState().processes.filter((p) => p.name === "forkdemo").length >= 5, null, { timeout: PATIENCE });
  const grown = await state(page);
  const forkdemos = grown.processes.filter((process) => process.name === "forkdemo");
  const family = forkdemos.filter((process) => forkdemos.some((other) => other.pid === process.parent));
  check("typing forkdemo grows the process tree", family.length >= 4, `${grown.processes.length} processes`);
  await page.waitForTimeout(300);
  await shot(page, "1280x800-light-forkdemo");
  await page.waitForFunction(() => /add up to 6[^]*\$ $/.test(window.lucid86.getState().console), null, { timeout: PATIENCE });
  check("and they all end", (await state(page)).processes.filter((process) => process.name === "forkdemo").length === 0);
  await page.context().close();
}

async function stepsAndSpeeds() {
  const page = await open();
  const booted = await state(page);
  await page.evaluate(() => window.lucid86.type("spin 60\r"));
  await page.waitForFunction(() => window.lucid86.getState().processes.some((p) => p.name === "spin" && p.current), null, { timeout: PATIENCE });
  await page.click("[data-act=run]");
  const paused = await state(page);
  check("pause stops time", !paused.running);
  await page.waitForTimeout(200);
  check("time stands still while paused", (await state(page)).instruction === paused.instruction);
  await page.click("[data-act=step]");
  const stepped = await state(page);
  check("step executes one instruction", stepped.instruction === paused.instruction + 1);
  check("step changes RIP", stepped.registers.rip !== paused.registers.rip, `${paused.registers.rip} -> ${stepped.registers.rip}`);
  await page.locator("#canvas").focus();
  await page.keyboard.press("F7");
  check("F7 steps too", (await state(page)).instruction === paused.instruction + 2);
  await page.keyboard.press("F8");
  check("F8 steps over", (await state(page)).instruction >= paused.instruction + 3);
  const before = (await state(page)).console;
  await page.keyboard.type("xyz");
  check("keys go to the page unless the console has the focus", (await state(page)).console === before);

  await page.locator("#speed").fill("3");
  const slow = (await state(page)).instruction;
  await page.click("[data-act=run]");
  await page.waitForTimeout(1000);
  await page.click("[data-act=run]");
  const ran = (await state(page)).instruction - slow;
  check("1 000 / s runs a thousand instructions a second", ran > 400 && ran < 2500, `${ran} in a second`);

  await page.locator("#speed").fill("9");
  await page.evaluate(() => window.lucid86.run());
  const from = await page.evaluate(() => ({ at: performance.now(), instruction: window.lucid86.counters().instruction }));
  await page.waitForTimeout(2000);
  const to = await page.evaluate(() => ({ at: performance.now(), instruction: window.lucid86.counters().instruction }));
  const mips = (to.instruction - from.instruction) / (to.at - from.at) / 1000;
  check("runs at full speed", mips > 2, `${mips.toFixed(1)} MIPS with the panels drawn`);

  await page.evaluate(() => window.lucid86.reset());
  await prompt(page);
  const again = await state(page);
  check("reset boots again, with the same event log", again.events.hash === booted.events.hash && again.instruction === booted.instruction, again.events.hash);
  await page.context().close();
}

async function stepsByLines() {
  const page = await open();
  check("source lines are loaded", await page.evaluate(() => window.lucid86.sources));
  const walked = await page.evaluate(() => {
    const machine = window.lucid86;
    machine.pause();
    machine.type("hello\r");
    for (let i = 0; i < 20 && machine.getState().processes.every((p) => p.name !== "hello"); ++i) machine.step("process");
    const visit = () => ({ source: machine.getState().source, hash: machine.getStateHash() });
    const seen = [];
    for (let i = 0; i < 10; ++i) {
      machine.step("line");
      seen.push(visit());
    }
    const back = [];
    for (let i = 0; i < 9; ++i) {
      machine.stepBack("line");
      back.push(visit());
    }
    return { seen, back: back.reverse() };
  });
  check("steps by lines go to lines", walked.seen.every((each) => /:\d+$/.test(each.source)),
    walked.seen.map((each) => each.source).join(" "));
  check("and back to the same states", walked.back.every((each, i) => each.hash === walked.seen[i].hash));
  await page.evaluate(() => window.lucid86.setLens?.(0));
  await page.selectOption("#grain", "line over");
  await shot(page, "1280x800-light-lines");
  await page.context().close();
}

async function travels() {
  const page = await open();
  const shell = await state(page);
  await page.evaluate(() => window.lucid86.type("forkdemo\r"));
  await page.waitForFunction(() => /add up to 6[^]*\$ $/.test(window.lucid86.getState().console), null, { timeout: PATIENCE });
  const end = await page.evaluate(() => ({ ...window.lucid86.counters(), hash: window.lucid86.getStateHash() }));

  await page.selectOption("#grain", "process");
  const back = await page.evaluate(() => {
    const machine = window.lucid86;
    const seen = [];
    const slowest = { ms: 0 };
    while (machine.getState().processes.filter((p) => p.name === "forkdemo").length < 7) {
      const begin = performance.now();
      if (!machine.stepBack("process")) break;
      slowest.ms = Math.max(slowest.ms, performance.now() - begin);
      seen.push({ ...machine.counters(), hash: machine.getStateHash() });
    }
    return { seen, slowest: slowest.ms };
  });
  const past = await state(page);
  check("steps back bring the dead to life", past.processes.filter((p) => p.name === "forkdemo").length === 7,
    `${back.seen.length} steps, the slowest ${back.slowest.toFixed(0)} ms`);
  check("the console goes back, too", past.console.includes("forkdemo") && !past.console.includes("add up to"));
  await page.waitForTimeout(300);
  await shot(page, "1280x800-light-past");
  const fore = await page.evaluate((count) => {
    const seen = [];
    for (let i = 0; i < count; ++i) {
      window.lucid86.step("process");
      seen.push({ ...window.lucid86.counters(), hash: window.lucid86.getStateHash() });
    }
    return seen;
  }, back.seen.length - 1);
  check("and forward again leads to the same states",
    JSON.stringify(fore) === JSON.stringify(back.seen.slice(0, -1).reverse()));

  const begin = Date.now();
  await page.evaluate((time) => window.lucid86.seek(time), shell.time);
  check("seeking to the prompt", (await state(page)).console === shell.console, `${Date.now() - begin} ms`);
  await page.click("[data-act=toEnd]");
  check("and to the end", (await page.evaluate(() => window.lucid86.getStateHash())) === end.hash);
  const timeline = await page.evaluate(() => {
    const { x, y, width, height } = document.querySelector("#canvas").getBoundingClientRect();
    return { x: x + width - 60, y: y + height - 60 };
  });
  await page.mouse.move(timeline.x, timeline.y);
  await page.mouse.down();
  await page.mouse.move(timeline.x - 120, timeline.y, { steps: 5 });
  await page.mouse.up();
  await page.waitForFunction(() => window.lucid86.inPast, null, { timeout: PATIENCE });
  check("dragging on the timeline goes back", true);

  await page.click("#console .screen");
  await page.keyboard.type("p");
  await page.waitForSelector("#another-future[open]");
  await page.click("#another-future [value=here]");
  await page.waitForFunction(() => !window.lucid86.inPast, null, { timeout: PATIENCE });
  check("typing in the past asks, and starts another future", true);
  await page.context().close();
}

async function idles() {
  const page = await open();
  await page.waitForFunction(() => { // what comes last has come, the sources
    const { frames } = window.lucid86.getState(), now = performance.now();
    const last = window.lastFrames;
    if (last?.frames !== frames) window.lastFrames = { frames, now };
    return last?.frames === frames && now - last.now > 1500;
  }, null, { timeout: PATIENCE, polling: 100 });
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable");
  const busy = async () => (await client.send("Performance.getMetrics")).metrics.find((m) => m.name === "TaskDuration").value;
  const before = { frames: (await state(page)).frames, busy: await busy() };
  await page.waitForTimeout(2000);
  const used = (await busy()) - before.busy;
  const after = await state(page);
  check("an idle machine takes no frames", after.frames === before.frames, `${after.frames - before.frames} in 2 s`);
  check("an idle machine burns no CPU", used < 0.02, `${(used * 1000).toFixed(1)} ms in 2 s`);
  await page.context().close();
}

async function types() {
  const page = await open();
  await page.click("#console .screen");
  await page.keyboard.type("echo one");
  await page.keyboard.press("Backspace");
  await page.keyboard.insertText("f \u00e9\u4e2d");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => /\nonf \u00e9\u4e2d\r?\n.*\$ $/.test(window.lucid86.getState().console), null, { timeout: PATIENCE });
  await page.waitForTimeout(100);
  check("composed characters and corrections arrive", (await page.textContent("#console .screen")).split("onf \u00e9\u4e2d").length === 3);
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.setData("text/plain", "echo pasted\n");
    document.querySelector("#console textarea").dispatchEvent(new InputEvent("beforeinput",
      { inputType: "insertFromPaste", dataTransfer: data, cancelable: true, bubbles: true }));
  });
  await page.waitForFunction(() => /pasted\r?\n(?!.*pasted).*\$ $/s.test(window.lucid86.getState().console), null, { timeout: PATIENCE });
  await page.keyboard.type("cat");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => window.lucid86.getState().processes.some((p) => p.name === "cat"), null, { timeout: PATIENCE });
  await page.keyboard.press("Control+c");
  await page.waitForFunction(() => !window.lucid86.getState().processes.some((p) => p.name === "cat"), null, { timeout: PATIENCE });
  check("Ctrl-C interrupts the program", true);
  await page.keyboard.press("Escape");
  check("Esc leaves the console", await page.evaluate(() => document.activeElement === document.body));
  await page.keyboard.press("`");
  await page.waitForFunction(() => document.activeElement === document.querySelector("#console textarea"), null, { timeout: PATIENCE });
  check("` goes back to it", true);
  await page.context().close();
}

/** Different colours among the pixels of the canvas, from a screenshot. */
async function stopsAndAsks() {
  const page = await open();
  const { x: left, y: top } = await page.locator("#canvas").boundingBox();
  await page.evaluate(() => window.lucid86.setView(0, "Breakpoints"));
  const box = page.locator("#breakpoint input");
  await box.fill("rip == mian && rax > 5");
  await box.press("Enter");
  await page.waitForTimeout(300);
  check("a mistake stays in the box, for the panel to explain", await box.inputValue() === "rip == mian && rax > 5"
    && await page.evaluate(() => window.lucid86.breakpoints().length) === 0);
  await shot(page, "breakpoints-mistake");
  await box.fill("sys_fork");
  await box.press("Enter");
  check("an expression is added", await box.inputValue() === "" && await page.evaluate(() => window.lucid86.breakpoints().join()) === "sys_fork");
  await page.evaluate(() => window.lucid86.type("forkdemo\r"));
  await page.waitForFunction(() => !window.lucid86.running, null, { timeout: PATIENCE });
  const stopped = await state(page);
  check("time stops there", stopped.stop === "breakpoint" && /sys_fork$/.test(stopped.place), `${stopped.stop} at ${stopped.place}`);
  await page.waitForTimeout(300);
  await shot(page, "breakpoints-hit");

  await page.mouse.click(left + 1000, top + 70, { button: "right" }); // rax
  await page.waitForTimeout(300);
  await shot(page, "question");
  await page.mouse.click(left + 1040, top + 118); // who wrote this?
  await page.waitForFunction((then) => window.lucid86.counters().time < then, stopped.time, { timeout: PATIENCE });
  await page.waitForTimeout(300);
  await shot(page, "answer");
  const before = await state(page);
  await page.evaluate(() => window.lucid86.step());
  const after = await state(page);
  check("back to the instruction that wrote a register", after.registers.rax === stopped.registers.rax
    && before.registers.rax !== after.registers.rax && after.time <= stopped.time, `${before.place}: ${before.registers.rax} -> ${after.registers.rax}`);
  await page.context().close();
}

async function colours(page) {
  const picture = (await page.locator("#canvas").screenshot()).toString("base64");
  return page.evaluate(async (data) => {
    const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
    const canvas = new OffscreenCanvas(image.width, image.height);
    const draw = canvas.getContext("2d");
    draw.drawImage(image, 0, 0);
    return new Set(new Uint32Array(draw.getImageData(0, 0, image.width, image.height).data.buffer)).size;
  }, picture);
}

async function looks() {
  const sizes = [[1280, 800, 1], [390, 844, 2], [1920, 1080, 2]];
  for (const scheme of ["light", "dark"]) {
    for (const [width, height, scale] of sizes) {
      const page = await open({ width, height, scale, scheme });
      await page.evaluate(() => window.lucid86.type("cowdemo\r"));
      await page.waitForFunction(() => /writes 'Q'[^]*\$ $/.test(window.lucid86.getState().console), null, { timeout: PATIENCE });
      await page.waitForTimeout(700);
      const name = `${width}x${height}-${scheme}`;
      await shot(page, name);
      const facts = await page.evaluate(() => {
        const canvas = document.querySelector("#canvas");
        const inside = ({ left, right, top, bottom }) => left >= 0 && top >= 0 && right <= innerWidth + 0.5 && bottom <= innerHeight + 0.5;
        const shown = [...document.querySelectorAll("button, select, input, output, .count")].filter((e) => e.checkVisibility() && e.getClientRects().length);
        return {
          sharp: canvas.width === Math.round(canvas.clientWidth * devicePixelRatio),
          overflow: document.documentElement.scrollWidth > innerWidth,
          cut: shown.filter((e) => !inside(e.getBoundingClientRect()) || e.scrollWidth > e.clientWidth + 1 && e.tagName === "BUTTON").map((e) => e.textContent || e.id),
          paper: getComputedStyle(document.body).backgroundColor,
        };
      });
      check(`${name}: sharp, inside the window, in its colours`,
        facts.sharp && !facts.overflow && facts.cut.length === 0 && facts.paper === (scheme === "dark" ? "rgb(18, 21, 24)" : "rgb(246, 244, 238)"),
        JSON.stringify(facts));
      const count = await colours(page);
      check(`${name}: the panels are drawn`, count > 50, `${count} colours`);
      await page.context().close();
    }
  }
}

/** Until a beat of a scene is shown. */
const beat = (page) => page.waitForSelector("#story .scene:not([hidden]) h3:not(:empty)", { timeout: PATIENCE });

async function playsScenes() {
  const page = await open({ query: "?v=1&scene=cow&beat=5", ready: beat });
  const now = () => page.evaluate(() => ({ ...window.lucid86.scene(), hash: window.lucid86.getStateHash(), shown: document.querySelector("#story .scene .caption").textContent }));
  const fifth = await now();
  check("a link opens a beat of a scene", fifth.id === "cow" && fifth.beat === 5 && fifth.atBeat);
  check("its caption is in the page", fifth.shown === fifth.caption && fifth.caption.length > 20);
  await page.click("#story .question button:nth-child(2)");
  await page.click("#story [data-scene-act=next]");
  check("the machine answers the question", (await page.textContent("#story .answer")).includes("You saw it coming"));
  await page.click("#story [data-scene-act=back]");
  check("back is the same state", (await now()).hash === fifth.hash);
  await page.click("[data-act=step]");
  await page.waitForSelector("#story .rails:not([hidden])");
  await page.click("#story [data-scene-act=return]");
  check("the rails can be left and come back to", (await now()).hash === fifth.hash && (await now()).atBeat);
  await page.keyboard.press("n");
  const sixth = await now();
  await page.keyboard.press("p");
  await page.evaluate(() => {
    window.lucid86.type("x");
    window.lucid86.step();
  });
  await page.keyboard.press("p");
  check("even when the reader has typed", (await now()).hash === fifth.hash);
  await page.keyboard.press("n");
  check("which is no part of the beats to come", (await now()).hash === sixth.hash);
  await page.keyboard.press("p");
  const again = await page.evaluate(() => {
    const machine = window.lucid86;
    machine.openScene("fork", 1);
    machine.openScene("cow", 2); // from the moment noted when it was opened first, at its fifth beat
    machine.openScene("cow", 5);
    return machine.getStateHash();
  });
  check("opened again it is the same", again === fifth.hash && (await now()).atBeat);
  for (const deed of ["clears a bit of an entry", "changes the scheduler", "runs another program"]) {
    const left = await page.evaluate((what) => {
      const machine = window.lucid86;
      const [entry] = machine.getWalk(0, machine.getState().registers.rsp).steps.slice(-1);
      if (what.startsWith("clears")) machine.poke(BigInt(entry.entryAt), BigInt(entry.entry) & ~2n);
      else if (what.startsWith("changes")) machine.changeSettings("sched=fair hz=1000");
      else machine.type("ls\n");
      for (let i = 0; i < 20; ++i) machine.step();
      return !machine.scene().atBeat;
    }, deed);
    check(`the reader ${deed} and leaves the rails`, left);
    await page.waitForSelector("#story .rails:not([hidden])");
    await page.click("#story [data-scene-act=return]");
    check("and comes back", (await now()).hash === fifth.hash && (await now()).atBeat);
  }
  await page.click("#story .leave");
  check("a scene can be left", await page.evaluate(() => window.lucid86.scene() === null));

  await page.click("nav [data-scene-act=menu]");
  await shot(page, "scenes-menu");
  const scenes = await page.evaluate(() => window.lucid86.sceneList());
  await page.waitForSelector("#scenes .card svg", { timeout: PATIENCE });
  check("and each a picture from its run", await page.locator("#scenes .card svg:has(path)").count() === scenes.length);
  check("the menu has a card for each", await page.locator("#scenes .card").count() === scenes.length, `${scenes.length} scenes`);
  await page.locator("#scenes .card").first().click();
  check("which opens it", (await now()).id === scenes[0].id);
  const covered = [];
  for (const { id, beats } of scenes) {
    const hashes = [];
    let opened = 0;
    for (let k = 1; k <= beats; ++k) {
      const took = await page.evaluate(([name, number]) => {
        const begin = performance.now();
        if (number === 1) window.lucid86.openScene(name);
        else window.lucid86.goToBeat(number);
        return performance.now() - begin;
      }, [id, k]);
      if (k === 1) opened = took;
      hashes.push(await page.evaluate(() => window.lucid86.getStateHash()));
      await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
      if (await page.evaluate(nextIsCovered)) covered.push(`${id} ${k}`);
    }
    await shot(page, `scene-${id}`);
    const again = await page.evaluate((count) => {
      const seen = [];
      for (let k = count; k >= 1; --k) {
        window.lucid86.goToBeat(k);
        seen.unshift(window.lucid86.getStateHash());
      }
      return seen;
    }, beats);
    check(`${id}: each beat is the same state from both sides`, again.join() === hashes.join(), `open in ${Math.round(opened)} ms`);
  }
  check("nothing lies over the button that goes on, however long the words", covered.length === 0, covered.join(", "));
  await page.context().close();
}

/** In the page: whether something lies over the button that goes on. */
function nextIsCovered() {
  const next = [...document.querySelectorAll("[data-scene-act=next]")].find((each) => each.offsetParent);
  const { x, y, width, height } = next.getBoundingClientRect();
  return !next.contains(document.elementFromPoint(x + width / 2, y + height / 2));
}

/** On a phone, with nothing but taps: from the menu to the last beat of each scene. */
async function thumbs() {
  const page = await open({ width: 390, height: 844 });
  const scenes = await page.evaluate(() => window.lucid86.sceneList());
  let [ended, small] = [[], 0];
  for (const [index, scene] of scenes.entries()) {
    await page.tap("nav [data-scene-act=menu]");
    await page.locator("#scenes .card").nth(index).tap();
    await page.waitForFunction((id) => window.lucid86.scene()?.id === id, scene.id, { timeout: PATIENCE });
    for (let beat = 1; beat < scene.beats; ++beat) {
      await page.tap("#transport [data-scene-act=next]");
      await page.waitForFunction((wanted) => window.lucid86.scene().beat === wanted, beat + 1, { timeout: PATIENCE });
    }
    small += await page.evaluate(() => [...document.querySelectorAll("#transport button, .question button")]
      .filter((each) => each.checkVisibility() && Math.min(each.getBoundingClientRect().height, each.getBoundingClientRect().width) < 28).length);
    const covered = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    if (!covered && await page.evaluate(() => window.lucid86.scene().atBeat)) ended.push(scene.id);
    if (scene.id === "cow") await shot(page, "phone-scene-end");
  }
  check("every scene is played to its end by thumbs", ended.length === scenes.length && small === 0, `${ended.length} of ${scenes.length}, ${small} small buttons`);
  await page.context().close();
}

async function explains() {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.route("**/kernel.pack*", (route) => route.fulfill({ status: 404 }));
  await page.goto(server.url);
  await page.waitForFunction(() => document.querySelector("#notice.bad"), null, { timeout: PATIENCE });
  const said = await page.textContent("#notice");
  check("a missing file is explained", said.includes("kernel.pack") && said.includes("404"), said);
  await context.close();
}

const only = process.env.LUCID_PAGE_PARTS?.split(" "); // names of functions, to try some
try {
  for (const part of [bootsAndRuns, stepsAndSpeeds, stepsByLines, travels, stopsAndAsks, idles, types, looks, playsScenes, thumbs].filter((each) => only?.includes(each.name) ?? true)) await part();
  check("no errors or warnings in the browser's console", complaints.length === 0, complaints.slice(0, 3).join("; "));
  await explains();
} catch (error) {
  check("the test runs to its end", false, error.stack);
} finally {
  await browser.close();
  server.close();
}
console.log(failures === 0 ? "page: all passed" : `page: ${failures} FAILED`);
process.exit(failures === 0 ? 0 : 1);

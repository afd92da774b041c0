// SPDX-License-Identifier: MIT
// <lucid-86> in somebody else's page: the example chapter on one port, the machines on another, both
// under a strict Content-Security-Policy. usage: embed_test.mjs SITE ARTIFACTS
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";

import { launch } from "./browser.mjs";
import { check, Dice, finish, requireSite } from "./machine.mjs";
import { serveAuthors } from "./serve.mjs";

const [site, artifacts] = process.argv.slice(2).map((path) => resolve(path));
requireSite(site);
const PATIENCE = 60_000;

mkdirSync(artifacts, { recursive: true });
const { machines, authors } = await serveAuthors(site);
const origin = new URL(machines.url).origin;
const browser = await launch({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
const complaints = [];

async function open(path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`${authors.url}${path}`);
  await page.waitForFunction(() => customElements.get("lucid-86"));
  return page;
}
const shot = (page, name) => page.screenshot({ path: join(artifacts, `embed-${name}.png`) });
const inside = (page, index = 0) => page.frames().filter((frame) => frame.url().startsWith(machines.url))[index];
const scrolled = (page) => page.evaluate(() => scrollY);

async function chapter() {
  const requests = [];
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const quiet = await context.newPage();
  quiet.on("request", (request) => requests.push(request.url()));
  await quiet.goto(`${authors.url}examples/chapter.html`);
  await quiet.waitForTimeout(500);
  const heavy = requests.filter((url) => /wasm|pack|index\.html|lucid86\.js/.test(url));
  check("before a click there are posters only", heavy.length === 0, `${requests.length} requests`);
  check("nothing is asked of a third party", requests.every((url) => [origin, new URL(authors.url).origin].includes(new URL(url).origin)));
  const alts = await quiet.evaluate(() => [...document.querySelectorAll("lucid-86 img")].map((img) => img.alt.length > 20 && img.complete && img.naturalWidth > 0));
  check("six posters with words", alts.length === 6 && alts.every(Boolean));
  await shot(quiet, "chapter-posters");
  await context.close();

  const page = await open("examples/chapter.html");
  const before = await page.evaluate(() => ({ height: document.documentElement.scrollHeight, active: document.activeElement === document.body }));
  const begin = Date.now();
  await page.click("a[data-lucid-seek='fork#2']");
  await page.waitForFunction(() => document.querySelector("a[data-lucid-seek='fork#2']").hasAttribute("data-lucid-here"), null, { timeout: PATIENCE });
  check("a link in the prose drives its machine and lights up", true, `${Date.now() - begin} ms with the start`);
  const forked = await page.evaluate(() => document.querySelectorAll("lucid-86")[1].getState());
  check("it is where the words say", forked.processes.filter((each) => each.name === "forkdemo").length === 3);
  check("the reader was left where the link is", await page.evaluate(() => document.activeElement.tagName === "A"));
  await page.evaluate(() => document.querySelectorAll("lucid-86")[1].step("process"));
  for (let i = 0; i < 12; ++i) {
    if (await page.evaluate(() => document.querySelector("a[data-lucid-seek='fork#3']").hasAttribute("data-lucid-here"))) break;
    await page.evaluate(() => document.querySelectorAll("lucid-86")[1].step("process"));
    await page.waitForTimeout(150);
  }
  check("the machine lights the words up when it gets there", await page.evaluate(() => document.querySelector("a[data-lucid-seek='fork#3']").hasAttribute("data-lucid-here")
    && !document.querySelector("a[data-lucid-seek='fork#2']").hasAttribute("data-lucid-here")));
  check("starting one moves nothing", before.active && await page.evaluate(() => document.documentElement.scrollHeight) === before.height);
  await page.locator("lucid-86").nth(1).scrollIntoViewIfNeeded();
  await page.waitForTimeout(600);
  await shot(page, "chapter-forkdemo");

  const hash = await page.evaluate(() => document.querySelectorAll("lucid-86")[1].getState().then((state) => state.hash));
  const second = Date.now();
  await page.evaluate(() => document.querySelectorAll("lucid-86")[2].seek("cow#1"));
  const secondMs = Date.now() - second;
  const only = await page.evaluate(() => [...document.querySelectorAll("lucid-86")].map((each) => each.awake));
  check("one runs at a time", only.filter(Boolean).length === 1 && only[2], `the second was there after ${secondMs} ms`);
  await shot(page, "chapter-frozen");
  await page.waitForFunction(() => document.querySelectorAll("lucid-86")[1].shadowRoot.querySelector(".still").width > 300, null, { timeout: PATIENCE });
  check("the other is a picture soon", await page.evaluate(() => !document.querySelectorAll("lucid-86")[1].shadowRoot.querySelector("iframe")));
  const resumed = await page.evaluate(() => document.querySelectorAll("lucid-86")[1].getState().then((state) => state.hash));
  check("and goes on from the same state", resumed === hash);

  await page.click("[data-say='ps']");
  await page.waitForFunction(async () => (await document.querySelector("#shell").getState()).console.includes("PID"), null, { timeout: PATIENCE, polling: 300 });
  check("a page's own buttons type", true);
  await page.waitForFunction(() => /Forks so far: [1-9]/.test(document.querySelector("#note").textContent), null, { timeout: PATIENCE });
  check("and events reach the page", true, await page.textContent("#note"));
  await page.locator("#shell").scrollIntoViewIfNeeded();
  await page.waitForTimeout(600);
  await shot(page, "chapter-shell");
  const typed = await page.evaluate(() => document.querySelector("#shell").getState().then(({ hash: h, halted, instruction }) => ({ h, halted, instruction })));
  await page.evaluate(() => document.querySelector("#shell").freeze());
  const again = await page.evaluate(() => document.querySelector("#shell").getState().then(({ hash: h, halted, instruction }) => ({ h, halted, instruction })));
  check("what was typed survives being put aside", typed.instruction === again.instruction || typed.h === again.h, JSON.stringify([typed, again]));
  await page.context().close();
}

async function manners() {
  const page = await open("examples/chapter.html");
  const listeners = await page.evaluate(() => {
    const added = [];
    for (const target of [window, document]) {
      const before = target.addEventListener;
      target.addEventListener = function record(...args) {
        added.push(args[0]);
        return before.apply(this, args);
      };
    }
    window.added = added;
    return document.querySelectorAll("lucid-86")[0].pause().then(() => added);
  });
  check("no listener on window or document", listeners.length === 0, listeners);
  check("no focus is taken", await page.evaluate(() => document.activeElement === document.body));
  await page.locator("lucid-86").first().scrollIntoViewIfNeeded();
  const box = await page.locator("lucid-86").first().boundingBox();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  const top = await scrolled(page);
  await page.mouse.wheel(0, 200);
  await page.waitForFunction((from) => scrollY > from + 50, top, { timeout: 5000 }).catch(() => {});
  check("the page scrolls over the machine", await scrolled(page) > top + 50, `${top} to ${await scrolled(page)}`);
  check("with a hint how to move inside", await inside(page).evaluate(() => !document.querySelector("#scroll-hint").hidden));
  const zoom = await inside(page).evaluate(() => new Promise((done) => {
    document.querySelector("#canvas").addEventListener("wheel", () => done("heard"), { once: true });
    setTimeout(() => done("unheard"), 3000);
    document.querySelector("#canvas").dispatchEvent(new WheelEvent("wheel", { ctrlKey: true, deltaY: 5, bubbles: true, cancelable: true }));
  }));
  check("Ctrl and wheel go inside", zoom === "heard");

  await page.evaluate(() => { scrollTo(0, 0); });
  await page.locator("a[data-lucid-seek='exit#1']").first().focus();
  let left = false;
  const visited = [];
  for (let i = 0; i < 40 && !left; ++i) {
    await page.keyboard.press("Tab");
    const now = await page.evaluate(() => document.activeElement.dataset.lucidSeek ?? document.activeElement.tagName);
    visited.push(now);
    left = now === "fork#1";
  }
  check("Tab goes through and out again", left && visited.some((each) => each === "LUCID-86"), `${visited.length} stops`);

  const machine = page.locator("lucid-86").first();
  const spot = await machine.boundingBox();
  await machine.scrollIntoViewIfNeeded();
  const now = await machine.boundingBox();
  await page.mouse.click(now.x + now.width / 2, now.y + now.height / 2);
  const took = await page.evaluate(() => document.activeElement.tagName);
  await page.keyboard.press("Escape");
  await page.waitForTimeout(200);
  check("Esc gives the keyboard back", took === "LUCID-86" && await page.evaluate(() => document.activeElement === document.body), `${took}, ${spot !== null}`);

  await page.setViewportSize({ width: 700, height: 900 });
  const fits = await inside(page).waitForFunction(() => {
    const canvas = document.querySelector("#canvas");
    return innerWidth < 700 && Math.abs(canvas.width - canvas.clientWidth * devicePixelRatio) < 2 && document.documentElement.scrollWidth <= innerWidth;
  }, null, { timeout: PATIENCE }).then(() => true, () => false);
  const size = await page.evaluate(() => {
    const rect = document.querySelector("lucid-86").getBoundingClientRect();
    return rect.width / rect.height;
  });
  check("a narrower page keeps its proportions, sharp", Math.abs(size - 1.6) < 0.02 && fits, size.toFixed(3));

  const drawn = () => inside(page).evaluate(() => {
    lucid86.picture();
    const gl = document.querySelector("#canvas").getContext("webgl2");
    return !gl.isContextLost() && lucid86.picture().length;
  });
  const whole = await drawn();
  const back = await inside(page).evaluate(() => new Promise((done) => {
    const canvas = document.querySelector("#canvas");
    const lose = canvas.getContext("webgl2").getExtension("WEBGL_lose_context");
    canvas.addEventListener("webglcontextrestored", () => setTimeout(() => done(true), 300), { once: true });
    canvas.addEventListener("webglcontextlost", () => setTimeout(() => lose.restoreContext(), 50), { once: true });
    lose.loseContext();
    setTimeout(() => done(false), 5000);
  }));
  const restored = await drawn();
  check("a lost WebGL context comes back with its picture", back && restored > whole * 0.7, `${whole} and ${restored} bytes`);

  const state = () => page.evaluate(() => document.querySelector("lucid-86").getState().then(({ hash }) => hash));
  const before = await state();
  await page.evaluate(() => { window.kept = true; });
  await page.goto(`${machines.url}index.html?theme=light`);
  await page.waitForFunction(() => window.lucid86, null, { timeout: PATIENCE });
  await page.evaluate(() => history.back()).catch(() => {}); // no "load" follows
  await page.waitForFunction(() => customElements.get("lucid-86"));
  check("back to the page works, from the back/forward cache", await page.evaluate(() => window.kept === true) && await state() === before);
  await page.context().close();
}

async function ten() {
  const page = await open("examples/chapter.html");
  const alive = await page.evaluate(async () => {
    const { create } = await import(document.querySelector("script[src]").src);
    const made = [];
    for (let i = 0; i < 10; ++i) made.push(await create(document.querySelector("main"), { program: "forkdemo", to: `fork#${i % 3 + 1}` }));
    const states = [];
    for (const each of made) states.push((await each.getState()).processes.filter((p) => p.name === "forkdemo").length);
    return { states, awake: made.filter((each) => each.awake).length };
  });
  check("ten on a page, one at a time, each its own", alive.awake === 1 && alive.states.every((count, i) => count === i % 3 + 2), JSON.stringify(alive));
  await page.context().close();
}

/** One frame goes from embed to embed; what a reader did in one is not seen in the next, and is there again in the one. */
async function oneFrame() {
  const start = (page, index) => page.evaluate((i) => document.querySelectorAll("lucid-86")[i].getState().then((state) => state.hash), index);
  const facts = (page) => inside(page).evaluate(async () => {
    await lucid86.sources;
    const all = (selector, say) => [...document.querySelectorAll(selector)].map(say);
    return JSON.stringify({ view: lucid86.view(), breaks: lucid86.breakpoints(), theme: document.documentElement.dataset.theme,
      written: all("input:not([type=file]), textarea, select", (each) => each.value), speed: document.querySelector("#speed-text").textContent,
      seen: all("section, form, dialog, #problems, #toast", (each) => `${each.id} ${each.hidden} ${each.open}`), drawn: lucid86.drawn() },
    (key, value) => (typeof value === "bigint" ? String(value) : value));
  });
  const alone = await open("examples/chapter.html");
  const hash = await start(alone, 1);
  const fresh = await facts(alone);
  await alone.context().close();

  const page = await open("examples/chapter.html");
  await start(page, 0);
  await inside(page).locator("#canvas").click({ position: { x: 300, y: 200 } });
  check("a click takes the focus inside", await page.evaluate(() => document.activeElement === document.querySelector("lucid-86")));
  await inside(page).evaluate(async () => {
    window.kept = true;
    await lucid86.sources;
    lucid86.addBreakpoint("main");
    lucid86.setView(1, "Bytes");
    lucid86.setLens(3);
    lucid86.highlight("pid 1");
    document.querySelector("#theme").click();
    document.querySelector("#grain").selectedIndex = 3;
    document.querySelector("#breakpoint input").value = "syscall";
    document.querySelector("#assembler textarea").value = "nop";
    document.querySelector("#speed").value = 2;
    document.querySelector("#speed").dispatchEvent(new Event("input"));
    document.querySelector("#help").showModal();
  });
  const left = await start(page, 0);
  const top = await scrolled(page);
  const same = await start(page, 1) === hash;
  const now = await facts(page);
  const different = [...now].findIndex((c, i) => c !== fresh[i]);
  check("the next embed is as if it were the first", same && now === fresh, now === fresh ? "" : now.slice(Math.max(0, different - 40), different + 40));
  check("without the focus", await page.evaluate(() => document.activeElement === document.body), await page.evaluate(() => document.activeElement.id || document.activeElement.tagName));
  check("the frame went there", await inside(page).evaluate(() => window.kept === true) && !inside(page, 1));
  const places = await page.evaluate(() => {
    const element = document.querySelectorAll("lucid-86")[1];
    return [element, element.shadowRoot.querySelector("iframe")].map((each) => each.getBoundingClientRect()).map(({ x, y, width }) => [x, y, width].map(Math.round));
  });
  check("and lies over its embed", places[0].every((n, i) => Math.abs(n - places[1][i]) <= 2), places.join(" over "));
  check("the page has not moved", await scrolled(page) === top);
  const colours = await page.waitForFunction(() => {
    const still = document.querySelector("lucid-86").shadowRoot.querySelector(".still");
    if (still.hidden) return 0;
    const copy = Object.assign(document.createElement("canvas"), { width: still.width, height: still.height }).getContext("2d");
    copy.drawImage(still, 0, 0);
    return new Set(new Uint32Array(copy.getImageData(0, 0, still.width, still.height).data.buffer)).size;
  }, null, { timeout: PATIENCE }).then((handle) => handle.jsonValue());
  check("the one it left is a picture", colours > 20, `${colours} colours`);
  check("and goes on from where it was", await start(page, 0) === left && (await inside(page).evaluate(() => lucid86.breakpoints())).join() === "main");
  await page.context().close();
}

/** What is carried away from an embed is exactly what it shows. */
async function openedFull() {
  const page = await open("examples/chapter.html");
  const beat = await page.evaluate(() => new Promise((come) => {
    const machine = document.querySelectorAll("lucid-86")[2];
    machine.on("beat", come);
    machine.seek("cow:3");
  }));
  check("beats are told to the page", beat.scene === "cow" && beat.beat === 3 && beat.caption.length > 20, JSON.stringify(beat).slice(0, 60));
  for (const [what, prepare] of [["a beat", () => {}], ["a moment after it, by the keyboard", () => lucid86.step("system call")], ["a running machine", () => lucid86.run()]]) {
    await inside(page).evaluate(prepare);
    const [full] = await Promise.all([page.context().waitForEvent("page"),
      what.includes("keyboard") ? inside(page).locator("#open-full").press("Enter") : inside(page).locator("#open-full").click()]);
    await full.waitForFunction(() => window.lucid86, null, { timeout: PATIENCE });
    const [here, there] = await Promise.all([inside(page), full].map((each) => each.evaluate(() => lucid86.getStateHash())));
    check(`"open full" carries ${what}`, here === there && !full.url().includes("embed"), full.url().split("?")[1].slice(0, 60));
    await full.close();
  }
  await page.context().close();
}

async function messages() {
  const page = await open("examples/chapter.html");
  await page.evaluate(() => document.querySelector("lucid-86").pause());
  const hash = await page.evaluate(() => document.querySelector("lucid-86").getState().then((state) => state.hash));
  const seed = new Dice(7).below(1000);
  const answers = await page.evaluate(async (state) => {
    let dice = state;
    const below = (limit) => {
      dice = (Math.imul(dice, 1664525) + 1013904223) >>> 0;
      return (dice >>> 8) % limit;
    };
    // To the window: nobody there says hello a second time, so none of it is heard.
    const frame = document.querySelector("lucid-86").shadowRoot.querySelector("iframe").contentWindow;
    const values = [null, undefined, 0, -1, NaN, 1e300, "", "step", "type", "__proto__", "constructor", [], {}, { lucid86: 1, hello: true }, { id: 1, call: "step", args: [] },
      { lucid86: 1 }, new Uint8Array(9), "x".repeat(5000), [[[[]]]], new Date(0), { lucid86: "1", hello: 1 }];
    const some = () => values[below(values.length)];
    for (let i = 0; i < 10_000; ++i) {
      const { port2 } = new MessageChannel();
      frame.postMessage(some(), "*", below(10) === 0 ? [port2] : []);
    }
    return dice;
  }, seed);
  check("10,000 messages to its window change nothing", await page.evaluate(() => document.querySelector("lucid-86").getState().then((state) => state.hash)) === hash && answers > 0);

  // On a port of its own: a bare frame, which this page greets.
  const heard = await page.evaluate(async (url) => {
    const frame = document.createElement("iframe");
    frame.src = `${url}?embed=1&program=hello&to=syscall%231&parent=${encodeURIComponent(location.origin)}`;
    document.body.append(frame);
    await new Promise((loaded) => { frame.onload = loaded; });
    const { port1, port2 } = new MessageChannel();
    frame.contentWindow.postMessage({ lucid86: 1, hello: true }, new URL(url).origin, [port2]);
    const waiting = new Map();
    port1.onmessage = ({ data }) => {
      if (data.id !== undefined) waiting.get(data.id)?.(data);
    };
    let id = 0;
    const ask = (call, args) => new Promise((answer) => {
      waiting.set(++id, answer);
      port1.postMessage({ id, call, args });
    });
    await ask("getState", []);
    let dice = 99;
    const below = (limit) => {
      dice = (Math.imul(dice, 1664525) + 1013904223) >>> 0;
      return (dice >>> 8) % limit;
    };
    const calls = ["play", "pause", "step", "stepBack", "seek", "loadScene", "loadProgram", "type", "highlight", "getState", "on", "off", "mark", "freeze", "become",
      "constructor", "__proto__", "emit", "boot", "arrive", "settings", "", 5, null, {}];
    const values = [null, undefined, 0, -1, 1.5, NaN, 1e300, "", "instruction", "process", "idle", "@5", "@380000", "fork#1", "syscall#2", "cow:1", "hello", "x", "pid 3",
      [], {}, { instruction: 5 }, { time: -1 }, { event: "fork" }, { event: "__proto__" }, { count: 1 }, { maps: true }, { since: 0 }, { since: -1 }, new Uint8Array(64), ["a"], "console"];
    const some = () => values[below(values.length)];
    const good = [["play", []], ["pause", []], ["step", ["system call"]], ["stepBack", ["fault"]], ["seek", ["fork#1"]], ["seek", [{ event: "syscall", count: 2 }]],
      ["seek", [{ instruction: 400_000 }]], ["type", ["ls\n"]], ["highlight", ["address 3 0x401000"]], ["getState", [{ maps: 1, since: 5 }]], ["on", ["fork"]], ["off", ["fork"]], ["mark", [["fork#1", "@5"]]]];
    const slow = [["become", ["https://a.example/?program=hello&to=syscall%231"]], ["loadScene", ["cow", 3]], ["loadProgram", ["hello", ["a", "b"]]], ["loadProgram", [new Uint8Array([0x7f, 69, 76, 70, 2, 1, 1]), ["x"]]]];
    /** A value like another, with something in it changed. */
    const like = (value) => {
      if (below(3) === 0) return some();
      if (typeof value === "string") return [value.slice(0, below(value.length + 1)), `${value}${below(100)}`, value.replace(/./, (c) => String.fromCharCode(c.charCodeAt(0) ^ 1 << below(7)))][below(3)];
      if (typeof value === "number") return [-value, value * 1e9, value + 0.5, String(value)][below(4)];
      if (Array.isArray(value)) return value.map((each) => (below(2) ? like(each) : each));
      if (value?.constructor === Object) return Object.fromEntries(Object.entries(value).map(([key, each]) => [below(4) ? key : `${key}s`, below(2) ? like(each) : each]));
      return value;
    };
    const message = () => {
      if (below(2)) return [calls[below(calls.length)], below(15) === 0 ? some() : Array.from({ length: below(4) }, some)];
      const list = below(20) ? good : slow;
      const [call, args] = list[below(list.length)];
      return [below(20) ? call : like(call), like(args)];
    };
    let [taken, refused, odd] = [0, 0, ""];
    for (let i = 0; i < 10_000; i += 50) {
      const batch = Array.from({ length: 50 }, () => {
        const [call, args] = message();
        if (below(20) === 0) port1.postMessage(some());
        return ask(call, args).then((answer) => {
          if (answer.error === undefined) ++taken;
          else ++refused;
          if (answer.error !== undefined && (typeof answer.error !== "string" || /undefined|not a function|Cannot read/.test(answer.error))) odd ||= `${String(call)} ${JSON.stringify(args)}: ${answer.error}`;
        });
      });
      await Promise.all(batch);
    }
    const { value } = await ask("getState", []);
    frame.remove();
    return { taken, refused, odd, alive: value.instruction >= 0 };
  }, machines.url);
  check("10,000 calls are answered or refused with a sentence", heard.alive && heard.odd === "" && heard.taken > 500 && heard.refused > 500, JSON.stringify(heard));

  const stranger = await page.evaluate(async (url) => {
    const frame = document.createElement("iframe");
    frame.src = `${url}?embed=1&parent=${encodeURIComponent("https://elsewhere.example")}`;
    document.body.append(frame);
    await new Promise((loaded) => { frame.onload = loaded; });
    const { port1, port2 } = new MessageChannel();
    frame.contentWindow.postMessage({ lucid86: 1, hello: true }, "*", [port2]);
    const answer = await new Promise((done) => {
      port1.onmessage = () => done("answered");
      port1.postMessage({ id: 1, call: "getState", args: [] });
      setTimeout(() => done("silent"), 2500);
    });
    frame.remove();
    return answer;
  }, machines.url);
  check("a page of another origin than the link names is not answered", stranger === "silent");
  await page.context().close();
}

async function accessible() {
  const axe = (() => {
    try {
      return readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
    } catch {
      return null;
    }
  })();
  if (!axe) {
    console.log("skipped: axe-core is not installed; scripts/setup installs it");
    return;
  }
  const report = async (what, page) => {
    await page.evaluate(axe); // as the devtools do: the page's policy does not hold it
    const { violations } = await page.evaluate(() => axe.run(document, { iframes: false }));
    check(`axe finds nothing in ${what}`, violations.length === 0, violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 90)).slice(0, 2)}`).join("; "));
  };
  for (const scheme of ["light", "dark"]) {
    const context = await browser.newContext({ colorScheme: scheme, viewport: { width: 1280, height: 800 }, reducedMotion: "reduce" });
    const page = await context.newPage();
    await page.goto(machines.url);
    await page.waitForFunction(() => window.lucid86?.getState().halted, null, { timeout: PATIENCE });
    await report(`the page, ${scheme}`, page);
    await page.keyboard.press("t");
    await page.waitForSelector("#tables table");
    await report(`its tables, ${scheme}`, page);
    const tables = await page.evaluate(() => [...document.querySelectorAll("#tables table")].map((table) => `${table.caption.textContent}: ${table.rows.length}`));
    check("the tables have registers, processes, memory", tables.length === 5 && tables.some((each) => /^Registers: 2\d/.test(each)), tables.join(", "));
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await page.waitForSelector("#help[open]");
    await report(`the list of keys, ${scheme}`, page);
    await page.keyboard.press("Escape");
    await page.click("header [data-scene-act=menu]");
    await page.waitForSelector("#scenes[open] .card");
    await report(`the menu, ${scheme}`, page);
    await page.keyboard.press("Escape");
    await page.evaluate(() => document.querySelector("#canvas").focus());
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#tables table");
    check("the tables are the next stop after the pictures", await page.evaluate(() => document.activeElement.id === "tables"));
    await page.goto(machines.url);
    await page.waitForFunction(() => window.lucid86?.getState().halted, null, { timeout: PATIENCE });
    await page.evaluate(() => {
      window.heard = [];
      new MutationObserver(() => heard.push(document.querySelector("#console [role=log]").textContent)).observe(document.querySelector("#console [role=log]"), { childList: true, characterData: true, subtree: true });
    });
    await page.click("#console .screen");
    await page.keyboard.type("seq 100 103");
    await page.waitForTimeout(700);
    const letters = await page.evaluate(() => heard.join("|"));
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => /100\n101\n102\n103$/.test(heard.at(-1)), null, { timeout: PATIENCE });
    check("what a program says is read out, not each letter that is typed", !letters.includes("seq") && await page.evaluate(() => heard.length) <= 4, letters);
    await page.goto(`${machines.url}?scene=cow&beat=2`);
    await page.waitForFunction(() => window.lucid86?.scene()?.beat === 2, null, { timeout: PATIENCE });
    await report(`a scene, ${scheme}`, page);
    await page.goto(`${machines.url}?embed=1&scene=cow&beat=2`);
    await page.waitForFunction(() => window.lucid86?.scene()?.beat === 2, null, { timeout: PATIENCE });
    await report(`an embed, ${scheme}`, page);
    await page.goto(machines.url);
    await page.waitForFunction(() => window.lucid86, null, { timeout: PATIENCE });
    const reached = new Set();
    for (let i = 0; i < 60 && !reached.has("again"); ++i) {
      await page.keyboard.press("Tab");
      const at = await page.evaluate(() => {
        const each = document.activeElement;
        const again = each.hasAttribute("data-reached");
        each.setAttribute("data-reached", "");
        return again ? "again" : each.tagName;
      });
      reached.add(at);
    }
    const missed = await page.evaluate(() => [...document.querySelectorAll("button, select, input, textarea, canvas, a[href]")]
      .filter((each) => each.checkVisibility() && !each.disabled && !each.closest("dialog, [hidden]") && !each.hasAttribute("data-reached")).map((each) => each.outerHTML.slice(0, 80)));
    check("Tab reaches every control", missed.length === 0, missed.join("; "));
    await page.goto(`${authors.url}examples/chapter.html`);
    await page.waitForFunction(() => customElements.get("lucid-86"));
    await report(`the chapter, ${scheme}`, page);
    await context.close();
  }
}

async function explains() {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true });
  const page = await context.newPage();
  await page.goto(`${machines.url}?at=soon&ram=3&theme=pink&program=nope&unknown=1#bin=AAAA`);
  await page.waitForSelector("#problems:not([hidden])", { timeout: PATIENCE });
  const said = await page.textContent("#problems");
  check("bad values are explained in the page", ["at=soon", "ram=3", "theme=pink", "program=nope", "bin=AAAA"].every((each) => said.includes(each)) && !said.includes("unknown"), said.replace(/\s+/g, " ").slice(0, 160));
  check("and a machine runs all the same", await page.evaluate(() => window.lucid86.getState().instruction) > 1000);
  await shot(page, "problems-phone");
  const small = await page.evaluate(() => [...document.querySelectorAll("#transport button, #transport select, #problems button")]
    .filter((each) => each.checkVisibility()).map((each) => each.getBoundingClientRect()).filter((rect) => rect.height < 32 || rect.width < 32).length);
  check("its controls are for thumbs", small === 0);

  const file = (name, bytes) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) });
  const choose = async (chosen) => {
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.click("#choose-own")]);
    await chooser.setFiles(chosen);
  };
  await page.click("#problems button");
  await choose(file("setup.exe", "MZ\x90\0"));
  await page.waitForFunction(() => /Windows/.test(document.querySelector("#problems").textContent), null, { timeout: PATIENCE });
  check("a file that cannot run is explained", true, (await page.textContent("#problems ul")).trim());
  await context.close();

  const wide = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await wide.grantPermissions(["clipboard-read", "clipboard-write"]);
  const other = await wide.newPage();
  await other.goto(machines.url);
  await other.waitForFunction(() => window.lucid86?.getState().halted, null, { timeout: PATIENCE });
  await other.evaluate(() => window.lucid86.type("cowdemo\r"));
  await other.waitForFunction(() => /writes 'Q'[^]*\$ $/.test(window.lucid86.getState().console), null, { timeout: PATIENCE });
  await other.evaluate(() => { lucid86.pause(); lucid86.stepBack("fault"); });
  const hash = await other.evaluate(() => lucid86.getStateHash());
  await other.click("#copy-link");
  await other.waitForFunction(() => /copied/.test(document.querySelector("#toast").textContent));
  const link = await other.evaluate(() => navigator.clipboard.readText());
  await other.goto("about:blank");
  await other.goto(link);
  await other.waitForFunction(() => window.lucid86, null, { timeout: PATIENCE });
  check("Copy link leads to the same state", await other.evaluate(() => lucid86.getStateHash()) === hash, `${link.length} characters`);
  await wide.close();
}

const only = process.env.LUCID_PAGE_PARTS?.split(" ");
try {
  for (const part of [chapter, manners, ten, oneFrame, openedFull, messages, accessible, explains].filter((each) => only?.includes(each.name) ?? true)) await part();
  check("no errors or warnings in the browser's console", complaints.length === 0, complaints.slice(0, 3).join("; "));
} catch (error) {
  check("the test runs to its end", false, error.stack);
} finally {
  await browser.close();
  machines.close();
  authors.close();
}
finish("embed");

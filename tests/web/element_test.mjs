// SPDX-License-Identifier: MIT
// What authors and their pages do to <lucid-86>: change, move and copy it, put it into sandboxes and isolated pages,
// under Trusted Types, print it, misuse it; small pages on one origin, the machines on another.
// usage: element_test.mjs SITE
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { resolve } from "node:path";

import { launch } from "./browser.mjs";
import { check, finish, module, requireSite } from "./machine.mjs";
import { serve } from "./serve.mjs";

const site = resolve(process.argv[2]);
requireSite(site);
const PATIENCE = 60_000;
const machines = await serve(site, { "Access-Control-Allow-Origin": "*" });
const origin = new URL(machines.url).origin;
const script = `<script type="module" src="${machines.url}lucid-86.js"></script>`;
const hello = '<lucid-86 id="a" program="hello" to="syscall#1"><img src="data:," alt="a poster" width="64" height="40"></lucid-86>';

const PAGES = {
  "/plain": { body: script + hello },
  "/isolated": { body: script + hello, headers: { "Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Opener-Policy": "same-origin" } },
  "/strict": { body: `<script nonce="once" type="module" src="${machines.url}lucid-86.js"></script>${hello}`,
    headers: { "Content-Security-Policy": `default-src 'none'; script-src 'nonce-once'; img-src data:; frame-src ${origin}; require-trusted-types-for 'script'; trusted-types 'none'` } },
  "/book.xhtml": { type: "application/xhtml+xml", body: `<html xmlns="http://www.w3.org/1999/xhtml"><head><title>A book</title>
    <script>import("${machines.url}lucid-86.js")</script></head><body>${hello.replace("></lucid", "/></lucid")}</body></html>` },
  "/sandboxed": { body: '<iframe sandbox="allow-scripts" src="plain" width="800" height="600"></iframe>' },
  "/srcdoc": { body: `<iframe srcdoc='${script}${hello}' width="800" height="600"></iframe>` },
  "/unseen": { body: `${script}<div style="display: none">${hello}</div>` },
  "/shadow": { body: `${script}<div id="host"></div><script>host.attachShadow({ mode: "open" }).innerHTML = '<a href="?" data-lucid-seek="exit#1">end</a> ${hello}'</script>` },
  "/tall": { body: `${script}<div style="height: 3000px"></div><lucid-86 id="a" program="hello" autoplay ratio="1/4"></lucid-86>` },
};
const authors = createServer((request, response) => {
  const { body, type = "text/html", headers } = PAGES[request.url] ?? { body: "" };
  response.writeHead(200, { "Content-Type": type, ...headers }).end((type === "text/html" ? '<!doctype html><link rel="icon" href="data:,">' : "") + body);
});
await new Promise((ready) => authors.listen(0, "127.0.0.1", ready));
const browser = await launch();

/** A page with its complaints; `frame`: what holds the element. */
async function open(path, options = {}) {
  const context = await browser.newContext({ viewport: { width: 900, height: 700 }, ...options });
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`http://127.0.0.1:${authors.address().port}${path}`);
  const inner = await page.$("iframe");
  const frame = inner ? await inner.contentFrame() : page.mainFrame();
  await frame.waitForFunction(() => customElements.get("lucid-86"), null, { timeout: PATIENCE, polling: 50 });
  return { page, frame, complaints, close: () => context.close() };
}

async function placesOfAllKinds() {
  for (const path of ["/plain", "/isolated", "/strict", "/book.xhtml", "/sandboxed", "/srcdoc", "/unseen", "/shadow"]) {
    const { frame, complaints, close } = await open(path);
    const state = await frame.evaluate(() => (window.host?.shadowRoot ?? document).querySelector("#a").getState().then(({ place }) => place, String));
    check(`it runs in a page like ${path}`, state.startsWith("syscall_entry") && complaints.length === 0, [state, ...complaints].join("; "));
    await close();
  }
}

async function handling() {
  const { page, complaints, close } = await open("/plain");
  const said = await page.evaluate(async () => {
    const a = document.querySelector("#a");
    const sentence = (promise) => Promise.resolve(promise).then(() => "taken", ({ message }) => message);
    const got = {};
    const thrown = (act) => {
      try {
        act();
        return "taken";
      } catch ({ message }) {
        return message;
      }
    };
    got.unknown = thrown(() => a.on("nothing", () => {}));
    got.noListener = thrown(() => a.on("fork"));
    let [ready, late] = [0, 0];
    addEventListener("error", (event) => { got.reported = event.message; event.preventDefault(); }, { once: true });
    a.on("ready", () => { throw new Error("the author's own"); });
    a.on("ready", ({ version }) => { ready += version; });
    got.first = (await a.getState()).place;
    a.on("ready", ({ version }) => { late += version; });
    await new Promise((later) => setTimeout(later, 20));
    got.ready = [ready, late];
    got.function = await sentence(a.step(() => {}));
    got.loose = await sentence(document.createElement("lucid-86").play());

    a.setAttribute("label", "Greeting");
    a.setAttribute("ratio", "2/1");
    got.label = a.shadowRoot.querySelector("iframe").title;
    got.ratio = a.offsetWidth / a.offsetHeight;
    const { hash } = await a.getState();
    const frame = a.shadowRoot.querySelector("iframe");
    a.setAttribute("theme", "dark");
    got.same = await a.getState().then((state) => state.hash === hash);
    for (let i = 0; i < 200 && a.shadowRoot.querySelector("iframe") === frame; ++i) await new Promise((later) => setTimeout(later, 100));
    got.dark = new URL(a.shadowRoot.querySelector("iframe").src).searchParams.get("theme");
    got.still = await a.getState().then((state) => state.hash === hash) && a.shadowRoot.querySelector("iframe") !== frame;
    a.setAttribute("program", "forkdemo");
    a.setAttribute("to", "fork#2");
    got.other = (await a.getState()).processes.filter(({ name }) => name === "forkdemo").length;

    document.body.insertAdjacentHTML("afterbegin", "<section></section>");
    const gone = sentence(a.seek("idle"));
    document.querySelector("section").append(a);
    got.moved = await gone;
    got.again = (await a.getState()).processes.filter(({ name }) => name === "forkdemo").length;
    const copy = a.cloneNode(true);
    document.body.append(copy);
    got.copy = [copy.awake, (await copy.getState()).processes.length > 1, a.awake];
    copy.remove();
    document.body.innerHTML += '<lucid-86 id="b" program="hello"></lucid-86>';
    const b = document.querySelector("#b");
    const early = sentence(b.getState());
    b.remove();
    got.removed = await early;
    const { create } = await import(document.querySelector("script[src]").src);
    const made = await create(document.body, { program: "hello", autoplay: false, beat: undefined, together: true, to: null });
    got.attributes = made.getAttributeNames().join();
    return got;
  });
  check("what an event is called is checked", /^on: an event is one of: ready/.test(said.unknown) && /function/.test(said.noListener), said.unknown);
  check("a listener's error is reported and harms nobody", /the author's own/.test(said.reported) && said.first.startsWith("syscall_entry"), said.reported);
  check("ready is told to those who come later, too, and once", said.ready.join() === "1,1", said.ready);
  check("what cannot be sent is refused", /could not be cloned/.test(said.function), said.function);
  check("a call of one that is in no page is refused", /not in a page/.test(said.loose), said.loose);
  check("label and ratio may change", said.label === "Greeting" && Math.abs(said.ratio - 2) < 0.02, `${said.label}, ${said.ratio}`);
  check("theme may change, and the machine stays where it is", said.same && said.dark === "dark" && said.still, JSON.stringify(said));
  check("another program is another machine", said.other === 3, said.other);
  check("it may be moved", /put aside/.test(said.moved) && said.again === 3, `${said.moved}, ${said.again}`);
  check("and copied", said.copy.join() === "false,true,false", said.copy);
  check("and taken away while it starts", /put aside/.test(said.removed), said.removed);
  check("create() takes what says nothing as nothing", said.attributes === "program,together", said.attributes);
  check("no other complaints", complaints.every((each) => each.includes("the author's own")), complaints.join("; "));
  await close();
}

/** A program that is too large for a link is put aside and goes on all the same. */
async function largePrograms() {
  const { readCpio } = await module("cpio.mjs");
  const { unpack } = await module("unpack.mjs");
  const bytes = readCpio(unpack(readFileSync(`${site}/root.pack`))).get("bin/sh").bytes;
  const { page, close } = await open("/plain");
  await page.exposeFunction("program", () => Buffer.from(bytes).toString("base64"));
  const got = await page.evaluate(async () => {
    const a = document.querySelector("#a");
    const small = Uint8Array.from(atob(await window.program()), (c) => c.charCodeAt(0));
    const large = new Uint8Array(3_000_000);
    for (let at = 0; at < large.length; at += 65536) crypto.getRandomValues(large.subarray(at, at + 65536)); // nothing packs it
    large.set(small);
    await a.loadProgram(large, ["large"]);
    await a.seek("idle");
    await a.type("echo it is me\n");
    await a.seek("idle");
    await a.play();
    const { hash } = await a.getState();
    const b = a.cloneNode(true);
    document.body.append(b);
    await b.getState();
    for (let i = 0; i < 200 && a.shadowRoot.querySelector(".still").hidden; ++i) await new Promise((later) => setTimeout(later, 100));
    const away = [a.awake, a.shadowRoot.querySelector(".still").hidden, a.shadowRoot.querySelector("button").hidden];
    const state = await a.getState();
    return { away, same: state.hash === hash, text: state.console.includes("\nit is me"), awake: [a.awake, b.awake], seen: a.shadowRoot.querySelector(".still").hidden };
  });
  check("a program too large for a link is a picture while another runs", got.away.join() === "false,false,false", got.away);
  check("and goes on as it was", got.same && got.text && got.awake.join() === "true,false" && got.seen, JSON.stringify(got));
  await close();
}

async function paper() {
  const { page, close } = await open("/plain");
  await page.evaluate(() => document.querySelector("#a").getState());
  await page.emulateMedia({ media: "print" });
  check("the poster is printed though the machine runs", await page.evaluate(() => document.querySelector("#a img").checkVisibility()
    && !document.querySelector("#a").shadowRoot.querySelector("iframe").checkVisibility()));
  await page.emulateMedia({ media: "screen" });
  check("and not seen", await page.evaluate(() => !document.querySelector("#a img").checkVisibility()));
  await close();
}

async function sight() {
  const { page, close } = await open("/tall");
  await page.waitForTimeout(300);
  const before = await page.evaluate(() => document.querySelector("#a").awake);
  await page.evaluate(() => scrollTo(0, 4000));
  await page.waitForFunction(() => document.querySelector("#a").awake, null, { timeout: 20_000 }).catch(() => {});
  check("one taller than the window starts, too, when it is seen", !before && await page.evaluate(() => document.querySelector("#a").awake));
  await close();
}

async function hands() {
  const { page, close } = await open("/shadow");
  await page.evaluate(() => host.shadowRoot.querySelector("#a").getState());
  const box = await page.locator("#a").boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2);
  const taken = await page.evaluate(() => document.activeElement.id);
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement === document.body, null, { timeout: 5000 }).catch(() => {});
  check("Esc gives the keyboard back from a shadow root", taken === "host" && await page.evaluate(() => document.activeElement === document.body), taken);
  await page.evaluate(() => host.shadowRoot.querySelector("#a").seek("syscall#1"));
  const [other] = await Promise.all([page.context().waitForEvent("page"), page.locator("a").click({ modifiers: ["Control"] })]);
  check("a link opened in another tab is a link", other !== null && await page.evaluate(() => host.shadowRoot.querySelector("#a").getState().then(({ place }) => place.startsWith("syscall_entry"))));
  await page.locator("a").click();
  await page.waitForFunction(() => host.shadowRoot.querySelector("a").hasAttribute("data-lucid-here"), null, { timeout: PATIENCE });
  check("and else drives the machine of its shadow root", true);
  await close();
}

/** Why it does not start is said at once, in words and as an event. */
async function failures() {
  const { page, close } = await open("/plain");
  await page.route("**/kernel.pack*", (route) => route.fulfill({ status: 503, headers: { "Access-Control-Allow-Origin": "*" } }));
  const begin = Date.now();
  const { why, told, word } = await page.evaluate(async () => {
    const a = document.querySelector("#a");
    let heard = "";
    a.on("error", ({ message }) => { heard = message; });
    const reason = await a.play().then(() => "taken", ({ message }) => message);
    return { why: reason, told: heard, word: a.shadowRoot.querySelector(".word").textContent };
  });
  check("a machine that cannot be loaded says so at once", /503/.test(why) && told === why && word.includes(why) && Date.now() - begin < 20_000, why);
  await page.unroute("**/kernel.pack*");
  check("and starts when it can", await page.evaluate(() => document.querySelector("#a").getState().then(({ place }) => place.startsWith("syscall_entry"))));
  const greeting = await page.evaluate((url) => new Promise((heard) => {
    const frame = document.createElement("iframe");
    frame.src = `${url}?embed=1`;
    frame.onload = () => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }) => heard(data);
      frame.contentWindow.postMessage({ lucid86: 2, hello: true }, "*", [port2]);
    };
    document.body.append(frame);
  }), machines.url);
  check("another version is told which this is", JSON.stringify(greeting) === '{"hello":1}', JSON.stringify(greeting));
  await close();
}

const only = process.env.LUCID_PAGE_PARTS?.split(" ");
try {
  for (const part of [placesOfAllKinds, handling, largePrograms, paper, sight, hands, failures].filter((each) => only?.includes(each.name) ?? true)) await part();
} catch (error) {
  check("the test runs to its end", false, error.stack);
} finally {
  await browser.close();
  authors.close();
  await machines.close();
}
finish("element");

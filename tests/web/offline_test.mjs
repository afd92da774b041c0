// SPDX-License-Identifier: MIT
// The page without a network: one visit, the server stopped, and it comes up again in its subfolder and
// runs a scene. Then a newer version of the page, of which only what has changed is fetched.
// usage: offline_test.mjs SITE
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { launch } from "./browser.mjs";
import { check, finish, requireSite } from "./machine.mjs";
import { serve } from "./serve.mjs";

const site = resolve(process.argv[2]);
requireSite(site);
const PATIENCE = 60_000;
const folder = mkdtempSync(join(tmpdir(), "lucid86-offline-"));
cpSync(site, folder, { recursive: true });
const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
const page = await context.newPage();
const complaints = [];
page.on("pageerror", (error) => complaints.push(String(error)));

let server = await serve(folder);
const { port } = new URL(server.url);
const ready = () => page.waitForFunction(() => window.lucid86, null, { timeout: PATIENCE });
const kept = () => page.evaluate(async () => {
  const names = await caches.keys();
  const parts = await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map((request) => request.url)));
  return { names, addresses: parts.flat() };
});

await page.goto(server.url);
await ready();
await page.evaluate(() => navigator.serviceWorker.ready);
check("and leaves the page that is open as it came", await page.evaluate(() => navigator.serviceWorker.controller === null));
const first = await kept();
check("one visit keeps the page", first.names.length === 1 && first.addresses.some((each) => /lucid86\.wasm\?[0-9a-f]{10}$/.test(each)), `${first.addresses.length} files`);
check("by addresses that hold a hash", first.addresses.filter((each) => !each.includes("?")).every((each) => /index\.html$|\.mjs$/.test(each))); // modules: where esbuild is missing
const online = await page.evaluate(() => window.lucid86.openScene("cow", 2) ?? window.lucid86.getStateHash());

await server.close();
await page.goto(`${server.url}?v=1&scene=cow&beat=2`);
await ready();
check("without a network it comes up, at a beat of a scene", await page.evaluate(() => window.lucid86.scene()?.beat === 2));
check("in the very state that it has online", await page.evaluate(() => window.lucid86.getStateHash()) === online);
check("with its source lines", await page.evaluate(() => window.lucid86.sources));
const later = await page.evaluate(() => Promise.all([...document.querySelectorAll("link[rel=later]")].map(({ href }) => fetch(href).then((response) => response.ok, () => href))));
check("and all that is loaded later", later.length > 0 && later.every((each) => each === true), later);
await page.click("[data-scene-act=next]");
check("and the scene goes on", await page.evaluate(() => window.lucid86.scene().beat === 3));

// A newer version: scenes.txt differs, and the page and the worker name it by another hash.
const scenes = readFileSync(join(folder, "scenes.txt"), "utf8");
writeFileSync(join(folder, "scenes.txt"), `${scenes}\n`);
for (const name of ["index.html", "sw.js"]) {
  const path = join(folder, name);
  writeFileSync(path, readFileSync(path, "utf8").replace(/scenes\.txt\?[0-9a-f]+/g, "scenes.txt?0123456789").replace(/VERSION = "/, 'VERSION = "newer'));
}
const asked = [];
server = await serve(folder, {}, null, { port: Number(port), heard: (path) => asked.push(path) });
await page.goto(server.url);
await ready();
for (const begin = Date.now(); Date.now() - begin < PATIENCE;) { // until the newer one is kept, and only that
  const { names } = await kept();
  if (names.length === 1 && names[0].includes(" newer")) break;
  await page.waitForTimeout(50);
}
const second = await kept();
check("a newer version takes the older's place", second.addresses.some((each) => each.endsWith("scenes.txt?0123456789")) && second.addresses.length === first.addresses.length,
  second.addresses.filter((each) => !first.addresses.includes(each)).join());
check("of which only what has changed was fetched", !asked.some((path) => /wasm|kernel|root\.pack|sources/.test(path)), [...new Set(asked)].map((path) => path.split("/").pop()).join(" "));
check("nothing went wrong in the page", complaints.length === 0, complaints.join("; "));

await browser.close();
await server.close();
rmSync(folder, { recursive: true });
finish("offline");

// SPDX-License-Identifier: MIT
// page.mjs SITE: the page itself in headless Chromium. Prints {"prompt_ms", "heap_at_prompt", "heap_at_end"}
// as JSON: from the machine being there until the shell has prompted, and the size of its memory then
// and after some processes have lived. Exit status 77 = no browser, or no playwright-core to drive it.
import { launch } from "../../web/browser.mjs";
import { serve } from "../../web/serve.mjs";

const PATIENCE = 60_000;
const server = await serve(process.argv[2]);
const browser = await launch();
const page = await browser.newPage();

/** In the page, before its own scripts: keeps the instance's memory, and notes when things happened. */
await page.addInitScript(() => {
  const times = (window.times = {});
  for (const name of ["instantiate", "instantiateStreaming"]) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...given) => {
      const result = await original.apply(WebAssembly, given);
      const { exports } = result.instance ?? result;
      window.memory = Object.values(exports).find((each) => each instanceof WebAssembly.Memory);
      return result;
    };
  }
  window.atPrompt = () => /\$ $/.test(window.lucid86.getState().console);
  document.addEventListener("lucid86:ready", () => {
    times.ready = performance.now();
    const look = () => (window.atPrompt() ? (times.prompt = performance.now()) : setTimeout(look, 1));
    look();
  });
});
await page.goto(server.url);
await page.waitForFunction(() => window.times.prompt, null, { timeout: PATIENCE });
const begin = await page.evaluate(() => ({ prompt_ms: window.times.prompt - window.times.ready,
  heap_at_prompt: window.memory.buffer.byteLength }));
await page.evaluate(() => window.lucid86.type("forkdemo; ls -l /bin | sort | wc; primes 1000 | tail -n 1\r"));
await page.waitForFunction(() => !window.atPrompt(), null, { timeout: PATIENCE });
await page.waitForFunction(() => window.atPrompt(), null, { timeout: PATIENCE });
console.log(JSON.stringify({ ...begin, heap_at_end: await page.evaluate(() => window.memory.buffer.byteLength) }));
await browser.close();
server.close?.();
process.exit(0);

// SPDX-License-Identifier: MIT
// The browser that benchmarks run in. A script that imports this ends with status 77 when there is
// none, or no playwright-core to drive it (scripts/setup installs both).
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

export const FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

export const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

function load() {
  try {
    return createRequire(new URL("../../web/package.json", import.meta.url))("playwright-core");
  } catch {
    return null;
  }
}
export const playwright = load();
if (!chromium || !playwright) process.exit(77);

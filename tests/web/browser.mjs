// SPDX-License-Identifier: MIT
// The browser that tests and benchmarks run in: Debian's Chromium, driven by playwright-core. A script
// that imports this ends with status 77 (skipped; 1 when LUCID_REQUIRE_WEB is set) when one of the two
// is missing.
import { existsSync } from "node:fs";

export const FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];

export function skip(why) {
  console.error(`skipped: ${why}; scripts/setup installs it`);
  process.exit(process.env.LUCID_REQUIRE_WEB ? 1 : 77);
}

export const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!chromium) skip("Chromium is not installed");
export const playwright = await import("playwright-core").catch(() => skip("playwright-core is not installed"));

export const launch = (options = {}) => playwright.chromium.launch({ executablePath: chromium, args: FLAGS, ...options });

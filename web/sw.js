// SPDX-License-Identifier: MIT
// Keeps the page for use without a network: after one visit it works offline, in whatever folder it
// lives. Files are asked for by addresses that hold a hash of their content (scripts/make-site), so a
// kept file is never stale: it is taken from the cache at once, and a new version of the page brings
// only what has changed. The page itself comes from the network whenever there is one.
"use strict";

const VERSION = "";
const FILES = [];
// The two lines above are filled in by scripts/make-site.

const HOME = self.registration.scope;
const PAGE = new URL("index.html", HOME).href;
const MINE = `lucid86 ${HOME} `;
const addresses = new Set(FILES.map((file) => new URL(file, HOME).href));

async function keep() {
  const cache = await caches.open(MINE + VERSION);
  await Promise.all([...addresses].map(async (address) => {
    const lasting = address.includes("?"); // its content never changes
    const known = lasting ? await caches.match(address) : undefined;
    const response = known ?? await fetch(address, { cache: lasting ? "default" : "no-cache" });
    if (!response.ok) throw new Error(`${address}: HTTP status ${response.status}`);
    await cache.put(address, response);
  }));
  await self.skipWaiting();
}

// Pages that are open stay as they came: to claim them would throw them out of browsers' back/forward caches.
async function forgetOthers() {
  for (const name of await caches.keys()) {
    if (name.startsWith(MINE) && name !== MINE + VERSION) await caches.delete(name);
  }
}

async function pageFirstFromNetwork(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(PAGE);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("install", (event) => event.waitUntil(keep()));
self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const place = request.url.split(/[?#]/)[0];
  if (request.method !== "GET") return;
  if (request.mode === "navigate" && (place === HOME || place === PAGE)) event.respondWith(pageFirstFromNetwork(request));
  else if (addresses.has(request.url)) event.respondWith(caches.match(request.url).then((kept) => kept ?? fetch(request)));
});

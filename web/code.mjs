// SPDX-License-Identifier: MIT
// The machine's code in a page. Embeds of one page, whoever wrote it, are frames of one origin that can see each other:
// the code that one has compiled runs in all, and is as fast in the next as it has become in the first.

import { fetched } from "./machine.mjs";

const KEPT = "lucid86Code"; // of a window: {address, module}

/** What a frame beside this one has compiled from the same address (it has a hash of the content), or undefined. */
function fromBeside(address) {
  for (let i = 0; window.parent !== window && i < window.parent.length; ++i) {
    try {
      const kept = window.parent[i][KEPT];
      if (kept?.address === address) return kept.module;
    } catch { // a frame of another origin, which is nobody's business
    }
  }
  return undefined;
}

async function compiled(address) {
  const response = await fetched(address);
  // Hosts that do not know the type are many; what they send cannot be compiled as it comes.
  const streams = response.headers.get("Content-Type") === "application/wasm";
  return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/** A new machine; `address(file)` says where lucid86.wasm is. */
export function instantiate(canvas, address) {
  const place = new URL(address("lucid86.wasm"), document.baseURI).href;
  const loading = Promise.resolve(fromBeside(place) ?? compiled(place));
  return new Promise((resolve, reject) => {
    globalThis.createLucid86({
      canvas,
      instantiateWasm(imports, done) {
        loading.then(async (module) => {
          window[KEPT] = { address: place, module };
          done(await WebAssembly.instantiate(module, imports), module);
        }).catch(reject);
        return {};
      },
    }).then(resolve, reject);
  });
}

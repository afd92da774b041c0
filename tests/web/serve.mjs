// SPDX-License-Identifier: MIT
// Serves a folder under http://127.0.0.1:PORT/some/folder/, as a static host would: no special
// headers, nothing outside the folder. Tests may add headers, and change texts on their way.
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".mjs": "text/javascript",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
  ".wasm": "application/wasm",
};
const PREFIX = "/some/folder/";

export async function serve(folder, headers = {}, change = null) {
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname);
    const relative = path.startsWith(PREFIX) ? normalize(path.slice(PREFIX.length) || "index.html") : "..";
    const file = join(folder, relative);
    const found = !relative.startsWith("..") && statSync(file, { throwIfNoEntry: false })?.isFile();
    if (!found) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "Content-Type": TYPES[extname(file)] ?? "application/octet-stream", ...headers });
    const bytes = readFileSync(file);
    response.end(change && /\.(html|mjs)$/.test(file) ? change(file, bytes.toString()) : bytes);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${server.address().port}${PREFIX}`, close: () => server.close() };
}

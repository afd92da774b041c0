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

/** change(file, text): another text of an HTML file or module; heard(address): each that is asked for. */
export async function serve(folder, headers = {}, change = null, { port = 0, heard = () => {} } = {}) {
  const server = createServer((request, response) => {
    heard(request.url);
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
  await new Promise((ready) => server.listen(port, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${server.address().port}${PREFIX}`, close: () => new Promise((closed) => {
    server.close(closed);
    server.closeAllConnections();
  }) };
}

// What web/README.md tells hosts and authors.
const MACHINE_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; connect-src 'self'; img-src 'self' data:; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'";
const authorPolicy = (origin) => `default-src 'none'; script-src 'self' ${origin}; style-src 'self'; img-src 'self' data:; frame-src ${origin}`;

/** The page on one origin and the example chapter, which embeds it, on another; both under strict policies. */
export async function serveAuthors(site) {
  const machines = await serve(site, { "Content-Security-Policy": MACHINE_POLICY, "Access-Control-Allow-Origin": "*" });
  const authors = await serve(site, { "Content-Security-Policy": authorPolicy(new URL(machines.url).origin) }, (path, text) => (path.endsWith(".html")
    ? text.replaceAll("../lucid-86.js", `${machines.url}lucid-86.js`).replaceAll('href="../?', `href="${machines.url}?`) : text));
  return { machines, authors };
}

// SPDX-License-Identifier: MIT
// Debian's firefox-esr, driven by WebDriver BiDi, which it speaks by itself. The little that the tests
// need: tabs, evaluation, keys and pointer, pictures, and what the browser complains of. It runs in a
// virtual screen (Debian: xvfb): without one it has no WebGL.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const firefox = ["/usr/bin/firefox-esr", "/usr/bin/firefox"].find(existsSync);
export const screen = existsSync("/usr/bin/xvfb-run");
const PATIENCE_MS = 60_000;
const PREFERENCES = {
  "app.normandy.enabled": false,
  "app.update.enabled": false,
  "browser.safebrowsing.downloads.remote.enabled": false,
  "browser.shell.checkDefaultBrowser": false,
  "datareporting.policy.dataSubmissionEnabled": false,
  "extensions.update.enabled": false,
  "fission.bfcacheInParent": true,
  "network.captive-portal-service.enabled": false,
  "network.connectivity-service.enabled": false,
  "services.settings.server": "data:,#remote-settings-dummy/v1",
  "toolkit.telemetry.server": "data:,",
  "webgl.force-enabled": true, // there is no graphics card
};

/** Keys by their names, as WebDriver has them. */
export const KEYS = { Tab: "\uE004", Enter: "\uE007", Escape: "\uE00C", F7: "\uE037", F8: "\uE038", Shift: "\uE008" };

class Tab {
  #browser;
  #context;
  constructor(browser, context) {
    this.#browser = browser;
    this.#context = context;
  }
  goto(url) {
    return this.#browser.ask("browsingContext.navigate", { context: this.#context, url, wait: "complete" });
  }
  /** The value of an expression, awaited; through JSON. */
  async evaluate(expression) {
    const { type, result, exceptionDetails } = await this.#browser.ask("script.evaluate", {
      expression: `(async () => JSON.stringify(await (${expression})))()`, target: { context: this.#context }, awaitPromise: true });
    if (type === "exception") throw new Error(exceptionDetails.text);
    return result.type === "string" ? JSON.parse(result.value) : undefined;
  }
  async until(expression, patience = PATIENCE_MS) {
    for (const begin = Date.now(); Date.now() - begin < patience; await new Promise((later) => setTimeout(later, 50))) {
      const holds = await this.evaluate(`(() => { try { return Boolean(${expression}); } catch { return false; } })()`).catch(() => false);
      if (holds) return;
    }
    throw new Error(`never came true: ${expression}`);
  }
  resize(width, height) {
    return this.#browser.ask("browsingContext.setViewport", { context: this.#context, viewport: { width, height } });
  }
  async press(...names) {
    const keys = names.map((name) => KEYS[name] ?? name);
    await this.#act([{ type: "key", id: "keys", actions: [
      ...keys.map((value) => ({ type: "keyDown", value })), ...keys.reverse().map((value) => ({ type: "keyUp", value }))] }]);
  }
  async write(text) {
    await this.#act([{ type: "key", id: "keys", actions: [...text].flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]) }]);
  }
  async click(x, y) {
    await this.#act([{ type: "pointer", id: "mouse", actions: [{ type: "pointerMove", x: Math.round(x), y: Math.round(y) },
      { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }] }]);
  }
  async wheel(x, y, deltaY) {
    await this.#act([{ type: "wheel", id: "wheel", actions: [{ type: "scroll", x: Math.round(x), y: Math.round(y), deltaX: 0, deltaY }] }]);
  }
  #act(actions) {
    return this.#browser.ask("input.performActions", { context: this.#context, actions });
  }
  async back() {
    await this.#browser.ask("browsingContext.traverseHistory", { context: this.#context, delta: -1 });
  }
  async screenshot(path) {
    const { data } = await this.#browser.ask("browsingContext.captureScreenshot", { context: this.#context });
    writeFileSync(path, Buffer.from(data, "base64"));
  }
  close() {
    return this.#browser.ask("browsingContext.close", { context: this.#context });
  }
}

export class Firefox {
  #process;
  #profile;
  #socket;
  #next = 0;
  #answers = new Map();
  complaints = []; // errors of pages

  /** `WebSocket` is the npm package ws's. */
  static async launch(WebSocket) {
    const browser = new Firefox();
    await browser.#start(WebSocket);
    return browser;
  }
  async #start(WebSocket) {
    this.#profile = mkdtempSync(join(tmpdir(), "lucid86-firefox-"));
    const lines = Object.entries(PREFERENCES).map(([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});`);
    writeFileSync(join(this.#profile, "user.js"), lines.join("\n"));
    this.#process = spawn("xvfb-run", ["-a", firefox, "--no-remote", "--profile", this.#profile, "--remote-debugging-port=0", "about:blank"],
      { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, HOME: this.#profile, LIBGL_ALWAYS_SOFTWARE: "1" } });
    const address = await new Promise((resolve, reject) => {
      let said = "";
      const late = setTimeout(() => reject(new Error(`Firefox does not start: ${said.slice(-300)}`)), PATIENCE_MS);
      this.#process.on("exit", () => reject(new Error(`Firefox ended: ${said.slice(-300)}`)));
      this.#process.stderr.on("data", (data) => {
        said += data;
        const found = /WebDriver BiDi listening on (ws:\S+)/.exec(said);
        if (!found) return;
        clearTimeout(late);
        resolve(found[1]);
      });
    });
    this.#socket = new WebSocket(`${address}/session`);
    await new Promise((resolve, reject) => {
      this.#socket.on("open", resolve);
      this.#socket.on("error", reject);
    });
    this.#socket.on("message", (data) => this.#take(JSON.parse(data)));
    await this.ask("session.new", { capabilities: {} });
    await this.ask("session.subscribe", { events: ["log.entryAdded"] });
  }
  #take({ id, type, method, params, result, error, message }) {
    if (type === "event") {
      if (method === "log.entryAdded" && params.level === "error") this.complaints.push(params.text);
      return;
    }
    const answer = this.#answers.get(id);
    this.#answers.delete(id);
    if (type === "error") answer?.reject(new Error(`${error}: ${message}`));
    else answer?.resolve(result);
  }
  ask(method, params = {}) {
    return new Promise((resolve, reject) => {
      const id = ++this.#next;
      const late = setTimeout(() => this.#take({ id, type: "error", error: method, message: "no answer" }), PATIENCE_MS);
      const settled = (then) => (value) => {
        clearTimeout(late);
        then(value);
      };
      this.#answers.set(id, { resolve: settled(resolve), reject: settled(reject) });
      this.#socket.send(JSON.stringify({ id, method, params }));
    });
  }
  async open(url) {
    const { context } = await this.ask("browsingContext.create", { type: "tab" });
    const tab = new Tab(this, context);
    await tab.resize(1280, 800);
    await tab.goto(url);
    return tab;
  }
  async close() {
    await this.ask("browser.close").catch(() => {});
    const late = setTimeout(() => this.#process.kill("SIGKILL"), 10_000);
    if (this.#process.exitCode === null) await new Promise((done) => this.#process.once("exit", done));
    clearTimeout(late);
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

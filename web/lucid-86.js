// SPDX-License-Identifier: MIT
// <lucid-86>: a machine in an article. One file, no dependencies; types in embed.d.ts, words for
// authors in README.md.
//
//   <script type="module" src="https://…/lucid-86.js"></script>
//   <lucid-86 program="cowdemo" ratio="16/10"><img src="cow.png" alt="…"></lucid-86>
//
// Until it is clicked (or `autoplay` scrolls into view) it is its children, the poster. Then the page
// of the machine runs in a frame, which is seen as soon as it is there or takes its time, and the two
// talk through a MessagePort (port.mjs). One machine runs at a time: the others freeze to a picture
// and the link that brings their state back. Where browsers can move a frame as it is (moveBefore), it
// goes from one to the next, with all that was loaded and made ready in it.
// Listens to nothing on window or document.

const VERSION = 1;
const HOME = new URL(".", import.meta.url).href;
/** Attributes that are the link's keys; `break` may hold several, separated by ";". */
const KEYS = ["scene", "beat", "at", "time", "to", "panels", "theme", "controls", "lang", "program", "args", "sched", "ram", "speed", "type", "name"];
const FRAGMENT_KEYS = ["bin", "run"];
const CALLS = ["play", "pause", "step", "stepBack", "seek", "loadScene", "loadProgram", "type", "highlight", "getState"];
const PATIENCE_MS = 30_000;
const BREATH_MS = 400; // one that has started has the browser for itself so long

const STYLE = `
:host { display: block; position: relative; aspect-ratio: var(--lucid-ratio, 16 / 10); overflow: hidden; contain: layout paint;
  background: #f6f4ee; border: 1px solid #e2ddd1; border-radius: 10px; font: 15px/1.4 system-ui, sans-serif; }
:host([hidden]) { display: none; }
iframe, .still { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; display: block; }
.moved { position: static; }
.starting { animation: show 0s 1.5s backwards; }
@keyframes show { from { visibility: hidden; } }
.still { object-fit: contain; object-position: top; }
slot { display: block; width: 100%; height: 100%; }
::slotted(img), ::slotted(picture) { width: 100%; height: 100%; object-fit: contain; display: block; }
button { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; padding: 0; background: none; cursor: pointer; font: inherit; }
button span { position: absolute; left: 50%; bottom: 8%; transform: translateX(-50%); padding: 10px 22px; border-radius: 999px;
  background: #3450c8; color: #fff; font-weight: 600; white-space: nowrap; box-shadow: 0 2px 10px rgb(0 0 0 / .2); }
button:hover span { background: #28409f; }
button:focus-visible { outline: 3px solid #3450c8; outline-offset: -3px; }
.word { position: absolute; left: 12px; right: 12px; top: 12px; padding: 8px 14px; border-radius: 8px; background: #fffefb; color: #22262b; border: 1px solid #b3261e; }
[hidden] { display: none !important; }
@media print { iframe, button { display: none; } }
@media (prefers-color-scheme: dark) { :host { background: #121518; border-color: #2c323a; } }`;

let sheet = null;
function style(root) {
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
}
function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

/** The machine that runs now, of those on this page that do not say `together`. */
let awake = null;

class Lucid86 extends HTMLElement {
  #slot = make("slot", {});
  #button = make("button", { type: "button" });
  #still = make("canvas", { className: "still", hidden: true, role: "img", ariaLabel: "The machine as it was left" });
  #word = make("p", { className: "word", hidden: true });
  #frame = null;
  #port = null;
  #next = 0;
  #answers = new Map(); // number: {resolve, reject}
  #listeners = new Map(); // event: Set
  #starting = null; // promise of #connect: it runs
  #linked = null; // promise: it can be asked
  #giveUp = null; // rejects #starting
  #frozen = null; // the link of a state that was put aside
  #leaving = null; // promise: #frozen is known
  #runs = false; // #starting has resolved
  #deaf = false; // what comes is still said of the machine that had the frame before
  #busy = 0; // calls that wait for their answer
  #resting = false; // stopped, for another one runs; soon it is frozen
  #links = []; // prose that drives this machine
  #observer = null;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    style(root);
    this.#button.append(make("span", { textContent: "▶ run this machine" }));
    this.#button.addEventListener("click", () => this.#wake(true).catch(() => {}));
    root.append(this.#slot, this.#still, this.#button, this.#word);
  }

  connectedCallback() {
    const [w, h] = (this.getAttribute("ratio") ?? "16/10").split("/").map(Number);
    if (w > 0 && h > 0) this.style.setProperty("--lucid-ratio", `${w} / ${h}`);
    this.#button.setAttribute("aria-label", `Run this machine: ${this.getAttribute("label") ?? this.querySelector("img")?.alt ?? "lucid86"}`);
    this.#joinProse();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (this.hasAttribute("autoplay") && !calm) {
      this.#observer = new IntersectionObserver(([entry]) => {
        if (!entry.isIntersecting) return;
        this.#observer.disconnect();
        this.#wake(false).catch(() => {});
      }, { threshold: 0.6 });
      this.#observer.observe(this);
    }
  }
  disconnectedCallback() {
    this.#observer?.disconnect();
    for (const { link, act } of this.#links) link.removeEventListener("click", act);
    this.#links = [];
    this.#drop();
  }

  get version() {
    return VERSION;
  }
  /** Whether a frame is there that may run; calls start one. */
  get awake() {
    return this.#frame !== null && !this.#resting;
  }

  /** Calls listener(detail) on an event until the function that is returned is called. Starts nothing. */
  on(event, listener) {
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    const set = this.#listeners.get(event);
    set.add(listener);
    if (this.#port) this.#ask("on", [event]).catch(() => {});
    return () => set.delete(listener);
  }

  /** To a picture; the next call or click goes on from this state. */
  async freeze() {
    if (this.#port) await this.#keep(this.#ask("freeze"));
    this.#drop();
  }
  /** What "freeze" answers. Without an answer it goes on from its beginning. */
  async #keep(answer) {
    try {
      const { link, picture, playing } = await answer;
      this.#frozen = { link, playing };
      if (!picture) return;
      Object.assign(this.#still, { width: picture.width, height: picture.height });
      this.#still.getContext("bitmaprenderer").transferFromImageBitmap(picture);
      this.#still.hidden = false;
      this.#slot.hidden = true;
    } catch {
    }
  }

  /** Stops for another one, and freezes when that one is there: to make a picture takes as long as half a start. */
  #rest(started) {
    if (!this.#port) return void this.#drop();
    const frame = this.#frame;
    this.#resting = true;
    this.#ask("rest").catch(() => {});
    const late = () => setTimeout(() => this.#resting && this.#frame === frame && this.freeze(), BREATH_MS);
    started.then(late, late);
  }

  /** Gives its frame to another one, if that is of the same page and nobody waits for an answer of this one. */
  #give(other, address) {
    const frame = this.#frame;
    if (!this.#runs || this.#busy > 0 || frame.src.split(/[?#]/)[0] !== address.href.split(/[?#]/)[0]) return null;
    try {
      other.shadowRoot.moveBefore(frame, null);
      frame.className = "moved"; // Chromium 156 shows what is not in the flow at its old place, until it is anew
      frame.getBoundingClientRect();
    } catch { // browsers without it, or another document
      return null;
    }
    other.#port = this.#port;
    other.#port.onmessage = ({ data }) => other.#take(data);
    other.#next = this.#next;
    this.#frame = this.#port = null;
    this.#leaving = this.#keep(other.#ask("freeze"));
    this.#drop();
    return frame;
  }

  // --- the frame ---
  #address() {
    const address = new URL(this.getAttribute("src") ?? HOME, document.baseURI);
    const query = new URLSearchParams(this.#frozen?.link.split("#")[0] ?? address.search);
    const fragment = new URLSearchParams(this.#frozen?.link.split("#")[1] ?? address.hash.slice(1));
    if (!this.#frozen) {
      for (const key of KEYS) if (this.hasAttribute(key)) query.set(key, this.getAttribute(key));
      for (const key of FRAGMENT_KEYS) if (this.hasAttribute(key)) fragment.set(key, this.getAttribute(key));
      for (const each of this.getAttribute("break")?.split(";") ?? []) query.append("break", each.trim());
    }
    for (const [key, value] of [["v", VERSION], ["embed", 1], ["parent", location.origin]]) query.set(key, value);
    address.search = query;
    address.hash = fragment;
    return address;
  }

  /** Resolves when it runs. A click (`play`) goes on as it was put aside. */
  async #wake(play) {
    const fresh = await this.#reach();
    await this.#starting;
    if (play && fresh && this.#frozen?.playing) await this.#ask("play");
  }

  /** Starts what does not run. Resolves when it can be asked, which it will answer as soon as it runs; to whether it is
   *  a new one. */
  async #reach() {
    if (this.#resting) await this.freeze();
    await this.#leaving;
    const fresh = !this.#starting;
    if (fresh) this.#start();
    await Promise.race([this.#linked, this.#starting]);
    return fresh;
  }

  #start() {
    const address = this.#address();
    const before = this.hasAttribute("together") ? null : awake;
    const frame = before?.#give(this, address) ?? make("iframe", { allow: "clipboard-write; fullscreen" });
    Object.assign(frame, { title: this.getAttribute("label") ?? "lucid86: a machine one can see through", className: "starting" });
    this.#frame = frame;
    this.#starting = this.#connect(frame, address);
    this.#starting.catch((error) => {
      if (this.#frame !== frame) return; // it was put aside meanwhile
      this.#drop();
      this.#word.textContent = `The machine could not start: ${error.message}`;
      this.#word.hidden = false;
    });
    if (this.hasAttribute("together")) return;
    awake?.#rest(this.#starting);
    awake = this;
  }

  async #connect(frame, address) {
    this.#word.hidden = true;
    this.#button.hidden = true;
    let late = 0;
    try {
      await new Promise((resolve, reject) => {
        this.#giveUp = reject;
        late = setTimeout(() => reject(new Error(`${address.origin} does not answer`)), PATIENCE_MS);
        const join = () => {
          const wanted = [...this.#listeners.keys()].filter((event) => event !== "ready");
          if (this.#links.length > 0) this.#ask("mark", [this.#links.map(({ link }) => link.dataset.lucidSeek)]).catch(() => {});
          Promise.all([...wanted, "beat", "error"].map((event) => this.#ask("on", [event]))).then(resolve, reject);
        };
        if (this.#port) {
          this.#deaf = true;
          this.#linked = this.#ask("become", [address.href]).then(() => {
            this.#deaf = false;
            if (this.shadowRoot.activeElement === frame) this.#unfocus(); // it was of the machine before
            join();
          });
          this.#linked.catch(reject);
          return;
        }
        this.#linked = new Promise((linked) => {
          frame.addEventListener("load", () => {
            const { port1, port2 } = new MessageChannel();
            this.#port = port1;
            port1.onmessage = ({ data }) => this.#take(data);
            frame.contentWindow.postMessage({ lucid86: VERSION, hello: true }, address.origin === "null" ? "*" : address.origin, [port2]);
            join();
            linked();
          }, { once: true });
        });
        frame.src = address.href;
        this.shadowRoot.append(frame);
      });
    } finally {
      clearTimeout(late);
    }
    this.#runs = true;
    frame.className = "";
    this.#still.hidden = true;
    this.#slot.hidden = true;
    this.#tell("ready", { version: VERSION });
  }

  #drop() {
    this.#frame?.remove();
    this.#port?.close();
    this.#frame = this.#port = this.#starting = null;
    this.#resting = this.#runs = this.#deaf = false;
    const why = new Error("the machine was put aside");
    this.#giveUp?.(why);
    for (const { reject } of this.#answers.values()) reject(why);
    this.#answers.clear();
    this.#button.hidden = false;
    this.#slot.hidden = !this.#still.hidden;
    if (awake === this) awake = null;
  }

  #unfocus() {
    this.#frame?.blur();
    this.blur();
  }
  #ask(call, args = []) {
    return new Promise((resolve, reject) => {
      if (!this.#port) return reject(new Error("the machine was put aside"));
      const id = ++this.#next;
      this.#answers.set(id, { resolve, reject });
      this.#port.postMessage({ id, call, args });
    });
  }
  #take(data) {
    if (data === null || typeof data !== "object") return;
    const answer = this.#answers.get(data.id);
    if (answer) {
      this.#answers.delete(data.id);
      if (data.error === undefined) answer.resolve(data.value);
      else answer.reject(new Error(data.error));
    } else if (Array.isArray(data.details) && !this.#deaf) {
      for (const detail of data.details) this.#tell(data.event, detail);
    }
  }
  #tell(event, detail) {
    if (event === "release" && document.activeElement === this) this.#unfocus();
    if (event === "place") this.#light(detail.target);
    if (event === "beat") this.#light(`${detail.scene}:${detail.beat}`);
    for (const listener of this.#listeners.get(event) ?? []) listener(detail);
  }

  // --- prose ---
  /** <a data-lucid-seek="cow:3" data-lucid-for="ID">; without an id it is of the next element, or of the last. */
  #joinProse() {
    const all = [...this.getRootNode().querySelectorAll("lucid-86")];
    for (const link of this.getRootNode().querySelectorAll("[data-lucid-seek]")) {
      const next = all.find((each) => each.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_PRECEDING);
      const mine = link.dataset.lucidFor ? link.dataset.lucidFor === this.id : (next ?? all.at(-1)) === this;
      if (!mine || this.#links.some((each) => each.link === link)) continue;
      const act = (event) => {
        event.preventDefault();
        this.seek(link.dataset.lucidSeek).catch(() => {});
      };
      link.addEventListener("click", act);
      this.#links.push({ link, act });
    }
  }
  #light(place) {
    for (const { link } of this.#links) {
      const here = link.dataset.lucidSeek === place;
      link.toggleAttribute("data-lucid-here", here);
      if (here) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  static {
    for (const call of CALLS) {
      this.prototype[call] = async function ask(...args) {
        await this.#reach();
        ++this.#busy;
        try {
          const [answer] = await Promise.all([this.#ask(call, args), this.#starting]);
          return answer;
        } finally {
          --this.#busy;
        }
      };
    }
  }
}

/** An element with these attributes, in a place of the page, started: create(parent, {program: "cowdemo"}). */
export async function create(parent, attributes = {}) {
  const element = document.createElement("lucid-86");
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent.append(element);
  await element.getState();
  return element;
}

if (!customElements.get("lucid-86")) customElements.define("lucid-86", Lucid86);
export { Lucid86, VERSION };

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
/** Attributes that leave the machine as it is. */
const LOOKS = ["theme", "controls"];
const CALLS = ["play", "pause", "step", "stepBack", "seek", "loadScene", "loadProgram", "type", "highlight", "getState"];
const EVENTS = ["ready", "beat", "fork", "exec", "exit", "pagefault", "cow", "syscall", "switch", "console", "resize", "error"];
const PATIENCE_MS = 30_000; // until the page says that it is there
const [SOON_FROZEN, ASIDE] = ["soon", "aside"]; // ASIDE: behind its picture
const BREATH_MS = 400; // one that has started has the browser for itself so long

const STYLE = `
:host { display: block; position: relative; aspect-ratio: var(--lucid-ratio, 16 / 10); overflow: hidden; contain: layout paint;
  background: #f6f4ee; border: 1px solid #e2ddd1; border-radius: 10px; font: 15px/1.4 system-ui, sans-serif; }
:host([hidden]) { display: none; }
iframe, .still { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; display: block; }
.aside { visibility: hidden; }
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
@media print { iframe, button { display: none; } .still[hidden] + slot[hidden] { display: block !important; } }
@media (prefers-color-scheme: dark) { :host { background: #121518; border-color: #2c323a; } }`;

let sheet = null;
function style(root) {
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
}
function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

/** What goes wrong in a listener is the listener's: it is reported, and nothing else stops for it. */
function call(listener, detail) {
  try {
    listener(detail);
  } catch (error) {
    reportError(error);
  }
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
  #ready = false; // it has answered
  #greeted = null; // takes the page's first word: its version
  #frozen = null; // the link of a state that was put aside
  #resting = ""; // or how it was stopped, for another one runs
  #links = []; // prose that drives this machine
  #observer = null;
  #joined = false; // was in a page: its attributes mean something
  #freezing = null; // promise, while it is made a picture
  #beginning = null; // promise, while a frame is found for it
  #given = null; // the frame of another one, for #start
  #deaf = false; // what comes is still said of the machine that had the frame before
  #busy = 0; // calls that wait for their answer
  #playing = false; // before it was put aside

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    style(root);
    this.#button.append(make("span", { textContent: "▶ run this machine" }));
    this.#button.addEventListener("click", () => this.#wake(true).catch(() => {}));
    root.append(this.#still, this.#slot, this.#button, this.#word);
  }

  static observedAttributes = [...KEYS, ...FRAGMENT_KEYS, "break", "src", "ratio", "label"];
  /** Another machine, or the same one looking differently. */
  attributeChangedCallback(name, before, now) {
    if (before === now || !this.#joined) return;
    if (name === "ratio" || name === "label") return this.#describe();
    const again = () => this.isConnected && this.#reach().catch(() => {});
    if (LOOKS.includes(name)) return void (this.awake && this.freeze().then(again));
    const runs = this.awake;
    this.#frozen = null;
    this.#still.hidden = true;
    this.#drop();
    if (runs) queueMicrotask(again); // after those that change with it
  }

  connectedCallback() {
    this.#joined = true;
    this.#describe();
    this.#joinProse();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (this.hasAttribute("autoplay") && !calm) this.#startInView();
  }
  #describe() {
    const [w, h] = (this.getAttribute("ratio") ?? "").split("/").map(Number);
    if (w > 0 && h > 0) this.style.setProperty("--lucid-ratio", `${w} / ${h}`);
    else this.style.removeProperty("--lucid-ratio");
    this.#button.setAttribute("aria-label", `Run this machine: ${this.getAttribute("label") ?? (this.querySelector("img")?.alt || "lucid86")}`);
    if (this.#frame) this.#frame.title = this.#title;
  }
  get #title() {
    return this.getAttribute("label") ?? "lucid86: a machine one can see through";
  }
  #startInView() {
    this.#observer = new IntersectionObserver(([{ intersectionRect: seen, boundingClientRect: whole, rootBounds: view }]) => {
      // Most of it, or of the window where it is larger than that.
      if (!(seen.height > 0.6 * Math.min(whole.height, view?.height ?? Infinity))) return;
      this.#observer.disconnect();
      this.#wake(false).catch(() => {});
    }, { threshold: Array.from({ length: 20 }, (_, i) => i / 20) });
    this.#observer.observe(this);
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
    return this.#frame !== null && this.#resting === "";
  }

  /** Calls listener(detail) on an event until the function that is returned is called. Starts nothing. */
  on(event, listener) {
    if (!EVENTS.includes(event)) throw new TypeError(`on: an event is one of: ${EVENTS.join(", ")}`);
    if (typeof listener !== "function") throw new TypeError("on: the listener is a function");
    if (!this.#listeners.has(event)) this.#listeners.set(event, new Set());
    const set = this.#listeners.get(event);
    set.add(listener);
    if (event === "ready") queueMicrotask(() => this.#ready && call(listener, { version: VERSION }));
    else if (this.#port) this.#ask("on", [event]).catch(() => {});
    return () => set.delete(listener);
  }

  /** To a picture; the next call or click goes on from this state. */
  freeze() {
    return this.#freezeFor(null);
  }
  /** `heir`: the one that gets the frame, if it can take it. */
  #freezeFor(heir) {
    return this.#freezing ??= this.#freeze(heir).finally(() => { this.#freezing = null; });
  }
  async #freeze(heir) {
    if (!this.#port) return this.#drop();
    const frame = this.#frame;
    const kept = await this.#ask("freeze").catch(() => null); // null: it goes on from its beginning
    if (this.#frame !== frame) return undefined; // it was dropped meanwhile
    if (kept) {
      this.#playing = kept.playing;
      if (kept.picture) this.#picture(kept.picture);
      if (!kept.link) return this.#putAside(); // too much for one
      this.#frozen = kept.link;
      if (heir?.#receive(frame, this.#port, this.#next)) this.#frame = this.#port = null;
    }
    return this.#drop();
  }
  #picture(image) {
    Object.assign(this.#still, { width: image.width, height: image.height });
    this.#still.getContext("bitmaprenderer").transferFromImageBitmap(image);
    this.#still.hidden = false;
  }
  /** Whether another one can have the frame: it is of the same page, and nobody waits for an answer of this one. */
  #mayGive(heir) {
    const page = (address) => address.split(/[?#]/)[0];
    return this.#ready && this.awake && !this.#freezing && this.#busy === 0 && page(this.#frame.src) === page(heir.#address().href);
  }
  #receive(frame, port, next) {
    try {
      this.shadowRoot.moveBefore(frame, null);
    } catch { // browsers without it, or another document
      return false;
    }
    frame.className = "moved"; // Chromium 156 shows what is not in the flow at its old place, until it is anew
    frame.getBoundingClientRect();
    port.onmessage = ({ data }) => this.#take(data);
    Object.assign(frame, { title: this.#title, className: "starting" });
    this.#given = frame;
    this.#port = port;
    this.#next = next;
    return true;
  }
  /** The frame stays, behind the picture, and time stands still in it. */
  #putAside() {
    this.#resting = ASIDE;
    this.#frame.className = "aside";
    this.#button.hidden = false;
    if (awake === this) awake = null;
  }

  /** Stops for another one, and freezes when that one is there: to make a picture takes as long as half a start. */
  #rest(started) {
    if (!this.#port) return void this.#drop();
    const frame = this.#frame;
    this.#resting = SOON_FROZEN;
    this.#ask("rest").catch(() => {});
    const late = () => setTimeout(() => this.#resting === SOON_FROZEN && this.#frame === frame && this.freeze(), BREATH_MS);
    started.then(late, late);
  }

  // --- the frame ---
  #address() {
    const address = new URL(this.getAttribute("src") ?? HOME, document.baseURI);
    const [start, rest] = this.#frozen?.split("#") ?? [address.search, address.hash.slice(1)];
    const query = new URLSearchParams(start);
    const fragment = new URLSearchParams(rest);
    for (const key of LOOKS) if (this.hasAttribute(key)) query.set(key, this.getAttribute(key));
    if (!this.#frozen) {
      for (const key of KEYS) if (this.hasAttribute(key)) query.set(key, this.getAttribute(key));
      for (const key of FRAGMENT_KEYS) if (this.hasAttribute(key)) fragment.set(key, this.getAttribute(key));
      for (const each of this.getAttribute("break")?.split(";") ?? []) query.append("break", each.trim());
    }
    for (const [key, value] of [["v", VERSION], ["embed", 1], ["parent", origin]]) query.set(key, value);
    address.search = query;
    address.hash = fragment;
    return address;
  }

  /** Resolves when it runs. A click (`play`) goes on as it was put aside. */
  async #wake(play) {
    await this.#reach();
    await this.#starting;
    if (play && this.#playing) await this.#ask("play");
    this.#playing = false;
  }

  /** Starts what does not run. Resolves when it can be asked, which it will answer as soon as it runs. */
  async #reach() {
    if (!this.isConnected) throw new Error("this <lucid-86> is not in a page");
    if (this.#freezing || this.#resting === SOON_FROZEN) await this.freeze();
    if (!this.#starting) await (this.#beginning ??= this.#begin().finally(() => { this.#beginning = null; }));
    else if (this.#resting) this.#goOn();
    await Promise.race([this.#linked, this.#starting]);
  }

  async #begin() {
    const before = this.hasAttribute("together") ? null : awake;
    if (before?.#mayGive(this)) {
      await before.#freezeFor(this);
      if (!this.isConnected) throw new Error("the machine was put aside");
    }
    this.#start();
  }
  #start() {
    // A page that is isolated (COEP) takes no other frames from hosts that send no special headers.
    const frame = this.#given ?? make("iframe", { title: this.#title, allow: "clipboard-write; fullscreen", className: "starting", credentialless: window.crossOriginIsolated });
    this.#given = null;
    this.#frame = frame;
    this.#starting = this.#connect(frame);
    this.#starting.catch((error) => {
      if (this.#frame !== frame) return; // it was put aside meanwhile
      this.#drop();
      this.#word.textContent = `The machine could not start: ${error.message}`;
      this.#word.hidden = false;
      this.#tell("error", { message: error.message });
    });
    this.#takeTurn();
  }
  #goOn() {
    this.#resting = "";
    this.#show();
    this.#takeTurn();
  }
  #takeTurn() {
    if (this.hasAttribute("together")) return;
    if (awake !== this) awake?.#rest(this.#starting);
    awake = this;
  }

  async #connect(frame) {
    const address = this.#address();
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
          clearTimeout(late); // the page is there
          this.#deaf = true;
          this.#linked = this.#ask("become", [address.href]).then(() => {
            this.#deaf = false;
            if (this.shadowRoot.activeElement === frame) this.#unfocus(); // it was of the machine before
            join();
          });
          this.#linked.catch(reject);
          return;
        }
        this.#greeted = (version) => {
          clearTimeout(late);
          if (version !== VERSION) reject(new Error(`the machine's page has version ${version} of the API, and its element in this page ${VERSION}`));
        };
        this.#linked = new Promise((linked) => {
          frame.addEventListener("load", () => {
            const { port1, port2 } = new MessageChannel();
            this.#port = port1;
            port1.onmessage = ({ data }) => this.#take(data);
            // In a sandbox the frame has no origin, as this page has none.
            frame.contentWindow.postMessage({ lucid86: VERSION, hello: true }, origin === "null" ? "*" : address.origin, [port2]);
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
    this.#show();
    this.#ready = true;
    this.#tell("ready", { version: VERSION });
  }

  #show() {
    this.#frame.className = "";
    this.#still.hidden = this.#slot.hidden = this.#button.hidden = true;
  }

  #drop() {
    this.#frame?.remove();
    this.#port?.close();
    this.#frame = this.#port = this.#starting = this.#given = null;
    this.#resting = "";
    this.#ready = this.#deaf = false;
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
      this.#port.postMessage({ id, call, args }); // throws for what cannot be copied
      this.#answers.set(id, { resolve, reject });
    });
  }
  #take(data) {
    if (data === null || typeof data !== "object") return;
    if (data.hello) return void this.#greeted(data.hello);
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
    if (event === "release" && this.shadowRoot.activeElement) this.#unfocus();
    if (event === "place") this.#light(detail.target);
    if (event === "beat") this.#light(`${detail.scene}:${detail.beat}`);
    for (const listener of this.#listeners.get(event) ?? []) call(listener, detail);
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
        if (event.ctrlKey || event.metaKey || event.shiftKey) return; // to the whole page, in another tab
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
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, "");
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(key, value);
  }
  parent.append(element);
  await element.getState();
  return element;
}

if (!customElements.get("lucid-86")) customElements.define("lucid-86", Lucid86);
export { Lucid86, VERSION };

// SPDX-License-Identifier: MIT
// The page's side of the messages between an embed and the page around it (the other: lucid-86.js).
//
//   the element → window:  {lucid86: 1, hello: true} and a MessagePort, once the frame has loaded
//   the page → port:       {hello: 1}, the version it speaks: at once, whatever time the machine takes
//   request → port:        {id, call, args}          call: one of the API's, "on", "off", or the element's
//                                                  own: "rest", "freeze", "become", "mark"
//   answer  ← port:        {id, value} or {id, error: "a sentence"}
//   events  ← port:        {event, details: […]}     those of a turn together
//
// Only the parent window may say hello, from the origin that the link names (its key `parent`) when
// it names one, and once per load; all else on the window is nobody's business and is not answered.
import { CALLS, EVENTS, VERSION } from "./api.mjs";

const MOST_WAITING = 1000;

export class Port {
  #port = null;
  #api = null;
  #own = {}; // calls that are the element's alone
  #ended = new Map(); // event: what ends its listening
  #gathered = new Map();
  #waiting = 0;
  #ready;
  #isReady;
  #failure = "";

  constructor(parentOrigin) {
    this.#ready = new Promise((resolve) => { this.#isReady = resolve; });
    if (window.parent === window) return;
    window.addEventListener("message", (event) => {
      const { data, source, origin, ports } = event;
      const meant = source === window.parent && (!parentOrigin || origin === parentOrigin);
      if (this.#port || !meant || !Number.isInteger(data?.lucid86) || data.hello !== true || ports.length !== 1) return;
      ports[0].postMessage({ hello: VERSION });
      if (data.lucid86 !== VERSION) return;
      this.#port = ports[0];
      this.#port.onmessage = (message) => this.#take(message.data);
    });
  }
  get connected() {
    return this.#port !== null;
  }

  /** The machine is there: requests are answered from now on. */
  serve(api, own = {}) {
    this.#api = api;
    this.#own = own;
    this.#isReady();
  }
  /** Another element has the port now: it hears what it asks for. */
  forget() {
    for (const end of this.#ended.values()) end();
    this.#ended.clear();
    this.#gathered.clear();
  }
  /** The machine could not start: so all requests are answered. */
  fail(message) {
    this.#failure = message;
    this.#isReady();
  }
  tell(event, detail) {
    if (!this.#port) return;
    if (this.#gathered.size === 0) queueMicrotask(() => this.#flush());
    if (!this.#gathered.has(event)) this.#gathered.set(event, []);
    this.#gathered.get(event).push(detail);
  }
  #flush() {
    for (const [event, details] of this.#gathered) this.#port.postMessage({ event, details });
    this.#gathered.clear();
  }

  async #take(data) {
    const { id, call, args = [] } = data !== null && typeof data === "object" ? data : {};
    if (!Number.isSafeInteger(id)) return;
    const answer = { id };
    try {
      if (++this.#waiting > MOST_WAITING) throw new TypeError("too many calls at once; wait for answers");
      await this.#ready;
      answer.value = await this.#call(call, args);
    } catch (error) {
      answer.error = String(error?.message ?? error);
    } finally {
      --this.#waiting;
    }
    this.#port.postMessage(answer, answer.value?.picture ? [answer.value.picture] : []);
  }
  #call(call, args) {
    if (!this.#api) throw new Error(this.#failure);
    if (!Array.isArray(args) || args.length > 3) throw new TypeError("args is a list of at most three");
    if (call === "on") return this.#listen(args[0]);
    if (call === "off") return this.#ended.get(args[0])?.(), this.#ended.delete(args[0]);
    if (CALLS.includes(call)) return this.#api[call](...args.map((arg) => arg ?? undefined));
    if (Object.hasOwn(this.#own, call)) return this.#own[call](...args);
    throw new TypeError(`there is no call of that name; there are: ${CALLS.join(", ")}, on`);
  }
  #listen(event) {
    if (!EVENTS.includes(event)) throw new TypeError(`on: an event is one of: ${EVENTS.join(", ")}`);
    if (!this.#ended.has(event)) this.#ended.set(event, this.#api.on(event, (detail) => this.tell(event, detail)));
    return undefined;
  }
}

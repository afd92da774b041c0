// SPDX-License-Identifier: MIT
// What the pictures show, as tables: for screen readers and for whoever prefers them. Computed only
// while they are open, a few times a second at most.

const REFRESH_MS = 500;

function element(name, text = "", attributes = {}) {
  const made = document.createElement(name);
  if (text !== "") made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function table(caption, heads, rows) {
  const made = element("table");
  made.append(element("caption", caption));
  const head = made.createTHead().insertRow();
  for (const each of heads) head.append(element("th", each, { scope: "col" }));
  const body = made.createTBody();
  for (const [first, ...rest] of rows) {
    const row = body.insertRow();
    row.append(element("th", String(first), { scope: "row" }));
    for (const each of rest) row.append(element("td", String(each)));
  }
  return made;
}

export class Tables {
  #root;
  #body = element("div");
  #machine;
  #timer = 0;

  constructor(root, machine) {
    this.#root = root;
    this.#machine = machine;
    const close = element("button", "close", { type: "button" });
    close.addEventListener("click", () => this.toggle());
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // it leaves the tables, not the frame
      this.toggle();
    });
    root.append(element("h2", "The machine as tables"), close, this.#body);
    root.tabIndex = -1;
    machine.on("change", () => this.#later());
  }

  toggle() {
    this.#root.hidden = !this.#root.hidden;
    if (this.#root.hidden) return document.querySelector("#help-button").focus();
    this.#show();
    this.#root.focus();
    return undefined;
  }

  #later() {
    if (this.#root.hidden) return;
    this.#timer ||= setTimeout(() => {
      this.#timer = 0;
      this.#show();
    }, REFRESH_MS);
  }

  #show() {
    const state = this.#machine.getState();
    const now = [["instruction", state.instruction], ["ring", state.cpl], ["place", state.place || "unknown"],
      ["source", state.source || "unknown"], ["running", state.running ? "yes" : "no"], ["halted", state.halted ? "yes" : "no"]];
    const processes = state.processes.map((p) => [p.pid, p.name, p.parent, p.waitingFor ? `${p.state}: ${p.waitingFor}` : p.state, p.residentFrames]);
    const current = this.#machine.getMap(state.currentPid || state.processes.at(-1)?.pid || 0);
    const areas = current.areas.map((a) => [a.start, a.end, a.permissions, a.file || a.kind, a.residentPages, a.copyOnWritePages]);
    this.#body.replaceChildren(
      table("Now", ["what", "value"], now),
      table("Registers", ["name", "value"], Object.entries(state.registers)),
      table("Processes", ["process", "name", "parent", "state", "frames"], processes),
      table(`Memory map of process ${current.pid}`, ["from", "to", "access", "what", "pages present", "shared until written"], areas),
      table("Counts", ["what", "how many"], Object.entries(state.stats)),
    );
  }
}

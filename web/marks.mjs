// SPDX-License-Identifier: MIT
// Places of the run that prose around an embed points to, "fork#2" and "@120000": says which of them
// was passed last, whichever way the machine got there.

import { EventCount, placeOf } from "./places.mjs";

export class Marks {
  #machine;
  #tell;
  #targets;
  #found; // target: time
  #counts;
  #next;
  #said = "";
  #timer = 0;
  #ends; // of its listening

  /** tell(target) when another one is the last; "" = none yet. */
  constructor(machine, targets, tell) {
    this.#machine = machine;
    this.#tell = tell;
    this.#targets = targets.map((target) => [target, placeOf(target)]).filter(([, place]) => place?.event || place?.instruction !== undefined);
    this.#forget();
    this.#ends = [
      machine.on("jump", () => this.#forget()),
      machine.on("change", () => { this.#timer ||= setTimeout(() => this.#look(), machine.running ? 100 : 0); }),
    ];
    this.#look();
  }

  end() {
    clearTimeout(this.#timer);
    for (const end of this.#ends) end();
  }

  #forget() {
    this.#found = new Map();
    this.#counts = new EventCount();
    this.#next = 0;
  }

  #look() {
    this.#timer = 0;
    for (;;) {
      const { events, next } = this.#machine.eventsFrom(this.#next);
      this.#next = next;
      if (events.length === 0) break;
      for (const event of events) {
        for (const [name, count] of this.#counts.add(event)) this.#found.set(`${name}#${count}`, event.time);
      }
    }
    const { instruction } = this.#machine.counters();
    let [last, latest] = ["", -1];
    for (const [target, place] of this.#targets) {
      const passed = place.event ? this.#found.get(`${place.event}#${place.count}`) : place.instruction <= instruction ? place.instruction : undefined;
      if (passed !== undefined && passed > latest) [last, latest] = [target, passed];
    }
    if (last !== this.#said) this.#tell(this.#said = last);
  }
}

// SPDX-License-Identifier: MIT
// Places of a run by name: "@120000" an instruction, "fork#2" the second fork since the program
// began, "cow:3" a beat of a scene; and the counting of events behind the second.

/** The machine's own kinds of events behind the names of the API. */
export const KINDS = { fork: "fork", exec: "exec", exit: "exit", pagefault: "fault", cow: "fault", syscall: "syscall", switch: "switch" };
const COW_COPY = "0x3"; // abi::FaultOutcome::cow_copied, core/abi/tracepoint.h

export const fits = (name, event) => KINDS[name] === event.kind && (name !== "cow" || event.args.outcome === COW_COPY);

export const MOST_INSTRUCTIONS = 4e9; // about a minute and a half of a fast browser
/** Which of an event's kind can be asked for. */
export const isCount = (n) => Number.isInteger(n) && n >= 1 && n <= 100_000;

/** {instruction}, {event, count}, {scene, beat}, {idle}, or null. */
export function placeOf(text) {
  if (typeof text !== "string") return null;
  const [, instruction] = /^@(\d{1,12})$/.exec(text) ?? [];
  if (instruction && instruction <= MOST_INSTRUCTIONS) return { instruction: Number(instruction) };
  const [, event, count] = /^([a-z]+)#(\d{1,6})$/.exec(text) ?? [];
  if (event && Object.hasOwn(KINDS, event) && isCount(Number(count))) return { event, count: Number(count) };
  const [, scene, beat] = /^([a-z0-9-]{1,40}):([1-9]\d{0,2})$/.exec(text) ?? [];
  if (scene) return { scene, beat: Number(beat) };
  return text === "idle" ? { idle: true } : null;
}

/** Counts events since the first program that init started began; what init does before is nobody's story. */
export class EventCount {
  #begun = false;
  #counts = {};

  /** [[name, how many so far]] for each name that fits the event. */
  add(event) {
    if (!this.#begun) {
      this.#begun = event.kind === "exec" && event.pid > 1;
      return [];
    }
    return Object.keys(KINDS).filter((name) => fits(name, event)).map((name) => [name, this.#counts[name] = (this.#counts[name] ?? 0) + 1]);
  }
}

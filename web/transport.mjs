// SPDX-License-Identifier: MIT
// Run, pause, step, reset, speed: the buttons that move time, and the counters that show it.

/** Instructions per second by the slider's position; the last is "as fast as it goes". */
const SPEEDS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 0];
const SPEED_TEXTS = ["1 / s", "10 / s", "100 / s", "1 000 / s", "10 000 / s", "100 000 / s", "1 M / s", "10 M / s", "100 M / s", "full"];

const grouped = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, "\u2009");

function duration(ticks) {
  const ns = ticks * 10;
  if (ns < 1e6) return `${(ns / 1e3).toFixed(2)} µs`;
  if (ns < 1e9) return `${(ns / 1e6).toFixed(2)} ms`;
  return `${(ns / 1e9).toFixed(2)} s`;
}

export class Transport {
  #machine;
  #root;

  constructor(machine, root, resetButton) {
    this.#machine = machine;
    this.#root = root;
    for (const button of [...root.querySelectorAll("[data-act]"), resetButton]) {
      button.addEventListener("click", () => this.act(button.dataset.act));
    }
    const speed = root.querySelector("#speed");
    speed.addEventListener("input", () => machine.setSpeed(SPEEDS[speed.value]));
    machine.on("speed", () => {
      const position = SPEEDS.findIndex((each) => each === 0 || (each >= machine.speed && machine.speed > 0));
      const text = SPEEDS[position] === machine.speed ? SPEED_TEXTS[position] : `${grouped(machine.speed)} / s`;
      speed.value = position;
      root.querySelector("#speed-text").textContent = text;
      speed.setAttribute("aria-valuetext", text);
    });
    machine.on("change", () => this.#show());
  }

  act(name) {
    const machine = this.#machine;
    if (name === "run") return this.toggle();
    const grain = this.#root.querySelector("#grain").value;
    if (name === "step" || name === "stepBack") return machine[name](grain);
    if (name === "stepOver" && grain.startsWith("line")) return machine.step("line over");
    if (name === "stepOverBack") return machine.stepBack("line over");
    if (name === "toEnd") return machine.seek(machine.counters().end);
    const dead = name === "reset" && machine.getState().over;
    machine[name]();
    if (dead) machine.run();
  }
  toggle() {
    if (this.#machine.running) this.#machine.pause();
    else this.#machine.run();
  }
  /** Typing wakes a paused machine: a key that nobody reads is puzzling. */
  ensureRunning() {
    if (!this.#machine.running) this.#machine.run();
  }

  #show() {
    const { running } = this.#machine;
    const button = this.#root.querySelector("[data-act=run]");
    const text = running ? "❚❚ pause" : "▶ run";
    if (button.textContent !== text) button.textContent = text;
    const { instruction, time, end } = this.#machine.counters();
    const past = this.#machine.inPast;
    this.#root.querySelector("[data-act=stepBack]").disabled = instruction === 0;
    this.#root.querySelector("[data-act=toEnd]").disabled = !past;
    const later = past ? ` of ${duration(end)}` : "";
    this.#root.querySelector(".count").textContent = `instruction ${grouped(instruction)} · ${duration(time)}${later}`;
  }
}

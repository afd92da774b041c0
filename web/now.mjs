// SPDX-License-Identifier: MIT
// One sentence about what the machine is doing, for the story column: [actor, rest].

const WAITS = {
  child: "waits for a child to exit",
  "pipe read": "waits for bytes in a pipe",
  "pipe write": "waits for room in a pipe",
  terminal: "waits for a line from the console",
  sleep: "sleeps",
  stop: "is stopped",
  poll: "waits for one of its files",
  futex: "waits for a lock",
  disk: "waits for the disk",
  signal: "waits for a signal",
};

export function describe(state) {
  if (state.over) return ["The machine", " has stopped."];
  const running = state.processes.find((process) => process.pid === state.currentPid);
  if (state.halted) {
    const waiting = state.processes.filter((process) => process.state === "sleeping" && WAITS[process.waitingFor]);
    const last = waiting[waiting.length - 1];
    if (!last) return ["The processor", " is halted until an interrupt comes."];
    return [`${last.name} ${last.pid}`, ` ${WAITS[last.waitingFor]}. The processor is halted.`];
  }
  const where = state.place ? ` in ${state.place.replace(/\+0x[0-9a-f]+$/, "").replace(/^.*::/, "")}` : "";
  if (!running) return ["The kernel", ` runs${where}, in ring ${state.cpl}.`];
  if (state.cpl === 3) return [`${running.name} ${running.pid}`, ` runs its own instructions${where}, in ring 3.`];
  return ["The kernel", ` runs for ${running.name} ${running.pid}${where}, in ring ${state.cpl}.`];
}

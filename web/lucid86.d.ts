// SPDX-License-Identifier: MIT
// The API of `window.lucid86`, there once the event "lucid86:ready" was dispatched on document.
// Addresses, registers and hashes are "0x…" strings; counts are numbers.

export type Hex = `0x${string}`;

export interface Process {
  pid: number;
  parent: number;
  name: string;
  state: "created" | "ready" | "running" | "sleeping" | "stopped" | "zombie" | "dead";
  waitingFor: string; // "" unless it sleeps
  current: boolean;
  exitStatus: number; // as wait(2) gives it, once a zombie
  cpuTicks: number;
  residentFrames: number;
  program: string;
  colour: number;
}

export interface State {
  instruction: number; // retired since the start
  time: number; // ticks of 10 ns
  running: boolean; // time passes
  halted: boolean; // the processor waits for an interrupt
  stop: "limit" | "idle" | "event" | "breakpoint" | "powered-off" | "panicked" | "dead";
  over: boolean; // only reset() brings it back
  exitStatus?: number; // after "powered-off"
  deathReason?: string; // after over
  mode: string; // "64-bit", "protected 32-bit" …
  cpl: number; // current privilege level, the ring
  place: string; // symbol+offset of rip
  source: string; // "samples/hello/hello.c:12", "" when it is not known
  registers: Record<
    | "rax" | "rbx" | "rcx" | "rdx" | "rsi" | "rdi" | "rbp" | "rsp"
    | "r8" | "r9" | "r10" | "r11" | "r12" | "r13" | "r14" | "r15"
    | "rip" | "rflags" | "cs" | "ss" | "cr0" | "cr2" | "cr3" | "cr4" | "efer",
    Hex
  >;
  currentPid: number; // 0 = the kernel itself
  processes: Process[];
  runQueue: number[];
  stats: Record<
    "pageFaults" | "cowCopies" | "contextSwitches" | "systemCalls" | "interrupts" | "forks" | "execs" | "signals",
    number
  >;
  events: { count: number; hash: Hex };
  console: string; // what the console's serial line sent, at most the newest MiB
  frames: number; // animation frames taken
  framesDrawn: number;
}

export interface Area {
  start: Hex;
  end: Hex;
  permissions: string; // "rw-p" as in /proc/PID/maps
  kind: "anonymous" | "text" | "data" | "bss" | "heap" | "stack" | "file" | "vdso";
  file: string;
  residentPages: number;
  copyOnWritePages: number;
}

export interface Walk {
  address: Hex;
  pid: number;
  outcome: "mapped" | "not present" | "reserved bit" | "table outside RAM" | "not canonical";
  physical: Hex;
  pageBytes: number;
  writable: boolean;
  user: boolean;
  noExecute: boolean;
  explanation: string;
  steps: { level: number; index: number; entryAt: Hex; entry: Hex }[];
}

/** Names and arguments: core/trace/event_kinds.def. */
export interface MachineEvent {
  kind: string;
  instruction: number;
  time: number;
  pid: number;
  args: Record<string, Hex>;
  detail?: string;
}

/** How far a step goes. "process": fork, exec, exit or reaping. "line" enters calls, "line over" does not; "out":
 *  to the end of the function, back: to its call; "return": to the next return of any. These four stay with
 *  the task that runs and want `sources`. */
export type Grain =
  | "instruction" | "system call" | "fault" | "interrupt" | "switch" | "process"
  | "line" | "line over" | "out" | "return";

/** A scene of the menu (samples/scenes). */
export interface SceneInfo {
  id: string;
  title: string;
  summary: string;
  chapter: number;
  chapterTitle: string;
  beats: number;
  picture: number; // the beat that stands for the scene in the menu
}

/** The beat of the scene that plays, as the story shows it. */
export interface Beat extends SceneInfo {
  beat: number; // from 1
  caption: string;
  note: string; // "" or where the article or Linux differ
  atBeat: boolean; // now is exactly this beat; false once the reader has moved on
  question?: { text: string; choices: string[] };
  /** What all eyes go to: an address of a process (pid 0 = the one that runs), a frame, a process, an event … */
  light?: { kind: "address" | "page" | "entry" | "frame" | "physical" | "process" | "event"; pid: number; value: Hex; size: number };
  /** What the machine answers here to the question of an earlier beat. */
  answer?: { beat: number; number: number; text: string };
}

export interface Lucid86 {
  run(): void;
  pause(): void;
  readonly running: boolean;
  /** True once the source lines of kernel and programs are there, which are loaded last. */
  readonly sources: Promise<boolean>;
  /** To the next moment of a kind. */
  step(grain?: Grain): void;
  stepOver(): void;
  /** To the last moment of a kind; false when there is none. */
  stepBack(grain?: Grain): boolean;
  /** To a time (ticks of 10 ns) of the recorded run. */
  seek(time: number): void;
  /** Now is before the end of the recorded run: what is typed now starts another future. */
  readonly inPast: boolean;
  reset(): void;
  sceneList(): SceneInfo[];
  /** Another machine in place of this one, at a beat of a scene; throws when there is none such. */
  openScene(id: string, beat?: number): void;
  /** Of the scene that plays, from wherever now is: always the same state. */
  goToBeat(beat: number): void;
  scene(): Beat | null;
  /** The machine goes on as it is. */
  leaveScene(): void;
  /** Instructions per second; 0 = as fast as it goes. */
  setSpeed(instructionsPerSecond: number): void;
  /** As a keyboard on the console's serial line would; "\r" is Enter. */
  type(text: string): void;
  getState(): State;
  getMap(pid: number): { pid: number; valid: boolean; whyNot: string; areas: Area[] };
  /** pid 0 = the present CR3. */
  getWalk(pid: number, address: number | bigint | Hex): Walk;
  getStateHash(): string;
  /** "console" gives the new text; "change", "stop", "reset", "jump" give nothing; any other name is a kind of
   *  machine event ("fork", "exec", "exit", "fault", "syscall" …). Returns a function that ends it. */
  on(event: "console", listener: (text: string) => void): () => void;
  on(event: "beat", listener: (beat: { scene: string; beat: number; caption: string }) => void): () => void;
  on(event: "change" | "stop" | "reset" | "jump", listener: () => void): () => void;
  on(event: string, listener: (event: MachineEvent) => void): () => void;
}

declare global {
  interface Window {
    lucid86?: Lucid86;
  }
}

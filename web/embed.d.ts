// SPDX-License-Identifier: MIT
// A machine driven from outside: by the page around a <lucid-86> (lucid-86.js) and under node (the
// package `lucid86`). Version 1. All calls are promises; what makes no sense is a rejection with a
// sentence, and changes nothing. Addresses, registers and hashes are "0x…" or decimal strings.

import type { Area, Grain, MachineEvent, State } from "./lucid86.js";
export type { Area, Grain, MachineEvent, Process, State } from "./lucid86.js";

/** What a machine starts with: the keys of links, the attributes of <lucid-86>. See README.md. */
export interface Settings {
  scene?: string;
  beat?: number;
  /** Instructions retired since the boot. */
  at?: number;
  /** Ticks of 10 ns since the boot; names every state of a run. */
  time?: number;
  /** A place by name, see Target; it stays right when the kernel changes. */
  to?: string;
  /** "memory.walk": a lens (cpu, memory, processes, kernel, files, console) and one of its tabs. */
  panels?: string;
  theme?: "auto" | "light" | "dark";
  controls?: "all" | "play" | "none";
  autoplay?: boolean;
  lang?: "en";
  program?: string;
  /** As in a shell: a "b c". */
  args?: string;
  sched?: "rr" | "latency" | "fair" | "eevdf" | "coop";
  /** MiB, 8 to 512. */
  ram?: number;
  /** Instructions a second, 0 = as fast as it goes. */
  speed?: number;
  /** Typed at the shell's first prompt. */
  type?: string;
  /** Expressions, several with ";" between. */
  break?: string;
  /** A program of one's own, packed as links have it, and its file name. */
  bin?: string;
  name?: string;
  /** A recording, as links have it. */
  run?: string;
}

/** What an element has beside them. */
export interface Attributes extends Settings {
  together?: boolean;
  /** Width to height, "16/10". */
  ratio?: string;
  label?: string;
  /** The machine's page, when it is not beside lucid-86.js. */
  src?: string;
}

/** Where to: a beat "cow:3", an instruction "@120000", the second fork "fork#2", until all wait "idle". */
export type Target =
  | string
  | { instruction: number }
  | { time: number }
  | { event: "fork" | "exec" | "exit" | "pagefault" | "cow" | "syscall" | "switch"; count?: number };

export interface Events {
  /** It answers. */
  ready: { version: number };
  /** A scene has come to one of its beats. */
  beat: { scene: string; beat: number; caption: string };
  fork: MachineEvent;
  exec: MachineEvent;
  exit: MachineEvent;
  /** Any page fault the kernel has resolved; cow: those that copied a shared page. */
  pagefault: MachineEvent;
  cow: MachineEvent;
  syscall: MachineEvent;
  switch: MachineEvent;
  /** New text on the console. */
  console: string;
  /** The embed's picture has another size, CSS pixels. */
  resize: { width: number; height: number };
  /** The machine cannot go on or could not start: a sentence. */
  error: { message: string };
}

export interface FullState extends State {
  /** Of all state and RAM: equal states, equal hashes. */
  hash: string;
  /** By pid; with {maps}. */
  maps?: Record<number, Area[]>;
  /** With {since}: at most a thousand; `nextEvent` is the number to go on with. */
  eventsSince?: MachineEvent[];
  nextEvent?: number;
}

export interface Lucid86 {
  readonly version: number;
  play(): Promise<void>;
  pause(): Promise<void>;
  step(grain?: Grain): Promise<void>;
  /** False when there is nothing to go back to. */
  stepBack(grain?: Grain): Promise<boolean>;
  /** Whether it got there: programs may end, and machines wait, before. Breakpoints stop it. */
  seek(target: Target): Promise<boolean>;
  loadScene(id: string, beat?: number): Promise<void>;
  /** The name of a program of the machine, or the bytes of an ELF, tar or cpio file; argv[0] is then its name. */
  loadProgram(program: string | Uint8Array | ArrayBuffer, argv?: string[] | string): Promise<void>;
  /** As at the keyboard of the console; "\n" is Enter. In the past that begins another future. */
  type(text: string): Promise<void>;
  /** "pid 3", "address 3 0x401000", "frame 500", "line samples/hello/hello.c:12", "" = nothing. */
  highlight(thing: string): Promise<void>;
  getState(options?: { maps?: boolean | number; since?: number }): Promise<FullState>;
  on<E extends keyof Events>(event: E, listener: (detail: Events[E]) => void): () => void;
}

/** Under node: a machine without pictures, at the moment the settings name; paused. */
export function create(settings?: Settings): Promise<Lucid86>;
/** In a page: another embed at the end of `parent`, started. */
export function create(parent: Element, settings?: Attributes): Promise<Embed>;
export const VERSION: 1;

/** The element. */
export interface Embed extends HTMLElement, Lucid86 {
  /** Whether it runs or may run: not put aside for another. */
  readonly awake: boolean;
  /** To a picture, as when another one runs; the next call or click goes on from here. */
  freeze(): Promise<void>;
}

declare global {
  // Programs under node have no DOM.
  interface Element {
    readonly tagName: string;
  }
  interface HTMLElement extends Element {}
  interface HTMLElementTagNameMap {
    "lucid-86": Embed;
  }
}

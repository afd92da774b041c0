// SPDX-License-Identifier: MIT
// Links: what they say is what the machine does, "Copy link" leads to the very same state (by its
// hash), own programs run or are explained, and 10,000 broken links raise nothing but sentences.
// usage: links_test.mjs SITE
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { check, Dice, finish, module, openLink, reopen, requireSite } from "./machine.mjs";

const site = resolve(process.argv[2]);
requireSite(site);
const { readLink, writeLink, splitWords, packBytes } = await module("links.mjs");
const { linkOf } = await module("start.mjs");
const { readCpio, writeCpio } = await module("cpio.mjs");
const { ownProgram } = await module("own.mjs");
const { unpack } = await module("unpack.mjs");

/** Copies the link of a machine, opens it, and compares. */
async function sameThroughLink(what, { api, machine }) {
  const link = await linkOf(machine, api.settings);
  const copy = await openLink(site, link);
  const same = machine.getStateHash() === copy.machine.getStateHash() && JSON.stringify(machine.counters().instruction) === JSON.stringify(copy.machine.counters().instruction);
  check(`the link to ${what} leads to the same state`, same && copy.problems.length === 0 && !copy.runs,
    `${machine.counters().instruction} instructions, ${link.length} characters ${copy.problems}`);
  return copy;
}

async function leadsToTheSameState() {
  const cow = await openLink(site, "?v=1&program=cowdemo&sched=fair&ram=16&panels=memory.walk&break=cowdemo:main");
  check("a program's link is read without complaint", cow.problems.length === 0 && cow.runs, cow.problems);
  await cow.api.seek("cow#1");
  const copy = await sameThroughLink("the first copy on write", cow);
  const { lens, view } = copy.machine.view();
  check("with its panels and breakpoints", lens === 1 && view === "Walk" && copy.machine.breakpoints().join() === "cowdemo:main");

  const shell = await openLink(site, "?type=forkdemo\\n");
  await shell.api.seek("fork#4");
  await sameThroughLink("a program that was typed", shell);
  await shell.api.seek("idle");
  await shell.api.type("echo one | cat\n");
  await shell.api.seek({ instruction: shell.machine.counters().instruction + 12_345 });
  await sameThroughLink("the midst of typed commands", shell);
  await shell.api.stepBack("system call");
  await sameThroughLink("the past", shell);
  await shell.api.seek("@300000");
  check("@N seeks an instruction", shell.machine.counters().instruction === 300_000);

  const to = await openLink(site, "?program=forkdemo&to=fork%233");
  const again = await openLink(site, "?program=forkdemo");
  await again.api.seek({ event: "fork", count: 3 });
  check("to=fork#3 stops right after the third fork", to.problems.length === 0 && !to.runs && to.machine.getStateHash() === again.machine.getStateHash()
    && to.machine.getState().processes.filter((each) => each.name === "forkdemo").length === 4, to.problems);
  const at = await openLink(site, "?at=123456");
  check("at=N stops at that instruction", at.machine.counters().instruction === 123_456 && !at.runs);
  const late = await openLink(site, "?at=4000000000");
  check("an instruction that never comes is explained", late.problems.length === 1 && late.problems[0].startsWith("at=4000000000"), late.problems);

  // What was changed at this very moment is part of it, though no time has passed since.
  const entry = shell.machine.getWalk(0, shell.machine.getState().registers.rip).steps.at(-1);
  shell.machine.poke(BigInt(entry.entryAt), BigInt(entry.entry) ^ 256n);
  await sameThroughLink("a page-table entry just flipped", shell);
  shell.machine.changeSettings("sched=fair");
  await sameThroughLink("another scheduler just chosen", shell);
  const fresh = await openLink(site, "?to=idle");
  await fresh.api.type("echo just typed\n");
  const typed = await sameThroughLink("a line just typed", fresh);
  await typed.api.seek("idle");
  check("which is run there", (await typed.api.getState()).console.includes("\njust typed"));

  const link = await linkOf(shell.machine, shell.api.settings);
  const damaged = await openLink(site, `${link.slice(0, -6)}AAAAAA`);
  check("a damaged recording is explained, and the shell comes", damaged.problems.length === 1 && damaged.runs, damaged.problems);
}

/** All that the panels let a reader set goes along, and what makes no sense is said, whatever key it stands behind. */
async function takesAndRefuses() {
  const { api, machine } = await openLink(site, "?");
  const breaks = Array.from({ length: 30 }, (_, i) => `syscall write && (${"rdi == 7 || ".repeat(20)}rsi == ${i})`);
  for (const each of breaks) machine.addBreakpoint(each);
  const set = machine.breakpoints();
  machine.setSpeed(12_345);
  const there = await reopen(machine, await linkOf(machine, api.settings));
  check("thirty long breakpoints and the speed go along", set.length === 30 && machine.breakpoints().join() === set.join()
    && machine.speed === 12_345 && there.problems.length === 0, `${set.length} ${there.problems}`);
  const refused = [["to=fork%230", /a place/], ["to=fork%23999999", /a place/], ["to=@4000000001", /a place/], ["to=cow:0", /a place/], ["program=/bin", /no such program/],
    ["program=etc/motd", /no such program/], ["type=%00", /NUL/], [`args=${"a".repeat(1001)}&program=ls`, /more than 1000/], ["panels=cpu.code.more", /a tab's name/],
    ["break=nowhere", /nor a symbol[^.]*\.$/], ["beat=3%0A", /^beat=3\ufffd: must be a whole number/]];
  for (const [query, words] of refused) {
    const { problems } = await reopen(machine, `?${query}`).catch((error) => ({ problems: [String(error.stack), ""] }));
    check(`${query.slice(0, 30)} is explained`, problems.length === 1 && words.test(problems[0]), problems);
  }
  const { settings } = await readLink(new URL("?at=5&embed=0#at=7", "https://example.org/"));
  check("the fragment's word is the last", settings.at === 7 && settings.embed === false);
}

/** The same in one machine: quicker. */
async function sameAgain({ api, machine }) {
  const hash = machine.getStateHash();
  await reopen(machine, await linkOf(machine, api.settings));
  return machine.getStateHash() === hash;
}

async function leadsIntoScenes() {
  const beats = [];
  const cow = await openLink(site, "?v=1&scene=cow&beat=3");
  cow.api.on("beat", ({ scene, beat }) => beats.push(`${scene}:${beat}`));
  const there = cow.machine.scene();
  check("a link leads to a beat of a scene", cow.problems.length === 0 && !cow.runs && there.beat === 3 && there.atBeat, cow.problems);
  const copy = await sameThroughLink("a beat", cow);
  check("with its story", copy.machine.scene()?.beat === 3);
  await cow.api.seek("cow:4");
  await cow.api.loadScene("cow", 2);
  check("the API goes to beats and says so", beats.join() === "cow:4,cow:2", beats);
  await cow.api.step("system call");
  await sameThroughLink("a moment between beats", cow);
  cow.machine.leaveScene();
  await sameThroughLink("a scene that was left", cow);
  const program = await openLink(site, "?program=forkdemo&ram=16&sched=fair");
  await program.api.loadScene("preempt");
  await sameThroughLink("a scene after a program", program);
  const { machine } = await openLink(site, "?scene=preempt");
  check("which is the scene's own", program.machine.getStateHash() === machine.getStateHash());
  const at = await openLink(site, "?scene=cow&at=200000");
  check("scene and at=N go together", at.machine.counters().instruction === 200_000 && !at.runs, at.problems);
  for (const { id, beats: most } of machine.sceneList()) {
    const last = await reopen(machine, `?scene=${id}&beat=${most}`);
    const first = last.problems.length === 0 && await sameAgain(last);
    await reopen(machine, `?scene=${id}&beat=${most}`);
    await last.api.step("system call");
    check(`the links to the last beat of ${id} and to what follows it lead to the same states`, first && await sameAgain(last), last.problems);
  }
  const nowhere = await openLink(site, "?scene=nowhere&beat=2");
  check("a scene that does not exist is explained, and the shell comes", /scene=nowhere/.test(nowhere.problems[0]) && nowhere.runs, nowhere.problems);
}

function readsAndWrites() {
  check("arguments are split as a shell does", JSON.stringify(splitWords(`a "b c" 'd "e' f''`)) === '["a","b c","d \\"e","f"]');
  const files = readCpio(writeCpio([{ path: "a/b/c", bytes: "hello", mode: 0o755 }, { path: "a/d", bytes: new Uint8Array(5) }]));
  check("archives are written and read", [...files.keys()].join() === "a,a/b,a/b/c,a/d" && files.get("a/b/c").mode === 0o100755);
  const folder = mkdtempSync(join(tmpdir(), "lucid86-links-"));
  try {
    writeFileSync(join(folder, "x.cpio"), writeCpio([{ path: "a/b/c", bytes: "hello", mode: 0o755 }]));
    const listed = execFileSync("sh", ["-c", "cpio -itv < x.cpio 2>/dev/null"], { cwd: folder, encoding: "utf8" });
    check("and cpio(1) reads them", /-rwxr-xr-x .* 5 .*a\/b\/c/.test(listed), listed.trim().split("\n").pop());
  } catch (error) {
    console.log(`skipped: cpio is not installed (${error.message.slice(0, 60)})`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function runsOwnPrograms() {
  const root = unpack(readFileSync(join(site, "root.pack")));
  const hello = readCpio(root).get("bin/hello").bytes.slice();
  const link = await writeLink({ bin: hello, name: "mine", args: ["x y"] });
  const mine = await openLink(site, link);
  await mine.api.seek("idle");
  check("a program in the fragment runs", (await mine.api.getState()).console.includes("Hello from ring 3!"), `${link.length} characters for ${hello.length} bytes`);
  await sameThroughLink("the end of it", mine);

  const changed = (at, ...bytes) => {
    const copy = hello.slice();
    copy.set(bytes, at);
    return copy;
  };
  const text = (words) => new TextEncoder().encode(words);
  const wrong = [
    ["nothing", new Uint8Array(), /empty/],
    ["text", text("hello there, I am a text"), /neither a program/],
    ["a script", text("#!/bin/sh\n"), /script/],
    ["a Windows program", text("MZ\x90 and so on"), /Windows/],
    ["something compressed", Uint8Array.of(0x1f, 0x8b, 8, 0), /compressed/],
    ["a 32-bit program", changed(4, 1), /x32/],
    ["an i386 program", changed(18, 3), /32-bit x86/],
    ["a program for ARM", changed(18, 183), /64-bit ARM/],
    ["an object file", changed(16, 1), /object file/],
    ["a big-endian program", changed(5, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 21), /PowerPC|another processor/],
    ["half a program", hello.slice(0, hello.length >> 1), /cut off/],
    ["a header", hello.slice(0, 30), /cut off/],
  ];
  if (existsSync("/bin/ls")) wrong.push(["a dynamic program", new Uint8Array(readFileSync("/bin/ls")), /interpreter \/.*ld.*libc\.so/]);
  for (const [what, bytes, words] of wrong) {
    let said = "";
    try {
      ownProgram(bytes, "f", [], root);
    } catch (why) {
      said = why;
    }
    check(`${what} is explained`, typeof said === "string" && words.test(said), said);
  }
  await takesArchives(root, hello);
  const dice = new Dice(86);
  let strange = "";
  for (let i = 0; i < 3000; ++i) {
    const bytes = hello.slice(0, dice.below(4) === 0 ? dice.below(hello.length) : hello.length);
    for (let n = dice.below(6); n >= 0; --n) bytes[dice.below(Math.min(bytes.length, dice.below(2) ? 4096 : 256))] = dice.below(256);
    try {
      ownProgram(bytes, "f", [], root);
    } catch (why) {
      if (typeof why !== "string") strange = `${why.stack}`;
    }
  }
  check("3000 damaged programs are taken or explained", strange === "", strange);
}

/** Archives as tar(1) and cpio(1) make them. */
async function takesArchives(root, hello) {
  check("a file of dots is a program all the same", ownProgram(hello, "..", [], root).argv[0] === "/bin/program");
  const folder = mkdtempSync(join(tmpdir(), "lucid86-archives-"));
  const sh = (command) => execFileSync("sh", ["-ec", command], { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
  const bytes = (name) => new Uint8Array(readFileSync(join(folder, name)));
  const said = (name) => {
    try {
      return ownProgram(bytes(name), name, [], root);
    } catch (why) {
      return String(why);
    }
  };
  try {
    const deep = `${"a".repeat(80)}/${"b".repeat(80)}`;
    mkdirSync(join(folder, `t/usr/lib/${deep}`), { recursive: true });
    writeFileSync(join(folder, `t/usr/lib/${deep}/mine`), hello, { mode: 0o755 });
    sh(`cd t; ln -s usr/lib lib; ln usr/lib/${deep}/mine usr/again; ln -s ../usr/again usr/link
      for format in ustar gnu pax; do tar --format=$format -cf ../$format.tar *; done
      if command -v cpio; then find . | cpio -o -H newc > ../new.cpio; fi`);
    for (const name of ["ustar.tar", "gnu.tar", "pax.tar", ...existsSync(join(folder, "new.cpio")) ? ["new.cpio"] : []]) {
      const { files, argv } = said(name);
      const paths = files?.map(({ path }) => path) ?? [];
      const whole = [`usr/lib/${deep}/mine`, "usr/again", "usr/link", "lib"].every((path) => paths.includes(path))
        && files.filter(({ path }) => /mine|again/.test(path)).some((file) => file.bytes.length === hello.length);
      check(`${name} is read, its program found`, whole && /mine|again/.test(argv?.[0] ?? ""), argv);
      const { machine } = await openLink(site, "?");
      const api = new (await module("api.mjs")).Api(machine);
      await api.loadProgram(bytes(name), [name]);
      await api.seek("idle");
      check("and runs", machine.getState().console.includes("Hello from ring 3!"));
    }
    writeFileSync(join(folder, "cut.tar"), bytes("gnu.tar").subarray(0, 3000));
    check("half an archive is explained", /cut off/.test(said("cut.tar")), said("cut.tar"));
    const tools = { "gzip -c": /compressed/, "bzip2 -c": /compressed/, "xz -c": /compressed/, "zstd -c": /compressed/, "zip -": /compressed/, "lz4 -c": /compressed/,
      "sh -c 'echo f | cpio -o'": /old format.*newc/, "sh -c 'echo f | cpio -o -H odc'": /old format.*newc/ };
    for (const [tool, words] of Object.entries(tools)) {
      try {
        sh(`echo hello > f; ${tool} < f > made`);
      } catch {
        continue; // it is not installed
      }
      check(`what ${tool} makes is explained`, words.test(said("made")), said("made"));
    }
    try {
      sh(`mkdir -p r/opt/own r/lib64; echo 'int own(void) { return 0; }' | cc -shared -fPIC -x c - -o r/opt/own/libown.so
        echo 'int own(void); int main(void) { return own(); }' | cc -x c - -o r/opt/main -Lr/opt/own -lown -Wl,-rpath,'$ORIGIN/own'
        touch r/lib64/ld-linux-x86-64.so.2 r/lib64/libc.so.6; cd r; tar cf ../runpath.tar *; rm opt/own/libown.so; tar cf ../without.tar *`);
      check("a library beside its program is found by the program's own word", said("runpath.tar").argv?.[0] === "/opt/main", said("runpath.tar"));
      check("and missed where it is not", /lacks the library libown\.so\./.test(said("without.tar")), said("without.tar"));
    } catch (error) {
      console.log(`skipped: there is no C compiler for programs of this machine (${String(error.message).slice(0, 60)})`);
    }
    if (existsSync("/bin/ls")) {
      sh("mkdir d d/bin d/usr d/usr/lib64; cp /bin/ls d/bin/; ln -s usr/lib64 d/lib64; touch d/usr/lib64/ld-linux-x86-64.so.2; cd d; tar cf ../dynamic.tar *");
      check("what a program in an archive lacks is named, what links lead to is found", /lacks the library lib\w+\.so/.test(said("dynamic.tar")) && !/interpreter/.test(said("dynamic.tar")), said("dynamic.tar"));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function survivesNonsense() {
  const dice = new Dice(2026);
  const keys = ["v", "scene", "beat", "at", "time", "panels", "theme", "controls", "autoplay", "lang", "program", "args",
    "sched", "ram", "speed", "type", "to", "break", "bin", "run", "name", "parent", "embed", "__proto__", "constructor", "x", ""];
  const good = await packBytes(new Uint8Array(300).map((_, i) => i * 7));
  const values = ["", "0", "1", "-1", "1e9", "99999999999999999999", "cow", "memory.walk", "cpu", "dark", "auto", "play", "fair", "16",
    "NaN", "%", "%ff", "hello", "ls '", "<img src=x onerror=alert(1)>", "a".repeat(3000), "\u{1F600}", "\0", good, `${good}!`, "AAAA", "__proto__"];
  const valid = ["?v=1&scene=cow&beat=3", "?v=1&program=cowdemo&args=a%20%22b%20c%22&to=cow%231&panels=memory.walk&sched=fair&ram=16", "?type=forkdemo%5Cn&at=500000&speed=1000",
    "?v=1&embed=1&parent=https%3A%2F%2Fexample.org&theme=dark&controls=play&autoplay=1&lang=en&break=main&break=syscall%20openat", `?v=1&name=mine#bin=${good}`, `?v=1#run=${good}`];
  /** A link of which some characters were changed, doubled or lost. */
  const damaged = (link) => {
    let text = link;
    for (let n = dice.below(4); n >= 0; --n) {
      const at = 1 + dice.below(text.length);
      text = text.slice(0, at) + [String.fromCharCode(33 + dice.below(94)), "", text.slice(at - dice.below(at), at), "%"][dice.below(4)] + text.slice(at + dice.below(2));
    }
    return text;
  };
  const begin = Date.now();
  let [worst, bad, explained] = ["", "", 0];
  const sample = [];
  for (let i = 0; i < 10_000; ++i) {
    const some = () => Array.from({ length: dice.below(6) }, () => {
      const value = dice.of(values);
      const cut = dice.below(3) === 0 ? [...value].slice(dice.below(value.length + 1)).join("") : value;
      return `${dice.of(keys)}=${dice.below(2) ? encodeURIComponent(cut) : cut}`;
    }).join(dice.below(20) ? "&" : "=&&");
    const link = i % 2 ? `?${some()}#${some()}` : damaged(dice.of(valid));
    try {
      const { settings, problems } = await readLink(new URL(link, "https://example.org/"));
      if (problems.some((each) => typeof each !== "string" || each.length > 300)) bad = link;
      if (JSON.stringify(Object.getPrototypeOf(settings)) !== "{}" || Object.keys(settings).some((key) => !keys.includes(key) && key !== "breaks")) bad = link;
      if (problems.length > 0) ++explained;
      if (i % 100 === 0 || i % 97 === 0) sample.push(link);
    } catch (error) {
      worst = `${link.slice(0, 100)}: ${error.stack}`;
    }
  }
  check("10,000 broken links are read", worst === "" && bad === "", worst || bad || `${explained} explained, ${Date.now() - begin} ms`);
  const { machine } = await openLink(site, "?");
  let opened = 0;
  for (const link of sample) {
    const { problems } = await reopen(machine, link.replace(/(at|time)=\d{8,}/g, "at=5")).catch((error) => ({ problems: [`${link.slice(0, 200)}: ${error.stack}`] }));
    if (problems.some((each) => each.includes("\n"))) check("a broken link is opened", false, problems);
    ++opened;
  }
  check("and some of them opened", machine.counters().instruction >= 0, `${opened}, ${Date.now() - begin} ms`);
  const bomb = await packBytes(new Uint8Array(40 << 20));
  const { problems } = await readLink(new URL(`#bin=${bomb}`, "https://example.org/"));
  check("what unpacks to far too much is refused", /unpacks to more/.test(problems[0]), problems[0]);
}

/** What web/README.md tells authors is what there is. */
async function isDocumented() {
  const source = (name) => readFileSync(new URL(`../../web/${name}`, import.meta.url), "utf8");
  const { CALLS, EVENTS } = await module("api.mjs");
  const element = source("lucid-86.js");
  const listed = (name) => [...new RegExp(`^const ${name} = \\[(.*)\\];`, "m").exec(element)[1].matchAll(/"([\w-]+)"/g)].map(([, each]) => each);
  const tables = source("README.md").split("\n").filter((line) => line.startsWith("| `")).map((line) => line.split("|")[1]);
  const told = new Set(tables.flatMap((cell) => [...cell.matchAll(/`(\w+)/g)].map(([, each]) => each)));
  const missing = [...CALLS, ...EVENTS, ...listed("KEYS"), ...listed("FRAGMENT_KEYS"), "break", "autoplay", "together", "ratio", "label", "src"].filter((each) => !told.has(each));
  check("README tells of every attribute, call and event", missing.length === 0 && listed("CALLS").join() === CALLS.join() && listed("EVENTS").join() === EVENTS.join(), missing);
  const types = source("embed.d.ts");
  const untyped = [...CALLS, ...EVENTS].filter((each) => !new RegExp(`^  ${each}[(:]`, "m").test(types));
  check("and embed.d.ts has their types", untyped.length === 0, untyped);
  const attributes = (text) => [...text.matchAll(/<lucid-86 ([^>]*)>/g)].map(([, each]) => new URLSearchParams([...each.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value])));
  for (const each of attributes(source("README.md"))) {
    const { problems } = await readLink(new URL(`?${each}`, "https://example.org/"));
    check(`its <lucid-86 ${each}> is read`, problems.length === 0, problems);
  }
}

readsAndWrites();
await isDocumented();
await leadsToTheSameState();
await takesAndRefuses();
await leadsIntoScenes();
await runsOwnPrograms();
await survivesNonsense();
finish("links");

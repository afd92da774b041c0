// SPDX-License-Identifier: MIT
// Linked hovering and clicking in Chromium: the pointer rests on a mark of each kind of thing, and every panel that
// shows the same thing lights up; a click follows it. What is the same is worked out here, from addresses and numbers.
// usage: hover_test.mjs SITE
// Ends with 77 (skipped) when the page is not built or no browser is there, unless LUCID_REQUIRE_WEB is set.
import { launch } from "./browser.mjs";
import { check, Dice, finish, requireSite } from "./machine.mjs";
import { serve } from "./serve.mjs";

const [site] = process.argv.slice(2);
const PATIENCE = 60_000;
const [CPU, MEMORY, PROCESSES, KERNEL, FILES] = [0, 1, 2, 3, 4];

requireSite(site);
const server = await serve(site);
const browser = await launch();
const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
const problems = [];
page.on("pageerror", (error) => problems.push(String(error)));
await page.goto(server.url);
await page.waitForFunction(() => window.lucid86, null, { timeout: PATIENCE });
await page.waitForFunction(() => /\$ $/.test(window.lucid86.getState().console), null, { timeout: PATIENCE, polling: 50 });

// BigInt does not cross over: hexadecimal text does.
const drawn = () => page.evaluate(() => window.lucid86.drawn().map((f) => ({ ...f, value: f.value.toString(16), size: f.size.toString(16) })))
  .then((all) => all.map((f) => ({ ...f, value: BigInt(`0x${f.value}`), size: BigInt(`0x${f.size}`) })));
const view = (lens, name) => page.evaluate(([l, n]) => window.lucid86.setView(l, n), [lens, name]);
const origin = await page.evaluate(() => {
  const { x, y } = document.querySelector("#canvas").getBoundingClientRect();
  return { x, y };
});
const settle = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
async function away() {
  await page.mouse.move(origin.x + 1, origin.y + 1);
  await settle();
}
async function over(mark) {
  await page.mouse.move(origin.x + mark.x + Math.min(mark.w / 2, 30), origin.y + mark.y + mark.h / 2);
  await settle();
  return drawn();
}
const PAGE = 4096n;
const overlaps = (a, b) => a.value < b.value + b.size && b.value < a.value + a.size;
const name = (mark) => `${mark.panel} ${mark.name || `${mark.kind} ${mark.value.toString(16)}`}`;

/** The pointer on the first mark that fits: those in `wanted` (panel → which of its marks) must be lit, some mark must not. */
async function lights(what, [lens, tab], fits, wanted) {
  await view(lens, tab);
  await away();
  const before = await drawn();
  const mark = before.find((f) => f.kind && f.w > 2 && f.h > 2 && fits(f));
  if (!mark) return check(`${what}: is drawn`, false, [...new Set(before.map((f) => `${f.panel}:${f.kind}`))].join(" "));
  const after = await over(mark);
  const lit = after.filter((f) => f.lit);
  check(`${what}: ${name(mark)} is lit itself`, lit.some((f) => f.panel === mark.panel && f.value === mark.value && f.kind === mark.kind));
  check(`${what}: not everything is`, lit.length > 0 && after.some((f) => f.kind && !f.lit), `${lit.length} of ${after.length}`);
  for (const [panel, same] of Object.entries(wanted)) {
    const marks = after.filter((f) => f.panel === panel && f.kind && same(f, mark));
    check(`${what}: ${name(mark)} lights ${panel}`, marks.length > 0 && marks.every((f) => f.lit), `${marks.filter((f) => f.lit).length} of ${marks.length}`);
  }
  await away();
  check(`${what}: and it goes out`, (await drawn()).every((f) => !f.lit));
  return mark;
}

// In the middle of copying on write: a process of its own, faults, pages shared by two.
await page.evaluate(() => {
  const machine = window.lucid86;
  machine.pause();
  machine.type("cowdemo\r");
  for (let i = 0; i < 40 && machine.getState().processes.filter((p) => p.name === "cowdemo").length < 2; ++i) machine.step("process");
  for (let i = 0; i < 3; ++i) machine.step("fault");
});
await page.evaluate(() => window.lucid86.sources);
const current = await page.evaluate(() => window.lucid86.getState());
check("the machine stands in the middle of cowdemo", current.processes.filter((p) => p.name === "cowdemo").length === 2);

await lights("address", [MEMORY, "Frames"], (f) => f.panel === "cpu" && f.name === "rip" && f.kind === "address",
  { instruction: (f, m) => f.kind === "address" && overlaps(f, m), walk: (f) => f.kind === "physical" });
await lights("page", [MEMORY, "Spaces"], (f) => f.panel === "spaces" && f.kind === "address" && f.size === 0x1000n,
  { spaces: (f, m) => f.kind === "address" && f.pid === m.pid && overlaps(f, m) });
await lights("page-table entry", [MEMORY, "Walk"], (f) => f.panel === "walk_figure" && f.kind === "physical" && f.size === 8n,
  { walk_figure: (f, m) => f.kind === "physical" && f.size === 8n && f.value === m.value });
await lights("frame", [MEMORY, "Frames"], (f) => f.panel === "walk" && f.name === "frame",
  { cpu: (f) => f.name === "rip", instruction: (f) => f.kind === "address" });
await lights("area", [MEMORY, "Frames"], (f) => f.panel === "memory_map" && f.kind === "address" && /stack/.test(f.name),
  { memory_map: (f, m) => f.value === m.value });
await lights("process", [PROCESSES, "Table"], (f) => f.panel === "processes" && f.kind === "process",
  { table: (f, m) => f.kind === "process" && f.pid === m.pid });
await lights("event", [KERNEL, "Events"], (f) => f.panel === "events" && f.kind === "event" && f.pid > 1,
  { events: (f, m) => f.value === m.value && f.kind === "event", processes: (f, m) => f.kind === "process" && f.pid === m.pid });
await lights("instruction", [CPU, "Code"], (f) => f.panel === "disassembly" && f.kind === "address",
  { disassembly: (f, m) => f.kind === "address" && overlaps(f, m) });
const line = await lights("source line", [CPU, "Code"], (f) => f.panel === "disassembly" && f.kind === "line", {});
if (line) {
  const after = await over(line);
  check("source line: its instructions are lit", after.some((f) => f.panel === "disassembly" && f.kind === "address" && f.lit));
}
await lights("bytes of a file", [FILES, "Files"], (f) => f.panel === "elf" && f.kind === "file" && f.size > 0n,
  { elf: (f, m) => f.kind === "file" && f.value === m.value && f.size === m.size });

// A frame of RAM as a square: the same frame of the walk, and the code and stack in it.
await lights("frame's square", [MEMORY, "Frames"], (f) => f.panel === "frames" && f.size === 0x1000n && f.pid === 0 && f.lit === false && f.name === "frame",
  { frames: (f, m) => f.kind === "physical" && overlaps(f, m) });
{
  await view(MEMORY, "Frames");
  await away();
  const end = (await drawn()).find((f) => f.panel === "walk" && f.name === "frame");
  const square = (await drawn()).find((f) => f.panel === "frames" && overlaps(f, end));
  const after = await over(square);
  check("frame's square: lights the end of the walk", after.some((f) => f.panel === "walk" && f.name === "frame" && f.lit), name(square));
  check("frame's square: and the instruction in it", after.some((f) => f.panel === "cpu" && f.name === "rip" && f.lit), name(square));
}

// The timeline zooms around the pointer: what is under it stays, the rest moves apart.
{
  await view(PROCESSES, "Table");
  await away();
  const forks = (all) => all.filter((f) => f.panel === "timeline" && f.name === "fork");
  const [first, last] = [forks(await drawn())[0], forks(await drawn()).at(-1)];
  await over(last);
  for (let i = 0; i < 6; ++i) await page.mouse.wheel(0, -120), await settle();
  await away();
  const zoomed = forks(await drawn());
  const stays = zoomed.find((f) => f.value === last.value), moved = zoomed.find((f) => f.value === first.value);
  check("timeline: the wheel shows less time around the pointer", stays && Math.abs(stays.x - last.x) <= 6, `${last.x} ${stays?.x}`);
  check("timeline: what was far is farther", !moved || first.value === last.value || last.x - moved.x > last.x - first.x, `${first.x} ${moved?.x}`);
}
// The timeline: a slice stands for its process, a sliver of kernel time for the event that called the kernel.
const ofLane = (f) => f.panel === "timeline" && f.w > 3;
await lights("slice of time", [PROCESSES, "Table"], (f) => ofLane(f) && f.kind === "process" && !/^[0-9]+$/.test(f.shown),
  { processes: (f, m) => f.kind === "process" && f.pid === m.pid, table: (f, m) => f.pid === m.pid,
    timeline: (f, m) => f.kind === "process" && f.pid === m.pid });
const sliver = await lights("sliver of kernel time", [KERNEL, "Events"], (f) => ofLane(f) && f.kind === "event" && /kernel/.test(f.name), {});
if (sliver) {
  const [began] = await page.evaluate((number) => window.lucid86.eventsFrom(number).events, Number(sliver.value));
  check("sliver of kernel time: what the processor says called the kernel", /syscall|exception|interrupt|switch/.test(began.kind), began.kind);
}
for (const tab of ["Calls", "Events"]) {
  await view(KERNEL, tab);
  await away();
  const panel = tab.toLowerCase();
  const before = await drawn();
  const row = before.find((f) => f.panel === panel && f.kind === "event" && before.some((g) => g.panel === "timeline" && g.kind === "event" && g.value === f.value));
  if (!check(`${tab}: something of the list is on the timeline`, Boolean(row))) continue;
  const after = await over(row);
  const slivers = after.filter((f) => f.panel === "timeline" && f.kind === "event" && f.value === row.value);
  check(`${tab}: a row lights its sliver of the timeline`, slivers.length > 0 && slivers.every((f) => f.lit), name(row));
}

// A click goes there and the light stays.
await view(MEMORY, "Frames");
await away();
const area = (await drawn()).find((f) => f.panel === "memory_map" && f.kind === "address" && f.pid > 0);
await page.mouse.click(origin.x + area.x + 20, origin.y + area.y + area.h / 2);
await settle();
await away();
const followed = await drawn();
check("click: the area stays lit", followed.some((f) => f.panel === "memory_map" && f.value === area.value && f.lit), name(area));
const entries = followed.filter((f) => f.panel === "walk" && /at physical/.test(f.name));
const index = (entry) => BigInt(/\[(\d+)\]/.exec(entry.name)[1]);
const walked = entries.reduce((address, entry) => (address << 9n) | index(entry), 0n) << 12n;
check("click: the page walk goes into it", entries.length === 4 && overlaps({ value: walked, size: 0x1000n }, area), entries.map((f) => f.name).join(" "));
await view(MEMORY, "Bytes");
await settle();
const bytes = (await drawn()).filter((f) => f.panel === "bytes" && f.kind === "address");
check("click: so do the bytes", bytes.some((f) => overlaps(f, { value: walked, size: 0x1000n })), `${bytes.length} marks`);

/** The walk as it is drawn: the address (to the page) and where it ends. */
async function walkDrawn() {
  const all = (await drawn()).filter((f) => f.panel === "walk");
  const table = all.filter((f) => /at physical/.test(f.name));
  return { page: BigInt.asUintN(48, table.reduce((address, entry) => (address << 9n) | index(entry), 0n) << 12n), end: all.find((f) => f.name === "frame")?.value };
}
// Frames of programs, of the kernel and free ones: the walk goes to an address that ends in the one clicked.
const chooser = new Dice(7);
for (let i = 0; i < 6; ++i) {
  await view(MEMORY, "Frames");
  await away();
  const square = chooser.of((await drawn()).filter((f) => f.panel === "frames" && f.name === "frame" && f.size === PAGE));
  await page.mouse.click(origin.x + square.x + square.w / 2, origin.y + square.y + square.h / 2);
  for (let frames = 0; frames < 3; ++frames) await settle();
  const { end } = await walkDrawn();
  check("click: on a frame, the walk ends there", end === square.value, `${name(square)}: ${end?.toString(16)}`);
}
{
  // The timeline's own click: now is where the sliver began or within it.
  await view(KERNEL, "Events");
  await away();
  const mark = (await drawn()).find((f) => ofLane(f) && f.kind === "event" && f.name === "fork");
  if (check("click: a fork is marked on the timeline", Boolean(mark))) {
    const [event] = await page.evaluate((number) => window.lucid86.eventsFrom(number).events, Number(mark.value));
    await page.mouse.click(origin.x + mark.x + mark.w / 2, origin.y + mark.y + mark.h / 2);
    await settle();
    const { time } = await page.evaluate(() => window.lucid86.getState());
    check("click: now is when the fork was", event.time === time, `${event.kind} at ${event.time}, now ${time}`);
  }
}

// A jump or call leads somewhere: a click lists that code, until time goes on.
{
  await view(CPU, "Code");
  const leads = (f) => f.panel === "disassembly" && f.name === "leads to";
  const listed = (all) => all.filter((f) => f.panel === "disassembly" && f.name === "address");
  const far = (all) => all.find((f) => leads(f) && !listed(all).some((g) => g.value === f.value));
  for (let i = 0; i < 40 && !far(await drawn()); ++i) {
    await page.evaluate(() => window.lucid86.step("instruction"));
    await settle();
  }
  await away();
  const jump = far(await drawn());
  if (check("click: something leads out of sight", Boolean(jump))) {
    await page.mouse.click(origin.x + jump.x + jump.w / 2, origin.y + jump.y + jump.h / 2);
    for (let frames = 0; frames < 3; ++frames) await settle();
    await away();
    check("click: the code it leads to is listed", listed(await drawn()).some((f) => f.value === jump.value), name(jump));
    await page.evaluate(() => window.lucid86.step("instruction"));
    for (let frames = 0; frames < 3; ++frames) await settle();
    const all = await drawn(), rip = all.find((f) => f.panel === "cpu" && f.name === "rip");
    check("click: a step lists the code at RIP again", listed(all).some((f) => f.value === rip.value), name(rip));
  }
}

// Without a mouse: arrows go from mark to mark, each lights up, Enter clicks it, and the page's own keys still work.
{
  await view(MEMORY, "Frames");
  await away();
  await page.focus("#canvas");
  const keys = new Dice(3), seen = new Set();
  let last;
  for (let i = 0; i < 60; ++i) {
    await page.keyboard.press(keys.of(["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"]));
    for (let frames = 0; frames < 2; ++frames) await settle();
    last = (await drawn()).find((f) => f.lit && f.panel !== "timeline") ?? last;
    if (last) seen.add(name(last));
  }
  check("keys: arrows go to many marks", seen.size >= 8, [...seen].join("; "));
  for (let i = 0; i < 60 && !(await drawn()).some((f) => f.lit && f.panel === "memory_map"); ++i) {
    await page.keyboard.press(keys.of(["ArrowLeft", "ArrowDown", "ArrowUp"]));
    for (let frames = 0; frames < 2; ++frames) await settle();
  }
  await page.keyboard.press("Enter");
  for (let frames = 0; frames < 4; ++frames) await settle();
  const clicked = (await drawn()).filter((f) => f.lit).map(name);
  await away();
  const left = (await drawn()).filter((f) => f.lit).map(name);
  check("keys: what Enter clicked stays lit when the pointer leaves", left.length > 0 && left.some((each) => clicked.includes(each)), `${clicked.slice(0, 3)}; ${left.slice(0, 3)}`);
  await page.keyboard.press("Escape");
  check("keys: Escape leaves the pictures", await page.evaluate(() => document.activeElement?.id !== "canvas"));
}

await view(PROCESSES, "Table");
await away();
const process_ = (await drawn()).find((f) => f.panel === "processes" && f.kind === "process" && !f.lit); // a lit one goes out
await page.mouse.click(origin.x + process_.x + 40, origin.y + process_.y + process_.h / 2);
await settle();
await away();
check("click: the process stays lit everywhere", (await drawn()).filter((f) => f.kind === "process" && f.pid === process_.pid).every((f) => f.lit), name(process_));

// In every view: marks picked at random, and all that is drawn is held against the page walk.
const dice = new Dice(1);
const plain = (f) => f.kind && f.kind !== "file" && f.kind !== "line"; // those have more to them than their numbers
const same = (a, b) => a.kind === b.kind && a.pid === b.pid && a.value === b.value && a.size === b.size;
const under = (f, mark) => f.x <= mark.x + Math.min(mark.w / 2, 30) && f.x + f.w >= mark.x + Math.min(mark.w / 2, 30)
  && f.y <= mark.y + mark.h / 2 && f.y + f.h >= mark.y + mark.h / 2;

/** The RAM that belongs to an address of at most a page: the entries that lead there, and the bytes themselves. */
async function ramOf({ pid, value, size }) {
  const walk = await page.evaluate(([who, at]) => window.lucid86.getWalk(who, at), [pid, String(value)]);
  const ram = walk.steps.map(({ entryAt }) => ({ value: BigInt(entryAt), size: 8n }));
  const at = BigInt(walk.physical), left = PAGE - at % PAGE;
  return walk.outcome === "mapped" ? [...ram, { value: at, size: size < left ? size : left }] : ram;
}
/** Whether a mark must be lit (true, false or nothing known) while the pointer is on `mark`. */
async function expectation(mark) {
  if (mark.kind === "address" && mark.size <= PAGE) {
    const ram = await ramOf(mark);
    return (f) => (f.kind === "physical" ? ram.some((range) => overlaps(range, f))
      : f.kind === "address" && (f.pid === mark.pid || f.pid === 0 || mark.pid === 0) && overlaps(f, mark) ? true : undefined);
  }
  if (mark.kind === "physical") return (f) => (f.kind === "physical" ? overlaps(f, mark) : undefined);
  if (mark.kind === "process") return (f) => (f.kind === "process" || f.kind === "event" ? f.pid === mark.pid : undefined);
  if (mark.kind === "event") return (f) => (f.kind === "process" ? f.pid === mark.pid : undefined);
  return () => undefined;
}
const VIEWS = { [CPU]: ["Code", "Stack", "Registers"], [MEMORY]: ["Frames", "Spaces", "Walk", "Bytes", "TLB"],
  [PROCESSES]: ["Table", "Lives", "Details", "Scheduler"], [KERNEL]: ["Calls", "Events", "Interrupts", "Exec", "Cache"], [FILES]: ["Files"] };
for (const [lens, tab] of Object.entries(VIEWS).flatMap(([number, tabs]) => tabs.map((each) => [Number(number), each]))) {
  await view(lens, tab);
  await away();
  const marks = (await drawn()).filter((f) => plain(f) && f.w > 3 && f.h > 3);
  const wrong = new Set();
  let looked = 0;
  for (let i = 0; i < 7 && marks.length > 0; ++i) {
    const mark = dice.of(marks);
    await away();
    const now = await over(mark);
    // Where marks overlap, the one on top is meant; and some move away from the pointer.
    if (now.filter((f) => f.kind && under(f, mark)).some((f) => !same(f, mark)) || !now.some((f) => same(f, mark))) continue;
    ++looked;
    const expected = await expectation(mark);
    for (const f of now.filter(plain)) {
      const must = same(f, mark) ? true : expected(f);
      if (must !== undefined && must !== f.lit) wrong.add(`${name(mark)}: ${name(f)} is ${f.lit ? "" : "not "}lit`);
    }
  }
  check(`${tab}: what belongs together lights up together`, looked >= 3 && wrong.size === 0, `${looked} things; ${[...wrong].slice(0, 4).join("; ")}`);
}

check("no error on the page", problems.length === 0, problems.join("; "));
await browser.close();
server.close();
finish("hover_test");

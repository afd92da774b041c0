// SPDX-License-Identifier: MIT
// The node package: packed, installed into a fresh folder, and the example of its README run there.
// usage: package_test.mjs SITE SCRIPTS
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { check, finish, requireSite } from "./machine.mjs";

const [site, scripts] = process.argv.slice(2).map((path) => resolve(path));
requireSite(site);
try {
  execFileSync("npm", ["--version"]);
} catch {
  console.log("skipped: npm is not installed; scripts/setup installs it");
  process.exit(process.env.LUCID_REQUIRE_WEB ? 1 : 77);
}

const folder = mkdtempSync(join(tmpdir(), "lucid86-package-"));
const run = (...command) => execFileSync(command[0], command.slice(1), { cwd: folder, encoding: "utf8", timeout: 120_000, stdio: ["ignore", "pipe", "pipe"] });
try {
  const tarball = run(join(scripts, "pack-node"), folder).trim();
  writeFileSync(join(folder, "package.json"), '{"name":"fresh","private":true,"type":"module"}');
  run("npm", "install", "--offline", "--no-audit", "--no-fund", "--silent", tarball);
  const readme = readFileSync(join(folder, "node_modules/lucid86/README.md"), "utf8");
  writeFileSync(join(folder, "example.mjs"), /```js\n([^]*?)```/.exec(readme)[1]);
  const said = run("node", "example.mjs");
  check("the README's example runs", /process \d+ forks \d+\ninstruction \d+: process \d+ at 0x[0-9a-f]+, \d+ areas/.test(said) && said.includes("parent  Q Q Q P"), said.split("\n", 2).join("; "));
  check("and again with the same words", run("node", "example.mjs") === said);

  writeFileSync(join(folder, "scene.mjs"), `import { create } from "lucid86";
    const machine = await create({ scene: "cow", beat: 2 });
    const beats = [];
    machine.on("beat", ({ scene, beat }) => beats.push(scene + beat));
    const { hash } = await machine.getState();
    await machine.seek("cow:3");
    await machine.loadScene("cow", 2);
    console.log(beats.join(), (await machine.getState()).hash === hash);`);
  check("scenes play", run("node", "scene.mjs").trim() === "cow3,cow2 true");

  writeFileSync(join(folder, "wrong.mjs"), `import { create } from "lucid86";
    for (const settings of [{ program: "nope" }, { ram: 3 }, { at: "soon" }, { scene: "nowhere" }]) await create(settings).then(() => console.log("taken"), (e) => console.log(e.message));
    const machine = await create();
    for (const call of [() => machine.seek(), () => machine.seek([]), () => machine.seek({ scene: 5 }), () => machine.seek({ event: "fork", count: 0 }), () => machine.getState({ maps: "all" }),
      () => machine.loadProgram("ls", "it's"), () => machine.loadProgram("hello\\0"), () => machine.loadProgram("/bin"), () => machine.loadProgram(new Uint16Array(8)), () => machine.loadScene("cow", 99),() => machine.step("far"), () => machine.seek({}), () => machine.type(5), ...["x", "pid 3x", "pid -1", "address 3", "address 3 0x40zz", "line a.c:b", "frame 5 6"].map((thing) => () => machine.highlight(thing)), () => machine.loadProgram(new Uint8Array(3))])
      await call().then(() => console.log("taken"), (e) => console.log(e.message));
    try { machine.on("nothing", () => {}); } catch (e) { console.log(e.message); }`);
  const complaints = run("node", "wrong.mjs").trim().split("\n");
  check("what makes no sense is explained", complaints.length === 26 && !complaints.some((each) => /undefined|not a function|Cannot|null/.test(each)) && !complaints.includes("taken"), complaints.join(" | "));
} catch (error) {
  check("the package works", false, `${error.stack}\n${error.stderr ?? ""}`.slice(0, 2000));
} finally {
  rmSync(folder, { recursive: true });
}
finish("package");

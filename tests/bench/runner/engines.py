# SPDX-License-Identifier: MIT
"""The machines that are compared. An engine runs one program with a count of repeats and says what it
cost in user CPU time; where it can, also what happened inside."""
import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field

from images import ROOT
from process import Failed, run

JAVASCRIPT = os.path.join(ROOT, "tests", "bench", "machine")
WASM = os.path.join(ROOT, "build", "wasm", "tests", "bench", "machine", "bench_machine.js")


@dataclass
class Sample:
    user_seconds: float
    answer: str  # what the program printed: the same everywhere
    counts: dict = field(default_factory=dict)  # of our own machine: see tests/bench/machine/machine.h


def our_job(images, program, repeats, observed=False):
    """Arguments of bench_machine."""
    options = ["--observed"] if observed else []
    if program.kind != "system":
        return [*options, images.bare_files(program.name, repeats)[0]]
    return [*options, images.kernel, *images.archives, "--", "/bench/" + program.name, str(repeats)]


def our_sample(text, seconds, what, wanted_status=0):
    """From the report of our own machine, the last line of `text`."""
    try:
        counts = json.loads(text.strip().splitlines()[-1])
    except (IndexError, json.JSONDecodeError):
        raise Failed(f"{what}: {text.strip()[-300:]}") from None
    if counts["status"] != wanted_status:
        raise Failed(f"{what} ended with status {counts['status']}: {counts['output'][-300:]}")
    return Sample(counts.pop("user_seconds", seconds), counts.pop("output").strip(), counts)


class Native:
    """Our machine as a program of this host."""
    name, kinds, timeout = "native", ("cpu", "rep", "system"), 300
    targets = {"native": ["bench_machine", "bench_programs", "lucid_kernel", "lucid_root"]}

    def __init__(self, images):
        self.images = images
        self.program = os.path.join(images.build, "tests", "bench", "machine", "bench_machine")

    @staticmethod
    def missing():
        return None

    def run(self, program, repeats, observed=False):
        return self.execute(our_job(self.images, program, repeats, observed), f"{self.name}: {program.name}")

    def execute(self, job, what, wanted_status=0):
        done = run([self.program, *job], self.timeout)
        return our_sample(done.output, done.user_seconds, what, wanted_status)


class Node(Native):
    """The same machine as WebAssembly, in node."""
    name = "node"
    targets = {**Native.targets, "wasm": ["bench_machine"]}

    @staticmethod
    def missing():
        if not (shutil.which("em++") or os.environ.get("EMSCRIPTEN_ROOT")):
            return "em++ (Debian package emscripten)"
        return None if shutil.which("node") else "node (Debian package nodejs)"

    def execute(self, job, what, wanted_status=0):
        done = run(["node", os.path.join(JAVASCRIPT, "node.mjs"), WASM, *job], self.timeout)
        return our_sample(done.output, done.user_seconds, what, wanted_status)


class Chromium(Node):
    """And in a page. One browser serves all runs; the time is that of the page's own process."""
    name = "chromium"
    targets = {**Native.targets, "wasm": ["bench_machine", "site"]}

    def __init__(self, images):
        super().__init__(images)
        self.browser = subprocess.Popen(["node", os.path.join(JAVASCRIPT, "chromium.mjs"), WASM], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)

    @staticmethod
    def missing():
        if not (shutil.which("chromium") or shutil.which("google-chrome")):
            return "a browser (Debian package chromium)"
        if not os.path.exists(os.path.join(ROOT, "tests", "web", "node_modules", "playwright-core")):
            return "playwright-core (scripts/setup installs it)"
        return Node.missing()

    def execute(self, job, what, wanted_status=0):
        try:
            self.browser.stdin.write(json.dumps(job) + "\n")
            self.browser.stdin.flush()
            answer = self.browser.stdout.readline()
        except OSError as error:
            raise Failed(f"{what}: {error}") from None
        if "error" in json.loads(answer or '{"error": 0}'):
            raise Failed(f"{what}: {answer.strip() or 'the browser ended'}")
        return our_sample(answer, 0, what, wanted_status)

    def page(self):
        """Boot and memory of the page itself: tests/bench/machine/page.mjs."""
        done = run(["node", os.path.join(JAVASCRIPT, "page.mjs"), os.path.join(ROOT, "build", "site")], self.timeout)
        if done.status:
            raise Failed(f"{self.name}: the page: {done.output.strip()[-300:]}")
        return json.loads(done.output)

    def close(self):
        self.browser.stdin.close()
        self.browser.wait()


class Qemu:
    """QEMU with its just-in-time compiler, TCG: another kind of thing, shown for scale."""
    name, kinds, timeout, targets = "qemu", ("cpu", "rep", "system"), 300, {}

    def __init__(self, images):
        self.images = images

    @staticmethod
    def missing():
        return None if shutil.which("qemu-system-x86_64") else "qemu-system-x86_64 (Debian package qemu-system-x86)"

    def run(self, program, repeats):
        out = os.path.join(self.images.scratch, "qemu.out")
        command = ["qemu-system-x86_64", "-accel", "tcg", "-display", "none", "-monitor", "none", "-no-reboot", "-m", "32",
                   "-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-serial", "file:" + out, "-serial", "null"]
        if program.kind == "system":
            command += ["-kernel", self.images.kernel, "-append", "console=ttyS1 quiet",
                        "-initrd", self.images.initrd(["/bench/" + program.name, str(repeats)])]
        else:
            command += ["-kernel", self.images.bare_files(program.name, repeats)[0]]
        done = run(command, self.timeout)
        if done.status != 1:  # isa-debug-exit: value * 2 + 1
            raise Failed(f"qemu: {program.name} ended with {done.status}: {done.output.strip()[-300:]}")
        with open(out, encoding="utf-8", errors="replace") as file:
            return Sample(done.user_seconds, file.read().strip())


BOCHS_SETTINGS = """
megs: 32
romimage: file=$BXSHARE/BIOS-bochs-latest
vgaromimage: file=$BXSHARE/VGABIOS-lgpl-latest
display_library: term
plugin_ctrl: speaker=0, gameport=0, parallel=0
sound: waveoutdrv=dummy
boot: disk
ata0-master: type=disk, path="{disk}", mode=flat, cylinders={cylinders}, heads=16, spt=63
com1: enabled=1, mode=file, dev={out}
cpu: count=1, ips=100000000, reset_on_triple_fault=0
clock: sync=none
log: {log}
panic: action=fatal
error: action=ignore
info: action=ignore
"""


class Bochs:
    """Bochs as Debian builds it (interpreter, with its debugger): the yardstick. 100 million
    instructions are a second to it, as to us, so its timer ticks as often."""
    name, kinds, timeout, targets = "bochs", ("cpu", "rep"), 600, {}

    def __init__(self, images):
        self.images = images

    @staticmethod
    def missing():
        if not shutil.which("bochs"):
            return "bochs (Debian packages bochs, bochs-term, bochsbios)"
        share = os.environ.get("BXSHARE", "/usr/share/bochs")
        return None if os.path.exists(os.path.join(share, "BIOS-bochs-latest")) else "Bochs' BIOS (Debian package bochsbios)"

    def run(self, program, repeats):
        _, disk, cylinders = self.images.bare_files(program.name, repeats)
        paths = {name: os.path.join(self.images.scratch, "bochs." + name) for name in ("rc", "dbg", "out", "log")}
        for name in ("out", "log"):
            if os.path.exists(paths[name]):
                os.remove(paths[name])
        with open(paths["rc"], "w", encoding="utf-8") as file:
            file.write(BOCHS_SETTINGS.format(disk=disk, cylinders=cylinders, out=paths["out"], log=paths["log"]))
        with open(paths["dbg"], "w", encoding="utf-8") as file:
            file.write("c\n")  # a build with the debugger waits to be told to continue
        share = os.environ.get("BXSHARE", "/usr/share/bochs")
        done = run(["bochs", "-q", "-f", paths["rc"], "-rc", paths["dbg"]], self.timeout,
                   {"TERM": "vt100", "BXSHARE": share})
        try:
            with open(paths["out"], encoding="utf-8", errors="replace") as file:
                answer = file.read().strip()
        except OSError:
            answer = ""
        if not answer:
            raise Failed(f"bochs: {program.name} printed nothing; its log is {paths['log']}: {done.output.strip()[-200:]}")
        return Sample(done.user_seconds, answer)


ENGINES = [Native, Node, Chromium, Bochs, Qemu]

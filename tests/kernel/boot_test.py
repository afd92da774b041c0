#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""From the kernel's first instruction to init: the order of what happens, the search for init in Linux's words, and
the panics. Where QEMU is installed the same kernel and files must say the same there.

usage: boot_test.py LUCID86 KERNEL PROGRAMS [unittest options]
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

from run_qemu import cpio_entry

LUCID86, KERNEL, PROGRAMS = (os.path.abspath(path) for path in sys.argv[1:4])
QEMU = shutil.which("qemu-system-x86_64")
SECONDS = 60


def program(name):
    with open(os.path.join(PROGRAMS, name), "rb") as file:
        return file.read()


def archive(**files):
    """Executable files by path with "_" for "/"; None is a folder."""
    out, folders = b"", {"dev"}
    for path in files:
        parts = path.split("_")[:-1]
        folders.update("/".join(parts[:i + 1]) for i in range(len(parts)))
    for folder in sorted(folders):
        out += cpio_entry(folder, 0o040755, b"")
    for path, data in files.items():
        out += cpio_entry(path.replace("_", "/"), 0o100755, data)
    return out + cpio_entry("TRAILER!!!", 0, b"")


def said(log):
    """The kernel's words about init, without the time."""
    lines = [re.sub(r"^\[ *[0-9.]+\] ", "", line) for line in log.decode(errors="replace").replace("\r", "").split("\n")]
    return [line for line in lines if re.match(r"Run |Failed|Starting init|Kernel panic", line)]


class Search(unittest.TestCase):
    def check(self, root, append, expected):
        with tempfile.TemporaryDirectory() as scratch:
            initrd = os.path.join(scratch, "root.cpio")
            with open(initrd, "wb") as file:
                file.write(root)
            done = subprocess.run([LUCID86, "boot", "--memory", "32", "--initrd", initrd, "--append", append, KERNEL],
                                  stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
            self.assertEqual(said(done.stdout), expected)
            self.assertEqual(done.returncode, 70)  # the machine has stopped
            if QEMU:
                self.assertEqual(said(self.in_qemu(initrd, append)), expected)
            return done

    def in_qemu(self, initrd, append):
        """What it prints up to the panic, after which a machine only halts."""
        machine = subprocess.Popen([QEMU, "-kernel", KERNEL, "-initrd", initrd, "-append", append, "-display", "none",
                                    "-m", "32", "-no-reboot", "-monitor", "none", "-serial", "stdio"],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        text = b""
        try:
            for line in machine.stdout:
                text += line
                if b"Kernel panic" in line:
                    break
        finally:
            machine.kill()
            machine.wait()
            machine.stdout.close()
        return text

    NONE = ("Kernel panic - not syncing: No working init found.  Try passing init= option to kernel. "
            "See Linux Documentation/admin-guide/init.rst for guidance.")
    KILLED = "Kernel panic - not syncing: Attempted to kill init! exitcode=0x%08x"

    def test_no_init(self):
        self.check(archive(etc_motd=b"nobody reads this\n"), "", [self.NONE])

    def test_first_place(self):
        true, false = program("true"), program("false")
        self.check(archive(sbin_init=true, etc_init=false, bin_sh=false), "",
                   ["Run /sbin/init as init process", self.KILLED % 0])

    def test_later_places(self):
        false = program("false")
        for place in ("etc_init", "bin_init", "bin_sh"):
            self.check(archive(**{place: false}), "",
                       [f"Run /{place.replace('_', '/')} as init process", self.KILLED % 0x100])

    def test_ramdisk_init_comes_first(self):
        self.check(archive(init=program("true"), sbin_init=program("false")), "",
                   ["Run /init as init process", self.KILLED % 0])

    def test_chosen(self):
        root = archive(sbin_init=program("true"), bin_false=program("false"))
        self.check(root, "init=/bin/false", ["Run /bin/false as init process", self.KILLED % 0x100])
        self.check(root, "rdinit=/bin/false", ["Run /bin/false as init process", self.KILLED % 0x100])
        self.check(root, "rdinit=/bin/nothing", ["Run /sbin/init as init process", self.KILLED % 0])
        self.check(root, "init=/bin/nothing",
                   ["Kernel panic - not syncing: Requested init /bin/nothing failed (error -2)."])

    def test_not_executable(self):
        self.check(archive(sbin_init=b"no program\n", bin_sh=program("segv")), "",
                   ["Starting init: /sbin/init exists but couldn't execute it (error -8)",
                    "Run /bin/sh as init process", self.KILLED % 0xb])


class Order(unittest.TestCase):
    PHASES = ["entered", "paging-on", "higher-half", "start-kernel", "memory-ready", "interrupts-on", "rest-init",
              "kernel-init", "root-mounted", "init-memory-freed", "init-started"]

    @classmethod
    def setUpClass(cls):
        done = subprocess.run([LUCID86, "run", "--events", "-", "--boot-log", "--", "ps"], stdin=subprocess.DEVNULL,
                              capture_output=True, timeout=SECONDS, check=True)
        lines = done.stdout.splitlines()
        cls.events = [json.loads(line) for line in lines if line.startswith(b"{")]
        cls.processes = [line.split() for line in lines if not line.startswith(b"{")]
        cls.log = done.stderr.decode()

    def test_phases(self):
        self.assertEqual([e["name"] for e in self.events if e["event"] == "boot"], self.PHASES)

    def test_tasks(self):
        """Task 0 makes 1 and 2; kthreadd is the parent of the kernel's threads, init of the program."""
        found = {words[0]: (words[1], words[-1]) for words in self.processes[1:]}
        self.assertEqual(found[b"1"], (b"0", b"/sbin/init"))
        self.assertEqual(found[b"2"], (b"0", b"[kthreadd]"))
        self.assertEqual(found[b"3"], (b"2", b"[kswapd0]"))
        first = next(e for e in self.events if e["event"] == "switch")
        self.assertEqual((first["previous"], first["next"]), (0, 1))

    def test_init_memory(self):
        """What the log says is free has been given to the allocator, frame by frame, and is used again."""
        kib = int(re.search(r"Freeing unused kernel memory: (\d+)K", self.log).group(1))
        self.assertGreater(kib, 8)
        names = [e.get("name") if e["event"] == "boot" else e["event"] for e in self.events]
        end = names.index("init-memory-freed")
        image = 0x100000 >> 12
        freed = {e["frame"] for e in self.events[:end] if e["event"] == "frame-free"}
        frames = set(range(image, image + kib // 4))
        self.assertLessEqual(frames, freed)
        used = {e["frame"] for e in self.events[end:] if e["event"] == "frame-alloc"}
        self.assertTrue(frames & used)


if __name__ == "__main__":
    del sys.argv[1:4]
    unittest.main()

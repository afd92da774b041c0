#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""From the reset vector to the shell: firmware, boot sector, loader, kernel, all from a disk image. Where QEMU is installed
the same image boots there, under SeaBIOS, and says the same on the serial line.

usage: boot_disk_test.py LUCID86 [unittest options]
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

LUCID86 = os.path.abspath(sys.argv[1])
QEMU = shutil.which("qemu-system-x86_64")
SECONDS = 60
STAGES = ["firmware", "boot-sector", "loader", "protected-mode", "entered", "paging-on", "higher-half", "start-kernel",
          "memory-ready", "interrupts-on", "rest-init", "kernel-init", "root-mounted", "init-memory-freed",
          "init-started"]


def words(output):
    """What was said, without times and without what two machines differ in: how much memory the firmware keeps."""
    text = output.decode(errors="replace").replace("\r", "")
    text = re.sub(r"^\[ *[0-9.]+\] ", "", text, flags=re.M)
    return re.sub(r"^Memory: .*", "Memory", text, flags=re.M)


class BootsFromDisk(unittest.TestCase):
    def setUp(self):
        self.scratch = tempfile.TemporaryDirectory()
        self.addCleanup(self.scratch.cleanup)
        self.image = os.path.join(self.scratch.name, "disk.img")

    def make(self, *arguments):
        done = subprocess.run([LUCID86, "make-disk", "--output", self.image, *arguments], capture_output=True,
                              timeout=SECONDS, check=False)
        self.assertEqual((done.returncode, done.stderr), (0, b""))

    def boot(self, *options, memory=32, typed=b""):
        return subprocess.run([LUCID86, "boot", "--disk", self.image, "--memory", str(memory), *options], input=typed,
                              capture_output=True, timeout=SECONDS, check=False)

    def in_qemu(self, memory, typed, stop_at):
        """Its output up to its end, or to the line with stop_at; and its exit status."""
        machine = subprocess.Popen([QEMU, "-drive", f"format=raw,file={self.image},snapshot=on", "-m", str(memory),
                                    "-display", "none", "-no-reboot", "-monitor", "none", "-serial", "stdio",
                                    "-device", "isa-debug-exit,iobase=0xf4,iosize=4"],
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        text = b""
        try:
            machine.stdin.write(typed)
            machine.stdin.flush()
            for line in machine.stdout:
                text += line
                if stop_at and stop_at in line:
                    machine.kill()
                    break
            return text, machine.wait(SECONDS)
        finally:
            machine.kill()
            machine.wait()
            machine.stdin.close()
            machine.stdout.close()

    def check_same(self, memory=32, typed=b"", stop_at=None):
        """Boots it here and in QEMU; gives what it said."""
        mine = self.boot(memory=memory, typed=typed)
        if QEMU:
            theirs, status = self.in_qemu(memory, typed, stop_at)
            self.assertEqual(words(theirs).strip(), words(mine.stdout).strip())
            if not stop_at:
                self.assertEqual(status, mine.returncode)
        return words(mine.stdout), mine.returncode

    def test_program(self):
        self.make("--", "hello")
        said, status = self.check_same()
        self.assertTrue(said.startswith("lucid86 loader\nkernel: "), said)
        self.assertIn("Run /sbin/init as init process\nHello from ring 3!\n", said)
        self.assertEqual(status, 1)  # 2 * 0 + 1

    def test_status(self):
        self.make("--", "sh", "-c", "exit 3")
        self.assertEqual(self.check_same()[1], 7)

    def test_memory(self):
        self.make("--", "cowdemo")
        for memory in (8, 128):
            self.check_same(memory=memory)

    def test_swap_and_command_line(self):
        self.make("--swap", "4", "--append", "sched=fair", "--", "cat", "/proc/swaps", "/proc/sys/kernel/sched", "/proc/cmdline")
        said, _ = self.check_same()
        self.assertRegex(said, r"(?m)^/dev/hda4\s+partition\s+4092\b")
        self.assertIn("fair\nconsole=ttyS0 sched=fair\n", said)

    def test_root_on_disk(self):
        """The loader leaves the files where they are; the kernel reads the pages that are used."""
        self.make("--root-on-disk", "--swap", "4", "--", "demand", "-q", "/bin/sort")
        said, status = self.check_same(memory=8)
        self.assertNotRegex(said, r"(?m)^root: ")
        self.assertIn("VFS: Mounted root (cpio) on hda3", said)
        self.assertIn("  the mapping has the bytes of read(2)\n", said)
        self.assertEqual(status, 1)
        log = os.path.join(self.scratch.name, "events")
        self.boot("--events", log, "--filter", "event page-fill", memory=8)
        with open(log, encoding="ascii") as file:
            self.assertGreater(len(file.readlines()), 8)

    def test_disk_for_the_occasion(self):
        done = subprocess.run([LUCID86, "boot", "--root-on-disk", "--memory", "8", "--swap", "32", "--append", "sched=fair"],
                              input=b"cat /proc/sys/kernel/sched /proc/cmdline; hoard -q 12 100; exit 4\n", capture_output=True,
                              timeout=SECONDS, check=False)
        said = words(done.stdout)
        self.assertTrue(said.startswith("lucid86 loader\nkernel: "), said)
        self.assertIn("fair\nconsole=ttyS0 root=/dev/hda3 sched=fair\n", said)
        self.assertIn("\n0 pages wrong\n", said)
        self.assertEqual(done.returncode, 9)
        for wrong in (("--disk", "/dev/null"), ("--initrd", "/dev/null"), ("/dev/null",)):
            done = subprocess.run([LUCID86, "boot", "--root-on-disk", *wrong], capture_output=True, timeout=SECONDS, check=False)
            self.assertEqual((done.returncode, len(done.stderr.splitlines())), (64, 1), wrong)

    def test_no_init(self):
        self.make("--no-builtin-root", "--append", "init=/nowhere")
        said, status = self.check_same(stop_at=b"Kernel panic")
        self.assertIn("Kernel panic - not syncing: Requested init /nowhere failed (error -2).", said)
        self.assertEqual(status, 70)

    def test_stages(self):
        self.make("--append", "quiet", "--", "hello")
        done = self.boot("--events", os.path.join(self.scratch.name, "events"), "--filter", "event boot")
        self.assertEqual(done.returncode, 1)
        with open(os.path.join(self.scratch.name, "events"), encoding="ascii") as file:
            events = [json.loads(line) for line in file]
        self.assertEqual([e["name"] for e in events], STAGES)
        self.assertLess(events[-1]["instruction"], 5_000_000)

    def test_modes_of_the_processor(self):
        """Real mode, protected mode without paging, long mode: as the stages go by."""
        self.make("--append", "quiet", "--", "true")
        modes = {}
        for stage, name in ((16, "firmware"), (17, "boot-sector"), (18, "loader"), (19, "protected-mode"), (2, "paging-on")):
            done = self.boot("--until", f"event boot && phase == {stage}", "--dump", "regs")
            modes[name] = dict(re.findall(r"\b(cr0|rip) (0x[0-9a-f]+)", done.stderr.decode()))
        self.assertEqual(int(modes["firmware"]["rip"], 0) >> 12, 0xf)
        for name, protected, paging in (("firmware", 0, 0), ("boot-sector", 0, 0), ("loader", 0, 0),
                                        ("protected-mode", 1, 0), ("paging-on", 1, 1)):
            cr0 = int(modes[name]["cr0"], 0)
            self.assertEqual((cr0 & 1, cr0 >> 31), (protected, paging), name)

    def test_record_and_replay(self):
        self.make("--", "hello")
        record = os.path.join(self.scratch.name, "run")
        first = self.boot("--record", record)
        again = subprocess.run([LUCID86, "replay", record], capture_output=True, timeout=SECONDS, check=False)
        self.assertEqual((again.returncode, again.stdout), (0, first.stdout))

    def test_nothing_to_boot(self):
        for contents in (bytes(512), bytes(510) + b"\x55\xaa", b"\xf4" * 510 + b"\x55\xaa"):
            with open(self.image, "wb") as file:
                file.write(contents)
            self.assertIn(self.boot("--max-insns", "20000000").returncode, (70, 124))

    def test_broken_disks(self):
        """Whatever is cut off or overwritten: one line says so, or the machine just stops."""
        self.make("--", "hello")
        with open(self.image, "rb") as file:
            image = file.read()
        kernel = 64 * 512
        for broken, said in ((image[:kernel], b"loader: the disk cannot be read"),
                             (image[:kernel] + bytes(len(image) - kernel), b"loader: the kernel's partition holds no ELF file"),
                             (image[:462] + bytes(48) + image[510:], b"loader: the disk has no partition with a kernel"),
                             (image[:len(image) // 512 * 512 - 4096], b"loader: the disk cannot be read")):
            with open(self.image, "wb") as file:
                file.write(broken)
            done = self.boot("--max-insns", "50000000")
            self.assertIn(said, done.stdout)
            self.assertEqual(done.returncode, 70)

    def test_wrong_use(self):
        for arguments in ((), ("--output",), ("--output", self.image, "--root", "/nowhere"), ("--output", self.image, "--", "nosuch"),
                          ("--output", self.image, "--append", "x" * 2000), ("--output", "/nowhere/disk"),
                          ("--output", self.image, "--swap", "0")):
            done = subprocess.run([LUCID86, "make-disk", *arguments], capture_output=True, timeout=SECONDS, check=False)
            self.assertIn(done.returncode, (64, 66, 74, 127), arguments)
            self.assertEqual(len(done.stderr.splitlines()), 1, arguments)
        self.make("--", "true")
        self.assertEqual(self.boot("--append", "quiet").returncode, 64)


if __name__ == "__main__":
    del sys.argv[1:2]
    unittest.main()

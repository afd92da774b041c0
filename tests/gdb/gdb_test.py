#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""gdb debugs the machine: programs and the kernel, forwards and backwards.

usage: gdb_test.py LUCID86 KERNEL GUEST_BIN [unittest arguments]
The judge is gdb: what it reports where it stops, and that going back undoes going forward.
"""
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import unittest

LUCID86, KERNEL, GUEST_BIN = sys.argv[1:4]
LIMIT = 90  # seconds, for a machine shared with other tests

PREPARE = ["set pagination off", "set confirm off", "set width 0"]


class Machine:
    """lucid86 --gdb with a free port."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen([LUCID86, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE)
        line = self.process.stderr.readline().decode()
        self.port = int(re.search(r"localhost:(\d+)", line).group(1))

    def end(self):
        try:
            out, err = self.process.communicate(timeout=LIMIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        return self.process.returncode, out, err


def debug(program, file, commands, *options):
    """Runs PROGRAM under gdb; its lines, and what the machine printed."""
    machine = Machine("run", "--gdb", "0", *options, "--", *program)
    script = [*PREPARE, f"file {file}", f"target remote localhost:{machine.port}", *commands]
    words = [word for command in script for word in ("-ex", command)]
    try:
        done = subprocess.run(["gdb", "-q", "-nx", "-batch", *words], capture_output=True, timeout=LIMIT,
                              stdin=subprocess.DEVNULL)
    finally:
        if machine.process.poll() is None:
            time.sleep(0.1)
    status, out, _ = machine.end()
    return done.stdout.decode().splitlines(), done.stderr.decode(), out, status


def say(text, *values):
    return f'printf "{text}\\n"' + "".join(", " + value for value in values)


def said(lines, mark):
    return [line[len(mark) + 1:] for line in lines if line.startswith(mark + " ")]


def sample(name):
    return os.path.join(GUEST_BIN, name)


class Programs(unittest.TestCase):
    def test_steps_back_undo_steps(self):
        here = say("here %lx %lx %lx", "$pc", "$sp", "$rax")
        lines, errors, out, _ = debug(["hello"], sample("hello"), [
            "break main", "continue", "delete", here, *["stepi", here] * 40, *["reverse-stepi", here] * 40, "continue",
            "continue"])
        steps = said(lines, "here")
        self.assertEqual(len(steps), 81, errors)
        self.assertEqual(steps[41:], steps[39::-1])
        self.assertGreater(len(set(steps)), 35)
        self.assertEqual(out, b"Hello from ring 3!\n")

    def test_a_breakpoint_is_for_one_program(self):
        lines, errors, out, _ = debug(["sh", "-c", "hello; echo; hello"], sample("hello"), [
            "monitor focus process hello", "break main", "continue", "info symbol $pc", "monitor where", "continue",
            "info symbol $pc", "monitor where", "continue", "reverse-continue", "monitor where", "delete", "continue",
            "continue"])
        self.assertEqual(lines.count("main in section .text"), 2, errors)
        pids = [re.search(r"pid (\d+) \((\w+)\)", line).groups() for line in errors.splitlines() if line.startswith("instruction")]
        self.assertEqual([name for _, name in pids], ["hello"] * 3)
        self.assertNotEqual(pids[0], pids[1])
        self.assertEqual(pids[2], pids[1])
        self.assertEqual(out, b"Hello from ring 3!\n\nHello from ring 3!\n")

    def test_watchpoints_both_ways(self):
        value = say("value %d", "*(char*)&pages")
        lines, errors, out, _ = debug(["cowdemo"], sample("cowdemo"), [
            "break main", "continue", "delete", "watch *(char*)&pages", "continue", value, "continue", value,
            "reverse-continue", value, "reverse-continue", value, "delete", "continue", "continue"])
        values = [chr(int(each)) for each in said(lines, "value")]
        # Filled by the parent, written by the child; going back shows what was there before each.
        self.assertEqual(values, ["P", "C", "P", "\0"], errors)
        self.assertIn(b"parent", out)

    def test_memory_and_registers_are_written(self):
        lines, errors, out, _ = debug(["hello"], sample("hello"), [
            "monitor break syscall write process hello", "continue", "set *(char*)$rsi = 'J'", "set $rdx = 6",
            say("letter %c", "*(char*)$rsi"), "monitor breaks", "monitor delete 1", "continue", "continue"])
        self.assertEqual(said(lines, "letter"), ["J"], errors)
        self.assertTrue(out.startswith(b"Jello "), out)

    def test_the_end_can_be_gone_back_from(self):
        lines, errors, out, status = debug(["false"], sample("false"), [
            "break main", "continue", "continue", "reverse-continue", "info symbol $pc", "delete", "continue", "continue"])
        self.assertIn("main in section .text", lines, errors)
        self.assertTrue(any("exited with code 01" in line for line in lines), lines)
        self.assertEqual(status, 1)

    def test_registers_have_names(self):
        lines, errors, _, _ = debug(["hello"], sample("hello"), [
            "break main", "continue", "p $eflags", "p $cs", "p $fs_base", "p $mxcsr", "p $xmm3.uint128", "p $st0",
            "p $cr0 & 1", "info registers rip", "kill"])
        text = "\n".join(lines)
        self.assertIn("IF", text, errors)
        self.assertIn("= 51", text)  # 0x33, user code
        self.assertIn("[ IM DM ZM OM UM PM ]", text)
        self.assertIn("<main>", text)


class Kernel(unittest.TestCase):
    def test_breakpoints_backtrace_and_back(self):
        lines, errors, out, _ = debug(["hello"], KERNEL, [
            "break sys_write", "break sys_exit_group", "continue", "info symbol $pc", "bt 2",
            say("bytes %d", "$rdx"), "continue", "info symbol $pc", "reverse-continue", "info symbol $pc", "delete",
            "continue", "continue"])
        symbols = [line.split()[0] for line in lines if line.endswith("in section .text")]
        self.assertEqual(symbols, ["sys_write", "sys_exit_group", "sys_write"], errors)
        self.assertTrue(any("syscall_dispatch" in line for line in lines), lines)
        self.assertEqual(said(lines, "bytes"), ["19"])
        self.assertEqual(out, b"Hello from ring 3!\n")

    def test_watchpoint_on_the_stack_and_stepping(self):
        here = say("here %lx %lx", "$pc", "$sp")
        lines, errors, _, _ = debug(["hello"], KERNEL, [
            "hbreak sys_write", "continue", "delete", here, *["stepi", here] * 25, *["reverse-stepi", here] * 25,
            "set $slot = $sp - 64", "watch *(long*)$slot", "continue", say("after %lx", "*(long*)$slot"), "reverse-continue",
            "monitor where", "kill"])
        steps = said(lines, "here")
        self.assertEqual(len(steps), 51, errors)
        self.assertEqual(steps[26:], steps[24::-1])
        old_new = [line for line in lines if line.startswith(("Old value", "New value"))]
        self.assertEqual(len(old_new), 4, lines)
        self.assertEqual(old_new[0].split()[-1], old_new[3].split()[-1])
        self.assertEqual(old_new[1].split()[-1], old_new[2].split()[-1])

    def test_monitor(self):
        lines, errors, _, _ = debug(["segv"], KERNEL, [
            "monitor break event segv", "continue", "monitor where", "monitor last-write cr2",
            "maintenance flush register-cache", "monitor regs", "monitor walk 0", "monitor seek 1000", "monitor nonsense",
            "monitor break rip ==", "monitor help", "kill"])
        text = "\n".join(lines) + errors
        self.assertIn("(segv)", text)
        self.assertIn("written by the instruction due at", text)
        self.assertIn("rip ", text)
        self.assertIn("The walk ends at", text)
        self.assertIn("instruction 1000,", text)
        self.assertIn("expected one of", text)
        self.assertIn("expected a value here", text)


class Wire(unittest.TestCase):
    def setUp(self):
        self.machine = Machine("run", "--gdb=0", "--", "spin")
        self.addCleanup(self.machine.process.stderr.close)
        self.addCleanup(self.machine.process.stdout.close)
        self.addCleanup(self.machine.process.wait)
        self.addCleanup(self.machine.process.kill)
        self.wire = socket.create_connection(("localhost", self.machine.port), timeout=LIMIT)
        self.addCleanup(self.wire.close)

    def packet(self, text):
        return b"$" + text + b"#%02x" % (sum(text) & 0xFF)

    def ask(self, text):
        self.wire.sendall(self.packet(text))
        return self.answer()

    def answer(self):
        got = b""
        while not re.search(rb"#[0-9a-f]{2}$", got):
            more = self.wire.recv(65536)
            if not more:
                return got
            got += more
        self.wire.sendall(b"+")
        return got.split(b"$", 1)[1][:-3]

    def test_a_run_is_interrupted(self):
        self.assertEqual(self.ask(b"?"), b"S05")
        self.wire.sendall(self.packet(b"vCont;c:1"))
        time.sleep(0.5)
        self.wire.sendall(b"\x03")
        self.assertTrue(self.answer().startswith(b"T02"))
        self.assertTrue(self.ask(b"bs").startswith(b"T05"))
        self.wire.sendall(self.packet(b"k"))
        self.machine.process.wait(LIMIT)

    def test_nonsense_harms_nothing(self):
        self.wire.sendall(b"garbage$$$#00$g#zz$m#" + b"\x00\xff" * 50)
        self.wire.sendall(self.packet(b"qRcmd,zz"))
        time.sleep(0.2)
        self.wire.setblocking(False)
        try:
            while self.wire.recv(65536):
                pass
        except BlockingIOError:
            pass
        self.wire.setblocking(True)
        self.wire.settimeout(LIMIT)
        self.assertEqual(self.ask(b"qC"), b"QC1")

    def test_a_taken_port_is_told(self):
        done = subprocess.run([LUCID86, "run", "--gdb", str(self.machine.port), "true"], capture_output=True, timeout=LIMIT)
        self.assertEqual(done.returncode, 74)
        self.assertIn(b"--gdb 0", done.stderr)
        self.assertEqual(subprocess.run([LUCID86, "run", "--gdb=x", "true"], capture_output=True).returncode, 64)


if __name__ == "__main__":
    if not shutil.which("gdb"):
        print("SKIPPED: gdb is missing (apt-get install gdb)")
        sys.exit(77)
    unittest.main(argv=[sys.argv[0], *sys.argv[4:]])

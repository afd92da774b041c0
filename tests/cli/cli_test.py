#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""lucid86 as its users meet it: exit codes, streams, bad input, strace and events.

usage: cli_test.py LUCID86 GUEST_BIN [unittest arguments]
The oracle is Linux: guest programs are Linux executables, so this host and its strace run them too.
"""
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unittest

LUCID86, GUEST_BIN = sys.argv[1], sys.argv[2]
LIMIT = 60  # seconds, for a machine shared with other tests


def contents(path, mode="rb"):
    with open(path, mode) as file:
        return file.read()


def lucid(*arguments, stdin=b"", timeout=LIMIT):
    return subprocess.run([LUCID86, *arguments], input=stdin, capture_output=True, timeout=timeout)


def run(*arguments, **named):
    return lucid("run", *arguments, **named)


def multiboot_kernel(code):
    """A flat Multiboot image (specification 0.6.96, 3.1.3) that starts at its first byte of code."""
    magic, flags, at = 0x1BADB002, 0x10000, 0x100000
    header = (magic, flags, -(magic + flags) & 0xFFFFFFFF, at, at, 0, 0, at + 32)
    return struct.pack("<8I", *header) + code


class Stops(unittest.TestCase):
    def test_breaks_tell_and_the_run_goes_on(self):
        done = run("--break", "syscall write pid 4", "--dump", "mem rsi 19", "--dump", "print rdx", "hello")
        self.assertEqual((done.returncode, done.stdout), (0, b"Hello from ring 3!\n"))
        lines = done.stderr.decode().splitlines()
        self.assertRegex(lines[0], r"^--- syscall write pid 4 \(1\): instruction \d+, time \d+, pid 4 \(hello\)")
        self.assertEqual(json.loads(lines[1])["name"], "write")
        shown = bytes.fromhex("".join(line[18:66] for line in lines[2:4]))
        self.assertEqual(shown, done.stdout)
        self.assertEqual(lines[4], "0x13 = 19")
        self.assertEqual(len(lines), 5)

    def test_until_ends_the_run(self):
        done = run("--until", "main", "--dump", "disasm 2", "--dump", "maps", "--dump", "processes", "hello")
        self.assertEqual((done.returncode, done.stdout), (0, b""))
        self.assertIn(b"<main>", done.stderr)
        self.assertIn(b"=> ", done.stderr)
        self.assertIn(b"[stack]", done.stderr)
        self.assertIn(b"hello  <- runs", done.stderr)

    def test_a_stop_changes_nothing(self):
        plain = run("--stats", "--", "sh", "-c", "echo a | cat; forkdemo")
        stopped = run("--stats", "--break", "write(phys 0x180000, 256) && rax == 77", "--break", "sys_read",
                      "--break", "event switch", "--dump-file", "/dev/null", "--", "sh", "-c", "echo a | cat; forkdemo")
        self.assertEqual(stopped.stdout, plain.stdout)
        hashes = [json.loads(done.stderr)["event_hash"] for done in (plain, stopped)]
        self.assertEqual(hashes[0], hashes[1])

    def test_replays_stop_too(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "run.rec")
            recorded = run("--record", file, "--break", "event fork", "--break", "hello:main", "sh", "-c", "hello; hello")
            replayed = lucid("replay", "--break", "event fork", "--break", "hello:main", file)
            told = [line for line in recorded.stderr.splitlines() if line.startswith(b"---")]
            self.assertGreaterEqual(len(told), 4)
            self.assertEqual([line for line in replayed.stderr.splitlines() if line.startswith(b"---")], told)
            self.assertIn(b"the replay equals the recording", replayed.stderr)
            self.assertEqual(lucid("replay", "--until", "event fork", file).returncode, 0)

    def test_mistakes_are_pointed_at(self):
        for option, text, caret in (("--break", "rip == && 3", 7), ("--until", "event nosuch", 6),
                                    ("--break", "no_such_symbol", 0), ("--break", "write(5", 7)):
            done = run(option, text, "hello")
            self.assertEqual(done.returncode, 64, text)
            message, shown, carets = done.stderr.decode().splitlines()
            self.assertTrue(message.startswith(f"lucid86: {option}: "), message)
            self.assertEqual(shown, "  " + text)
            self.assertEqual(carets.index("^") - 2, caret)
        for what in ("nothing", "mem", "mem nosuch", "stack 0", "regs 5", "walk rip +"):
            self.assertEqual(run("--break", "main", "--dump", what, "hello").returncode, 64, what)
        self.assertIn(b"needs a --break", run("--dump", "regs", "hello").stderr)


class Recordings(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.file = os.path.join(self.folder.name, "run.rec")

    def damaged(self, content):
        path = os.path.join(self.folder.name, "damaged.rec")
        with open(path, "wb") as file:
            file.write(content)
        return lucid("replay", path)

    def test_a_replay_prints_and_does_the_same(self):
        recorded = run("--record", self.file, "--stats", stdin=b"echo hi; ls /bin | wc; sleep 2; forkdemo; cat\nrest\n")
        replayed = lucid("replay", "--stats", self.file, stdin=b"must not matter")
        self.assertEqual(replayed.returncode, 0)
        self.assertEqual(replayed.stdout, recorded.stdout)
        self.assertIn(b"rest", replayed.stdout)
        self.assertIn(b"the replay equals the recording", replayed.stderr)
        figures = [json.loads(done.stderr.splitlines()[0]) for done in (recorded, replayed)]
        for name in ("instructions", "events", "event_hash"):
            self.assertEqual(figures[0][name], figures[1][name])
        self.assertLess(os.path.getsize(self.file), 4096)  # built-in files are not in it

    def test_a_program_of_the_host_and_an_early_end(self):
        program = os.path.join(GUEST_BIN, "spin")
        recorded = run("--record", self.file, "--max-insns", "3000000", "--memory", "16", "--", program, "60")
        self.assertEqual(recorded.returncode, 124)
        replayed = lucid("replay", self.file)
        self.assertEqual((replayed.returncode, replayed.stdout), (0, recorded.stdout))

    def test_damage_is_found_and_named(self):
        run("--record", self.file, "echo", "one")
        content = contents(self.file)
        self.assertEqual(self.damaged(content).returncode, 0)
        for size in [*range(0, 40), len(content) // 2, len(content) - 1]:
            done = self.damaged(content[:size])
            self.assertEqual(done.returncode, 66, size)
            self.assertEqual(done.stderr.count(b"\n"), 1)
        for at in range(0, len(content), max(1, len(content) // 60)):
            done = self.damaged(content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1:])
            self.assertEqual((done.returncode, done.stdout), (66, b""), at)
        self.assertIn(b"is no recording", lucid("replay", "/etc/passwd").stderr)

    def test_a_trace_nests(self):
        path = os.path.join(self.folder.name, "trace.json")
        done = run("--trace", path, "--stats", "sh", "-c", "echo a | cat; forkdemo")
        trace = json.loads(contents(path))
        slices = {}
        for event in trace:
            self.assertIn(event["ph"], "MXi")
            if event["ph"] == "X":
                slices.setdefault(event["tid"], []).append((round(event["ts"] * 100), round(event["dur"] * 100), event["cat"]))
        for track in slices.values():
            open_until = []
            for start, length, _ in sorted(track, key=lambda each: (each[0], -each[1])):
                while open_until and open_until[-1] <= start:
                    open_until.pop()
                self.assertTrue(not open_until or start + length <= open_until[-1])
                open_until.append(start + length)
        calls = sum(category == "syscall" for track in slices.values() for _, _, category in track)
        self.assertEqual(calls, json.loads(done.stderr)["system_calls"])
        ran = slices[0]
        self.assertTrue(all(a[0] + a[1] <= b[0] for a, b in zip(ran, ran[1:])))


class Boot(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def boot(self, image, *options, **named):
        path = os.path.join(self.folder.name, "image")
        with open(path, "wb") as file:
            file.write(image)
        return lucid("boot", *options, path, **named)

    def test_exit_codes_are_those_of_isa_debug_exit(self):
        for value in (0, 1, 21, 127):
            done = self.boot(multiboot_kernel(bytes([0xB0, value, 0xE6, 0xF4])))  # mov al, value; out 0xf4, al
            self.assertEqual((done.returncode, done.stdout, done.stderr), (2 * value + 1, b"", b""))

    def test_serial_line_both_ways(self):
        # mov dx, 0x3fd; l: in al, dx; test al, 1; jz l; mov dl, 0xf8; in al, dx; out dx, al; out 0xf4, al
        code = bytes.fromhex("66bafd03 ec a801 74fb b2f8 ec ee e6f4")
        done = self.boot(multiboot_kernel(code), stdin=b"A")
        self.assertEqual((done.returncode, done.stdout), (2 * ord("A") + 1 & 0xFF, b"A"))

    def test_command_line_and_module(self):
        path = os.path.join(self.folder.name, "module")
        with open(path, "wb") as file:
            file.write(b"from the module")
        # mov esi, [ebx + 16]; mov dx, 0x3f8; l: lodsb; test al, al; jz m; out dx, al; jmp l
        # m: mov eax, [ebx + 24]; mov esi, [eax]; mov ecx, [eax + 4]; sub ecx, esi; rep outsb; out 0xf4, al
        code = bytes.fromhex("8b7310 66baf803 ac 84c0 7403 ee ebf8 8b4318 8b30 8b4804 29f1 f36e e6f4")
        done = self.boot(multiboot_kernel(code), "--initrd", path, "--append", " two  words ")
        image = os.path.join(self.folder.name, "image").encode()
        self.assertEqual(done.stdout, image + b"  two  words " + b"from the module")

    def test_the_machine_stops(self):
        done = self.boot(multiboot_kernel(bytes([0xFA, 0xF4])))  # cli; hlt
        self.assertEqual(done.returncode, 70)
        self.assertIn(b"interrupts off", done.stderr)
        done = self.boot(multiboot_kernel(bytes([0x0F, 0x0B])))  # ud2 without handlers
        self.assertEqual(done.returncode, 70)
        self.assertIn(b"Triple fault", done.stderr)
        done = self.boot(multiboot_kernel(bytes([0xEB, 0xFE])), "--max-insns", "100000", "--stats")
        self.assertEqual(done.returncode, 124)
        self.assertEqual(json.loads(done.stderr.splitlines()[-1])["instructions"], 100000)

    def test_bad_images(self):
        for image in (b"", b"hello\n", b"\x7fELF", multiboot_kernel(b"")[:20], bytes(4096)):
            done = self.boot(image)
            self.assertEqual((done.returncode, done.stdout, done.stderr.count(b"\n")), (66, b"", 1), done.stderr)
        self.assertEqual(lucid("boot", os.path.join(self.folder.name, "nothing")).returncode, 66)
        self.assertEqual(lucid("boot", self.folder.name).returncode, 66)
        self.assertEqual(lucid("boot").returncode, 64)
        done = lucid("boot", os.path.join(GUEST_BIN, "hello"))
        self.assertEqual(done.returncode, 66)
        self.assertIn(b"lucid86 run", done.stderr)


class Streams(unittest.TestCase):
    def test_output_and_status(self):
        done = run("echo", "hello", "there")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, b"hello there\n", b""))

    def test_exit_statuses(self):
        for status in (0, 1, 42, 255):
            self.assertEqual(run("sh", "-c", f"exit {status}").returncode, status)
        self.assertEqual(run("segv").returncode, 128 + signal.SIGSEGV)
        self.assertEqual(run("sh", "-c", "kill -9 $$").returncode, 128 + signal.SIGKILL)

    def test_standard_error_is_separate(self):
        done = run("sh", "-c", "echo out; echo err >&2")
        self.assertEqual((done.stdout, done.stderr), (b"out\n", b"err\n"))

    def test_bytes_pass_unchanged(self):
        data = bytes(range(256)) * 64 + b"no newline at the end"
        self.assertEqual(run("cat", stdin=data).stdout, data)

    def test_empty_input(self):
        self.assertEqual(run("cat").returncode, 0)

    def test_input_comes_as_it_is_written(self):
        with subprocess.Popen([LUCID86, "run", "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
            for text in (b"first\n", b"second\n"):
                process.stdin.write(text)
                process.stdin.flush()
                self.assertEqual(process.stdout.readline(), text)
            process.stdin.close()
            self.assertEqual(process.wait(LIMIT), 0)

    def test_commands_on_standard_input(self):
        done = run(stdin=b"echo one\ncat /etc/hostname | wc -l\nexit 9\n")
        self.assertEqual((done.returncode, done.stdout.split()), (9, [b"one", b"1"]), done)

    def test_closed_reader(self):
        process = subprocess.Popen([LUCID86, "run", "sh", "-c", "while true; do echo y; done"], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, stdin=subprocess.DEVNULL)
        self.assertEqual(process.stdout.readline(), b"y\n")
        process.stdout.close()
        self.assertEqual(process.wait(LIMIT), 128 + signal.SIGPIPE)
        process.stderr.close()

    def test_size_of_the_terminal(self):
        """It is the host's, from the beginning and at each change; without a terminal there is nothing to ask."""
        def set_size(rows, columns):
            fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

        def wait_for(text):
            seen, end = b"", time.monotonic() + LIMIT
            while text not in seen:
                self.assertLess(time.monotonic(), end, seen)
                if select.select([master], [], [], 1)[0]:
                    seen += os.read(master, 4096)

        script = "stty size; trap 'stty size' WINCH; while :; do read x; done"
        pid, master = pty.fork()
        if pid == 0:
            time.sleep(0.2)  # until the size is set
            os.execv(LUCID86, [LUCID86, "run", "--tty", "sh", "-c", script])
        try:
            set_size(33, 111)
            wait_for(b"33 111")
            for rows, columns in ((40, 120), (24, 80), (1, 1000), (7, 77)):
                set_size(rows, columns)
                wait_for(b"%d %d" % (min(max(rows, 2), 200), min(max(columns, 10), 500)))
        finally:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            os.close(master)
        self.assertEqual(run("--tty", "sh", "-c", "stty size").stdout.split(), [b"24", b"80"])

    def test_waiting_for_nothing(self):
        done = run("cat", "/dev/uart1")
        self.assertEqual(done.returncode, 70)
        self.assertIn(b"idle for ever", done.stderr)

    def test_environment(self):
        done = run("--env", "COLOUR=blue", "--env", "HOME=/root", "sh", "-c", "echo $COLOUR $HOME $PATH")
        self.assertEqual(done.stdout, b"blue /root /bin:/sbin:/usr/bin\n")


class Files(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, name, contents=None, mode=0o644):
        path = os.path.join(self.folder, name)
        if contents is not None:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as file:
                file.write(contents)
            os.chmod(path, mode)
        return path

    def assert_refused(self, code, *arguments):
        done = run(*arguments)
        self.assertEqual(done.returncode, code, done)
        self.assertEqual(done.stdout, b"")
        self.assertRegex(done.stderr.decode(), r"\Alucid86: [^\n]+\n\Z")
        return done.stderr.decode()

    def test_directory_as_root(self):
        self.path("root/data/note", b"from the host\n")
        self.path("root/bin/script", b"#!/bin/sh\necho script $1\n", 0o755)
        os.symlink("note", self.path("root/data/link"))
        root = self.path("root")
        self.assertEqual(run("--root", root, "cat", "/data/link").stdout, b"from the host\n")
        self.assertEqual(run("--root", root, "script", "me").stdout, b"script me\n")

    def test_root_whose_bin_is_a_link(self):  # as Debian's
        self.path("root/usr/bin/tool", b"#!/bin/sh\necho tool\n", 0o755)
        self.path("root/usr/bin/wc", b"#!/bin/sh\nexit 3\n", 0o755)
        self.path("root/usr/sbin/none", b"")
        root = self.path("root")
        for folder in ("bin", "sbin"):
            os.symlink("usr/" + folder, os.path.join(root, folder))
        self.assertEqual(run("--root", root, "sh", "-c", "tool; wc; echo $?; ls -d /usr/sbin/init").stdout,
                         b"tool\n3\n/usr/sbin/init\n")

    def test_later_roots_win(self):
        self.path("a/etc/motd", b"a\n")
        self.path("b/etc/motd", b"b\n")
        a, b = self.path("a"), self.path("b")
        self.assertEqual(run("--root", a, "--root", b, "cat", "/etc/motd").stdout, b"b\n")
        self.assertEqual(run("--root", b, "--root", a, "cat", "/etc/motd").stdout, b"a\n")

    @unittest.skipUnless(shutil.which("cpio"), "cpio is not installed")
    def test_cpio_as_root(self):
        self.path("root/data/note", b"packed\n")
        archive = self.path("root.cpio")
        with open(archive, "wb") as out:
            subprocess.run("find . | cpio -o -H newc --quiet", shell=True, cwd=self.path("root"), stdout=out, check=True)
        self.assertEqual(run("--root", archive, "cat", "/data/note").stdout, b"packed\n")
        whole = contents(archive)
        self.assertIn("truncated", self.assert_refused(66, "--root", self.path("cut.cpio", whole[:200]), "hello"))

    def test_host_program(self):
        shutil.copy(os.path.join(GUEST_BIN, "hello"), self.path("my-hello"))
        expected = subprocess.run([self.path("my-hello")], capture_output=True, check=True).stdout
        self.assertEqual(run(self.path("my-hello")).stdout, expected)
        there = subprocess.run([LUCID86, "run", "./my-hello"], cwd=self.folder, capture_output=True, timeout=LIMIT)
        self.assertEqual(there.stdout, expected)

    def test_bad_programs(self):
        hello = contents(os.path.join(GUEST_BIN, "hello"))
        self.assert_refused(127, "no-such-program")
        self.assert_refused(127, "./no-such-program")
        self.assertIn("truncated", self.assert_refused(126, self.path("cut", hello[:5000], 0o755)))
        self.assertIn("text file", self.assert_refused(126, self.path("text", b"just words\n", 0o755)))
        self.assertIn("directory", self.assert_refused(126, self.folder))
        self.assertIn("directory", self.assert_refused(126, "/bin"))
        self.assertIn("32-bit", self.assert_refused(126, self.path("old", hello[:4] + b"\1" + hello[5:], 0o755)))
        self.assertIn("AArch64", self.assert_refused(126, self.path("arm", hello[:18] + b"\xb7\0" + hello[20:], 0o755)))
        self.assertIn("empty", self.assert_refused(126, self.path("empty", b"", 0o755)))
        shutil.copy(sys.executable, self.path("dynamic"))
        self.assertIn("interpreter", self.assert_refused(126, self.path("dynamic")))

    def test_bad_roots_and_kernels(self):
        self.assert_refused(66, "--root", self.path("none"), "hello")
        self.assert_refused(66, "--root", self.path("text", b"just words\n"), "hello")
        self.assert_refused(66, "--root", self.path("empty", b""), "hello")
        self.assertIn("compressed", self.assert_refused(66, "--root", self.path("x.gz", b"\x1f\x8b\x08\0\0\0\0\0"), "hello"))
        self.assert_refused(66, "--kernel", self.path("text"), "hello")
        self.assert_refused(66, "--kernel", os.path.join(GUEST_BIN, "hello"), "hello")

    def test_huge_roots(self):
        big = self.path("big/file", b"")
        os.truncate(big, 100 << 20)
        message = self.assert_refused(66, "--memory", "32", "--root", self.path("big"), "hello")
        needed = re.search(r"--memory (\d+)", message)
        self.assertTrue(needed, message)
        # No second copy of the files fits in there: the kernel reads them where they are.
        self.assertLess(int(needed[1]), 100 + 10)
        done = run("--memory", needed[1], "--root", self.path("big"), "wc", "-c", "/file")
        self.assertEqual(done.stdout.split()[:1], [str(100 << 20).encode()])
        self.assertEqual(run("--root", self.path("big"), "wc", "-c", "/file").stdout.split()[0], str(100 << 20).encode())
        os.truncate(big, 1 << 40)
        self.assertIn("MiB", self.assert_refused(66, "--root", self.path("big"), "hello"))

    def test_usage(self):
        for arguments in (["--memory", "0"], ["--memory", "abc"], ["--memory", "4096"], ["--memory"], ["--frob"], ["--max-insns", "x"]):
            self.assert_refused(64, *arguments)
        self.assertEqual(lucid().returncode, 64)
        self.assertEqual(lucid("frob").returncode, 64)
        self.assert_refused(74, "--events", self.path("no/such/folder"), "hello")

    def test_help_and_version(self):
        text = run("--help").stdout.decode()
        for word in ("--root", "--memory", "--strace", "--events", "--stats", "--max-insns", "124", "70", "126", "127", "64", "66"):
            self.assertIn(word, text)
        self.assertEqual(lucid("--help").returncode, 0)
        self.assertRegex(lucid("--version").stdout.decode(), r"^lucid86 \d+\.\d+\.\d+\n$")


class Machine(unittest.TestCase):
    def test_instruction_limit(self):
        done = run("--stats", "--max-insns", "2000000", "spin")
        self.assertEqual(done.returncode, 124)
        stats = json.loads(done.stderr.splitlines()[-1])
        self.assertEqual((stats["instructions"], stats["stop"], stats["exit_code"]), (2000000, "max-insns", 124))

    def test_panic(self):
        done = run("--append", "init=/no/such/init", "hello")
        self.assertEqual(done.returncode, 70)
        self.assertIn(b"lucid86: The kernel panicked: ", done.stderr)

    def test_out_of_memory(self):
        """fork(2): ENOMEM; whoever asked is told, and the machine goes on. Sizes vary what is refused."""
        for mib in ("8", "9", "10", "12"):
            done = run("--memory", mib, "sh", "-c", "forkdemo 0; primes 20000 | tail -n 1; echo alive")
            self.assertRegex(done.stdout + done.stderr, b"Cannot allocate memory|Out of memory")
            self.assertEqual(done.stdout.splitlines()[-1:], [b"alive"], done.stderr)

    def test_memory_sizes(self):
        for mib in ("8", "2048"):
            self.assertEqual(run("--memory", mib, "hello").returncode, 0)

    def test_two_runs_are_equal(self):
        arguments = ("--stats", "sh", "-c", "echo a | cat; ls / | wc -l; cat /etc/motd > /tmp/x; exit 3")
        first, second = (json.loads(run(*arguments).stderr.splitlines()[-1]) for _ in range(2))
        for key in first.keys() - {"host_seconds", "mips"}:
            self.assertEqual(first[key], second[key], key)
        self.assertGreater(first["page_faults"], 0)
        self.assertGreater(first["cow_copies"], 0)
        self.assertGreater(first["system_calls"], 20)
        self.assertEqual(first["exit_code"], 3)

    def test_sleep_takes_no_time(self):
        start = time.monotonic()
        done = run("--stats", "sh", "-c", "sleep 20; echo rested")
        if b"not found" in done.stderr:
            self.skipTest("the guest has no sleep")
        self.assertEqual(done.stdout, b"rested\n")
        self.assertLess(time.monotonic() - start, 10)
        self.assertGreaterEqual(json.loads(done.stderr.splitlines()[-1])["virtual_seconds"], 20)


class Events(unittest.TestCase):
    def events(self, *program):
        with tempfile.NamedTemporaryFile() as log:
            run("--events", log.name, *program)
            return [json.loads(line) for line in log.read().decode().splitlines()]

    def test_to_standard_output(self):
        lines = run("--events", "-", "true").stdout.decode().splitlines()
        self.assertEqual(json.loads(lines[-1])["event"], "exit-port")

    def test_every_line_is_json_in_order(self):
        events = self.events("sh", "-c", "cat /etc/hostname | cat; exit 4")
        self.assertGreater(len(events), 100)
        times = [(event["instruction"], event["time"]) for event in events]
        self.assertEqual(times, sorted(times))
        kinds = {event["event"] for event in events}
        self.assertLessEqual({"boot", "fork", "exec", "exit", "reap", "switch", "syscall", "return", "fault", "exception", "power-off"}, kinds)
        execs = [event["name"] for event in events if event["event"] == "exec"]
        self.assertEqual((execs[0], sorted(execs[1:])), ("init", ["cat", "cat", "sh"]))
        self.assertEqual(events[-1]["event"], "exit-port")
        calls = [event["text"] for event in events if "text" in event]
        self.assertIn('openat(AT_FDCWD, "/etc/hostname", O_RDONLY) = 3', [re.sub(r"^open\(", "openat(AT_FDCWD, ", call) for call in calls])

    def test_a_filter_chooses(self):
        def all_of(*options):
            done = run("--events", "-", *options, "--", "sh", "-c", "cat /etc/motd /none >/dev/null 2>&1; forkdemo > /dev/null")
            return [json.loads(line) for line in done.stdout.splitlines()]
        everything = all_of()
        middle = everything[len(everything) // 2]["time"]
        self.assertEqual(all_of("--filter", "event fork"), [e for e in everything if e["event"] == "fork"])
        self.assertEqual(all_of("--filter", "event fault && address < 0x500000 && pid == 5"),
                         [e for e in everything if e["event"] == "fault" and int(e["address"], 16) < 0x500000
                          and e["pid"] == 5])
        self.assertEqual(all_of("--filter", f"time >= {middle} && !event frame-alloc"),
                         [e for e in everything if e["time"] >= middle and e["event"] != "frame-alloc"])
        failed = all_of("--filter", "syscall openat return && result < 0 || syscall open return && result < 0")
        self.assertTrue(failed)
        self.assertTrue(all(e["event"] == "return" and e["rax"].startswith("0xffffffffffff") for e in failed))
        for wrong in ("rdi == 3", "u8[5]", "main", "process sh", "event nosuch", "pid =="):
            self.assertEqual(run("--events", "-", "--filter", wrong, "hello").returncode, 64, wrong)
        self.assertEqual(run("--filter", "pid == 5", "hello").returncode, 64)

    def test_forks_and_exits_pair_up(self):
        events = self.events("forkdemo")
        born = {event["child"] for event in events if event["event"] == "fork"}
        gone = {event["pid"] for event in events if event["event"] == "exit"}
        self.assertGreater(len(born), 1)
        self.assertLessEqual(gone, born)
        self.assertLessEqual({event["child"] for event in events if event["event"] == "reap"}, gone)


def normal(line):
    """Without what may differ between two Linux systems: addresses, pids, spacing, the vectors' sizes."""
    line = re.sub(r"0x[0-9a-f]{5,}", "ADDRESS", line.rstrip("\n"))
    line = re.sub(r"\)\s+= ", ") = ", line)
    line = re.sub(r"\[pid\s+\d+\] ", "", line)
    line = re.sub(r"/\* \d+ vars? \*/", "/* vars */", line)
    line = re.sub(r"si_(pid|uid|utime|stime)=\d+", r"si_\1=N", line)
    return line


class Strace(unittest.TestCase):
    def lines(self, *program):
        with tempfile.NamedTemporaryFile() as log:
            run(f"--strace={log.name}", *program)
            return [normal(line) for line in log.read().decode().splitlines()]

    def host_lines(self, program, *arguments):
        with tempfile.NamedTemporaryFile() as log:
            subprocess.run([shutil.which("strace"), "-o", log.name, program, *arguments], cwd="/", env={"PATH": GUEST_BIN},
                           stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT)
            return [normal(line.decode("latin-1")) for line in log.readlines()]

    @unittest.skipUnless(shutil.which("strace"), "strace is not installed")
    def test_same_lines_as_strace_on_this_host(self):
        probe = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True)
        if probe.returncode != 0:
            self.skipTest("strace may not trace here")
        for program in (["echo", "hi"], ["cat", "/no/such/file"], ["segv"], ["wc", "/no/such/file"], ["ls", "/no/such/file"]):
            with self.subTest(program=program):
                ours, host = self.lines(*program), self.host_lines(*program)
                host[0] = host[0].replace(f'"{GUEST_BIN}/', '"/bin/')
                host = [line.replace(" (core dumped)", "") for line in host]
                self.assertEqual(ours, host)

    def test_children(self):
        lines = self.lines("sh", "-c", "cat /etc/hostname; exit 3")
        text = "\n".join(lines)
        self.assertRegex(lines[0], r'^execve\("/bin/sh", \["sh", "-c", "cat /etc/hostname; exit 3"\], ADDRESS /\* vars \*/\) = 0$')
        self.assertIn('execve("/bin/cat", ["cat", "/etc/hostname"], ADDRESS /* vars */) = 0', text)
        self.assertIn("+++ exited with 0 +++", text)
        self.assertRegex(text, r"WIFEXITED\(s\) && WEXITSTATUS\(s\) == 0}\], 0, NULL\) = \d+")
        self.assertIn("--- SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=N, si_uid=N, si_status=0, si_utime=N, si_stime=N} ---", text)
        self.assertEqual(lines[-2:], ["exit_group(3) = ?", "+++ exited with 3 +++"])

    def test_signals(self):
        lines = self.lines("segv")
        self.assertIn("--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=NULL} ---", lines)
        self.assertRegex(lines[-1], r"^\+\+\+ killed by SIGSEGV( \(core dumped\))? \+\+\+$")

    def test_to_a_file(self):
        with tempfile.NamedTemporaryFile() as log:
            done = run(f"--strace={log.name}", "hello")
            self.assertEqual(done.stderr, b"")
            self.assertIn(b"+++ exited with 0 +++", log.read())


class Terminal:
    """lucid86 on a pseudo-terminal."""

    def __init__(self, *arguments):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execv(LUCID86, [LUCID86, *arguments])
        self.text = b""

    def expect(self, wanted):
        end = time.monotonic() + LIMIT
        while wanted not in self.text:
            if time.monotonic() > end or not select.select([self.fd], [], [], LIMIT)[0]:
                raise AssertionError(f"{wanted!r} did not come: {self.text!r}")
            try:
                self.text += os.read(self.fd, 4096)
            except OSError:
                raise AssertionError(f"{wanted!r} did not come before the end: {self.text!r}")
        self.text = self.text[self.text.index(wanted) + len(wanted):]

    def send(self, keys):
        os.write(self.fd, keys)

    def status(self):
        while True:
            try:
                if not os.read(self.fd, 4096):
                    break
            except OSError:
                break
        status = os.waitpid(self.pid, 0)[1]
        os.close(self.fd)
        return os.waitstatus_to_exitcode(status)


class Interactive(unittest.TestCase):
    def test_shell_and_control_d(self):
        terminal = Terminal("run")
        terminal.expect(b"$ ")
        terminal.send(b"echo typed\r")
        terminal.expect(b"typed\r\n")  # the echo of the keys
        terminal.expect(b"typed\r\n")  # what they did
        terminal.send(b"\x04")
        self.assertEqual(terminal.status(), 0)

    def test_control_c_interrupts_a_program(self):
        terminal = Terminal("run")
        terminal.expect(b"$ ")
        terminal.send(b"cat\r")
        terminal.expect(b"\r\n")
        terminal.send(b"line\r")
        terminal.expect(b"line\r\nline\r\n")
        terminal.send(b"\x03")
        terminal.expect(b"$ ")
        terminal.send(b"exit 7\r")
        self.assertEqual(terminal.status(), 7)

    def test_the_escape_ends_the_machine(self):
        terminal = Terminal("run", "--tty", "spin")
        time.sleep(0.3)
        terminal.send(b"\x01x")
        self.assertEqual(terminal.status(), 128 + signal.SIGTERM)

    def test_idle_costs_nothing(self):
        terminal = Terminal("run")
        terminal.expect(b"$ ")
        time.sleep(0.3)

        def used():
            fields = contents(f"/proc/{terminal.pid}/stat", "r").rsplit(")", 1)[1].split()
            return int(fields[11]) + int(fields[12])

        before = used()
        time.sleep(1.5)
        self.assertLessEqual(used() - before, 2)  # hundredths of a second
        terminal.send(b"\x04")
        self.assertEqual(terminal.status(), 0)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]])

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""bash, vim, busybox vi and less at a terminal, with keys typed by a script: after each step the screen
of the machine has to be the screen that the same keys give on the host's Linux.

usage: terminal_test.py LUCID86 TREE        exit status: 0 equal, 1 different, 77 skipped
"""
import difflib
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import fcntl

import compare_with_host
from screen import Screen

ROWS, COLUMNS = 24, 80
TIMEOUT = 20
QUIET = 0.3  # seconds without output after which a screen is taken for complete

NUMBERS = "".join(f"line {i} of the file\n" for i in range(1, 101))

# Each session: program, then steps (keys, text that has to be on the screen before the next step).
# "" waits for nothing but a screen at rest. Instead of keys: (rows, columns), the terminal has another size from now on.
SESSIONS = {
    "bash": (["/bin/bash-static", "--norc", "-i"], [
        ("", "5.2#"),
        ("PS1='> '\r\x0c", ">"),
        ("echo one | tr a-z A-Z\r", "ONE"),
        ("echo wrong\x01\x0becho right\r", "\nright"),
        ("ecko typo\x7f\x7f\x7f\x7f\x7f\x7f\x7fho fixed\r", "\nfixed"),
        ("\x1b[A\x1b[A again\r", "right again"),
        ("sleep 100; echo not printed\r", "sleep"),
        ("\x03", "^C"),
        ("sleep 100\r", "sleep 100\n"),
        ("\x1a", "Stopped"),
        ("jobs; kill -KILL %1; sleep 0.2\r", "Killed"),
        ("\x0c", ">"),
        ("cat > /tmp/typed\r", "typed"),
        ("typed\x08\x7f line\r\x04cat /tmp/typed\r", "cat /tmp/typed\n"),
        ("cat /etc/pas\t | head -n 1\r", "root:x"),
        ("stty size; stty -a | grep -o -w -e '-*icanon' -e '-*echo'\r", "icanon"),
        ("read -s -p 'secret: ' x; echo \"<$x>\"\r", "secret: "),
        ("hidden\r", "<hidden>"),
        ("stty -echo; cat; stty echo; echo back\r", ""),
        ("unseen\r\x04", "back"),
        ("exit 3\r", None),
    ]),
    "vim": (["/usr/bin/vim.tiny", "-u", "NONE", "-i", "NONE", "-n", "--cmd", "set nocompatible ruler", "/tmp/text"], [
        ("", "\"/tmp/text\""),
        ("ihello world\rsecond line\rthird\x1b", "third"),
        ("ggdwx", "orld"),
        ("yyP:2\rA appended\x1bo", ""),
        ("new line\x1bu:%s/line/LINE/g\r", "LINE"),
        ("/third\r", ""),
        ("ddggVG>", ""),
        (":wq\r", None),
    ]),
    "busybox_vi": (["/bin/busybox", "vi", "/t/numbers"], [
        ("", "line 1 of"),
        ("Goend of it\x1b", "end of it"),
        (":50\r", "line 50 of"),
        ("ddx5x", ""),
        ("/line 77\r", "line 77"),
        (":q\r", "No write"),
        (":q!\r", None),
    ]),
    "less": (["/usr/bin/less", "/t/numbers"], [
        ("", "line 1 of"),
        (" ", "line 40 of"),
        ("G", "(END)"),
        ("b", "line 60 of"),
        ("/line 33\r", ""),
        ("?line 21\r", "line 21"),
        ("g", "line 1 of"),
        ("q", None),
    ]),
    "resized": (["/bin/busybox", "sh"], [
        ("", "~ #"),  # what is typed before the shell reads is echoed twice
        ("PS1='> '; stty size\r", "24 80"),
        ((30, 100), ""),
        ("stty size\r", "30 100"),
        ("less /t/numbers\r", "line 29 of"),
        ((50, 120), "line 49 of"),
        (" ", "line 98 of"),
        ("q", ">"),
        ("stty rows 10 cols 50; stty size\r", "10 50"),
        ((11, 50), ""),
        ("stty size; exit 3\r", None),
    ]),
}


class Session:
    """A program at a pseudoterminal of ours."""

    def __init__(self, command, folder):
        self.screen = Screen(ROWS, COLUMNS)
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))

        def take_terminal():
            os.setsid()
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        self.process = subprocess.Popen(command, cwd=folder, stdin=slave, stdout=slave, stderr=slave,
                                        env=compare_with_host.ENVIRONMENT, preexec_fn=take_terminal)
        os.close(slave)
        self.master = master

    def read(self, seconds):
        """False when nothing came for so long, or the other side has closed."""
        if not select.select([self.master], [], [], seconds)[0]:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.screen.write(data)
        return bool(data)

    def step(self, keys, wanted):
        """Types, waits for the wanted text and for silence; the screen then, or the status at the end."""
        end = time.monotonic() + TIMEOUT
        if isinstance(keys, tuple):
            self.screen.resize(*keys)
            fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", *keys, 0, 0))
        else:
            os.write(self.master, keys.encode())
        if wanted is None:
            while self.process.poll() is None and time.monotonic() < end:
                self.read(QUIET)
            return f"exit status {self.process.poll()}"
        while time.monotonic() < end:
            if not self.read(QUIET) and wanted in self.state():
                break
        return self.state()

    def state(self):
        return self.screen.text() + f"\ncursor {self.screen.row} {self.screen.column}"

    def close(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self.master)


def play(command, folder, steps):
    session = Session(command, folder)
    screens = []
    try:
        for keys, wanted in steps:
            screens.append(session.step(keys, wanted))
            if wanted and wanted not in screens[-1]:
                break  # what follows would be about something else
        return screens
    finally:
        session.close()


def compare(name, lucid86, tree, additions):
    program, steps = SESSIONS[name]
    with compare_with_host.entered_tree(tree, additions) as (enter, folder):
        host = play(enter + program, folder, steps)
    with tempfile.TemporaryDirectory() as overlay:
        compare_with_host.lay_over(overlay, additions)
        command = compare_with_host.machine_command(lucid86, [tree, overlay]) + ["--tty", "--"] + program
        # Ctrl-A is the command line's own key there; twice it is the guest's.
        machine = play(command, None, [(keys if isinstance(keys, tuple) else keys.replace("\x01", "\x01\x01"), wanted)
                                        for keys, wanted in steps])
    for (keys, wanted), want, got in zip(steps, host, machine):
        if wanted and wanted not in want:
            print(f"{name}: on the host {wanted!r} does not follow {keys!r}:\n{want}")
            return False
        if want != got:
            print(f"{name}: another screen after {keys!r}")
            print("\n".join(difflib.unified_diff(want.splitlines(), got.splitlines(), "host", "machine", lineterm="")))
            return False
    print(f"{name}: {len(steps)} screens are equal")
    return True


def main():
    lucid86, tree = sys.argv[1:3]
    names = sys.argv[3:] or SESSIONS
    with tempfile.NamedTemporaryFile("w") as numbers:
        numbers.write(NUMBERS)
        numbers.flush()
        equal = [compare(name, lucid86, tree, [f"t/numbers={numbers.name}"]) for name in names]
    return 0 if all(equal) else 1


if __name__ == "__main__":
    sys.exit(main())

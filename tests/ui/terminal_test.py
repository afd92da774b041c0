#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The console's terminal against tmux: the same bytes, the same screen - characters, colours, styles, cursor.

usage: terminal_test.py TERMINAL_DUMP [SEED [STREAMS]]
Streams are written by hand, taken from programs of this host that draw on the whole screen (vi, less, bash), and
random. Where tmux does otherwise than xterm and the linux console (a backspace or an erasure while a wrap is due,
lines inserted outside the margins, half characters), streams do not go. Exits with 77 (skipped) when there is no tmux.
"""
import json
import os
import pty
import random
import re
import select
import shutil
import subprocess
import sys
import tempfile
import time

COLUMNS, ROWS = 80, 24
BOLD, DIM, ITALIC, UNDERLINED, INVERSE, HIDDEN, STRUCK = (1 << i for i in range(7))
ON = {1: BOLD, 2: DIM, 3: ITALIC, 4: UNDERLINED, 7: INVERSE, 8: HIDDEN, 9: STRUCK}
OFF = {22: BOLD | DIM, 23: ITALIC, 24: UNDERLINED, 27: INVERSE, 28: HIDDEN, 29: STRUCK}
CSI = "\x1b["


class Tmux:
    """One server with one pane; each stream begins with a reset."""

    def __init__(self, folder):
        self.base = ["tmux", "-u", "-L", f"lucid-terminal-{os.getpid()}", "-f", "/dev/null"]
        self.fifo = os.path.join(folder, "fifo")
        os.mkfifo(self.fifo)
        self.command("new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS + 1),
                     f"stty raw -echo; while :; do cat {self.fifo}; done")
        self.command("set", "-g", "status", "off")
        self.resize(ROWS, COLUMNS)
        self.count = 0

    def command(self, *words):
        return subprocess.run([*self.base, *words], capture_output=True, text=True, check=True).stdout

    def show(self, data, before=b"\x18\x1b\\\x1bc\x1b[?1049l\x1b[H\x1b[2J"):
        # The title says that all was read.
        self.count += 1
        mark = f"stream-{self.count}"
        with open(self.fifo, "wb") as fifo:
            fifo.write(before + data + b"\x18\x1b]2;" + mark.encode() + b"\x07")
        until = time.time() + 20
        while True:
            title, *cursor = self.command("display-message", "-p", "#{pane_title} #{cursor_y} #{cursor_x}").split()
            if title == mark:
                break
            assert time.time() < until, "tmux does not read"
            time.sleep(0.005)
        lines = self.command("capture-pane", "-e", "-p", "-N").split("\n")[:-1]
        state = [None]
        row, column = map(int, cursor)
        return [cells_of_escapes(line, state) for line in lines], (row, min(column, self.columns - 1))

    def resize(self, rows, columns):
        self.columns = columns
        self.command("resize-window", "-x", str(columns), "-y", str(rows))

    def show_parts(self, parts):
        """parts: [(rows, columns, data)]: how the last one leaves it, having begun without lines above."""
        self.show(b"")
        self.command("clear-history")
        for i, (rows, columns, data) in enumerate(parts):
            self.resize(rows, columns)
            shown = self.show(data, b"\x1b[H\x1b[2J" if i == 0 else b"")
        self.resize(ROWS, COLUMNS)
        return shown

    def end(self):
        subprocess.run([*self.base, "kill-server"], capture_output=True)


def colour(numbers, at):
    if numbers[at + 1] == 5:
        return str(numbers[at + 2]), at + 3
    return "#%02x%02x%02x" % tuple(numbers[at + 2 : at + 5]), at + 5


def cells_of_escapes(line, state):
    """A row of tmux's capture as [(character, ink, paper, style)]; `state` goes on from row to row."""
    ink, paper, style = state[0] or ("", "", 0)
    graphics = False
    cells = []
    for part in re.findall(r"\x1b\[[0-9;:]*m|\x0e|\x0f|.", line):
        if part == "\x0e" or part == "\x0f":
            graphics = part == "\x0e"
            continue
        if part[0] != "\x1b":
            cells.append(("│─"["xq".index(part)] if graphics and part in "xq" else part, ink, paper, style))
            continue
        numbers = [int(word or 0) for word in re.split("[;:]", part[2:-1])]
        at = 0
        while at < len(numbers):
            n = numbers[at]
            at += 1
            if n == 0:
                ink, paper, style = "", "", 0
            elif n in ON:
                style |= ON[n]
            elif n in OFF:
                style &= ~OFF[n]
            elif n == 38:
                ink, at = colour(numbers, at - 1)
            elif n == 48:
                paper, at = colour(numbers, at - 1)
            elif n == 39:
                ink = ""
            elif n == 49:
                paper = ""
            elif 30 <= n <= 37 or 90 <= n <= 97:
                ink = str(n - 30 if n < 90 else n - 82)
            elif 40 <= n <= 47 or 100 <= n <= 107:
                paper = str(n - 40 if n < 100 else n - 92)
    state[0] = (ink, paper, style)
    return trimmed(cells)


def trimmed(cells):
    """Without the blanks at the end: tmux leaves some of them out, whatever their paper."""
    while cells and cells[-1][0] == " " and cells[-1][3] == 0:
        cells.pop()
    return cells


def ours(dump, data, sizes=()):
    """`sizes`: (offset, rows, columns), the size from that byte on."""
    words = [str(number) for size in sizes for number in size]
    lines = subprocess.run([dump, *words], input=data, capture_output=True, check=True).stdout.decode().splitlines()
    rows = [[(character, ink, paper, style) for text, ink, paper, style in json.loads(line) for character in text]
            for line in lines[:-1]]
    return [trimmed(row) for row in rows], tuple(json.loads(lines[-1]))


def program_output(words, keys, folder):
    """What a program of the host writes to a terminal of this size while it is typed to."""
    process, terminal = pty.fork()
    if process == 0:
        os.environ.update(TERM="linux", LC_ALL="C.UTF-8", HOME=folder)
        subprocess.run(["stty", "rows", str(ROWS), "cols", str(COLUMNS)])
        os.execvp(words[0], words)
    data = b""
    for key in [*keys, None]:
        until = time.time() + 1.5
        while time.time() < until and select.select([terminal], [], [], 0.25)[0]:
            try:
                data += os.read(terminal, 65536)
            except OSError:
                break
        if key is not None:
            os.write(terminal, key)
    os.close(terminal)
    os.kill(process, 9)
    os.waitpid(process, 0)
    return data


def programs(folder):
    text = os.path.join(folder, "text")
    with open(text, "w") as file:
        file.writelines(f"line {i}: {'x' * (i * 7 % 40)} \u00e9 \u4e2d\u6587 e\u0301\n" for i in range(100))
    wanted = [
        (["busybox", "vi", text], [b"jjjj", b"ihello \x1b", b"dd", b"Gkk", b"o\xc3\xa9 new\x1b", b"\x06", b"\x02"]),
        (["busybox", "less", text], [b" ", b"jj", b"/line 50\r", b"k", b"G", b"g"]),
        (["less", "-R", text], [b" ", b"jjj", b"kk", b"/line 50\r", b"G"]),
        (["top", "-b", "-n1"], []), (["ls", "--color=always", "-l", "/etc"], []),
        (["bash", "--norc", "-i"], [b"echo one two three", b"\x01", b"\x1b[C\x1b[C", b"inserted ", b"\x0b", b"\r",
                                    b"x" * 100, b"\x01y", b"\x15", b"\x12on", b"\x07"]),
    ]
    for words, keys in wanted:
        if shutil.which(words[0]):
            yield " ".join(words[:2]), program_output(words, keys, folder)


WRITTEN = {
    "wrap": "x" * 200,
    "wrap at the end": CSI + "24;75H" + "y" * 20,
    "no wrap": CSI + "?7l" + "abc" * 40 + CSI + "2;1H",
    "wide": "中文" * 41 + CSI + "1;4H" + "x" + CSI + "2;1Hz",
    "wide at the edge": CSI + "1;80H" + "中",
    "combining": "e\u0301a\u0308\r\nx",
    "scroll region": "".join(f"{i}\r\n" for i in range(30)) + CSI + "5;10r" + CSI + "10;1Ha\nb\nc" + CSI + "5;1H\x1bM\x1bMd",
    "lines": "".join(f"{i}\r\n" for i in range(23)) + CSI + "3;9r" + CSI + "5;4H" + CSI + "2L" + CSI + "8;1H" + CSI + "3M",
    "cells": "abcdefghij" + CSI + "3G" + CSI + "2@" + CSI + "7G" + CSI + "2P" + CSI + "2X",
    "insert mode": "abcdef" + CSI + "2G" + CSI + "4h" + "XY" + CSI + "4l" + "Z",
    "alternate": "main" + CSI + "?1049h" + "other" + CSI + "?1049l" + "!",
    "save": CSI + "4;5H" + CSI + "31m\x1b7" + CSI + "H" + CSI + "0mx\x1b8y",
    "origin": CSI + "5;10r" + CSI + "?6h" + CSI + "1;1Ha" + CSI + "20;1Hb" + CSI + "?6l" + "c",
    "colours": "".join(f"{CSI}{n}m{n}" for n in (31, 42, 93, 104, 39, 49)) + CSI + "38;5;123;48;2;1;2;3mX" + CSI + "38:5:9mY",
    "styles": "".join(f"{CSI}{n}ma" for n in (1, 2, 3, 4, 7, 8, 9, 22, 23, 24, 27, 28, 29)),
    "background erase": CSI + "44m" + CSI + "2;3H" + CSI + "K" + CSI + "5;1H" + CSI + "J",
    "tabs": "a\tb\tc" + CSI + "3g" + CSI + "20G\x1bH" + "\r\tx" + CSI + "Z" + "y",
    "strings are swallowed": "a\x1b]0;title\x07b\x1bPq#0\x1b\\c",
    "repeat": "ab" + CSI + "5b",
    "alignment": "\x1b#8" + CSI + "3;3H" + CSI + "1K",
    "control characters inside": "ab" + CSI + "\r3Cx",
    "index": CSI + "24;5Ha\x1bDb\x1bEc",
}


def random_stream(dice):
    """Text is followed by a jump, so that no wrap is due when something else comes."""
    number = lambda most: dice.choice(["", *range(most)])
    jump = lambda: f"{CSI}{dice.randrange(1, 27)};{dice.randrange(1, 84)}H"
    text = lambda: "".join(dice.choice("abcXYZ 0~é") for _ in range(dice.choice([1, 3, 10, 90])))
    pieces = [
        lambda: text() + jump(), lambda: text() + "\r\n", jump,
        lambda: "\n" * dice.randrange(1, 4), lambda: "\x1b" + dice.choice("DEM"),
        lambda: CSI + str(number(9)) + dice.choice("ABCDEFGdPX@ST"),
        # tmux obeys them outside the margins, too, which the VT510 and xterm do not
        lambda: CSI + "r" + jump() + CSI + str(number(9)) + dice.choice("LM"),
        lambda: CSI + str(dice.choice(["", 0, 1])) + dice.choice("JK"), lambda: CSI + "2K",
        lambda: f"{CSI}{dice.randrange(1, 12)};{dice.randrange(12, 25)}r", lambda: CSI + "r",
        lambda: f"{CSI}{dice.choice([0, 1, 4, 7, 22, 24, 27, 31, 37, 39, 42, 49, 95, 106])}m",
        lambda: f"{CSI}{dice.choice([38, 48])};5;{dice.randrange(256)}m",
        lambda: "\x1b7", lambda: CSI + "4h" + dice.choice("pq") + CSI + "4l" + jump(),
        lambda: "\r" + "\t" * dice.randrange(1, 4),
    ]
    return "".join(dice.choice(pieces)() for _ in range(dice.choice([5, 20, 80])))


def random_sizes(dice):
    """What shells do: lines, at the end the cursor. (With room below it and lines above tmux brings those back, we do not;
    so the first part fills any screen.)"""
    word = lambda: "".join(dice.choice("abcXYZ 0~é") for _ in range(dice.choice([0, 1, 5, 20, 60, 130]))) + "."
    colour = lambda: dice.choice(["", f"{CSI}{dice.randrange(31, 37)}m", f"{CSI}0m"])
    text = lambda count: "\r\n".join(colour() + word() for _ in range(count)) + CSI + "0m$ "
    size = lambda: (dice.randrange(3, 60), dice.randrange(12, 150))
    return [(*size(), text(70).encode())] + [(*size(), text(dice.choice([0, 1, 3, 30])).encode())
                                             for _ in range(dice.randrange(1, 4))]


def shown(rows):
    return "\n".join("".join(cell[0] for cell in row) for row in rows)


def main():
    dump = sys.argv[1]
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 300
    if not shutil.which("tmux"):
        print("skipped: tmux is not installed")
        sys.exit(77)
    failures = 0
    checks = 0
    with tempfile.TemporaryDirectory() as folder:
        tmux = Tmux(folder)
        try:
            streams = [(name, text.encode()) for name, text in WRITTEN.items()] + list(programs(folder))
            streams += [(f"random {seed + i}", random_stream(random.Random(seed + i)).encode()) for i in range(count)]
            streams += [(f"sizes {seed + i}", random_sizes(random.Random(seed + i))) for i in range(count // 10)]
            for name, data in streams:
                checks += 1
                if isinstance(data, list):
                    starts = [sum(len(part[2]) for part in data[:i]) for i in range(len(data))]
                    wanted = tmux.show_parts(data)
                    got = ours(dump, b"".join(part[2] for part in data),
                               [(start, part[0], part[1]) for start, part in zip(starts, data)])
                    data = b"".join(part[2] for part in data)
                else:
                    wanted, got = tmux.show(data), ours(dump, data)
                if wanted == got:
                    continue
                failures += 1
                print(f"FAILED {name}: cursor {got[1]}, tmux {wanted[1]}; {data[:1000]!r}")
                for i, (a, b) in enumerate(zip(got[0], wanted[0])):
                    if a != b:
                        at = next((j for j, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
                        print(f"  row {i} from column {at}: {a[at:at + 4]}, tmux {b[at:at + 4]}")
                        break
        finally:
            tmux.end()
    print(f"{checks} streams, {failures} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The second console in QEMU: a shell on keyboard and screen (console=tty1), typed at by QEMU's monitor, read
from the memory of QEMU's VGA.

usage: qemu_keyboard.py --kernel ELF --root CPIO

Exit status: 0 as expected, 1 not, 77 skipped (no QEMU).
"""
import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
NAMES = {" ": "spc", "\n": "ret", "-": "minus", "=": "equal", "/": "slash", ".": "dot", ",": "comma", ";": "semicolon",
         "$": "shift-4", "?": "shift-slash", "|": "shift-backslash", "'": "apostrophe", "*": "shift-8", "(": "shift-9",
         ")": "shift-0"}


def key_name(character):
    if character in NAMES:
        return NAMES[character]
    return "shift-" + character.lower() if character.isupper() else character


class Machine:
    def __init__(self, qemu, options, scratch):
        self.dump = os.path.join(scratch, "screen")
        self.process = subprocess.Popen(
            [qemu, "-kernel", options.kernel, "-initrd", options.root, "-append", "console=ttyS1 console=tty1 quiet",
             "-display", "none", "-m", "32", "-no-reboot", "-monitor", "stdio", "-serial", "null", "-serial", "null",
             "-device", "isa-debug-exit,iobase=0xf4,iosize=4"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def say(self, command):
        self.process.stdin.write(command.encode() + b"\n")
        self.process.stdin.flush()

    def type(self, text):
        for character in text:
            self.say("sendkey " + key_name(character) + " 10")
            time.sleep(0.03)  # the keyboard's buffer is small

    def screen(self):
        if os.path.exists(self.dump):
            os.remove(self.dump)
        self.say(f'pmemsave 0xb8000 4000 "{self.dump}"')
        for _ in range(50):
            if os.path.exists(self.dump) and os.path.getsize(self.dump) == 4000:
                break
            time.sleep(0.02)
        else:
            return ""
        with open(self.dump, "rb") as cells:
            text = cells.read()[::2].decode("latin-1")
        return "\n".join(text[at:at + 80].rstrip() for at in range(0, 2000, 80))

    def wait_for(self, text, seconds=30):
        end = time.time() + seconds
        while time.time() < end:
            shown = self.screen()
            if text in shown:
                return True
            time.sleep(0.2)
        print(f"expected on the screen: {text!r}; it shows:\n{shown}")
        return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kernel", required=True)
    parser.add_argument("--root", required=True)
    options = parser.parse_args()
    qemu = shutil.which("qemu-system-x86_64")
    if not qemu:
        print("qemu-system-x86_64 is not installed; skipped")
        return SKIPPED
    with tempfile.TemporaryDirectory() as scratch:
        machine = Machine(qemu, options, scratch)
        try:
            ok = machine.wait_for("lucid86:/$")
            machine.type("echo Typed, in QEMU | wc -c\n")
            ok = ok and machine.wait_for("\n15\n")
            machine.type("spin\n")
            time.sleep(0.5)
            machine.say("sendkey ctrl-c")
            time.sleep(0.5)
            machine.type("echo status=$?\n")
            ok = ok and machine.wait_for("status=130")
            machine.type("exit 5\n")
            try:
                status = machine.process.wait(20) >> 1
            except subprocess.TimeoutExpired:
                status = "none"
            if status != 5:
                print(f"exit status {status}, not 5")
            return 0 if ok and status == 5 else 1
        finally:
            machine.process.kill()
            machine.process.wait()


if __name__ == "__main__":
    sys.exit(main())

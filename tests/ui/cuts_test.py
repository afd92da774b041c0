#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""No view cuts a text that hovering does not tell whole, at any of the sizes we design for; nor does an edge run
through a line. A window far too small shows that the list can fill.

usage: cuts_test.py LUCID86_GUI
Exits with 77 (skipped) when there is no Xvfb.
"""
import shutil
import subprocess
import sys

SIZES = ("1280x800", "1920x1080", "390x844")
TOO_SMALL = "240x500"
MOMENTS = {
    "copying on write": ["--type", "cowdemo", "--until", "event cow"],
    "a pipe of four": ["--type", "yes | head -n 4000 | sort | wc &", "--for", "0.04"],
    "a scene with a long walk": ["--scene", "elf", "--beat", "5"],
}


def cuts(gui, size, moment):
    command = ["xvfb-run", "-a", "-s", "-screen 0 2000x1300x24", gui, "--list-cuts", "--size", size, *moment]
    run = subprocess.run(command, timeout=120, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return sorted({tuple(line.split("\t")) for line in run.stdout.splitlines()})


def main():
    gui = sys.argv[1]
    if not shutil.which("xvfb-run"):
        print("skipped: xvfb-run is not installed")
        sys.exit(77)
    failed = 0
    for size in SIZES:
        for name, moment in MOMENTS.items():
            found = cuts(gui, size, moment)
            failed += bool(found)
            print(f"{'FAILED' if found else 'ok    '} {size}, {name}: {len(found)} cut")
            for view, panel, how, text in found:
                print(f"         {view}, {panel} ({how}): {text}")
    listed = len(cuts(gui, TOO_SMALL, MOMENTS["copying on write"]))
    print(f"{'ok    ' if listed else 'FAILED'} {TOO_SMALL} is too small: {listed} cut")
    sys.exit(1 if failed or not listed else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Takes pictures of lucid86-gui in a virtual X server, and checks that each shows something.

usage: screenshots.py LUCID86_GUI OUTPUT_FOLDER
Exits with 77 (skipped) when there is no Xvfb.
"""
import os
import shutil
import subprocess
import sys

PICTURES = {
    # name: (arguments, size)
    "gui-memory-light": (["--lens", "memory", "--type", "cowdemo"], (1280, 800)),
    "gui-memory-dark": (["--lens", "memory", "--dark", "--type", "forkdemo &"], (1280, 800)),
    "gui-cpu-light": (["--lens", "cpu", "--steps", "3"], (1280, 800)),
    "gui-stack-dark": (["--lens", "cpu/Stack", "--dark", "--type", "cowdemo", "--back", "60000"], (1280, 800)),
    "gui-phone-code": (["--lens", "cpu/Code", "--type", "cowdemo", "--back", "13000"], (390, 844)),
    "gui-breakpoints-dark": (["--lens", "cpu/Breakpoints", "--dark", "--type", "cowdemo", "--break", "event cow",
                              "--break", "syscall openat if rdx == 0", "--break", "sys_fork", "--break", "rip == mian"],
                             (1280, 800)),
    "gui-processes-light": (["--lens", "processes", "--type", "spin 9 & spin 9 &"], (1280, 800)),
    "gui-kernel-dark": (["--lens", "kernel", "--dark", "--type", "ls | wc"], (1920, 1080)),
    "gui-phone-memory": (["--lens", "memory", "--type", "cowdemo"], (390, 844)),
    "gui-phone-console": (["--lens", "console", "--type", "ls"], (390, 844)),
}


def read_ppm(path):
    with open(path, "rb") as file:
        assert file.readline() == b"P6\n"
        width, height = map(int, file.readline().split())
        file.readline()
        return width, height, file.read()


def main():
    gui, folder = sys.argv[1:]
    if not shutil.which("xvfb-run"):
        print("skipped: xvfb-run is not installed")
        sys.exit(77)
    os.makedirs(folder, exist_ok=True)
    failed = 0
    for name, (arguments, size) in PICTURES.items():
        ppm = os.path.join(folder, name + ".ppm")
        command = ["xvfb-run", "-a", "-s", "-screen 0 2000x1300x24", gui, "--size", "%dx%d" % size, "--screenshot", ppm]
        run = subprocess.run(command + arguments, timeout=120, capture_output=True, text=True)
        if run.returncode != 0:
            print(f"{name}: exit status {run.returncode}: {run.stderr.strip()}")
            failed += 1
            continue
        width, height, pixels = read_ppm(ppm)
        colours = {pixels[i : i + 3] for i in range(0, len(pixels), 3 * 7)}
        good = (width, height) == size and len(colours) > 40
        failed += not good
        print(f"{name}: {width}x{height}, {len(colours)} colours{'' if good else ' - WRONG'}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Our dynamic loader, library and program: with Linux's kernel, with glibc's loader, and on our machine.
usage: dynamic_test.py LUCID86 FOLDER   (FOLDER has greet, libc.so, ld.so)"""
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

lucid86, folder = sys.argv[1], pathlib.Path(sys.argv[2])
EXPECTED = ("Hello, Ada.\nHello again, Ada.\n", 0)
GLIBC = "/lib64/ld-linux-x86-64.so.2"


def check(name, got, wanted):
    if got != wanted:
        sys.exit(f"{name}: {got!r} instead of {wanted!r}")
    print(f"ok: {name}")


def run(command, work, **environment):
    done = subprocess.run(command, cwd=work, env=environment, capture_output=True, text=True, timeout=60)
    return done.stdout + done.stderr, done.returncode


def dynamic_tags(path):
    """Of an ELF file: {tag: value}."""
    data = path.read_bytes()
    headers_at, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    tags = {}
    for i in range(count):
        kind, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", data, headers_at + i * size)
        if kind == 2:
            tags.update(struct.iter_unpack("<qQ", data[offset:offset + length]))
    return tags


def on_linux(work):
    for name in ("greet", "libc.so", "ld.so"):
        shutil.copy(folder / name, work)
    # The kernel takes the loader's path from the program; this one is relative, to find the copy.
    program = (work / "greet").read_bytes()
    (work / "greet").write_bytes(program.replace(b"/usr/lib/ld.so", b"./ld.so".ljust(14, b"\0")))
    here = {"LD_LIBRARY_PATH": "nowhere::."}
    check("Linux loads the interpreter", run(["./greet", "Ada"], work, **here), EXPECTED)
    check("all slots at once", run(["./greet", "Ada"], work, LD_BIND_NOW="1", **here), EXPECTED)
    check("the loader by hand", run(["./ld.so", "./greet", "Ada"], work, **here), EXPECTED)
    check("without an argument", run(["./greet"], work, **here), ("Hello, world.\nHello again, world.\n", 0))
    if os.path.exists(GLIBC):
        check("glibc's loader", run([GLIBC, "./greet", "Ada"], work, LD_LIBRARY_PATH="."), EXPECTED)
    check("no library", run(["./greet"], work), ("ld.so: libc.so: is not in /usr/lib\n", 127))
    check("no program", run(["./ld.so", "./none"], work), ("ld.so: ./none: there is no such file\n", 127))
    check("no argument", run(["./ld.so"], work), ("ld.so: usage: ld.so PROGRAM [ARG]...\n", 127))
    (work / "libc.so").write_bytes(b"#!/bin/sh\n")
    check("no ELF file", run(["./greet"], work, **here), ("ld.so: ./libc.so: is no ELF file for x86-64\n", 127))
    shutil.copy(work / "ld.so", work / "libc.so")
    check("a library without it", run(["./greet"], work, **here), ("ld.so: libc_start: is defined in no library\n", 127))


RELOCATIONS, JUMPS = 7, 23
check("the loader needs no loader", {RELOCATIONS, JUMPS} & set(dynamic_tags(folder / "ld.so")), set())
with tempfile.TemporaryDirectory() as made:
    on_linux(pathlib.Path(made))
check("our kernel", run([lucid86, "run", "--", "greet", "Ada"], "."), EXPECTED)
done = subprocess.run([lucid86, "run", "--break", "greet:main", "--dump", "disasm 1", "--", "greet"], capture_output=True, text=True)
check("symbols of a file whose segments share a page", "<main>" in done.stderr, True)
check("our kernel, by hand", run([lucid86, "run", "--", "/usr/lib/ld.so", "/bin/greet", "Ada"], "."), EXPECTED)

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Boots the kernel in QEMU, runs one program under init, and compares what it prints and its exit
status with an oracle: a file with Linux's output, and (with --lucid86) our own machine running the
same kernel file.

usage: run_qemu.py --kernel ELF --root CPIO [--add PATH=FILE]... [--expected FILE] [--status N]
                   [--outcome FILE] [--lucid86 EXE] [--stdin FILE] [--memory MiB] [--swap MiB] [--root-on-disk] [--timeout S]
                   [--tolerate REGEX]... PROGRAM [ARG...]

--outcome FILE: expected output with a last line "status N", as in tests/programs/expected.

Exit status: 0 equal, 1 different, 77 skipped (no QEMU).
"""
import argparse
import difflib
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

SKIPPED = 77


def cpio_entry(name, mode, data):
    fields = [0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
    head = b"070701" + b"".join(b"%08X" % f for f in fields) + name.encode() + b"\0"
    return pad(head) + pad(data)


def pad(data):
    return data + b"\0" * (-len(data) % 4)


ENVIRONMENT = {"PATH": "/bin:/sbin:/usr/bin", "HOME": "/", "TERM": "linux"}


def files_archive(files):
    """Files laid over the root."""
    folders = set()
    for path in files:
        parts = path.split("/")[:-1]
        folders.update("/".join(parts[:i + 1]) for i in range(len(parts)))
    out = b"".join(cpio_entry(f, 0o040755, b"") for f in sorted(folders))
    out += b"".join(cpio_entry(path, 0o100755, data) for path, data in sorted(files.items()))
    return out + cpio_entry("TRAILER!!!", 0, b"")


def run_archive(argv, environment=ENVIRONMENT):
    """/etc/lucid tells init what to run, raw on the serial lines."""
    out = cpio_entry("etc", 0o040755, b"") + cpio_entry("etc/lucid", 0o040755, b"")
    out += cpio_entry("etc/lucid/argv", 0o100644, b"".join(a.encode() + b"\0" for a in argv))
    out += cpio_entry("etc/lucid/env", 0o100644, b"".join(f"{k}={v}\0".encode() for k, v in environment.items()))
    out += cpio_entry("etc/lucid/mode", 0o100644, b"raw")
    return out + cpio_entry("TRAILER!!!", 0, b"")


def make_disk(path, root, swap_mib):
    """Partitions: the root archive, if it is not empty, as it is; swap_mib MiB (if not 0) of type 0x82, with the header
    that mkswap(8) writes."""
    mib = 1 << 20
    with open(path, "wb") as out:
        out.seek(510)
        out.write(b"\x55\xaa")
        entry, start = 446, mib
        for kind, size in ((0x83, (len(root) + 511) // 512 * 512), (0x82, swap_mib * mib)):
            if not size:
                continue
            out.seek(entry)
            out.write(struct.pack("<B3xB3xII", 0, kind, start // 512, size // 512))
            if kind == 0x83:
                out.seek(start)
                out.write(root)
            else:
                out.seek(start + 1024)
                out.write(struct.pack("<II", 1, (size >> 12) - 1))
                out.seek(start + 4086)
                out.write(b"SWAPSPACE2")
            out.truncate(start + size)
            entry, start = entry + 16, (start + size + mib - 1) // mib * mib


def run_qemu(qemu, options, files, run, swap_mib=0, root_on_disk=False, append="", cpu="qemu64"):
    """The program's output, error output and status; the archives `files` and `run` are laid over the root."""
    with tempfile.TemporaryDirectory() as scratch:
        initrd = os.path.join(scratch, "root.cpio")
        with open(options.root, "rb") as root:
            archive = pad(root.read()) + files
        with open(initrd, "wb") as out:
            out.write((b"" if root_on_disk else archive) + run)
        words = "console=ttyS1 quiet" + (" root=/dev/hda1" if root_on_disk else "")
        out_path, err_path = os.path.join(scratch, "out"), os.path.join(scratch, "err")
        command = [qemu, "-kernel", options.kernel, "-initrd", initrd, "-append", words + " " + append,
                   "-cpu", cpu, "-display", "none", "-m", str(options.memory), "-no-reboot", "-monitor", "none",
                   "-chardev", f"file,id=out,path={out_path}" + (f",input-path={options.stdin}" if options.stdin else ""),
                   "-serial", "chardev:out", "-serial", f"file:{err_path}",
                   "-device", "isa-debug-exit,iobase=0xf4,iosize=4"]
        if swap_mib or root_on_disk:
            disk = os.path.join(scratch, "disk")
            make_disk(disk, archive if root_on_disk else b"", swap_mib)
            command += ["-drive", f"file={disk},format=raw,if=ide,index=0"]
        try:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, timeout=options.timeout, check=False)
            status = done.returncode >> 1
        except subprocess.TimeoutExpired:
            status = "time-out"
        with open(out_path, "rb") as out, open(err_path, "rb") as err:
            return out.read(), err.read(), status


def run_lucid86(options, files):
    with tempfile.TemporaryDirectory() as scratch:
        for path, data in files.items():
            target = os.path.join(scratch, path)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(target, "wb") as out:
                out.write(data)
            os.chmod(target, 0o755)
        command = [options.lucid86, "run", "--root", scratch, "--memory", str(options.memory), "--append", options.append]
        command += ["--swap", str(options.swap)] if options.swap else []
        command += ["--root-on-disk"] if options.root_on_disk else []
        command += ["--"] + options.program
        stdin = open(options.stdin, "rb") if options.stdin else subprocess.DEVNULL
        done = subprocess.run(command, stdin=stdin, capture_output=True, timeout=options.timeout, check=False)
        return done.stdout, done.stderr, done.returncode


def differs(name, got, want, tolerated):
    def lines(data):
        return [line for line in data.decode(errors="replace").splitlines()
                if not any(re.search(t, line) for t in tolerated)]
    difference = list(difflib.unified_diff(lines(want), lines(got), name, "QEMU", lineterm=""))
    print("\n".join(difference))
    return bool(difference)


def main():
    parser = argparse.ArgumentParser()
    for name in ("kernel", "root"):
        parser.add_argument("--" + name, required=True)
    for name in ("expected", "outcome", "lucid86", "stdin"):
        parser.add_argument("--" + name)
    parser.add_argument("--status", type=int, default=0)
    parser.add_argument("--memory", type=int, default=32)
    parser.add_argument("--swap", type=int, default=0, help="a disk with a swap partition of this size")
    parser.add_argument("--append", default="", help="words for the kernel's command line, here and there")
    parser.add_argument("--cpu", default="qemu64", help="QEMU's -cpu")
    parser.add_argument("--root-on-disk", action="store_true", help="all files but those of this run come from a disk")
    parser.add_argument("--timeout", type=float, default=60)
    parser.add_argument("--add", action="append", default=[])
    parser.add_argument("--tolerate", action="append", default=[], help="lines that QEMU is known to get wrong")
    parser.add_argument("program", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    options.program = [p for i, p in enumerate(options.program) if i or p != "--"]

    qemu = shutil.which("qemu-system-x86_64")
    if not qemu:
        print("SKIPPED: qemu-system-x86_64 is not installed (Debian package qemu-system-x86)")
        return SKIPPED
    files = {}
    for item in options.add:
        path, _, source = item.partition("=")
        with open(source, "rb") as data:
            files[path.lstrip("/")] = data.read()

    out, err, status = run_qemu(qemu, options, files_archive(files), run_archive(options.program),
                                options.swap, options.root_on_disk,
                                append=options.append, cpu=options.cpu)
    failed = False
    want = None
    if options.expected:
        with open(options.expected, "rb") as expected:
            want = expected.read()
    if options.outcome:
        with open(options.outcome, "rb") as outcome:
            want, _, last = outcome.read()[:-1].rpartition(b"status ")
        options.status = int(last)
    # QEMU passes the low seven bits on: its own exit status is value * 2 + 1.
    low = 0x7f
    if status != (options.status & low if status != "time-out" else None):
        print(f"exit status {status}, expected {options.status}\n{err.decode(errors='replace')}")
        failed = True
    if want is not None:
        failed |= differs(options.expected or options.outcome, out, want, options.tolerate)
    if options.lucid86:
        mine, _, my_status = run_lucid86(options, files)
        failed |= differs("lucid86", out, mine, options.tolerate)
        if my_status & low != status:
            print(f"lucid86 exits with {my_status}, QEMU with {status}")
            failed = True
    if want is None and not options.lucid86 and not failed:
        sys.stdout.write(out.decode(errors="replace"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

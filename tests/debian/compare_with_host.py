#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs one script with Debian's own programs on the host's Linux (in a chroot of the same tree) and
on the machine; output, error output and exit status have to be equal, byte for byte.

usage: compare_with_host.py --tree DIR [--add PATH=FILE]... [--stdin FILE] {--lucid86 EXE | --kernel ELF --root CPIO} PROGRAM [ARG...]
  --add     a file laid over the tree at PATH, for both
  --kernel  this kernel in QEMU, with this root below the tree, instead of our machine

Exit status: 0 equal, 1 different, 77 skipped (this host allows no chroot, or has no QEMU).
"""
import argparse
import contextlib
import difflib
import os
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "kernel"))
import run_qemu  # noqa: E402

SKIPPED = 77
ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/", "TERM": "linux", "LC_ALL": "C"}
# In a mount namespace of its own: the devices and /proc of the host, nothing else of it.
ENTER = """set -e
for device in null zero full random urandom; do : > dev/$device; mount --bind /dev/$device dev/$device; done
mount --rbind /proc proc
[ -e bin/sh ] || ln -s dash bin/sh
ln -s /proc/self/fd dev/fd
exec chroot . "$@"
"""


FILES = {"etc/passwd": "root:x:0:0:root:/:/bin/sh\ndaemon:x:1:1::/:/bin/false\n", "etc/group": "root:x:0:\ndaemon:x:1:\n"}


def lay_over(target, additions):
    for name, text in FILES.items():
        os.makedirs(os.path.join(target, "etc"), exist_ok=True)
        with open(os.path.join(target, name), "w", encoding="ascii") as file:
            file.write(text)
    for item in additions:
        path, _, source = item.partition("=")
        name = os.path.join(target, path.lstrip("/"))
        os.makedirs(os.path.dirname(name), exist_ok=True)
        shutil.copyfile(source, name)
        os.chmod(name, 0o755)


@contextlib.contextmanager
def entered_tree(tree, additions):
    """A copy of the tree with the additions: the command that enters it, and its folder."""
    namespace = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--mount"]
    if subprocess.run(namespace + ["true"], capture_output=True, check=False).returncode != 0:
        print("SKIPPED: this host allows no mount namespace, so its Linux cannot be asked")
        sys.exit(SKIPPED)
    # Beside the tree, so that its files need not be copied.
    with tempfile.TemporaryDirectory(dir=os.path.dirname(os.path.abspath(tree))) as scratch:
        root = os.path.join(scratch, "root")
        shutil.copytree(tree, root, symlinks=True, copy_function=os.link)
        for folder in ("dev", "proc", "tmp"):
            os.makedirs(os.path.join(root, folder), exist_ok=True)
        os.chmod(os.path.join(root, "tmp"), 0o1777)
        lay_over(root, additions)
        yield namespace + ["sh", "-c", ENTER, "enter"], root


def on_host(options, stdin):
    with entered_tree(options.tree, options.add) as (enter, root):
        return subprocess.run(enter + options.program, cwd=root, stdin=stdin, capture_output=True, env=ENVIRONMENT,
                              timeout=options.timeout, check=False)


def machine_command(lucid86, roots):
    command = [lucid86, "run"]
    for root in roots:
        command += ["--root", root]
    for name, value in ENVIRONMENT.items():
        command += ["--env", f"{name}={value}"]
    return command


def on_machine(options, stdin):
    with tempfile.TemporaryDirectory() as overlay:
        lay_over(overlay, options.add)
        command = machine_command(options.lucid86, [options.tree, overlay]) + ["--"] + options.program
        return subprocess.run(command, stdin=stdin, capture_output=True,
                              timeout=options.timeout, check=False)


def pack(tree):
    """The tree as a cpio archive."""
    entries = []
    for folder, folders, files in os.walk(tree):
        for name in folders + files:
            path = os.path.join(folder, name)
            if os.path.islink(path):
                data = os.readlink(path).encode()
            elif os.path.isfile(path):
                with open(path, "rb") as file:
                    data = file.read()
            else:
                data = b""
            entries.append(run_qemu.cpio_entry(os.path.relpath(path, tree), os.lstat(path).st_mode, data))
    return b"".join(entries) + run_qemu.cpio_entry("TRAILER!!!", 0, b"")


def in_qemu(options):
    qemu = shutil.which("qemu-system-x86_64")
    if not qemu:
        print("SKIPPED: qemu-system-x86_64 is not installed (Debian package qemu-system-x86)")
        sys.exit(SKIPPED)
    with tempfile.TemporaryDirectory() as added:
        lay_over(added, options.add)
        files = pack(options.tree) + pack(added)
    out, err, status = run_qemu.run_qemu(qemu, options, files, run_qemu.run_archive(options.program, ENVIRONMENT))
    return subprocess.CompletedProcess([], status, out, err)


def differs(name, got, want):
    if got == want:
        return False
    lines = [data.decode(errors="backslashreplace").splitlines(keepends=True) for data in (want, got)]
    print("".join(list(difflib.unified_diff(*lines, f"{name} of the host's Linux", f"{name} of the machine"))[:60]))
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tree", required=True)
    parser.add_argument("--add", action="append", default=[])
    parser.add_argument("--stdin")
    parser.add_argument("--timeout", type=float, default=200)
    parser.add_argument("--lucid86")
    parser.add_argument("--kernel")
    parser.add_argument("--root")
    parser.add_argument("--memory", type=int, default=256)
    parser.add_argument("program", nargs=argparse.REMAINDER)
    options = parser.parse_args()

    with open(options.stdin or os.devnull, "rb") as stdin:
        host = on_host(options, stdin)
    with open(options.stdin or os.devnull, "rb") as stdin:
        machine = on_machine(options, stdin) if options.lucid86 else in_qemu(options)
    failed = differs("output", machine.stdout, host.stdout) | differs("errors", machine.stderr, host.stderr)
    # The shell's way to say that a signal ended it.
    status = host.returncode if host.returncode >= 0 else 128 - host.returncode
    if not options.lucid86:
        status &= 0x7f  # all that isa-debug-exit lets through
    if machine.returncode != status:
        print(f"exit status {machine.returncode}, on the host {status}")
        failed = True
    if not host.stdout:
        print("nothing was printed: the test proves nothing")
        failed = True
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

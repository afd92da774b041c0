#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes the root file system: a cpio archive in the "newc" format (cpio(5)), the same bytes every time.

usage: make-root.py --output FILE [--tree DIR] [PATH=FILE | PATH@TARGET]...
  --tree DIR    every file and folder below DIR; executable if its first bytes are "#!" or an ELF file's
  PATH=FILE     the executable FILE at PATH
  PATH@TARGET   a symbolic link at PATH
"""
import os
import stat
import sys

FOLDERS = ["bin", "dev", "etc", "home", "proc", "root", "sbin", "tmp", "usr", "usr/bin", "usr/lib"]


def entry(name, mode, data, inode, links=1):
    fields = [inode, mode, 0, 0, links, 0, len(data), 0, 0, 0, 0, len(name) + 1, 0]
    header = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
    return pad(header) + pad(data)


def pad(data):
    return data + b"\0" * (-len(data) % 4)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def add_tree(entries, tree):
    for folder, names, files in os.walk(tree):
        for name in names:
            path = os.path.relpath(os.path.join(folder, name), tree)
            entries.setdefault(path, (stat.S_IFDIR | 0o755, b""))
        for name in files:
            source = os.path.join(folder, name)
            permissions = 0o755 if os.access(source, os.X_OK) else 0o644
            entries[os.path.relpath(source, tree)] = (stat.S_IFREG | permissions, read(source))


def main(arguments):
    output = None
    entries = {folder: (stat.S_IFDIR | 0o755, b"") for folder in FOLDERS}
    entries["tmp"] = (stat.S_IFDIR | 0o1777, b"")
    while arguments:
        argument = arguments.pop(0)
        if argument == "--output":
            output = arguments.pop(0)
        elif argument == "--tree":
            add_tree(entries, arguments.pop(0))
        elif "=" in argument:
            path, source = argument.split("=", 1)
            entries[path] = (stat.S_IFREG | 0o755, read(source))
        elif "@" in argument:
            path, target = argument.split("@", 1)
            entries[path] = (stat.S_IFLNK | 0o777, target.encode())
        else:
            sys.exit(__doc__)
    if not output:
        sys.exit(__doc__)
    archive = b""
    for inode, path in enumerate(sorted(entries), start=1):
        mode, data = entries[path]
        archive += entry(path, mode, data, inode, 2 if stat.S_ISDIR(mode) else 1)
    archive += entry("TRAILER!!!", 0, b"", 0)
    with open(output, "wb") as file:
        file.write(archive + b"\0" * (-len(archive) % 512))


main(sys.argv[1:])

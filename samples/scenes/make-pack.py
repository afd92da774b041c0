#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Puts the scenes, their strings and the firmware into one file (core/scene/library.h).
usage: make-pack.py FOLDER FIRMWARE_FOLDER OUTPUT"""
import pathlib
import sys

folder, firmware, output = (pathlib.Path(argument) for argument in sys.argv[1:])
files = sorted(folder.glob("*.scene")) + sorted(folder.glob("strings/*.txt"))
text = "".join(f"=== {file.relative_to(folder).as_posix()}\n{file.read_text(encoding='utf-8').rstrip()}\n" for file in files)
for name in ("bios.bin", "boot_sector.bin", "loader.bin"):
    text += f"=== firmware/{name}\n{(firmware / name).read_bytes().hex()}\n"
output.write_text(text, encoding="utf-8")

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Puts the scenes and their strings into one file (core/scene/library.h). usage: make-pack.py FOLDER OUTPUT"""
import pathlib
import sys

folder, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
files = sorted(folder.glob("*.scene")) + sorted(folder.glob("strings/*.txt"))
text = "".join(f"=== {file.relative_to(folder).as_posix()}\n{file.read_text(encoding='utf-8').rstrip()}\n" for file in files)
output.write_text(text, encoding="utf-8")

#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Whether all that facts.md names exists. usage: facts.py ROOT BUILD CTEST"""
import pathlib
import re
import shutil
import subprocess
import sys

root, build, ctest = pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3]
scenes = {file.stem: file.read_text(encoding="utf-8") for file in root.glob("samples/scenes/*.scene")}
strings = (root / "samples/scenes/strings/en.txt").read_text(encoding="utf-8")
listed = subprocess.run([ctest, "--test-dir", build, "-N"], capture_output=True, text=True, check=True).stdout
tests = set(re.findall(r"Test\s+#\d+: (\S+)", listed))
sources = [file.read_text(encoding="utf-8", errors="replace") for file in root.glob("tests/**/*")
           if file.suffix in (".c", ".cpp", ".py", ".sh") and "node_modules" not in file.parts]


def problem(reference):
    """What is wrong with one reference; "" = nothing."""
    kind, _, rest = reference.partition(" ")
    name, _, detail = rest.partition(": ")
    if kind == "scene":
        lines = [line.strip() for line in scenes.get(name, "").splitlines()]
        return "" if f"check {detail}" in lines else "that scene has no such check"
    if kind == "test":
        if name not in tests:  # some are not there without musl-gcc
            return "there is no such test" if shutil.which("musl-gcc") else ""
        return "" if not detail or any(detail in source for source in sources) else "no test has that text"
    if kind in ("note", "caption"):
        key = f"{name}.note" if kind == "note" else name
        return "" if re.search(rf"^{re.escape(key)} = \S", strings, re.MULTILINE) else "the reader is told no such thing"
    return "expected scene, test, note or caption"


wrong = rows = 0
for line in (root / "tests/scenes/facts.md").read_text(encoding="utf-8").splitlines():
    # A cell may hold "||" between back quotes.
    cells = re.split(r"\|(?=(?:[^`]*`[^`]*`)*[^`]*$)", line)
    if len(cells) != 6 or "`" not in line:
        continue
    rows += 1
    for place, wanted in ((cells[3], ("scene", "test")), (cells[4], ("note", "caption"))):
        references = re.findall(r"`([^`]*)`", place)
        complaints = [f"{each}: {problem(each)}" for each in references if problem(each)]
        if not references or any(each.split(" ")[0] not in wanted for each in references):
            complaints.append(f"expected {' or '.join(wanted)} in \"{place.strip()}\"")
        for complaint in complaints:
            print(f"FAILED {cells[1].strip()}: {complaint}")
            wrong += 1
print(f"{rows} rows, {wrong} problems")
sys.exit(wrong != 0 or rows < 32)

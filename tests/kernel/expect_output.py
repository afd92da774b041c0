#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a command and compares its standard output with a file, which is what real Linux printed.

usage: expect_output.py EXPECTED COMMAND...
"""
import difflib
import subprocess
import sys

expected_path, *command = sys.argv[1:]
done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=False)
with open(expected_path, "rb") as file:
    expected = file.read()
if done.stdout != expected or done.returncode != 0:
    sys.stdout.writelines(difflib.unified_diff(expected.decode().splitlines(True),
                                               done.stdout.decode(errors="replace").splitlines(True), "Linux", "lucid86"))
    print(f"exit status {done.returncode}")
    sys.exit(1)

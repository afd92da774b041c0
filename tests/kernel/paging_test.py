#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The kernel's half of an address space, seen from outside by the walk view: levels, sizes of pages, rights; and that it is
the same half for every process.

usage: paging_test.py LUCID86 [unittest options]
"""
import os
import re
import subprocess
import sys
import unittest

LUCID86 = os.path.abspath(sys.argv[1])
DIRECT_MAP, IMAGE = 0xffff888000000000, 0xffffffff80000000
SMEP, SMAP, LA57 = 1 << 20, 1 << 21, 1 << 12


def look(*dumps, append="", memory=32, program=("hello",), at="syscall write process hello"):
    command = [LUCID86, "run", "--memory", str(memory), "--append", append, "--until", at]
    for dump in dumps:
        command += ["--dump", dump]
    done = subprocess.run(command + ["--", *program], stdin=subprocess.DEVNULL, capture_output=True, timeout=60,
                          check=False)
    return done.stderr.decode()


def walk(address, **where):
    """The names of the entries passed, and the last line."""
    lines = look(f"walk {address:#x}", **where).splitlines()
    entries = [line.split()[0] for line in lines if re.match(r"P\w+ +\[", line)]
    return entries, lines[-1]


class Paging(unittest.TestCase):
    def test_direct_map(self):
        for append, memory, entries, size in (
                ("", 32, ["PML4E", "PDPTE", "PDE"], "2 MiB"), ("gbpages", 32, ["PML4E", "PDPTE"], "1 GiB"),
                ("", 1024, ["PML4E", "PDPTE"], "1 GiB"), ("nogbpages", 1024, ["PML4E", "PDPTE", "PDE"], "2 MiB"),
                ("la57", 32, ["PML5E", "PML4E", "PDPTE", "PDE"], "2 MiB"),
                ("la57 gbpages", 32, ["PML5E", "PML4E", "PDPTE"], "1 GiB")):
            passed, told = walk(DIRECT_MAP + 0x123000, append=append, memory=memory)
            self.assertEqual(passed, entries, append)
            self.assertIn(f"physical 0x123000 (frame 0x123, a {size} page): kernel only, writable, not executable", told)

    def test_nothing_beyond_memory(self):
        self.assertIn("kernel only", walk(DIRECT_MAP + (32 << 20) - 8)[1])
        self.assertNotIn("kernel only", walk(DIRECT_MAP + (32 << 20))[1])

    def test_image(self):
        """Text is not written, data not executed, what was needed at boot is gone, and so is the identity map."""
        for name, rights in (("syscall_entry", "kernel only, read-only, executable"),
                             ("boot_stack", "kernel only, writable, not executable"),
                             ("fixup_table_start", "kernel only, read-only, not executable")):
            self.assertIn(rights, look(f"walk {name}").splitlines()[-1])
        for gone in (IMAGE + 0x100000, IMAGE + 0x101000, 0x100000, 0, 0x8000):
            self.assertNotIn("The MMU finds", walk(gone)[1], hex(gone))

    def test_control_registers(self):
        for append, expected in (("", SMEP | SMAP), ("nosmep", SMAP), ("nosmap nosmep", 0),
                                 ("la57", SMEP | SMAP | LA57), ("xla57 la57x", SMEP | SMAP)):
            cr4 = int(re.search(r"cr4 (0x[0-9a-f]+)", look("regs", append=append)).group(1), 16)
            self.assertEqual(cr4 & (SMEP | SMAP | LA57), expected, append)

    def test_same_half_everywhere(self):
        """The kernel's entry points to the same table in two processes; their own halves differ."""
        def tables(process):
            text = look(f"walk {DIRECT_MAP:#x}", "walk 0x400000", program=("sh", "-c", "hello; date"),
                        at="syscall write process " + process)
            return re.findall(r"PML4E \[(\d+)\] +at 0x[0-9a-f]+: ([0-9a-f]+)", text)
        one, other = tables("hello"), tables("date")
        self.assertEqual(one[0], other[0])
        self.assertNotEqual(one[1][1], other[1][1])


if __name__ == "__main__":
    del sys.argv[1:2]
    unittest.main()

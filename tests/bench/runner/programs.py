# SPDX-License-Identifier: MIT
"""What is measured: each program once, with its unit and how much of it a full run does."""
from dataclasses import dataclass

INSTRUCTIONS = {"full": 1_000_000_000, "quick": 60_000_000}  # of a program of kind cpu


@dataclass(frozen=True)
class Program:
    name: str
    about: str
    kind: str = "cpu"  # cpu: bare board, rated in instructions; rep: bare board, in elements; system: on our kernel
    per_repeat: int = 0  # rep: elements; system: operations in each repeat
    full: int = 0  # rep, system: repeats of a full run …
    quick: int = 0  # … and of a quick one
    unit: str = "instructions"
    target: float = 0  # units per second that the native machine must reach; 0 = judged by ratios only
    most_instructions: float = 0  # per unit, kernel and program together; 0 = no target


PROGRAMS = [
    Program("sieve", "Eratosthenes' sieve"),
    Program("sha256", "SHA-256"),
    Program("doubles", "SSE2 doubles: planets, matrix product"),
    Program("sort", "quicksort, heapsort, binary search"),
    Program("calls", "recursive calls"),
    Program("bytecode", "a bytecode interpreter"),
    Program("strings", "words, numbers, hash table"),
    Program("rep_movs", "rep movsq", "rep", 8192, 60_000, 20_000, "elements", 1e9),
    Program("rep_stos", "rep stosq", "rep", 8192, 60_000, 20_000, "elements", 1e9),
    Program("rep_scas", "repne scasb", "rep", 65536, 8_000, 2_000, "elements", 1e9),
    Program("rep_cmps", "repe cmpsb", "rep", 65536, 8_000, 2_000, "elements", 1e9),
    Program("getpid", "system calls", "system", 1, 1_000_000, 100_000, "calls", 1e6),
    Program("pingpong", "a byte through two pipes and back", "system", 2, 100_000, 5_000, "switches", 1e5),
    Program("forks", "fork, exit, wait", "system", 1, 5_000, 300, "children", 0, 30_000),
    Program("execs", "fork, exec of true, exit, wait", "system", 1, 2_000, 100, "children"),
    Program("output", "text written to a serial line", "system", 65536, 100, 10, "bytes"),
]

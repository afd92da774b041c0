# SPDX-License-Identifier: MIT
"""Single figures with a target of their own: (name, value, unit, target, at_least)."""
from programs import PROGRAMS


def of_results(results):
    """What the programs tell beside their speed."""
    figures = []
    for r in results:
        if r.program.most_instructions:
            per_unit = r.instructions / r.units()
            figures.append((f"{r.program.name}: all instructions of one", per_unit, "instructions",
                            r.program.most_instructions, False))
    return figures


def measure(engines, counter, work):
    figures = []
    sieve = next(p for p in PROGRAMS if p.name == "sieve")
    few, many = (1, 7) if work == "full" else (1, 2)
    short, long = (counter.run(sieve, n, observed=True) for n in (few, many))
    executed = long.counts["instructions"] - short.counts["instructions"]
    figures.append(("sieve, an event for each instruction", executed / (long.user_seconds - short.user_seconds) / 1e6,
                    "MIPS", 20, True))
    return figures

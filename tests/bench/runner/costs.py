# SPDX-License-Identifier: MIT
"""Single figures with a target of their own: (name, value, unit, target, at_least). Times of the wall
are the best of some rounds: what else this host does can only add to them."""
from engines import Chromium, Native
from programs import PROGRAMS
from report import geometric_mean

MEBIBYTE = 1 << 20
IDLE = -1  # the status of a machine that waits for input: here, a shell at its prompt
BOOT_ROUNDS = 5
LEAST_RATIOS = {"native": 3, "node": 1.4, "chromium": 1.4}
BOOT_MILLISECONDS = {"native": 100}


def named(name):
    return next(p for p in PROGRAMS if p.name == name)


def of_results(results, baseline):
    """What the programs tell beside their speed."""
    figures = [(f"{r.program.name}: all instructions of one", r.instructions / r.units(), "instructions",
                r.program.most_instructions, False) for r in results if r.program.most_instructions]
    for engine, least in LEAST_RATIOS.items():
        ratios = [r.ratio(engine, baseline) for r in results if r.program.kind == "cpu" and r.ratio(engine, baseline)]
        if ratios:
            figures.append((f"{engine} against {baseline}, geometric mean", geometric_mean(ratios), "times", least, True))
    return figures


def boot(engines, counter):
    """From the kernel's first instruction to the shell's prompt; the files are already in memory."""
    job = [counter.images.kernel, counter.images.archives[0]]
    figures = [("boot to the prompt", counter.execute(job, "boot", IDLE).counts["instructions"] / 1e6, "M instructions",
                20, False)]
    for engine in engines:
        times = [engine.execute(job, f"{engine.name}: boot", IDLE).counts["milliseconds"] for _ in range(BOOT_ROUNDS)]
        figures.append((f"boot to the prompt, {engine.name}", min(times), "ms of the wall",
                        BOOT_MILLISECONDS.get(engine.name), False))
    return figures


def observed(counter, work):
    few, many = (1, 7) if work == "full" else (1, 2)
    short, long = (counter.run(named("sieve"), n, observed=True) for n in (few, many))
    executed = long.counts["instructions"] - short.counts["instructions"]
    return [("sieve, an event for each instruction, native",
             executed / (long.user_seconds - short.user_seconds) / 1e6, "MIPS", 20, True)]


def page(engines):
    """The page itself: panels, the recording that lets one step back, and all."""
    figures = []
    for engine in engines:
        if not isinstance(engine, Chromium):
            continue
        visits = [engine.page() for _ in range(BOOT_ROUNDS)]
        grown = max(visit["heap_at_end"] - visit["heap_at_prompt"] for visit in visits)
        figures += [("the page: from loaded to the prompt", min(v["prompt_ms"] for v in visits),
                     "ms of the wall", 300, False),
                    ("the page: WebAssembly memory", visits[0]["heap_at_prompt"] / MEBIBYTE, "MiB", 64, False),
                    ("the page: growth while processes run", grown / MEBIBYTE, "MiB", 0, False)]
    return figures


def measure(engines, counter, work):
    ours = [engine for engine in engines if isinstance(engine, Native)]
    return boot(ours, counter) + page(ours) + observed(counter, work)

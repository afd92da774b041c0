# SPDX-License-Identifier: MIT
"""Results as tables for people and as JSON."""
import math
import statistics

SCALES = {"instructions": (1e6, "MIPS"), "elements": (1e6, "M elements/s"), "calls": (1e3, "k calls/s"),
          "switches": (1e3, "k switches/s"), "children": (1e3, "k children/s"), "bytes": (1e6, "MB/s")}


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values))) if values else None


def number(value):
    if value is None:
        return "-"
    if value == 0:
        return "0"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(rows):
    """Rows of strings as Markdown, the first one the head; all columns but the first to the right."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["| " + " | ".join(cell.ljust(w) if i == 0 else cell.rjust(w) for i, (cell, w) in enumerate(zip(row, widths)))
             + " |" for row in rows]
    rule = "|" + "|".join("-" * (w + 2) if i == 0 else "-" * (w + 1) + ":" for i, w in enumerate(widths)) + "|"
    return "\n".join([lines[0], rule, *lines[1:]])


def verdict(value, target, at_least=True):
    if target is None or value is None:
        return ""
    good = value >= target if at_least else value <= target
    return f"{'>=' if at_least else '<='} {number(target)} {'ok' if good else 'MISSED'}"


def speed_table(results, engines, baseline):
    head = ["program", "unit", *engines]
    others = [e for e in engines if e != baseline and baseline in engines]
    head += [f"{e}/{baseline}" for e in others] + ["native target"]
    rows = [head]
    for r in results:
        scale, unit = SCALES[r.program.unit]
        rates = [r.rate(e) for e in engines]
        rows.append([r.program.name, unit, *(number(v / scale if v else None) for v in rates),
                     *(number(r.ratio(e, baseline)) for e in others),
                     verdict((r.rate("native") or 0) / scale, r.program.target / scale if r.program.target else None)])
    cpu = [r for r in results if r.program.kind == "cpu"]
    if cpu:
        means = [geometric_mean([r.rate(e) for r in cpu if r.rate(e)]) for e in engines]
        ratios = [geometric_mean([r.ratio(e, baseline) for r in cpu if r.ratio(e, baseline)]) for e in others]
        rows.insert(1 + len(cpu), ["geometric mean", "MIPS", *(number(m / 1e6 if m else None) for m in means),
                                   *(number(r) for r in ratios), ""])
    return table(rows)


def cost_table(costs):
    """Single figures with their targets: (name, value, unit, target, at_least)."""
    return table([["figure", "value", "unit", "target"]] +
                 [[name, number(value), unit, verdict(value, target, at_least)] for name, value, unit, target, at_least in costs])


def as_json(results, engines, baseline, costs, settings):
    def spread(values):
        return {"median": statistics.median(values), "min": min(values), "max": max(values)} if values else None
    return {
        **settings,
        "programs": {r.program.name: {
            "about": r.program.about, "unit": r.program.unit, "units": r.units(), "instructions": r.instructions,
            "per_second": {e: spread(r.rates(e)) for e in engines},
            "ratio": {e: r.ratio(e, baseline) for e in engines},
            "failures": r.failures} for r in results},
        "geometric_mean": {e: geometric_mean([r.rate(e) for r in results if r.program.kind == "cpu" and r.rate(e)])
                           for e in engines},
        "costs": {name: {"value": value, "unit": unit, "target": target} for name, value, unit, target, _ in costs},
    }

# SPDX-License-Identifier: MIT
"""Measures one program on several engines. Start-up is removed: each round takes a run of one repeat
from a run of many. Engines take turns, so that what disturbs this host disturbs all of them."""
import statistics
from dataclasses import dataclass, field

from process import Failed
from programs import INSTRUCTIONS


@dataclass
class Result:
    program: object
    repeats: int  # between the two runs
    instructions: int  # exactly, by our own machine; every engine executes the same
    seconds: dict = field(default_factory=dict)  # engine: one entry a round
    failures: dict = field(default_factory=dict)  # engine: why

    def units(self):
        return self.repeats * self.program.per_repeat if self.program.per_repeat else self.instructions

    def rates(self, engine):
        """Units per second of user CPU time, one entry a round."""
        return [self.units() / s for s in self.seconds.get(engine, []) if s > 0]

    def rate(self, engine):
        rates = self.rates(engine)
        return statistics.median(rates) if rates else None

    def ratio(self, engine, to):
        mine, other = self.rate(engine), self.rate(to)
        return mine / other if mine and other else None


def repeats_for(program, counter, work):
    """How often the long run repeats more than the short one."""
    if work == "smoke":
        return 1
    if program.full:
        return program.quick if work == "quick" else program.full
    one, three = (counter.run(program, n).counts["instructions"] for n in (1, 3))
    return max(2, round(INSTRUCTIONS[work] / ((three - one) / 2)))


def measure(program, engines, counter, rounds, work):
    """`counter` is our native machine, which counts for all."""
    more = repeats_for(program, counter, work)
    short, long = counter.run(program, 1), counter.run(program, 1 + more)
    result = Result(program, more, long.counts["instructions"] - short.counts["instructions"])
    answers = {1: short.answer, 1 + more: long.answer}
    for _ in range(rounds):
        for engine in engines:
            if program.kind not in engine.kinds or engine.name in result.failures:
                continue
            try:
                seconds = {n: sample_checked(engine, program, n, answers[n]) for n in (1, 1 + more)}
                result.seconds.setdefault(engine.name, []).append(seconds[1 + more] - seconds[1])
            except Failed as failure:
                result.failures[engine.name] = str(failure)
    return result


def sample_checked(engine, program, repeats, answer):
    sample = engine.run(program, repeats)
    if program.name != "output" and sample.answer != answer:
        raise Failed(f"{engine.name}: {program.name} printed {sample.answer!r}, our machine {answer!r}")
    return sample.user_seconds

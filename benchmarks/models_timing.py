"""How `benchmarks/models.py` measures and prints: two sides of a call by turns, so that a busy machine is busy for both, and
the median of the rounds' ratios with their middle half."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from ensemble.capabilities import Work

GOAL = 1.02
GOAL_BATCH = 0.6
WARM_UP = 2
WORK = Work()
TEXT = "lofi with piano and drums. bpm: 90. key: C major."

Timed = Callable[[int], float]
"""Makes a number of takes; returns the seconds that it took."""


@dataclass(frozen=True)
class Case:
    """One call: through the adapter, and bare."""

    name: str
    adapter: Timed
    bare: Timed
    batches: bool = True
    """Whether it makes takes."""


@dataclass
class Worst:
    """The dearest of what was printed."""

    ratio: float = 0.0
    share: float = 0.0


def case_of(
    name: str, adapter: Callable[[int], object], bare: Callable[[int], object], *, batches: bool = True
) -> Case:
    """Of two calls in this process."""
    return Case(name, timed(adapter), timed(bare), batches)


def timed(call: Callable[[int], object]) -> Timed:
    """CPU time of this process; elapsed time on an accelerator."""
    import torch

    accelerated = torch.cuda.is_available()
    now = time.perf_counter if accelerated else time.process_time

    def run(takes: int) -> float:
        if accelerated:
            torch.cuda.synchronize()
        began = now()
        call(takes)
        if accelerated:
            torch.cuda.synchronize()
        return now() - began

    return run


def heading() -> str:
    return (
        f"{'call':34}{'bare':>10}{'adapter':>11}{'ratio':>8}  middle half{'4 takes in one / 4 calls':>27}  middle half"
    )


def line(case: Case, rounds: int, worst: Worst) -> str:
    """The measured case, in one line."""
    _alternate(case.adapter, case.bare, 1, 1, WARM_UP)
    ours, bare = _alternate(case.adapter, case.bare, 1, 1, rounds)
    ratio, middle = _median([one / other for one, other in zip(ours, bare, strict=True)])
    worst.ratio = max(worst.ratio, ratio)
    times = f"{statistics.median(bare) * 1000:7.1f} ms{statistics.median(ours) * 1000:8.1f} ms"
    said = f"{case.name:34}{times}{ratio:8.3f}  {middle}"
    if not case.batches:
        return said
    many, single = _alternate(case.adapter, case.adapter, 4, 1, max(5, rounds // 3))
    share, middle = _median([one / (4 * other) for one, other in zip(many, single, strict=True)])
    worst.share = max(worst.share, share)
    return f"{said}{share:27.2f}  {middle}"


def _alternate(one: Timed, other: Timed, takes: int, others: int, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds of each, call by call."""
    times: tuple[list[float], list[float]] = ([], [])
    for turn in range(rounds):
        for which in (0, 1) if turn % 2 else (1, 0):
            times[which].append((one, other)[which]((takes, others)[which]))
    return times


def _median(ratios: list[float]) -> tuple[float, str]:
    low, middle, high = statistics.quantiles(ratios, n=4)
    return middle, f"{low:.3f}-{high:.3f}"

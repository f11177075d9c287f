"""Bars of any metre: their beats, grids of sixteenths fitted to them, and swing. All times are quarter notes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from state.errors import Refusal
from state.gat import quarters_per_bar


@dataclass(frozen=True)
class Metre:
    """One bar as beats (`groups`, their lengths): 4/4 is (1, 1, 1, 1), 6/8 (1.5, 1.5), 7/8 (1, 1, 1.5)."""

    time_signature: str
    groups: tuple[float, ...]

    @property
    def quarters(self) -> float:
        return sum(self.groups)

    @property
    def starts(self) -> tuple[float, ...]:
        """Where each beat starts in the bar."""
        return tuple(sum(self.groups[:index]) for index in range(len(self.groups)))

    @property
    def compound(self) -> bool:
        """True when a beat divides into three, as in 6/8."""
        return all(group == 1.5 for group in self.groups)

    @property
    def swings(self) -> bool:
        """True when every beat is a quarter, so that swing has a meaning."""
        return all(group == 1.0 for group in self.groups)

    def strong(self, time: float) -> bool:
        """True for the first beat and the middle of the bar (beat 3 of 4/4, 4 of 6/8)."""
        starts = self.starts
        middle = starts[(len(starts) + 1) // 2] if len(starts) > 1 else 0.0
        place = time % self.quarters
        return min(abs(place), abs(place - middle)) < 0.02

    def on_beat(self, time: float) -> bool:
        place = time % self.quarters
        return any(abs(place - start) < 0.02 for start in self.starts)


@lru_cache(64)
def parse_metre(time_signature: str) -> Metre:
    """The metre of '4/4', '6/8', '7/8' ... Raises Refusal for what is not a time signature."""
    match = re.fullmatch(r"(\d{1,2})/(2|4|8|16)", time_signature.strip())
    if match is None or not 1 <= int(match[1]) <= 32 or quarters_per_bar(time_signature) < 0.5:
        raise Refusal(
            f"{time_signature!r} is not a metre I can count; try 4/4, 3/4, 6/8, 5/4 or 7/8.", field="time_signature"
        )
    upper, lower = int(match[1]), int(match[2])
    if lower == 8 and upper % 3 == 0:
        return Metre(time_signature, (1.5,) * (upper // 3))
    if lower in (2, 4):
        return Metre(time_signature, (1.0,) * (upper * 4 // lower))
    if lower == 8 and upper == 8:
        return Metre(time_signature, (1.5, 1.5, 1.0))
    whole, rest = divmod(upper, lower // 4)
    groups = [1.0] * whole
    if rest and groups:
        groups[-1] += rest * 4 / lower
    return Metre(time_signature, tuple(groups) or (upper * 4 / lower,))


@dataclass(frozen=True)
class Hit:
    """One sign of a grid: where in the bar, how long it is held, and the sign."""

    time: float
    length: float
    sign: str


def bars_of(grid: str) -> tuple[str, ...]:
    """The bars of a grid, without spaces."""
    return tuple("".join(bar.split()) for bar in grid.split("/"))


@lru_cache(4096)
def fit(bar: str, metre: Metre, keeps_time: bool = False) -> tuple[Hit, ...]:
    """The hits of one bar of sixteenths (16 of 4/4 or 12 of 3/4) in `metre`.

    Beats are kept whole, dropped or repeated so that the backbeat stays a backbeat: 3/4 takes beats 1, 3 and 4 of a
    4/4 grid, 6/8 takes 1 and 2, 5/4 three and then two. `keeps_time` fills the third eighth of a dotted beat.
    """
    cells = [bar[index : index + 4] for index in range(0, len(bar), 4)]
    steps: list[tuple[float, float, str]] = []
    if len(cells) == 3 and metre.compound:  # a waltz in 6/8 is one waltz bar a dotted beat
        for start in metre.starts:
            for index, cell in enumerate(cells):
                steps.append((start + index * 0.5, 0.25, cell[0]))
                steps.append((start + index * 0.5 + 0.25, 0.25, cell[2]))
    else:
        for start, group, which in zip(metre.starts, metre.groups, _beats(len(metre.groups), len(cells)), strict=True):
            steps.extend(_cell(cells[which], start, group, keeps_time))
    hits: list[Hit] = []
    for time, length, sign in steps:
        if sign == "-" and hits:
            hits[-1] = Hit(hits[-1].time, time + length - hits[-1].time, hits[-1].sign)
        elif sign not in ".-":
            hits.append(Hit(time, length, sign))
    return tuple(hits)


def _cell(cell: str, start: float, group: float, keeps_time: bool) -> list[tuple[float, float, str]]:
    if group == 1.5:
        last = cell[3]
        if last in ".-" and cell[2] not in ".-" and (keeps_time and cell[0] not in ".-"):
            last = cell[2]
        return [
            (start, 0.25, cell[0]), (start + 0.25, 0.25, cell[1]), (start + 0.5, 0.5, cell[2]), (start + 1.0, 0.5, last)
        ]  # fmt: skip
    inside = [index for index in range(4) if index * 0.25 < group]
    return [
        (start + i * 0.25, (group - i * 0.25) if i == inside[-1] else 0.25, cell[i]) for i in inside
    ]  # the last step takes what a longer beat has left


_PLANS = {
    4: {1: (0,), 2: (0, 1), 3: (0, 2, 3), 4: (0, 1, 2, 3)},
    3: {1: (0,), 2: (0, 1), 3: (0, 1, 2), 4: (0, 1, 2, 1)},
}


@lru_cache(256)
def _beats(wanted: int, given: int) -> tuple[int, ...]:
    """Which of the `given` beats of a grid make a bar of `wanted` beats."""
    plan: list[int] = []
    while wanted > 0:
        size = 4 if wanted in (4, 7, 8) or wanted > 9 else 3 if wanted in (3, 5, 6, 9) else wanted
        plan.extend(_PLANS[given][size])
        wanted -= size
    return tuple(plan)


@dataclass(frozen=True)
class Swing:
    """`share` of each pair of `unit`-long halves that goes to the first: 0.5 is straight, 0.667 triplets."""

    unit: float = 1.0
    share: float = 0.5

    def warp(self, time: float) -> float:
        """A straight time as it is played."""
        if self.share == 0.5:
            return time
        whole, part = divmod(time / self.unit, 1.0)
        bent = part * 2 * self.share if part < 0.5 else self.share + (part - 0.5) * 2 * (1 - self.share)
        return (whole + bent) * self.unit

    def unwarp(self, time: float) -> float:
        """A played time as it would be straight: the inverse of `warp`."""
        if self.share == 0.5:
            return time
        whole, part = divmod(time / self.unit, 1.0)
        flat = part / (2 * self.share) if part < self.share else 0.5 + (part - self.share) / (2 * (1 - self.share))
        return (whole + flat) * self.unit

"""Chords as pitches: which tones, in which order, and how one moves to the next with the least motion."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from ensemble.band.frame import Span
from ensemble.band.theory import QUALITIES


def tones_of(span: Span, kind: str, rootless: bool) -> tuple[int, ...]:
    """Pitch classes to sound, lowest first in closed position. `kind` is a style's voicing."""
    steps = QUALITIES[span.chord.quality]
    root = span.chord.root
    if kind == "power":
        fifth = next((s for s in steps if s in (6, 7, 8)), 7)
        return (root, (root + fifth) % 12)
    chosen = list(steps)
    if len(chosen) > 4 and 7 in chosen:
        chosen.remove(7)
    if rootless and kind == "rootless" and len(chosen) > 3:
        chosen.remove(0)
    if len(chosen) > 4:
        chosen.remove(0)
    return tuple((root + step) % 12 for step in chosen)


def voiced(
    tones: Sequence[int], low: int, high: int, centre: float, previous: Sequence[int] = (), spread: bool = False
) -> tuple[int, ...]:
    """`tones` as ascending pitches in `low`..`high`: the inversion nearest to `previous`, or to `centre` at first."""
    options = _options(tones, low, high, spread)
    if not options:
        options = [tuple(sorted({_fold(tone, low, high) for tone in tones}))]
    return min(options, key=lambda option: (_cost(option, centre, previous), option))


def _options(tones: Sequence[int], low: int, high: int, spread: bool) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    for turn in range(len(tones)):
        order = [*tones[turn:], *tones[:turn]]
        for bottom in range(low, high + 1):
            if bottom % 12 != order[0] % 12:
                continue
            closed = [bottom]
            for tone in order[1:]:
                closed.append(closed[-1] + ((tone - closed[-1]) % 12 or 12))
            shapes = [closed]
            if len(closed) >= 3:
                opened = sorted([closed[0], closed[2], closed[1] + 12, *closed[3:]])
                shapes = [opened] if spread else [closed, opened] if len(closed) == 4 else [closed]
            found.extend(tuple(shape) for shape in shapes if shape[-1] <= high)
    return found


def _cost(option: Sequence[int], centre: float, previous: Sequence[int]) -> float:
    mean = sum(option) / len(option)
    cost = 0.35 * abs(mean - centre)
    if previous:
        cost += sum(min(abs(p - q) for q in previous) for p in option) / len(option)
        cost += 0.6 * abs(option[-1] - previous[-1])
    for below, above in pairwise(option):
        if above - below < 3:
            cost += 1.5 if below >= 55 else 5.0  # seconds are sweet up high and mud down low
        elif below < 50 and above - below < 7:
            cost += 3.0
    return cost


def _fold(tone: int, low: int, high: int) -> int:
    pitch = low + (tone - low) % 12
    return pitch if pitch <= high else pitch - 12


def strings(span: Span, low: int, high: int, previous: Sequence[int] = (), lift: int = 0) -> tuple[int, ...]:
    """A guitar's barre shape: root, fifth, octave (or seventh), third, fifth, as in the E and A shapes.

    Four to six ascending pitches; `lift` moves the lowest root allowed up the neck.
    """
    steps = QUALITIES[span.chord.quality]
    fifth = next((s for s in steps if s in (6, 7, 8)), 7)
    third = next((s for s in steps if s in (3, 4, 5, 2)), 7)
    seventh = next((s for s in steps if s in (9, 10, 11)), None)
    tension = next((s for s in steps if s > 12), None)
    e_shape = (
        0,
        fifth,
        12 if seventh is None else seventh,
        12 + third,
        12 + fifth,
        24 if tension is None else 12 + tension,
    )
    a_shape = (
        0,
        fifth,
        12 if seventh is None else seventh,
        12 + third,
        12 + fifth if tension is None else 12 + tension,
    )
    options: list[tuple[int, ...]] = []
    for shape, deepest, top in ((e_shape, low, low + 9), (a_shape, low + 5, low + 14)):
        root = deepest + lift + (span.chord.root - deepest - lift) % 12
        if root <= top + lift + 3 or not options:
            options.append(tuple(sorted({root + step for step in shape if root + step <= high})))
    if previous:
        return min(options, key=lambda option: (abs(option[0] - previous[0]) + abs(option[-1] - previous[-1]), option))
    return min(options, key=lambda option: (option[0], option))


def power(span: Span, low: int, high: int, previous: Sequence[int] = ()) -> tuple[int, ...]:
    """Root, fifth and octave, as near to `previous` as the neck allows."""
    steps = QUALITIES[span.chord.quality]
    fifth = next((s for s in steps if s in (6, 7, 8)), 7)
    roots = [pitch for pitch in range(low, min(high - 12, low + 14) + 1) if pitch % 12 == span.chord.root]
    wanted = previous[0] if previous else low + 4
    root = min(roots, key=lambda pitch: (abs(pitch - wanted), pitch)) if roots else low + (span.chord.root - low) % 12
    return tuple(pitch for pitch in (root, root + fifth, root + 12) if pitch <= high)

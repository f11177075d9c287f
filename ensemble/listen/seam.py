"""The loop point: does it click, is a tail cut off there? And clipping: peaks past full scale, flat tops.

A click is judged against the sound itself: a step at the loop point counts only where it stands out of its
neighbourhood more than the attacks elsewhere in the loop do, so that a drum hit on beat one is not taken for one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ensemble.listen.sound import Array, Sound, decibels
from state.gat import SAMPLE_RATE

AUDIBLE_STEP = 0.01
"""A step smaller than this (full scale 1) against the next sample is no click in music."""
STANDS_OUT = 4.0
"""How many times its neighbours' largest step a click is."""
CUT_DB = 18.0
"""A fall of level within 10 ms at the loop point that counts as a cut tail, if nothing elsewhere falls so."""
_NEAR = 32
_WINDOW = round(0.01 * SAMPLE_RATE)
FLAT_RUN = 4
"""So many equal samples in a row at the very top are a flat top."""


@dataclass(frozen=True)
class Seam:
    """What happens where the end meets the start."""

    jump: float
    """Step from the last sample to the first, full scale 1."""
    prominence: float
    """That step against the largest one within 0.7 ms."""
    elsewhere: float
    """The most prominent step of at least 0.7 of that size inside the loop."""
    fall_db: float
    """Level of the last 10 ms over that of the first 10 ms."""
    fall_elsewhere_db: float
    """The steepest such fall inside the loop."""
    before_db: float
    """Level of the last 10 ms against the whole."""

    @property
    def clicks(self) -> bool:
        return self.jump > AUDIBLE_STEP and self.prominence > STANDS_OUT and self.prominence > 1.3 * self.elsewhere

    @property
    def cut(self) -> bool:
        return self.fall_db > CUT_DB and self.before_db > -20 and self.fall_db > self.fall_elsewhere_db + 6


def measure_seam(sound: Sound) -> Seam:
    """The worse of both channels, `sound` read as a loop. All zero for silence and for less than 0.1 s."""
    if sound.silent or sound.samples < SAMPLE_RATE // 10:
        return Seam(0.0, 0.0, 0.0, 0.0, 0.0, -200.0)
    clicks = max((_click(channel) for channel in sound.audio), key=lambda found: found[0] * min(found[1], 50.0))
    return Seam(*clicks, *_fall(sound.audio))


def flat_tops(audio: Array) -> int:
    """Number of runs of at least FLAT_RUN equal samples at the extreme of a channel of `audio`, shape (2, samples).

    0 for square-like waves, which rest at their extremes most of the time and are not clipped.
    """
    runs = 0
    for channel in audio:
        for side in (channel, -channel):
            top = float(side.max())
            if top < 0.05:
                continue
            at_top = side >= top - 1.6e-5
            if at_top.mean() > 0.2:
                continue
            edges = np.flatnonzero(np.diff(np.concatenate(([False], at_top, [False])).astype(np.int8)))
            runs += int((edges[1::2] - edges[::2] >= FLAT_RUN).sum())
    return runs


def _click(channel: Array) -> tuple[float, float, float]:
    """(jump, prominence, elsewhere) of one channel."""
    steps = np.abs(np.diff(np.concatenate([channel, channel[:1]])))
    jump = float(steps[-1])
    if jump <= AUDIBLE_STEP / 10:
        return jump, 0.0, 0.0
    # Steps 2 to _NEAR away on either side, the loop read as a ring; the step itself and its neighbour may share a click.
    prominent = steps / np.maximum(_largest_around(steps, 2, _NEAR), 1e-4)
    inside = prominent[_NEAR:-_NEAR][steps[_NEAR:-_NEAR] >= 0.7 * jump]
    return jump, float(prominent[-1]), float(inside.max()) if len(inside) else 0.0


def _largest_around(steps: Array, nearest: int, farthest: int) -> Array:
    """For each step, the largest one `nearest`..`farthest` places before or after it, around the loop."""
    width = farthest - nearest + 1
    ring = np.concatenate([steps[-farthest:], steps, steps[:farthest]])
    largest, have = ring, 1
    while have < width:
        shift = min(have, width - have)
        largest = np.maximum(largest[:-shift], largest[shift:])
        have += shift
    count = len(steps)
    after = largest[farthest + nearest : farthest + nearest + count]
    return np.asarray(np.maximum(largest[:count], after), dtype=np.float32)


def _fall(audio: Array) -> tuple[float, float, float]:
    """(fall at the seam, steepest fall elsewhere, level before the seam against the whole), dB."""
    power = np.square(audio, dtype=np.float64).sum(axis=0)
    whole = float(np.sqrt(power.mean()))
    floor = 1e-3 * whole
    sums = np.concatenate([[0.0], np.cumsum(power)])
    quarter = _WINDOW // 4
    starts = np.arange(0, len(power) - _WINDOW + 1, quarter)
    levels = 20 * np.log10(np.sqrt(np.maximum(sums[starts + _WINDOW] - sums[starts], 0) / _WINDOW) + floor)
    falls = levels[:-4] - levels[4:]
    loud = levels[:-4] > 20 * np.log10(whole) - 20
    last = 20 * np.log10(float(np.sqrt(power[-_WINDOW:].mean())) + floor)
    first = 20 * np.log10(float(np.sqrt(power[:_WINDOW].mean())) + floor)
    elsewhere = float(falls[loud].max()) if loud.any() else 0.0
    return float(last - first), max(elsewhere, 0.0), float(last - decibels(whole))

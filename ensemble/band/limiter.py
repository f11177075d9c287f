"""Brings the few peaks over a ceiling down and leaves every other sample as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ensemble.band.loudness import between, true_peak

if TYPE_CHECKING:
    from state.artifacts import Audio

_REACH = 128
"""Samples (about 3 ms) over which the gain falls before a peak and recovers after it: 2 * _REACH on either side."""
_PASSES = 8


def limit_peaks(audio: Audio, ceiling_db: float) -> Audio:
    """`audio`, a loop, with its true peak at most `ceiling_db`.

    Both channels get one gain, which is exactly 1 further than `2 * _REACH` samples from a peak over the ceiling and
    moves without steps: the look-ahead of a studio limiter, with the loop's end looking at its start.
    """
    ceiling = 10 ** (ceiling_db / 20)
    out = audio
    # The gain's own movement can raise a peak between samples a little: hence further, ever lower passes.
    for attempt in range(_PASSES):
        if true_peak(out) <= ceiling:
            return out
        out = out * _gains(out, ceiling * (1 - 0.001 * attempt))
    return out * np.float32(min(1.0, ceiling / true_peak(out)))


def _gains(audio: Audio, ceiling: float) -> NDArray[np.float32]:
    needed = ceiling / np.maximum(_envelope(audio, 0.5 * ceiling), ceiling)
    # The lowest gain within reach, then a triangle no wider than that reach: never above what a peak needs.
    held = _lowest_around(needed, _REACH)
    drop = _box(_box(1 - held, _REACH), -_REACH)
    return (1 - drop).astype(np.float32)


def _envelope(audio: Audio, floor: float) -> NDArray[np.float64]:
    """The larger channel's level at each sample, and beside it where that is above `floor`."""
    highest = np.zeros(audio.shape[1])
    for channel in audio:
        level = np.abs(channel).astype(np.float64)
        near = np.flatnonzero((level > floor) | (np.roll(level, -1) > floor))
        if near.size:
            inner = np.abs(between(channel, near)).max(axis=1).astype(np.float64)
            after = (near + 1) % level.size
            level[near] = np.maximum(level[near], inner)
            level[after] = np.maximum(level[after], inner)
        np.maximum(highest, level, out=highest)
    return highest


def _lowest_around(gains: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """The minimum over `reach` samples on either side, the array taken as a loop."""
    width, span = 2 * reach + 1, 1
    lowest = gains
    while span < width:
        step = min(span, width - span)
        lowest = np.minimum(lowest, np.roll(lowest, -step))
        span += step
    return np.roll(lowest, reach)


def _box(values: NDArray[np.float64], reach: int) -> NDArray[np.float64]:
    """The mean of each value and the `|reach|` after it (before it when negative), the array taken as a loop."""
    width = abs(reach) + 1
    index = np.arange(-width, values.size + width)
    sums = np.cumsum(np.take(values, index, mode="wrap"))
    first = width if reach > 0 else 1
    upper = sums[first + width - 1 : first + width - 1 + values.size]
    lower = sums[first - 1 : first - 1 + values.size]
    return np.asarray((upper - lower) / width)

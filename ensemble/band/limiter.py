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

    Both channels get one gain, which is exactly 1 further than `2 * _REACH` samples from a peak over the ceiling. Raised
    cosines hide the dip: there is no step in level, and none in slope.
    """
    ceiling = 10 ** (ceiling_db / 20)
    out = audio
    # The gain's own movement can raise a peak between samples a little: hence further, ever smaller passes.
    for attempt in range(_PASSES):
        if true_peak(out) <= ceiling:
            return out
        out = out * _gains(out, ceiling * (1 - 0.001 * attempt))
    return out * np.float32(min(1.0, ceiling / true_peak(out)))


def _gains(audio: Audio, ceiling: float) -> NDArray[np.float32]:
    needed = np.ones(audio.shape[1])
    for channel in audio:
        level = np.abs(channel).astype(np.float64)
        near = np.flatnonzero((level > 0.5 * ceiling) | (np.roll(level, -1) > 0.5 * ceiling))
        inner = np.abs(between(channel, near)).max(axis=1).astype(np.float64) if near.size else np.zeros(0)
        np.maximum.at(level, near, inner)
        np.maximum.at(level, (near + 1) % level.size, inner)
        np.minimum(needed, ceiling / np.maximum(level, ceiling), out=needed)
    over = np.flatnonzero(needed < 1)
    fade = 0.5 + 0.5 * np.cos(np.pi * np.arange(_REACH + 1) / _REACH)
    shape = np.concatenate((np.ones(1), fade))
    gains = np.ones(audio.shape[1])
    for distance, weight in enumerate(shape):
        drop = 1 - (1 - needed[over]) * weight
        for place in ((over - distance) % gains.size, (over + distance) % gains.size):
            np.minimum.at(gains, place, drop)
    return gains.astype(np.float32)

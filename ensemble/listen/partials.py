"""Steady spectral peaks: what tones leave in long frames, and drums and noise hardly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ensemble.listen.sound import TONE_RATE, TONE_WINDOW, Sound

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Partials:
    """Steady spectral peaks, one a row."""

    frame: NDArray[np.intp]
    """Frame of `Sound.tones`."""
    pitch: Vector
    """MIDI note number at A = 440 Hz, fractional."""
    level: Vector
    """Magnitude, in the units of `Sound.tones`."""


def find_partials(sound: Sound, lowest_hz: float, highest_hz: float) -> Partials:
    """Partials of `sound` between two frequencies that last for at least two frames."""
    low, high = int(lowest_hz * TONE_WINDOW / TONE_RATE), int(highest_hz * TONE_WINDOW / TONE_RATE)
    steady = _steady(sound.tones[:, : high + 14])
    frame, bin_ = _peaks(steady, low, high)
    centre, left, right = steady[frame, bin_], steady[frame, bin_ - 1], steady[frame, bin_ + 1]
    offset = 0.5 * (left - right) / np.minimum(left - 2 * centre + right, -1e-9)
    hertz = (bin_ + np.clip(offset, -0.5, 0.5)) * TONE_RATE / TONE_WINDOW
    return Partials(frame, 12 * np.log2(hertz / 440.0) + 69, centre.astype(np.float64))


def _steady(tones: NDArray[np.float32]) -> NDArray[np.float32]:
    """The median over three frames: what lasts stays, what is struck and gone does not."""
    if len(tones) < 3:
        return tones
    padded = np.concatenate([tones[:1], tones, tones[-1:]])
    before, now, after = padded[:-2], padded[1:-1], padded[2:]
    return np.asarray(np.maximum(np.minimum(before, now), np.minimum(np.maximum(before, now), after)), dtype=np.float32)


def _peaks(steady: NDArray[np.float32], low: int, high: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """(frame, bin) of partials: local maxima that stand out of their surroundings and are not far below the loudest."""
    middle = steady[:, low:high]
    is_top = (middle > steady[:, low - 1 : high - 1]) & (middle >= steady[:, low + 1 : high + 1])
    # Around each bin, the mean of a window that is wide against a partial: noise is near it, a partial far above.
    sums = np.cumsum(np.pad(steady[:, : high + 1], ((0, 0), (13, 12)), mode="edge"), axis=1)
    around = (sums[:, 25:] - sums[:, :-25])[:, low:high] / 25
    loudest = float(np.quantile(steady.max(axis=1), 0.95))
    frame, bin_ = np.nonzero(is_top & (middle > 2.5 * around) & (middle > 0.01 * loudest))
    return frame, bin_ + low

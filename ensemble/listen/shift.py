"""By how many semitones one recording of a part lies above another: a log-frequency spectrum slid along itself.

Chroma would call a fifth up and a fourth down the same; partials on a logarithmic axis do not.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ensemble.listen.sound import TONE_RATE, TONE_WINDOW, Array, Sound, fast_length

_STEPS = 4
"""Positions a semitone."""
_LOWEST_HZ, _OCTAVES = 36.0, 8
_REACH = 26
"""Semitones either way."""
_ALIKE = 0.3
_CLEAR = 0.03


def measure_shift(before: Sound, after: Sound) -> float | None:
    """Semitones from `before` to `after` (a quarter tone apart is told), or None where they cannot be compared.

    The frames are laid side by side, so both must play the same part in the same time.
    """
    if before.silent or after.silent:
        return None
    first, second = _partials(before), _partials(after)
    frames = min(len(first), len(second))
    if frames < 2 or abs(len(first) - len(second)) > 2:
        first, second = first.mean(axis=0, keepdims=True), second.mean(axis=0, keepdims=True)
        frames = 1
    first, second = first[:frames], second[:frames]
    reach = _REACH * _STEPS
    shifts = np.arange(-reach, reach + 1)
    alike = _alike(first, second)[shifts]
    best = int(alike.argmax())
    if alike[best] < _ALIKE or not 0 < best < len(shifts) - 1:
        return None
    rivals = alike.copy()
    rivals[max(0, best - _STEPS) : best + _STEPS + 1] = -1
    if alike[best] - rivals.max() < _CLEAR:
        return None
    left, middle, right = alike[best - 1 : best + 2]
    bend = left - 2 * middle + right
    return float((shifts[best] + (0.5 * (left - right) / bend if bend < 0 else 0.0)) / _STEPS)


def _partials(sound: Sound) -> Array:
    """Shape (frames, positions): compressed magnitudes on a logarithmic axis, less their surroundings."""
    tones = sound.tones
    hertz = _LOWEST_HZ * 2 ** (np.arange(_OCTAVES * 12 * _STEPS) / (12 * _STEPS))
    position = hertz * TONE_WINDOW / TONE_RATE
    low = np.floor(position).astype(int)
    part = (position - low).astype(np.float32)
    spectrum = tones[:, low] * (1 - part) + tones[:, low + 1] * part
    loudest = float(np.quantile(tones.max(axis=1), 0.95)) + 1e-9
    level = np.log1p(200.0 * spectrum / loudest)
    width = 7 * _STEPS | 1
    sums = np.cumsum(np.pad(level, ((0, 0), (width // 2 + 1, width // 2)), mode="edge"), axis=1)
    around = (sums[:, width:] - sums[:, :-width]) / width
    return np.asarray(np.maximum(level - around, 0.0), dtype=np.float32)


def _alike(first: Array, second: Array) -> NDArray[np.float64]:
    """Cosine between `first` moved up by each number of positions and `second`; index -1 is one position down."""
    size = fast_length(2 * first.shape[1])
    product = (np.conj(np.fft.rfft(first, size, axis=1)) * np.fft.rfft(second, size, axis=1)).sum(axis=0)
    norm = float(np.linalg.norm(first)) * float(np.linalg.norm(second))
    return np.asarray(np.fft.irfft(product, size) / max(norm, 1e-12))

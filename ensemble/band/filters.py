"""Causal filters played on a loop by FFT: the loop is its own past, so there is nothing to settle and no seam."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ensemble.band.stretch import around
from state.gat import SAMPLE_RATE

if TYPE_CHECKING:
    from state.artifacts import Audio

_SIZE = 32768
"""Length of one transform; blocks of this size stay in the cache, one transform of the whole loop does not."""
_MEMORY = 8192
"""Samples of past that each block is given: more than a 20 Hz Butterworth filter of order four rings (-80 dB)."""

Response = NDArray[np.complex64]
"""A filter's transfer function at the `_SIZE // 2 + 1` frequencies of one block."""


def filter_loop(audio: Audio, response: Response) -> Audio:
    """`audio`, shape (2, samples), filtered as an endless loop; the same length."""
    samples = audio.shape[1]
    fresh = _SIZE - _MEMORY
    blocks = -(-samples // fresh)
    past = around(audio, _MEMORY, blocks * fresh - samples)
    windows = np.lib.stride_tricks.sliding_window_view(past, _SIZE, axis=1)[:, ::fresh]
    filtered = np.fft.irfft(np.fft.rfft(windows, axis=-1) * response, _SIZE, axis=-1)
    return np.ascontiguousarray(filtered[:, :, _MEMORY:].reshape(2, -1)[:, :samples], dtype=np.float32)


@lru_cache(maxsize=64)
def butterworth(cutoff_hz: float, *, high: bool) -> Response:
    """A maximally flat filter of order four (24 dB an octave), low-pass or `high`-pass."""
    # Prewarped analogue frequency relative to the cutoff; the top bin is the zero of a low-pass.
    cutoff = math.tan(math.pi * min(cutoff_hz, 0.49 * SAMPLE_RATE) / SAMPLE_RATE)
    s = 1j * np.tan(np.pi * np.arange(_SIZE // 2 + 1) / _SIZE) / cutoff
    if high:
        s[0] = 1e-9j
        s = 1 / s
    response = np.ones(s.size, complex)
    for damping in (2 * math.cos(math.pi / 8), 2 * math.cos(3 * math.pi / 8)):
        response /= s**2 + damping * s + 1
    return response.astype(np.complex64)


@lru_cache(maxsize=64)
def three_bands(low_db: float, mid_db: float, high_db: float) -> Response:
    """A low shelf at 150 Hz, a bell at 1 kHz (one and a half octaves wide) and a high shelf at 6 kHz."""
    response = _shelf(150.0, low_db, high=False) * _bell(1000.0, mid_db) * _shelf(6000.0, high_db, high=True)
    return np.asarray(response, dtype=np.complex64)


def _frequency(centre_hz: float) -> NDArray[np.complex128]:
    warped = np.tan(np.pi * np.arange(_SIZE // 2 + 1) / _SIZE) / math.tan(math.pi * centre_hz / SAMPLE_RATE)
    return np.asarray(1j * warped)


def _shelf(centre_hz: float, gain_db: float, *, high: bool) -> NDArray[np.complex128]:
    """The analogue prototype of R. Bristow-Johnson's cookbook with slope 1."""
    a = 10 ** (gain_db / 40)
    s = _frequency(centre_hz)
    slope = math.sqrt(2 * a)
    if high:
        return np.asarray(a * (a * s**2 + slope * s + 1) / (s**2 + slope * s + a))
    return np.asarray(a * (s**2 + slope * s + a) / (a * s**2 + slope * s + 1))


def _bell(centre_hz: float, gain_db: float) -> NDArray[np.complex128]:
    a = 10 ** (gain_db / 40)
    s = _frequency(centre_hz)
    return np.asarray((s**2 + s * a / 0.9 + 1) / (s**2 + s / (a * 0.9) + 1))

"""How loud audio is: integrated loudness after ITU-R BS.1770-4 and true peak, in numpy alone.

Conventions: audio has shape (2, samples) at 44.1 kHz; loudness is in LUFS, peaks in dBTP; silence is minus infinity.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from state.gat import SAMPLE_RATE

if TYPE_CHECKING:
    from state.artifacts import Audio

_STEP = SAMPLE_RATE // 10
"""100 ms: gating blocks are four steps long and overlap by three."""
_PADDED = 4500
"""Transforms of this length take half as long as of `_STEP`, whose factors are larger."""
_BLOCK = 4
_ABSOLUTE_GATE = -70.0
_RELATIVE_GATE = -10.0
_OVERSAMPLING = 4
_TAPS = 32
_NEAR_PEAK = 0.6
"""True peak is sought on both sides of crests above this share of the sample peak: music's peaks between samples lie
beside high samples, so the others need no interpolation."""
_CANDIDATES = 1 << 15


def loudness_lufs(audio: Audio, *, loop: bool = False) -> float:
    """Gated integrated loudness. Minus infinity for silence. As a `loop`, blocks also span the seam, so that it does not
    matter where the loop begins.

    The K weighting is applied to the power spectrum of 100 ms steps (Parseval), which spares the filters and every
    inverse transform. What lies wholly below the absolute gate is measured ungated instead of being called silent.
    """
    powers = step_powers(audio)
    if powers.size == 0:
        return -math.inf
    if loop and powers.size >= _BLOCK:
        powers = np.concatenate((powers, powers[: _BLOCK - 1]))
    blocks = _blocks(powers)
    kept = blocks[blocks > _power(_ABSOLUTE_GATE)]
    if kept.size == 0:
        return _lufs(float(powers.mean()))
    gated = kept[kept > kept.mean() * 10 ** (_RELATIVE_GATE / 10)]
    return _lufs(float(gated.mean()))


def step_powers(audio: Audio) -> NDArray[np.float64]:
    """K-weighted power of each whole 100 ms step, both channels summed; one shorter step when there is no whole one."""
    samples = audio.shape[-1]
    if samples == 0:
        return np.zeros(0)
    length = min(_STEP, samples)
    steps = samples // length
    cut = np.ascontiguousarray(audio[..., : steps * length], dtype=np.float32).reshape(-1, steps, length)
    size = _PADDED if length == _STEP else length
    spectrum = np.fft.rfft(cut, size, axis=-1)
    power = spectrum.real**2
    power += spectrum.imag**2
    # Sums, not a matrix product: BLAS may round differently with another number of threads.
    return np.asarray((power.sum(axis=0) * _k_weights(length, size)).sum(axis=-1, dtype=np.float64))


def true_peak_db(audio: Audio) -> float:
    """Highest absolute value between and at samples (4x oversampling), in dBTP. Minus infinity for silence.

    The audio is taken as a loop: its end is followed by its start.
    """
    peak = true_peak(audio)
    return 20 * math.log10(peak) if peak > 0 else -math.inf


def true_peak(audio: Audio) -> float:
    """As `true_peak_db`, as a linear amplitude."""
    if audio.size == 0:
        return 0.0
    level = np.abs(audio)
    highest = float(level.max())
    if highest == 0.0:
        return 0.0
    result = highest
    for channel, levels in zip(audio, level, strict=True):
        crest = levels >= _NEAR_PEAK * highest
        crest &= (levels >= np.roll(levels, 1)) & (levels >= np.roll(levels, -1))
        crest |= np.roll(crest, 1)
        candidates = np.flatnonzero(crest | np.roll(crest, -2))
        for chunk in np.array_split(candidates, -(-candidates.size // _CANDIDATES) or 1):
            if chunk.size:
                result = max(result, float(np.abs(between(channel, chunk)).max()))
    return result


def between(channel: NDArray[np.float32], indices: NDArray[np.intp]) -> NDArray[np.float32]:
    """Band-limited values a quarter, a half and three quarters of a sample after each of `indices`, the channel taken
    as a loop. Shape (len(indices), 3)."""
    half = _TAPS // 2
    padded = np.take(channel, np.arange(-half + 1, channel.size + half + 1), mode="wrap")
    windows = np.lib.stride_tricks.sliding_window_view(padded, _TAPS)[indices]
    return np.stack([(windows * taps).sum(axis=1) for taps in _interpolators()], axis=1)


def _blocks(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    if powers.size < _BLOCK:
        return np.array([powers.mean()])
    sums = np.concatenate(([0.0], np.cumsum(powers)))
    return np.asarray((sums[_BLOCK:] - sums[:-_BLOCK]) / _BLOCK)


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power) if power > 1e-20 else -math.inf


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))


@cache
def _k_weights(length: int, size: int) -> NDArray[np.float32]:
    """Weights that turn the |rfft|^2 of `length` samples, padded to `size`, into K-weighted mean power."""
    z = np.exp(-2j * np.pi * np.fft.rfftfreq(size))
    response = np.ones(z.size)
    for numerator, denominator in (_shelf(), _rumble()):
        response *= np.abs(np.polyval(numerator[::-1], z) / np.polyval(denominator[::-1], z)) ** 2
    sided = np.full(z.size, 2.0)
    sided[0] = 1.0
    if size % 2 == 0:
        sided[-1] = 1.0
    return (response * sided / (length * size)).astype(np.float32)


def _shelf() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """BS.1770 stage 1 (head), from its analogue prototype so that it holds at 44.1 kHz."""
    k = math.tan(math.pi * 1681.974450955533 / SAMPLE_RATE)
    q = 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    b = np.array([high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k]) / a0
    return b, np.array([1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0])


def _rumble() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """BS.1770 stage 2 (high pass)."""
    k = math.tan(math.pi * 38.13547087602444 / SAMPLE_RATE)
    q = 0.5003270373238773
    a0 = 1 + k / q + k * k
    return np.array([1.0, -2.0, 1.0]), np.array([1.0, 2 * (k * k - 1) / a0, (1 - k / q + k * k) / a0])


@cache
def _interpolators() -> NDArray[np.float32]:
    """Windowed-sinc filters, shape (3, _TAPS), one row a phase."""
    half = _TAPS // 2
    taps = np.arange(_TAPS) - (half - 1)
    rows = []
    for phase in range(1, _OVERSAMPLING):
        x = taps - phase / _OVERSAMPLING
        row = np.sinc(x) * np.i0(7.0 * np.sqrt(np.maximum(0, 1 - (x / half) ** 2))) / np.i0(7.0)
        rows.append(row / row.sum())
    return np.stack(rows).astype(np.float32)

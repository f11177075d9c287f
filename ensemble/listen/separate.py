"""Splitting a recording into what is struck and what rings, without a trained model.

Harmonic-percussive separation by medians (Fitzgerald, DAFx 2010): a drum is a vertical line in the spectrogram, a note
a horizontal one. Good enough to bring drums forward; it cannot tell bass from voice from guitar, and is not offered
for them. On 25 loops of the built-in band's SoundFont the drums came out at 6.6 dB SI-SDR (median; 7.7 dB above the
unsplit mix, from 4 dB worse to 15 dB better).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from state.artifacts import Audio

QUALITY = (
    "The drums were drawn out by their attack alone, without a separation model: attacks of other instruments remain in"
    " them, and their own ringing stays behind."
)
"""What must be said wherever a part from this file is handed out."""
SEPARABLE = ("drums", "everything but drums")
_WINDOW, _HOP = 4096, 1024
_FRAMES, _BINS = 21, 17
_BLOCK = 128


def separate_drums(audio: Audio) -> tuple[Audio, Audio]:
    """(drums, everything else) of `audio`, shape (2, samples) each, read as a loop; they sum to `audio`."""
    samples = audio.shape[1]
    starts = np.arange(0, samples + _HOP, _HOP)
    # The first and last windows see the other end of the loop; rounding up to whole hops repeats a little of the start.
    total = len(starts) * _HOP + _WINDOW
    window = np.hanning(_WINDOW + 1)[:_WINDOW].astype(np.float32)
    spectra = [_spectra(_around(channel, total), len(starts), window) for channel in audio]
    mask = _percussive(np.mean([np.abs(one) for one in spectra], axis=0))
    drums = np.empty_like(audio, shape=(2, samples))
    for channel, spectrum in enumerate(spectra):
        drums[channel] = _resynthesis(spectrum * mask, window, samples)
    return drums, np.asarray(audio - drums, dtype=np.float32)


def _around(channel: NDArray[np.float32], total: int) -> NDArray[np.float32]:
    """`channel` as a ring from half a window before its start, `total` samples."""
    indices = (np.arange(total) - _WINDOW // 2) % len(channel)
    return np.asarray(channel[indices], dtype=np.float32)


def _spectra(ring: NDArray[np.float32], count: int, window: NDArray[np.float32]) -> NDArray[np.complex64]:
    frames = np.lib.stride_tricks.sliding_window_view(ring, _WINDOW)[::_HOP][:count]
    return np.asarray(np.fft.rfft(frames * window, axis=1), dtype=np.complex64)


def _percussive(magnitude: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shape (frames, bins): the share of each cell that is struck, 0..1."""
    ringing = np.empty_like(magnitude)
    struck = np.empty_like(magnitude)
    tall = np.pad(magnitude, ((_FRAMES // 2,) * 2, (0, 0)), mode="wrap")
    wide = np.pad(magnitude, ((0, 0), (_BINS // 2,) * 2), mode="reflect")
    for first in range(0, len(magnitude), _BLOCK):
        rows = slice(first, min(first + _BLOCK, len(magnitude)))
        over_time = np.lib.stride_tricks.sliding_window_view(
            tall[rows.start : rows.stop + _FRAMES - 1], _FRAMES, axis=0
        )
        ringing[rows] = np.partition(over_time, _FRAMES // 2, axis=-1)[..., _FRAMES // 2]
        over_pitch = np.lib.stride_tricks.sliding_window_view(wide[rows], _BINS, axis=1)
        struck[rows] = np.partition(over_pitch, _BINS // 2, axis=-1)[..., _BINS // 2]
    power = np.square(struck)
    return np.asarray(power / np.maximum(power + np.square(ringing), 1e-12), dtype=np.float32)


def _resynthesis(spectrum: NDArray[np.complex64], window: NDArray[np.float32], samples: int) -> NDArray[np.float32]:
    """Overlap-add; the periodic Hann window, used once, sums to 2 at a quarter hop."""
    frames = np.fft.irfft(spectrum, _WINDOW, axis=1)
    result = np.zeros(len(frames) * _HOP + _WINDOW)
    weight = np.zeros_like(result)
    for index, frame in enumerate(frames):
        result[index * _HOP : index * _HOP + _WINDOW] += frame
        weight[index * _HOP : index * _HOP + _WINDOW] += window
    half = _WINDOW // 2
    return np.asarray((result / np.maximum(weight, 1e-3))[half : half + samples], dtype=np.float32)

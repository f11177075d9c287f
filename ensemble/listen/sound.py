"""One piece of audio and what is computed from it, each at most once.

Conventions: audio has shape (2, samples), float32, 44.1 kHz; frames are indexed by their centre; times in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from state.gat import SAMPLE_RATE

if TYPE_CHECKING:
    from state.artifacts import Audio

Array = NDArray[np.float32]

SILENCE_DB = -60.0
"""A mix whose root mean square lies below this is silent (dBFS)."""
ONSET_WINDOW = 1024
ONSET_HOP = 256
"""Samples between frames of the onset envelope: 5.8 ms."""
TONE_WINDOW = 8192
TONE_HOP = 2048
"""Long frames for pitch, at 22.05 kHz: 0.37 s wide, 93 ms apart, bins 2.7 Hz apart."""
TONE_RATE = SAMPLE_RATE // 2
_ONSET_EDGES_HZ = (30, 60, 100, 150, 220, 320, 460, 660, 940, 1350, 1900, 2700, 3800, 5400, 7700, 11000, 16000)
_BLOCK = 512


@dataclass(frozen=True)
class Sound:
    """`audio` with lazily measured features. Instances are cheap; hand one to several checks."""

    audio: Audio

    @property
    def samples(self) -> int:
        return int(self.audio.shape[1])

    @property
    def seconds(self) -> float:
        return self.samples / SAMPLE_RATE

    @cached_property
    def mono(self) -> Array:
        """Shape (samples,): the mean of the channels, or the louder one where they cancel out."""
        mid = self.audio.mean(axis=0)
        energy = np.square(self.audio).mean(axis=1)
        if np.square(mid).mean() < 0.1 * energy.max():
            return np.asarray(self.audio[int(energy.argmax())], dtype=np.float32)
        return np.asarray(mid, dtype=np.float32)

    @cached_property
    def rms_db(self) -> float:
        """Root mean square of both channels, dBFS; -200 for digital silence."""
        return level_db(self.audio)

    @cached_property
    def silent(self) -> bool:
        """True below SILENCE_DB, also when only a single click stands in it."""
        return self.rms_db < SILENCE_DB

    @cached_property
    def bands(self) -> Array:
        """Shape (frames, 16): magnitude in bands from 30 Hz to 16 kHz, one frame each ONSET_HOP, the first centred on
        sample 0."""
        spectrum_hz = np.fft.rfftfreq(ONSET_WINDOW, 1 / SAMPLE_RATE)
        edges = np.searchsorted(spectrum_hz, _ONSET_EDGES_HZ)
        # The lowest bands are narrower than a bin: each keeps at least one.
        starts = np.maximum.accumulate(np.maximum(edges[:-1], np.arange(1, len(edges))))
        padded = np.pad(self.mono, (ONSET_WINDOW // 2, ONSET_WINDOW))
        frames = np.lib.stride_tricks.sliding_window_view(padded, ONSET_WINDOW)[: self.samples : ONSET_HOP]
        window = np.hanning(ONSET_WINDOW).astype(np.float32)
        result = np.empty((len(frames), len(starts)), dtype=np.float32)
        for first in range(0, len(frames), _BLOCK):
            block = np.abs(np.fft.rfft(frames[first : first + _BLOCK] * window, axis=1))
            result[first : first + _BLOCK] = np.add.reduceat(block[:, : edges[-1]], starts, axis=1)
        return result

    @cached_property
    def onsets(self) -> Array:
        """Shape (frames,): how much new energy starts in each frame, summed over bands, with the slow part removed.

        Spectral flux of compressed magnitudes (after Böck and Widmer, DAFx 2013: against the maximum of the past
        frames, so that vibrato counts less).
        """
        if self.silent:
            return np.zeros(len(self.bands), dtype=np.float32)
        reference = np.quantile(self.bands, 0.98, axis=0) + 1e-9
        overall = float(reference.max())
        compressed = np.log1p(30.0 * self.bands / np.maximum(reference, 0.05 * overall))
        lag = 3
        past = np.maximum(compressed[:-lag], compressed[1 : 1 - lag])
        flux = np.maximum(compressed[lag:] - past, 0.0)
        envelope = np.concatenate([np.maximum(compressed[:lag], 0.0).max(axis=0, keepdims=True), flux])
        total = np.zeros(len(self.bands), dtype=np.float32)
        total[lag - 1 :] = envelope.sum(axis=1)
        width = round(0.4 * SAMPLE_RATE / ONSET_HOP)
        local = np.convolve(np.pad(total, width // 2, mode="reflect"), np.ones(width) / width, mode="same")
        local = local[width // 2 : width // 2 + len(total)]
        return np.maximum(total - local, 0.0).astype(np.float32)

    @cached_property
    def tones(self) -> Array:
        """Shape (frames, TONE_WINDOW // 2 + 1): magnitudes at 22.05 kHz in long frames, for pitch and bass."""
        half = halve(self.mono)
        padded = np.pad(half, (TONE_WINDOW // 2, TONE_WINDOW))
        frames = np.lib.stride_tricks.sliding_window_view(padded, TONE_WINDOW)[: max(1, len(half)) : TONE_HOP]
        window = np.hanning(TONE_WINDOW).astype(np.float32)
        return np.abs(np.fft.rfft(frames * window, axis=1)).astype(np.float32)


def level_db(audio: Audio) -> float:
    """Root mean square of `audio`, any shape, dBFS; -200 for digital silence and for nothing."""
    return decibels(float(np.sqrt(np.square(audio, dtype=np.float64).mean()))) if audio.size else -200.0


def decibels(amplitude: float) -> float:
    """20 log10, never below -200."""
    return float(20 * np.log10(max(amplitude, 1e-10)))


def halve(mono: Array) -> Array:
    """`mono`, shape (samples,), at half the rate: low-passed at 10 kHz by FFT, every second sample."""
    size = fast_length(len(mono))
    spectrum = np.fft.rfft(mono, size)
    keep = int(len(spectrum) * 10_000 / (SAMPLE_RATE / 2))
    spectrum[keep:] = 0
    low = np.fft.irfft(spectrum, size)
    return np.asarray(low[: len(mono) : 2], dtype=np.float32)


def fast_length(length: int) -> int:
    """The next even length of the form 2^a 3^b 5^c: an FFT of an arbitrary length can cost ten times as much."""
    best = 1 << max(1, (length - 1).bit_length())
    five = 1
    while five < best:
        three = five
        while three < best:
            rest = -(-length // three)
            candidate = three << max(1, (rest - 1).bit_length())
            if length <= candidate < best:
                best = candidate
            three *= 3
        five *= 5
    return best

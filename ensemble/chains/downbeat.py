"""Where the first bar begins in what a model played.

Onsets folded at the beat tell where beats fall. Which of them begins a bar: there harmony changes (beat by beat, the
spectrum after it is least like the one before; Davies and Plumbley, ISMIR 2006) and kick and bass enter. A model mostly
begins on a downbeat, so the first beat is believed unless another is clearly better.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ensemble.listen.sound import ONSET_HOP, TONE_HOP, TONE_RATE, TONE_WINDOW, Sound
from state.gat import SAMPLE_RATE, quarters_per_bar

Curve = NDArray[np.float64]

_EARLY = 256
"""Samples before the onset's frame: the attack begins before its energy is all there."""
_AT_ONCE_SECONDS = 0.04
"""A first beat this near the start is the start; a beat that began just before it counts as there."""
_CLEARLY = 0.25
_LOW_BANDS = 4
"""Of the onset bands: below 150 Hz."""
_HARMONY_HZ = (60.0, 1200.0)


def downbeat(sound: Sound, bpm: float, time_signature: str, latest: int) -> int:
    """The first sample of a bar at `bpm`, 0..`latest`; 0 where nothing in the sound says otherwise."""
    quarters = quarters_per_bar(time_signature)
    beats = max(1, round(quarters))
    beat = quarters / beats * 60.0 / bpm
    if latest <= 0 or sound.silent or sound.seconds < (beats + 1) * beat:
        return 0
    phase = _phase(sound, beat)
    starts = np.asarray(phase + beat * np.arange(beats), dtype=np.float64)
    worth = _changes(sound, starts, beats * beat, beat) + _lows(sound, starts, beats * beat)
    worth[0] += _CLEARLY
    fits = [index for index in range(beats) if starts[index] * SAMPLE_RATE <= latest]
    best = max(fits, key=lambda index: worth[index], default=0)
    if best == 0 and phase <= _AT_ONCE_SECONDS:
        return 0
    return int(np.clip(starts[best] * SAMPLE_RATE - _EARLY, 0, latest))


def _phase(sound: Sound, beat: float) -> float:
    """Seconds of the first beat: where the onsets fall together, from just before the sound's start."""
    frame = ONSET_HOP / SAMPLE_RATE
    strokes = np.convolve(sound.onsets.astype(np.float64), [0.25, 0.5, 1.0, 0.5, 0.25], mode="same")
    phases = np.arange(-_AT_ONCE_SECONDS, beat - _AT_ONCE_SECONDS, frame)
    return max(0.0, float(phases[_folded(strokes, phases / frame, beat / frame).argmax()]))


def _changes(sound: Sound, starts: Curve, bar: float, beat: float) -> Curve:
    """How much of the harmony changes at each of `starts` and every bar after it, against the mean of all."""
    low, high = (int(hertz * TONE_WINDOW / TONE_RATE) for hertz in _HARMONY_HZ)
    spectrum = np.sqrt(sound.tones[:, low:high].astype(np.float64))
    frame = TONE_HOP / TONE_RATE
    total = np.vstack([np.zeros(spectrum.shape[1]), np.cumsum(spectrum, axis=0)])

    def mean(start: float, end: float) -> Curve:
        first, last = (int(np.clip(round(at / frame), 0, len(spectrum))) for at in (start, end))
        return np.asarray((total[last] - total[first]) / max(1, last - first))

    novelty = []
    for start in starts:
        downbeats = [at for at in np.arange(start, sound.seconds - beat, bar) if at >= beat / 2]
        pairs = [(mean(at - beat, at), mean(at, at + beat)) for at in downbeats]
        novelty.append(np.mean([1 - _cosine(*pair) for pair in pairs]) if pairs else 0.0)
    return _against_mean(np.array(novelty))


def _lows(sound: Sound, starts: Curve, bar: float) -> Curve:
    """How much low end enters at each of `starts` and every bar after it, against the mean of all."""
    frame = ONSET_HOP / SAMPLE_RATE
    level = np.sqrt(sound.bands[:, :_LOW_BANDS].sum(axis=1).astype(np.float64))
    rise = np.convolve(np.maximum(np.diff(level, prepend=0.0), 0.0), np.ones(9), mode="same")
    return _against_mean(_folded(rise, starts / frame, bar / frame))


def _folded(curve: Curve, phases: Curve, period: float) -> Curve:
    """Mean of `curve` at each phase and every period after it."""
    count = max(1, int((len(curve) - 1) / period))
    at = phases[:, None] + np.arange(count)[None, :] * period
    return np.asarray(np.interp(at, np.arange(len(curve)), curve, right=0.0).mean(axis=1))


def _against_mean(values: Curve) -> Curve:
    mean = float(values.mean())
    return np.asarray(values / mean - 1 if mean > 0 else np.zeros_like(values))


def _cosine(left: Curve, right: Curve) -> float:
    return float(left @ right / max(float(np.linalg.norm(left) * np.linalg.norm(right)), 1e-12))

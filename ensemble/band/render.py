"""Renders a part as a loop at the common loudness, or a span of one inside an older take.

Audio has shape (2, samples), float32, 44.1 kHz.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ensemble.band.loudness import loudness_lufs
from ensemble.band.soundfont import load
from ensemble.band.synth import play

if TYPE_CHECKING:
    from ensemble.band.score import Part
    from state.artifacts import Audio

STEM_LUFS = -23.0
"""Gated loudness of every dry take, so that `gain_db` alone sets the balance. Gating leaves rests out: a part of few
notes is as loud where it plays as a part of many. Low enough that the rendered stem of a usual part stays within -1..1."""
_PEAK = 0.71
"""No sample of a dry take passes this: a part of single strokes stays below `STEM_LUFS` instead."""
_MOST_GAIN_DB = 48.0
_FADE = 882
"""Samples (20 ms) of each cross-fade of a replaced span."""
_ALIKE = 0.5
"""Correlation from which the old take and the new rendering count as the same music outside a span."""


def render(part: Part, bpm: float, samples: int, *, soundfont: Path | None = None) -> Audio:
    """`part` as a loop of exactly `samples`: what rings past the end is folded to the start. No notes, zeros.

    Raises SetupError when the SoundFont cannot be read.
    """
    raw = _loop(part, bpm, samples, soundfont)
    return raw * np.float32(_common_gain(raw))


def render_span(before: Audio, part: Part, bpm: float, start: int, end: int, *, soundfont: Path | None = None) -> Audio:
    """`before` with samples `start`..`end` taken from the rendering of `part`, the whole loop's part.

    Samples outside are bit-identical. The level is the one at which the rendering meets `before` outside the span;
    where that cannot be told (silence there), the common loudness. The cross-fades lie inside the span.
    """
    samples = before.shape[1]
    start, end = max(0, start), min(samples, end)
    out = before.copy()
    if end <= start:
        return out
    raw = _loop(part, bpm, samples, soundfont)
    whole = start == 0 and end == samples
    gain = _common_gain(raw) if whole else _matching_gain(before, raw, start, end)
    fresh = raw[:, start:end] * np.float32(gain)
    weight = np.ones(end - start, np.float32)
    if not whole:
        fade = min(_FADE, (end - start) // 2)
        rise = np.sin(np.pi / 2 * (np.arange(fade, dtype=np.float32) + 0.5) / max(1, fade)) ** 2
        weight[:fade] = rise
        weight[weight.size - fade :] = rise[::-1]
    out[:, start:end] = fresh * weight + before[:, start:end] * (1 - weight)
    return out


def _loop(part: Part, bpm: float, samples: int, soundfont: Path | None) -> Audio:
    if not part.notes:
        return np.zeros((2, samples), np.float32)
    return play(part, bpm, load(soundfont), samples)


def _common_gain(audio: Audio) -> float:
    """Gain to `STEM_LUFS`, as far as the peak allows. Whole hundredths of a dB: a take does not hang on the last bit of a
    measurement."""
    peak = float(np.abs(audio).max(initial=0.0))
    if peak == 0.0:
        return 1.0
    wanted = min(STEM_LUFS - loudness_lufs(audio, loop=True), _MOST_GAIN_DB)
    return _in_steps(min(wanted, 20 * math.log10(_PEAK / peak)))


def _matching_gain(before: Audio, raw: Audio, start: int, end: int) -> float:
    outside = np.ones(before.shape[1], bool)
    outside[start:end] = False
    old, new = before[:, outside].astype(np.float64), raw[:, outside].astype(np.float64)
    old_power, new_power = float((old**2).sum()), float((new**2).sum())
    if old_power < 1e-6 or new_power < 1e-6:
        gain = _common_gain(raw)
    else:
        together = float((old * new).sum())
        alike = together / math.sqrt(old_power * new_power)
        gain = together / new_power if alike > _ALIKE else math.sqrt(old_power / new_power)
    peak = float(np.abs(raw[:, start:end]).max())
    return min(gain, _PEAK / peak) if peak > 0 else gain


def _in_steps(decibels: float) -> float:
    return float(10 ** (math.floor(decibels * 100) / 2000))

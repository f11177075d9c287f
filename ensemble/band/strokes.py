"""Finds the strokes of drum-like sound and puts them back, unstretched and in time, into its stretched copy.

Rubber Band moves drum strokes by up to 8 ms and blunts them (measured on rendered kits at 0.7-1.5 times the speed); a
stroke that is copied over from the original is neither.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from state.gat import SAMPLE_RATE

if TYPE_CHECKING:
    from state.artifacts import Audio

_HOP = 128
_RISE = 4
"""Hops (about 12 ms) within which a stroke reaches its level."""
_PAST = 9
"""Hops (about 26 ms) whose loudest a stroke must surpass: longer than a bass string's period, which is no stroke."""
_RISE_DB = 6.0
_FLOOR_DB = 36.0
"""Strokes this far below the loudest are left to the stretcher."""
_APART = round(0.045 * SAMPLE_RATE)
_BEFORE = round(0.010 * SAMPLE_RATE)
_AFTER = round(0.060 * SAMPLE_RATE)
_FADE = round(0.004 * SAMPLE_RATE)
_LONG_FADE = round(0.025 * SAMPLE_RATE)
_PERCUSSIVE = 0.6
"""Share of the energy that lies in strokes from which on sound counts as drums ..."""
_REST = 0.13
"""... if what lies between strokes has at most this part of their power. On 32 stems of nine styles: six of seven kits
pass, and nothing else does."""


def find(audio: Audio) -> NDArray[np.intp]:
    """Samples at which strokes begin, in order, for a loop of shape (2, samples)."""
    samples = audio.shape[1]
    hops = samples // _HOP
    if hops < 4 * _PAST:
        return np.zeros(0, np.intp)
    power = (audio[:, : hops * _HOP].astype(np.float64) ** 2).sum(axis=0).reshape(hops, _HOP).mean(axis=1)
    level = 10 * np.log10(power + power.max() * 1e-6 + 1e-20)
    reached = np.maximum.reduce([np.roll(level, -shift) for shift in range(_RISE)])
    rise = reached - np.maximum.reduce([np.roll(level, shift) for shift in range(1, _PAST + 1)])
    crest = np.maximum.reduce([np.roll(rise, shift) for shift in range(-_RISE, _RISE + 1)])
    strong = (rise == crest) & (rise > _RISE_DB) & (reached > level.max() - _FLOOR_DB)
    begins = sorted(_begin(audio, int(hop) * _HOP) % samples for hop in np.flatnonzero(strong))
    starts = [begin for before, begin in zip([-samples, *begins], begins, strict=False) if begin - before >= _APART]
    if len(starts) > 1 and starts[0] + samples - starts[-1] < _APART:
        starts.pop()
    return np.array(starts, np.intp)


def _begin(audio: Audio, near: int) -> int:
    """The sample at which the stroke around `near` passes a fifth of its first crest."""
    reach = np.arange(near - _HOP, near + (_RISE + 1) * _HOP)
    level = np.abs(np.take(audio, reach, axis=1, mode="wrap")).max(axis=0)
    return int(reach[0] + np.argmax(level >= 0.2 * level.max()))


def percussive(audio: Audio, starts: NDArray[np.intp]) -> bool:
    """Whether strokes make up the sound: drums do, a mix or a melody does not."""
    if starts.size < 2:
        return False
    inside = np.zeros(audio.shape[1], bool)
    for start in starts:
        inside[(np.arange(-_BEFORE, _AFTER) + start) % inside.size] = True
    power = (audio.astype(np.float64) ** 2).sum(axis=0)
    quiet = float(power[~inside].mean()) if not inside.all() else 0.0
    return float(power[inside].sum()) > _PERCUSSIVE * float(power.sum()) and quiet < _REST * float(power[inside].mean())


def put_back(stretched: Audio, original: Audio, starts: NDArray[np.intp]) -> Audio:
    """`stretched` with every stroke of `original` at its scaled place, cross-faded in before it and out in its tail."""
    out = stretched.copy()
    samples = out.shape[1]
    ratio = samples / original.shape[1]
    places = np.round(starts * ratio).astype(np.intp)
    following = np.append(places[1:], places[0] + samples)
    for start, place, after in zip(starts, places, following, strict=True):
        length = _BEFORE + int(min(_AFTER, after - place - _BEFORE))
        if length <= _BEFORE + _LONG_FADE:
            length = _BEFORE + max(_FADE, int(after - place) // 2)
        fade = min(_LONG_FADE, length - _BEFORE)
        weight = np.ones(length, np.float32)
        weight[:_FADE] = np.linspace(0, 1, _FADE, dtype=np.float32)
        weight[length - fade :] = np.cos(np.linspace(0, np.pi / 2, fade, dtype=np.float32)) ** 2
        stroke = np.take(original, np.arange(start - _BEFORE, start - _BEFORE + length), axis=1, mode="wrap")
        where = (np.arange(length) + place - _BEFORE) % samples
        out[:, where] = stroke * weight + out[:, where] * (1 - weight)
    return out

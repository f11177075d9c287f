"""How far a playing lies from the key that was wanted.

A shift spoils what was in its key, and what is not can be played again: so it is told only where the whole and both of
its halves say it. A loop in another mode on the wanted tonic (C dorian for C major) holds the notes of another key too, and
is not moved: the tonic must have moved as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ensemble.band.theory import Key
    from ensemble.listen.tonality import Tonality

Vector = NDArray[np.float64]

SHIFT_AT_MOST = 3
_WHOLE, _HALF = 0.75, 0.35
"""By how many notes the moved scale must fit better than the wanted one: over the whole, and in each half."""
_APART = 0.1
"""By how many it must fit better than the same scale moved to anywhere else."""
_HARMONIC_MINOR = (0, 2, 3, 5, 7, 8, 11)
_RAISED = 0.05
_BASS = 0.6
# Probe-tone profiles (Krumhansl and Kessler 1982): how much each degree belongs to a tonic.
_MAJOR = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


def semitones_to(key: str, tonality: Tonality) -> int:
    """By how many semitones, at most three either way, what was heard must move to be in `key`; 0 where it is in it, lies
    farther off, or cannot be told. Raises ValueError for what is no key."""
    from ensemble.band.theory import parse_key

    wanted = parse_key(key)
    if not tonality.measurable:
        return 0
    frames = tonality.frames
    whole, *halves = (_fits(part.sum(axis=0), wanted) for part in (frames, *np.array_split(frames, 2)))
    sure = [
        move
        for move in range(-SHIFT_AT_MOST, SHIFT_AT_MOST + 1)
        if whole[move] - whole[0] >= _WHOLE
        and all(half[move] - half[0] >= _HALF for half in halves)
        and _tonic_moved(tonality, wanted, move)
    ]
    best = max(sure, key=lambda move: whole[move], default=0)
    rest = max(fit for move, fit in whole.items() if move != best)
    return best if best and whole[best] - rest >= _APART else 0


def _fits(strength: Vector, wanted: Key) -> dict[int, float]:
    """Move -> how well the notes heard fit what `wanted` is before that move: half of those inside less those outside. A
    note speaks from a tenth of the strongest on and in full from half of it: whether it is heard matters, not how often."""
    top = float(strength.max())
    heard = np.clip((strength / top - 0.1) / 0.4, 0.0, 1.0) if top > 0 else np.zeros(12)
    scales = [(wanted.scale, 0.0)]
    if wanted.mode in ("major", "minor"):
        minor = wanted.tonic if wanted.minor else wanted.tonic + 9
        scales.append((tuple(minor + step for step in _HARMONIC_MINOR), _RAISED))
    return {
        move: max(float(_signs(scale, -move) @ heard) / 2 - less for scale, less in scales) for move in range(-5, 7)
    }


def _signs(scale: tuple[int, ...], move: int) -> Vector:
    signs = -np.ones(12)
    signs[[(note + move) % 12 for note in scale]] = 1
    return signs


def _tonic_moved(tonality: Tonality, wanted: Key, move: int) -> bool:
    """Whether the notes gather round the tonic that `move` brings to the wanted one, rather than round the wanted one. Three
    semitones lie between a tonic's major and minor scale, so there neither of these may gather more."""
    heard = tonality.chroma + _BASS * tonality.bass
    own, other = (_MINOR, _MAJOR) if wanted.minor else (_MAJOR, _MINOR)
    there, here = (_likeness(heard, own, wanted.tonic - step) for step in (move, 0))
    if move == (3 if wanted.minor else -3):
        here = max(here, _likeness(heard, other, wanted.tonic))
    return there >= here


def _likeness(heard: Vector, profile: tuple[float, ...], tonic: int) -> float:
    return float(np.corrcoef(heard, np.roll(profile, tonic % 12))[0, 1])

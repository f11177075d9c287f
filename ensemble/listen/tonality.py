"""Which notes are heard: pitch classes, the scale as a hypothesis test, a guessed key, chords by the bar.

The scale set is tested, never major against its relative minor: from the true notes alone, methods name the right
tonic hardly more than half of the time, and the right set of notes nine times in ten.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ensemble.listen.sound import TONE_HOP, TONE_RATE, TONE_WINDOW, Sound
from state.verdict import CheckStatus

Vector = NDArray[np.float64]

LOWEST_HZ, HIGHEST_HZ = 55.0, 2100.0
MARGIN = 0.09
"""Least difference in evidence between two scales that are told apart, as a share of the strongest pitch class."""
PITCHED = 0.12
"""Least share of the energy that must stand in steady partials for pitch to be spoken of."""
_MAJOR = (0, 2, 4, 5, 7, 9, 11)
_HARMONIC_MINOR = (0, 2, 3, 5, 7, 8, 11)
_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
# Probe-tone profiles (Krumhansl and Kessler 1982): used only to choose between a scale's major and minor reading.
_MAJOR_PROFILE = (6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88)
_MINOR_PROFILE = (6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17)


@dataclass(frozen=True)
class Tonality:
    """Pitch-class evidence of one sound. Index 0 of every vector is C."""

    pitched: float
    """Share of the energy below HIGHEST_HZ that stands in steady partials, 0..1."""
    chroma: Vector
    """Shape (12,): evidence for each pitch class over the whole sound, the strongest 1."""
    bass: Vector
    """Shape (12,): the same from partials below 200 Hz."""
    frames: NDArray[np.float64]
    """Shape (frames, 12): evidence frame by frame, TONE_HOP apart at TONE_RATE."""
    tuning: float
    """Semitones above equal temperament at A = 440 Hz, -0.5..0.5."""

    @property
    def measurable(self) -> bool:
        """False for silence, noise and drums, and where too few notes sound to speak of a scale."""
        return self.pitched >= PITCHED and int((self.chroma > 0.15).sum()) >= 3


def measure_tonality(sound: Sound) -> Tonality:
    """Steady partials of `sound`, folded into pitch classes."""
    zero = np.zeros(12)
    if sound.silent:
        return Tonality(0.0, zero, zero, np.zeros((len(sound.tones), 12)), 0.0)
    low, high = int(LOWEST_HZ * TONE_WINDOW / TONE_RATE), int(HIGHEST_HZ * TONE_WINDOW / TONE_RATE)
    tones = sound.tones
    steady = _steady(tones)[:, : high + 2]
    frame, bin_ = _peaks(steady, low, high)
    if len(frame) == 0:
        return Tonality(0.0, zero, zero, np.zeros((len(tones), 12)), 0.0)
    centre, left, right = steady[frame, bin_], steady[frame, bin_ - 1], steady[frame, bin_ + 1]
    offset = 0.5 * (left - right) / np.minimum(left - 2 * centre + right, -1e-9)
    hertz = (bin_ + np.clip(offset, -0.5, 0.5)) * TONE_RATE / TONE_WINDOW
    # The main lobe of a Hann window holds a peak's bin and two neighbours on each side.
    energy = float(np.square(centre).sum()) * 1.5
    pitched = float(np.clip(energy / max(float(np.square(tones[:, low:high]).sum()), 1e-12), 0.0, 1.0))
    semitones = 12 * np.log2(hertz / 440.0) + 69
    weight = np.sqrt(centre)
    turn = np.exp(2j * np.pi * semitones) * weight
    tuning = float(np.angle(turn.sum()) / (2 * np.pi))
    frames = np.zeros((len(tones), 12))
    bass = np.zeros(12)
    # A partial also speaks, more softly, for the notes whose third or fifth partial it would be.
    for partial, share in ((1, 1.0), (3, 0.35), (5, 0.15)):
        pitch = semitones - tuning - 12 * np.log2(partial)
        nearest = np.rint(pitch).astype(int)
        close = np.clip(1 - np.square((pitch - nearest) / 0.45), 0, 1)
        np.add.at(frames, (frame, nearest % 12), share * weight * close)
        if partial == 1:
            deep = hertz < 200
            np.add.at(bass, nearest[deep] % 12, (weight * close)[deep])
    # Fundamentals that are explained as a stronger note's third or fifth partial are taken back.
    total = _without_overtones(frames.sum(axis=0))
    return Tonality(pitched, _scaled(total), _scaled(bass), frames, tuning)


def scale_evidence(chroma: Vector, scale: tuple[int, ...]) -> float:
    """Mean evidence inside `scale` (pitch classes) against outside, in -1..1."""
    inside = np.zeros(12, dtype=bool)
    inside[list(scale)] = True
    return float(chroma[inside].sum() - chroma[~inside].sum()) / max(float(chroma.sum()), 1e-9)


def judge_scale(tonality: Tonality, key: str) -> tuple[CheckStatus, str | None]:
    """Do the notes heard fit the scale of `key` better than every other? Returns the status and the scale heard.

    Relative keys agree, and a minor key may raise its seventh. Where the notes that would tell two scales apart were
    not heard, the answer is unmeasurable. Raises ValueError for what is no key.
    """
    from ensemble.band.theory import parse_key

    wanted = parse_key(key)
    if not tonality.measurable:
        return "unmeasurable", None
    evidence = _families(tonality.chroma)
    target = _family_of(tuple(wanted.scale))
    best = int(evidence.argmax())
    name = _family_name(best)
    others = np.delete(evidence, target)
    lead = float(evidence[target] - others.max())
    if lead >= MARGIN:
        return "passed", name
    return ("failed" if lead <= -MARGIN else "unmeasurable"), name


def guess_key(tonality: Tonality) -> tuple[str | None, float]:
    """(the likeliest key, how far its scale leads, 0..1); None where the scale itself is not certain.

    The scale is measured; which of its two relative keys is home is a guess from the profile and the bass.
    """
    if not tonality.measurable:
        return None, 0.0
    evidence = _families(tonality.chroma)
    best = int(evidence.argmax())
    lead = float(evidence[best] - np.delete(evidence, best).max())
    confidence = round(float(np.clip(lead / (4 * MARGIN), 0, 1)), 3)
    if lead < MARGIN:
        return None, confidence
    profile = tonality.chroma + 0.6 * tonality.bass
    minor = (best + 9) % 12
    as_major = _correlation(profile, np.roll(_MAJOR_PROFILE, best))
    as_minor = _correlation(profile, np.roll(_MINOR_PROFILE, minor))
    from ensemble.band.theory import parse_key

    tonic, mode = (best, "major") if as_major >= as_minor else (minor, "minor")
    return str(parse_key(f"{_NAMES[tonic]} {mode}")), confidence


def chords_by_bar(tonality: Tonality, bars: int, seconds: float) -> tuple[str, ...]:
    """One major or minor triad a bar (with its minor seventh where that is plain), or () where any bar is unclear."""
    if not tonality.measurable or bars < 1:
        return ()
    times = np.arange(len(tonality.frames)) * TONE_HOP / TONE_RATE
    length = seconds / bars
    symbols = []
    for bar in range(bars):
        inside = (times >= bar * length) & (times < (bar + 1) * length)
        if not inside.any():
            return ()
        symbol = _chord(_without_overtones(tonality.frames[inside].sum(axis=0)))
        if symbol is None:
            return ()
        symbols.append(symbol)
    return tuple(symbols)


def relative(key: str) -> str:
    """The relative key of a major or minor `key`."""
    from ensemble.band.theory import parse_key

    parsed = parse_key(key)
    tonic, mode = ((parsed.tonic + 9) % 12, "minor") if parsed.mode == "major" else ((parsed.tonic + 3) % 12, "major")
    return str(parse_key(f"{_NAMES[tonic]} {mode}"))


def _steady(tones: NDArray[np.float32]) -> NDArray[np.float32]:
    """The median over three frames: what lasts stays, what is struck and gone does not."""
    if len(tones) < 3:
        return tones
    padded = np.concatenate([tones[:1], tones, tones[-1:]])
    before, now, after = padded[:-2], padded[1:-1], padded[2:]
    return np.maximum(np.minimum(before, now), np.minimum(np.maximum(before, now), after))


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


def _without_overtones(total: Vector) -> Vector:
    """Pitch-class evidence less what the third and fifth partials of its strong classes would put there."""
    ghost = 0.22 * np.roll(total, 7) + 0.10 * np.roll(total, 4)
    return np.asarray(np.maximum(total - ghost, 0.0))


def _scaled(values: Vector) -> Vector:
    top = float(values.max())
    return values / top if top > 0 else values


@lru_cache(maxsize=1)
def _scales() -> NDArray[np.float64]:
    """Shape (12, 2, 12): +1 inside, -1 outside; family f holds C major's scale and A harmonic minor's, moved by f."""
    signs = -np.ones((12, 2, 12))
    for family in range(12):
        signs[family, 0, [(family + step) % 12 for step in _MAJOR]] = 1
        signs[family, 1, [(family + 9 + step) % 12 for step in _HARMONIC_MINOR]] = 1
    return signs


def _families(chroma: Vector) -> Vector:
    """Shape (12,): evidence for each family, in units of the strongest pitch class."""
    both = _scales() @ chroma / 2
    return np.asarray(np.maximum(both[:, 0], both[:, 1] - 0.05))


def _family_of(scale: tuple[int, ...]) -> int:
    """The family whose diatonic scale shares the most notes with `scale`."""
    wanted = np.zeros(12)
    wanted[list(scale)] = 1
    both = _scales() @ wanted
    return int(np.maximum(both[:, 0], both[:, 1]).argmax())


def _family_name(family: int) -> str:
    from ensemble.band.theory import parse_key

    major, minor = (f"{_NAMES[family]} major", f"{_NAMES[(family + 9) % 12]} minor")
    return f"{parse_key(major)} / {parse_key(minor)}"


def _correlation(left: Vector, right: Vector) -> float:
    return float(np.corrcoef(left, right)[0, 1])


def _chord(chroma: Vector) -> str | None:
    norm = float(np.linalg.norm(chroma))
    if norm == 0:
        return None
    scores: list[tuple[float, str]] = []
    for root in range(12):
        for quality, steps in (("", (0, 4, 7)), ("m", (0, 3, 7))):
            triad = np.zeros(12)
            triad[[(root + step) % 12 for step in steps]] = (1.0, 0.8, 0.9)
            scores.append((float(chroma @ triad / norm / np.linalg.norm(triad)), _NAMES[root] + quality))
    scores.sort(reverse=True)
    return scores[0][1] if scores[0][0] > 0.8 and scores[0][0] - scores[1][0] > 0.05 else None

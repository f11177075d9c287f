"""Which notes are heard: pitch classes, the scale as a hypothesis test, a guessed key, chords by the bar.

The scale set is tested, never major against its relative minor: from the true notes alone, methods name the right
tonic hardly more than half of the time, and the right set of notes nine times in ten.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ensemble.listen.partials import Partials, find_partials
from ensemble.listen.sound import TONE_HOP, TONE_RATE, TONE_WINDOW, Sound
from state.verdict import CheckStatus

Vector = NDArray[np.float64]

LOWEST_HZ, HIGHEST_HZ = 50.0, 4500.0
MARGIN, REFUSED = 0.1, 0.35
"""By how much a scale must lead over every other to be accepted, and trail another to be refused (see `_families`)."""
PITCHED = 0.08
"""Least share of the energy that must stand in steady partials for pitch to be spoken of."""
TUNED = 0.45
"""Least agreement of the partials on one tuning; drums reach 0.39 at most (see `Tonality.tuned`)."""
_LOWEST_NOTE, _NOTES = 31, 66
"""MIDI notes that may explain the spectrum: 49 Hz to 2.1 kHz."""
_PER_SEMITONE = 3
_AT_A_TIME = 8
_POSITIONS = 80 * _PER_SEMITONE
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
    tuned: float
    """How well the partials agree on one tuning, 0..1: high for notes, low for skins, metal and noise."""

    @property
    def measurable(self) -> bool:
        """False for silence, noise and drums, and where too few notes sound to speak of a scale."""
        return self.pitched >= PITCHED and self.tuned >= TUNED and int((self.chroma > 0.15).sum()) >= 4


def measure_tonality(sound: Sound) -> Tonality:
    """Which notes make up the steady partials of `sound`, folded into pitch classes.

    The spectrum of each frame is explained by a non-negative sum of notes with decaying overtones (the idea of NNLS
    chroma, Mauch and Dixon, ISMIR 2010): the fifth, third and seventh that a bright note's overtones feign are thereby
    counted as that note's.
    """
    tones = sound.tones
    silence = Tonality(0.0, np.zeros(12), np.zeros(12), np.zeros((len(tones), 12)), 0.0, 0.0)
    partials = find_partials(sound, LOWEST_HZ, HIGHEST_HZ)
    if sound.silent or len(partials.level) == 0:
        return silence
    low, high = int(LOWEST_HZ * TONE_WINDOW / TONE_RATE), int(HIGHEST_HZ * TONE_WINDOW / TONE_RATE)
    # The main lobe of a Hann window holds a peak's bin and two neighbours on each side.
    energy = float(np.square(partials.level).sum()) * 1.5
    pitched = float(np.clip(energy / max(float(np.square(tones[:, low:high]).sum()), 1e-12), 0.0, 1.0))
    weight = np.sqrt(partials.level)
    turn = complex((np.exp(2j * np.pi * partials.pitch) * weight).sum() / weight.sum())
    tuning = float(np.angle(turn) / (2 * np.pi))
    strength = _transcribe(partials, tuning, len(tones))
    frames = np.zeros((len(tones), 12))
    bass = np.zeros(12)
    for note in range(_NOTES):
        frames[:, (note + _LOWEST_NOTE) % 12] += strength[:, note]
        if note + _LOWEST_NOTE < 53:
            bass[(note + _LOWEST_NOTE) % 12] += float(strength[:, note].sum())
    return Tonality(pitched, _scaled(frames.sum(axis=0)), _scaled(bass), frames, tuning, abs(turn))


def _transcribe(partials: Partials, tuning: float, frames: int) -> Vector:
    """Shape (`frames`, _NOTES): strength of each note in each frame, compressed, 0..1."""
    spectrum = np.zeros((frames + frames % 2, _POSITIONS), dtype=np.float32)
    position = np.rint((partials.pitch - tuning - _LOWEST_NOTE) * _PER_SEMITONE).astype(int) + 1
    inside = (position >= 0) & (position < _POSITIONS)
    np.add.at(spectrum, (partials.frame[inside], position[inside]), partials.level[inside])
    # Two frames at a time: half the work, and 0.19 s is short enough for a note.
    notes = np.repeat(_notes(spectrum[::2] + spectrum[1::2]), 2, axis=0)[:frames]
    strength = np.sqrt(notes / max(float(notes.max()), 1e-12))
    return np.asarray(np.where(strength < 0.1, 0.0, strength))


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
    return ("failed" if lead <= -REFUSED else "unmeasurable"), name


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
        symbol = _chord(tonality.frames[inside].sum(axis=0))
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


@lru_cache(maxsize=1)
def _templates() -> NDArray[np.float32]:
    """Shape (2 * _NOTES, _POSITIONS): each note twice, with soft and with strong overtones; rows sum to 1."""
    rows = np.zeros((2, _NOTES, _POSITIONS))
    for kind, decay in enumerate((0.5, 0.85)):
        for note in range(_NOTES):
            for partial in range(1, 17):
                position = round((note + 12 * np.log2(partial)) * _PER_SEMITONE) + 1
                for side, share in ((-1, 0.25), (0, 1.0), (1, 0.25)):
                    if 0 <= position + side < _POSITIONS:
                        rows[kind, note, position + side] += share * decay ** (partial - 1)
    flat = rows.reshape(2 * _NOTES, _POSITIONS)
    return np.asarray(flat / flat.sum(axis=1, keepdims=True), dtype=np.float32)


def _notes(spectrum: NDArray[np.float32]) -> Vector:
    """Shape (frames, _NOTES): how strongly each note takes part, by 30 multiplicative updates of the Kullback-Leibler
    fit (Lee and Seung 2001), which leaves few notes standing."""
    templates = _templates()
    share = np.broadcast_to(
        spectrum.sum(axis=1, keepdims=True) / len(templates), (len(spectrum), len(templates))
    ).copy()
    # Frames are independent. A few at a time stay below the size from which the linear algebra library starts threads,
    # which on a busy machine cost far more than they bring.
    for first in range(0, len(spectrum), _AT_A_TIME):
        part, wanted = share[first : first + _AT_A_TIME], spectrum[first : first + _AT_A_TIME]
        for _ in range(30):
            part *= (wanted / np.maximum(part @ templates, 1e-9)) @ templates.T
    return np.asarray(share[:, :_NOTES] + share[:, _NOTES:], dtype=np.float64)


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
    """Shape (12,): evidence for each family. A pitch class speaks from a tenth of the strongest on and in full from
    half of it: whether a note is heard matters, not how often."""
    both = _scales() @ np.clip((chroma - 0.1) / 0.4, 0.0, 1.0) / 2
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

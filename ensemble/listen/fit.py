"""How many bars a recording lasts, and at which tempo: its length is better evidence than any beat tracker.

A loop's maker cut it at bar lines, so where the length is whole bars at a tempo that the pulse supports, that tempo is
bars x quarters x 60 / duration. Powers of two are likelier numbers of bars. 4/4 is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ensemble.listen.analyse import Heard
from ensemble.listen.sound import Sound
from ensemble.listen.tempo import is_peak, likely
from state.gat import SAMPLE_RATE, loop_seconds

FITTED_SECONDS = 0.030
"""A length within this of whole bars is fitted to them (DESIGN, uploads)."""
_ROUNDING_SECONDS = 0.002
_SILENT_DB = -50.0
_COUNTED = (60.0, 185.0)


@dataclass(frozen=True)
class Fit:
    """A reading of a recording in bars."""

    bpm: float
    """Quarter notes a minute; with `whole`, derived from the length."""
    bars: int
    """Whole bars from `start`; 0 where less than one is there."""
    start: int
    """First sample: 0, or where the sound begins after leading silence."""
    samples: int
    """Length of the bars in samples, exactly that of a table of this tempo."""
    whole: bool
    """True when the recording from `start` lasts whole bars within FITTED_SECONDS."""


def fit_bars(heard: Heard) -> Fit | None:
    """The likeliest reading of the recording in bars of 4/4, or None without a pulse."""
    if heard.pulse.bpm is None:
        return None
    sound = heard.sound
    lead = round(leading_silence(sound) * SAMPLE_RATE)
    tail = round(_trailing_silence(sound) * SAMPLE_RATE)
    spans = [(0, sound.samples)]
    if lead > FITTED_SECONDS * SAMPLE_RATE / 4:
        spans.append((lead, sound.samples))
    if tail > FITTED_SECONDS * SAMPLE_RATE:
        spans += [(start, sound.samples - tail) for start, _ in tuple(spans)]
    tempi = _tempi(heard)
    fits = [fit for span in spans for bpm, weight in tempi if (fit := _whole(bpm, weight, *span, sound.samples))]
    if fits:
        return max(fits, key=lambda pair: pair[0])[1]
    bpm = _neat(heard.pulse.bpm)
    start = lead if lead > FITTED_SECONDS * SAMPLE_RATE else 0
    bars = int((sound.samples - start) / SAMPLE_RATE / loop_seconds(1, bpm, "4/4"))
    samples = round(loop_seconds(bars, bpm, "4/4") * SAMPLE_RATE)
    return Fit(bpm, bars, start, samples, False)


def leading_silence(sound: Sound) -> float:
    """Seconds before anything rises within 50 dB of the peak; 0 for silence."""
    return _edge(sound, 1)


def _trailing_silence(sound: Sound) -> float:
    return _edge(sound, -1)


def _edge(sound: Sound, direction: int) -> float:
    level = np.abs(sound.audio).max(axis=0)[::direction]
    above = level > float(level.max()) * 10 ** (_SILENT_DB / 20)
    return 0.0 if sound.silent or not above.any() else int(above.argmax()) / SAMPLE_RATE


def _tempi(heard: Heard) -> list[tuple[float, float]]:
    """(tempo, weight) of every pulse level with real support, brought into the range in which loops are counted."""
    pulse = heard.pulse
    found = []
    for index in np.flatnonzero(pulse.support > 0.5):
        if is_peak(pulse.support, int(index)):
            bpm, support = pulse.near(float(pulse.tempi[index]), 0.003)
            while bpm > _COUNTED[1]:
                bpm /= 2
            while bpm < _COUNTED[0]:
                bpm *= 2
            found.append((bpm, support * float(likely(np.array([bpm]))[0])))
    return found


def _whole(bpm: float, weight: float, start: int, end: int, total: int) -> tuple[float, Fit] | None:
    """(score, fit) when samples `start`..`end` are whole bars at nearly `bpm`."""
    seconds = (end - start) / SAMPLE_RATE
    bars = round(seconds / loop_seconds(1, bpm, "4/4"))
    if bars < 1:
        return None
    exact = bars * 240.0 / seconds
    # A pulse measured on a short sound is less exact: allow 30 ms in all, and never less than 0.2 %.
    allowed = float(np.clip(FITTED_SECONDS / seconds, 0.002, 0.015))
    if abs(exact / bpm - 1) > allowed:
        return None
    neat = round(exact)
    miss = abs(seconds - bars * 240.0 / neat)
    nearer = abs(bpm / neat - 1) < 0.001 and abs(bpm / exact - 1) > 0.002
    tempo = float(neat) if miss <= _ROUNDING_SECONDS or (miss <= FITTED_SECONDS and nearer) else exact
    samples = round(loop_seconds(bars, tempo, "4/4") * SAMPLE_RATE)
    shape = 1.0 if bars & (bars - 1) == 0 else (0.7 if bars % 3 == 0 or bars % 4 == 0 else 0.5)
    # A codec's silence at the ends is left out only where that agrees better with the pulse.
    agrees = float(np.exp(-abs(np.log(exact / bpm)) / allowed)) * (1.5 if end - start == total else 1.0)
    return weight * shape * agrees, Fit(tempo, bars, start, samples, True)


def _neat(bpm: float) -> float:
    """`bpm`, or the whole number that it lies within 0.3 % of."""
    return float(round(bpm)) if abs(bpm / round(bpm) - 1) < 0.003 else bpm

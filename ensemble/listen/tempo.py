"""Tempo as a hypothesis test: is there a pulse, and is it this one?

Two views of the onset envelope are multiplied, because their errors differ (Peeters, EURASIP 2007): autocorrelation
at whole beats confuses a tempo with its halves, the Fourier transform at the beat and its divisions confuses it with
its doubles, and neither shares the other's confusion. A pulse level is accepted at x1, x2 and /2.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ensemble.listen.sound import ONSET_HOP, Sound, fast_length
from state.gat import SAMPLE_RATE, quarters_per_bar
from state.verdict import CheckStatus

Curve = NDArray[np.float64]

TOLERANCE = 0.02
"""A tempo agrees within +-2 %."""
FLOOR_BPM, CEILING_BPM = 28.0, 340.0
CONFIDENT = 0.5
"""Below this the pulse is not measured: see `Pulse.confidence`."""
_STEP = 0.0025
_ACCEPT = 0.8
_REFUSE = 0.72
_TYPICAL_BPM, _SPREAD_OCTAVES = 108.0, 0.55
"""Where people tap: of two pulse levels that are as strong, the nearer one is named."""
_FRAME_RATE = SAMPLE_RATE / ONSET_HOP


@dataclass(frozen=True)
class Pulse:
    """How strongly each tempo is supported. `bpm` is None when there is no pulse to speak of."""

    bpm: float | None
    """The strongest tempo near where people tap; its double or half may be the notated one."""
    confidence: float
    """0..1. Below CONFIDENT neither a tempo nor its absence can be claimed."""
    tempi: Curve
    """Shape (n,): the tempi tested, bpm, evenly spaced in ratio."""
    support: Curve
    """Shape (n,): support of each, 0..1."""

    def near(self, bpm: float, tolerance: float = TOLERANCE) -> tuple[float, float]:
        """(tempo, support) of the strongest local peak within `tolerance` of `bpm`; support 0 where there is none."""
        inside = np.flatnonzero(np.abs(np.log(self.tempi / bpm)) <= np.log1p(tolerance))
        peaks = [i for i in inside if is_peak(self.support, int(i))]
        if not peaks:
            return bpm, 0.0
        best = max(peaks, key=lambda i: self.support[i])
        return _refined(self.tempi, self.support, int(best)), float(self.support[best])


def measure_pulse(sound: Sound) -> Pulse:
    """The support of every tempo from FLOOR_BPM to CEILING_BPM in `sound`."""
    tempi = np.exp(np.arange(np.log(FLOOR_BPM), np.log(CEILING_BPM), _STEP))
    nothing = Pulse(None, 0.0, tempi, np.zeros_like(tempi))
    onsets = sound.onsets.astype(np.float64)
    if sound.silent or sound.seconds < 0.5 or not onsets.any():
        return nothing
    correlation = _autocorrelation(onsets)
    if correlation is None:
        return nothing
    repetition = _repetition(correlation, tempi)
    support = repetition * _periodicity(onsets, tempi)
    if support.max() <= 0:
        return nothing
    prior = likely(tempi)
    peaks = [i for i in range(1, len(tempi) - 1) if is_peak(support, i)]
    if not peaks:
        return nothing
    best = max(peaks, key=lambda i: support[i] * prior[i])
    # Confidence belongs to the strongest level; `best` only says at which level to name it.
    confidence = _confidence(onsets, support, float(repetition[max(peaks, key=lambda i: support[i])]))
    bpm = _refined(tempi, support, best) if confidence >= CONFIDENT else None
    return Pulse(bpm, confidence, tempi, support / support.max())


def likely(bpm: Curve) -> Curve:
    """How readily people tap at each tempo, 0..1."""
    return np.asarray(np.exp(-0.5 * np.square(np.log2(bpm / _TYPICAL_BPM) / _SPREAD_OCTAVES)))


def judge_tempo(pulse: Pulse, bpm: float, time_signature: str = "4/4") -> tuple[CheckStatus, float | None]:
    """Is `bpm` (quarter notes a minute) the tempo? Returns the status and the tempo found.

    Passed when x1, x2 or /2 has nearly the strongest support of all; in compound time (6/8, 9/8, 12/8) the dotted
    quarter counts as a pulse too. The tempo found is the one at x1 where x1 itself is supported, else the pulse level
    that was found.
    """
    if pulse.bpm is None:
        return "unmeasurable", None
    levels = [1.0, 2.0, 0.5]
    if _compound(time_signature):
        levels += [2 / 3, 1 / 3]
    found = [pulse.near(bpm * level) for level in levels]
    strongest = max(support for _, support in found)
    if strongest >= _ACCEPT:
        tempo, support = found[0]
        if support < 0.4 * strongest:
            tempo = max(found, key=lambda peak: peak[1])[0]
        return "passed", round(tempo, 2)
    return ("failed" if strongest < _REFUSE else "unmeasurable"), round(pulse.bpm, 2)


def _autocorrelation(onsets: Curve) -> Curve | None:
    """Normalised by the overlap, 1 at lag 0; lags up to three quarters of the length."""
    centred = onsets - onsets.mean()
    size = fast_length(2 * len(centred))
    spectrum = np.fft.rfft(centred, size)
    raw = np.fft.irfft(np.square(np.abs(spectrum)), size)[: max(2, 3 * len(centred) // 4)]
    if raw[0] <= 0:
        return None
    overlap = 1.0 - np.arange(len(raw)) / len(centred)
    return np.asarray(raw / raw[0] / overlap, dtype=np.float64)


def _repetition(correlation: Curve, tempi: Curve) -> Curve:
    """Mean autocorrelation at 1, 2, 3, 4 and 8 beats of each tempo, as far as the audio reaches."""
    lags = np.outer(60.0 / tempi * _FRAME_RATE, [1.0, 2.0, 3.0, 4.0, 8.0])
    weights = np.broadcast_to([1.0, 1.0, 0.5, 1.0, 0.75], lags.shape) * (lags < len(correlation) - 1)
    values = np.interp(lags, np.arange(len(correlation)), np.maximum(correlation, 0.0), right=0.0)
    total = weights.sum(axis=1)
    return np.asarray(np.where(total > 0, (values * weights).sum(axis=1) / np.maximum(total, 1e-9), 0.0))


def _periodicity(onsets: Curve, tempi: Curve) -> Curve:
    """Magnitude of the Fourier transform at the beat, its half and its quarter."""
    centred = (onsets - onsets.mean()) * np.hanning(len(onsets) + 2)[1:-1]
    size = fast_length(8 * len(centred))
    magnitude = np.abs(np.fft.rfft(centred, size))
    hertz = np.fft.rfftfreq(size, 1 / _FRAME_RATE)
    beat = tempi / 60.0
    return np.asarray(
        np.interp(beat, hertz, magnitude)
        + np.interp(2 * beat, hertz, magnitude)
        + 0.5 * np.interp(4 * beat, hertz, magnitude)
    )


def _confidence(onsets: Curve, support: Curve, repetition: float) -> float:
    """0..1 from how much of the onsets recurs at whole beats, how peaked the support is and how many onsets there are.

    Hits thrown at random in eight seconds recur to 0.25 at most at their best tempo, played loops from 0.26 on.
    """
    peaked = 1.0 - float(np.median(support)) / float(support.max())
    tops = (onsets[1:-1] > onsets[:-2]) & (onsets[1:-1] >= onsets[2:]) & (onsets[1:-1] > 0.25 * onsets.max())
    enough = float(np.clip((int(tops.sum()) - 1) / 4, 0, 1))
    return round(float(np.clip(2 * repetition, 0, 1)) * peaked * enough, 3)


def _compound(time_signature: str) -> bool:
    upper, lower = time_signature.split("/")
    return int(lower) >= 8 and int(upper) % 3 == 0 and quarters_per_bar(time_signature) >= 1.5


def is_peak(values: Curve, index: int) -> bool:
    """True where `values` has a positive local maximum."""
    return bool(
        0 < index < len(values) - 1
        and values[index] > 0
        and values[index] >= values[index - 1]
        and values[index] >= values[index + 1]
    )


def _refined(tempi: Curve, support: Curve, index: int) -> float:
    """The top of the parabola through a peak and its neighbours."""
    left, middle, right = support[index - 1], support[index], support[index + 1]
    bend = left - 2 * middle + right
    shift = 0.5 * (left - right) / bend if bend < 0 else 0.0
    return float(tempi[index] * np.exp(_STEP * np.clip(shift, -0.5, 0.5)))

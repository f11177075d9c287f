"""Which kinds of instrument are heard in a mix: drums and bass. Nothing else is claimed without a trained listener.

Two logistic models on a few physical features, fitted to 415 mixes with known parts: sequenced loops on a General MIDI
SoundFont, and recorded one-shots of nine drum kits, alone and with played parts. By five-fold cross-validation, at the
presence threshold below and its mirror image, drums were wrongly claimed or denied in 2 % and left open in 2 %, and so
was bass. Mallets and muted guitar strokes are what is most easily taken for drums, long-ringing kick drums of electronic
kits for a bass.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ensemble.listen.partials import find_partials
from ensemble.listen.sound import TONE_RATE, TONE_WINDOW, Array, Sound
from state.verdict import CheckStatus

HEARD = 0.6
"""Score from which presence is claimed."""
ABSENT = {"drums": 0.1, "bass": 0.4}
"""Score up to which absence is; between the two nothing is. Soft drums under plain synthetic tones score as low as 0.1,
so their absence takes more evidence than that of a bass."""
_HIGH_BAND = 12
"""First band of `Sound.bands` of the highs, from 3.8 kHz."""
_LOW_BANDS = 3
"""Bands of the lows, to 150 Hz."""
_BREADTH = 0.28
"""Attacks of drums raise more of the bands together than this; noise and pads do not."""
_PITCHED = 0.04
_BASS_HZ = (35.0, 140.0)


@dataclass(frozen=True)
class Presence:
    """Scores 0..1."""

    drums: float
    bass: float

    def status(self, word: str) -> CheckStatus:
        """Is `word` ('drums' or 'bass') heard? 'failed' means that it is not."""
        score = self.drums if word == "drums" else self.bass
        if score >= HEARD:
            return "passed"
        return "failed" if score <= ABSENT[word] else "unmeasurable"


def measure_presence(sound: Sound, pitched: float) -> Presence:
    """Drum and bass scores of `sound`, of whose energy the share `pitched` stands in steady partials (see
    `Tonality.pitched`); 0 for silence."""
    if sound.silent:
        return Presence(0.0, 0.0)
    struck, low, breadth = drum_features(sound)
    drums = _squash(11.62 + 0.224 * struck + 0.107 * low - 12.86 * pitched) if breadth >= _BREADTH else 0.0
    time, variety, tuned, level = bass_features(sound)
    bass = _squash(-10.68 + 6.28 * time + 3.18 * variety + 9.26 * tuned + 0.087 * level)
    # Low noise has partials by chance: without steady pitch in the whole, a bass is at most possible.
    return Presence(round(drums, 3), round(bass if pitched >= _PITCHED else min(bass, 0.5), 3))


def drum_features(sound: Sound) -> tuple[float, float, float]:
    """(level of the struck highs in dB, level of the lows in dB, both against the whole; share of the bands that rise
    together at the stronger onsets).

    Struck highs: above 3.8 kHz, what exceeds the median of the surrounding 0.2 s (harmonic-percussive separation by
    medians, Fitzgerald, DAFx 2010).
    """
    bands = sound.bands
    power = np.square(bands)
    whole = float(np.sqrt(power.sum(axis=1).mean()))
    high = np.sqrt(power[:, _HIGH_BAND:].sum(axis=1))
    struck = np.maximum(high - _running_median(high, 35), 0.0)
    low = float(np.sqrt(power[:, :_LOW_BANDS].sum(axis=1).mean()))
    rises = np.log((bands[3:] + 1e-4 * whole) / (bands[:-3] + 1e-4 * whole)) > 0.7
    onsets = sound.onsets[3:]
    strong = onsets > 0.3 * float(np.quantile(onsets, 0.995)) if onsets.any() else np.zeros(len(onsets), dtype=bool)
    breadth = float(rises[strong].mean()) if strong.any() else 0.0
    return _against(float(np.sqrt(np.square(struck).mean())), whole), _against(low, whole), breadth


def bass_features(sound: Sound) -> tuple[float, float, float, float]:
    """Of the partials in 35-140 Hz: (share of the time in which a steady one sounds, variety of their pitches in nats,
    agreement on one tuning 0..1, level against everything below 5 kHz in dB).

    A bass plays notes of a scale that last; a kick drum always the same one, sliding, and off the scale.
    """
    tones = sound.tones
    low, high, top = (int(hertz * TONE_WINDOW / TONE_RATE) for hertz in (*_BASS_HZ, 5000))
    whole = float(np.sqrt(np.square(tones[:, low:top]).sum(axis=1).mean()))
    # The minimum over three frames (0.55 s with the window) leaves notes and drops struck skins.
    padded = np.pad(tones[:, low:high], ((1, 1), (0, 0)), mode="edge")
    lasting = np.minimum(np.minimum(padded[:-2], padded[1:-1]), padded[2:])
    time = float((np.sqrt(np.square(lasting).sum(axis=1)) > 0.15 * whole).mean())
    partials = find_partials(sound, *_BASS_HZ)
    if len(partials.pitch) == 0:
        return time, 0.0, 0.0, -100.0
    energy = np.square(partials.level)
    tuned = abs(complex((np.exp(2j * np.pi * partials.pitch) * partials.level).sum())) / float(partials.level.sum())
    shares = np.bincount(np.rint(partials.pitch).astype(int), weights=energy)
    shares = shares[shares > 0] / energy.sum()
    variety = -float((shares * np.log(shares)).sum())
    return time, variety, tuned, _against(float(np.sqrt(1.5 * energy.sum() / len(tones))), whole)


def _against(level: float, whole: float) -> float:
    return float(20 * np.log10(max(level / whole, 1e-5))) if whole > 0 else -100.0


def _squash(value: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(value, -30, 30))))


def _running_median(values: Array, width: int) -> Array:
    padded = np.pad(values, width // 2, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1), dtype=np.float32)

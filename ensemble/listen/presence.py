"""Which kinds of instrument are heard in a mix: drums and bass. Nothing else is claimed without a trained listener."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ensemble.listen.sound import TONE_RATE, TONE_WINDOW, Array, Sound
from state.verdict import CheckStatus

DRUMS_HEARD, DRUMS_ABSENT = 0.6, 0.4
BASS_HEARD, BASS_ABSENT = 0.6, 0.4
_HIGH_BAND = 12
"""First band of `Sound.bands` of the highs, from 3.8 kHz."""


@dataclass(frozen=True)
class Presence:
    """Scores 0..1; between the two thresholds nothing is claimed."""

    drums: float
    bass: float
    pitched: float
    """Share of the energy in steady partials, as in `Tonality`."""

    def status(self, word: str) -> CheckStatus:
        """Is `word` ('drums' or 'bass') heard? 'failed' means that it is not."""
        score = self.drums if word == "drums" else self.bass
        heard, absent = (DRUMS_HEARD, DRUMS_ABSENT) if word == "drums" else (BASS_HEARD, BASS_ABSENT)
        if score >= heard:
            return "passed"
        return "failed" if score <= absent else "unmeasurable"


def measure_presence(sound: Sound, pitched: float) -> Presence:
    """Drum and bass scores of `sound`; all 0 for silence."""
    if sound.silent:
        return Presence(0.0, 0.0, pitched)
    return Presence(round(_drums(sound), 3), round(_bass(sound), 3), pitched)


def drum_features(sound: Sound) -> tuple[float, float]:
    """(level of the struck highs against the whole in dB, share of bands that rise together at the stronger onsets).

    Struck highs: above 3.8 kHz, what exceeds the median of the surrounding 0.2 s (harmonic-percussive separation by
    medians, Fitzgerald, DAFx 2010).
    """
    bands = sound.bands
    high = np.sqrt(np.square(bands[:, _HIGH_BAND:]).sum(axis=1))
    whole = float(np.sqrt(np.square(bands).sum(axis=1).mean()))
    if whole <= 0:
        return -100.0, 0.0
    struck = np.maximum(high - _running_median(high, 35), 0.0)
    level = 20 * np.log10(max(float(np.sqrt(np.square(struck).mean())) / whole, 1e-5))
    rises = np.log((bands[3:] + 1e-4 * whole) / (bands[:-3] + 1e-4 * whole)) > 0.7
    onsets = sound.onsets[3:]
    strong = onsets > 0.3 * float(np.quantile(onsets, 0.995)) if onsets.any() else np.zeros(len(onsets), dtype=bool)
    breadth = float(rises[strong].mean()) if strong.any() else 0.0
    return level, breadth


def bass_features(sound: Sound) -> tuple[float, float]:
    """(level of steady tones in 35-140 Hz against everything below 5 kHz in dB, share of the time that one sounds)."""
    tones = sound.tones
    low, high, top = (int(hertz * TONE_WINDOW / TONE_RATE) for hertz in (35, 140, 5000))
    steady = tones[:, low:high].copy()
    if len(tones) >= 5:
        # The minimum over three frames (0.55 s with the window) leaves notes and drops struck skins.
        padded = np.pad(tones[:, low:high], ((1, 1), (0, 0)), mode="edge")
        steady = np.minimum(np.minimum(padded[:-2], padded[1:-1]), padded[2:])
    whole = float(np.sqrt(np.square(tones[:, low:top]).sum(axis=1).mean()))
    if whole <= 0:
        return -100.0, 0.0
    by_frame = np.sqrt(np.square(steady).sum(axis=1))
    level = 20 * np.log10(max(float(np.sqrt(np.square(by_frame).mean())) / whole, 1e-5))
    return level, float((by_frame > 0.15 * whole).mean())


def _drums(sound: Sound) -> float:
    level, breadth = drum_features(sound)
    return _squash((level + 27.0) / 6.0 + (breadth - 0.45) * 6.0)


def _bass(sound: Sound) -> float:
    level, time = bass_features(sound)
    return _squash((level + 11.0) / 3.0 + (time - 0.4) * 3.0)


def _squash(value: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(value, -30, 30))))


def _running_median(values: Array, width: int) -> Array:
    padded = np.pad(values, width // 2, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, width), axis=1), dtype=np.float32)

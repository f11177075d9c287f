"""Time and pitch of recorded sound: stretching and shifting by Rubber Band (through pedalboard), varispeed by soxr.

Audio has shape (2, samples), float32, 44.1 kHz, and is a loop: it is worked on with its own neighbourhood around it,
so that the seam stays as smooth as it was. Everything here is deterministic.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from state.gat import SAMPLE_RATE

if TYPE_CHECKING:
    from state.artifacts import Audio

Strokes = Literal["auto", "kept", "stretched"]
"""Whether the strokes of drums are kept as they are; auto keeps them where strokes make up the sound."""

_MARGIN = SAMPLE_RATE // 2
"""Samples of the loop put around it; longer than any analysis window of Rubber Band."""
_FADE = SAMPLE_RATE // 20


def stretch(audio: Audio, samples: int, strokes: Strokes = "auto") -> Audio:
    """`audio` time-stretched to exactly `samples` at unchanged pitch. Raises ValueError when either length is zero."""
    if audio.shape[1] == samples:
        return audio.copy()
    out = _rubber_band(audio, samples, 0.0)
    if strokes == "stretched" or not audio.any():
        return out
    from ensemble.band.strokes import find, percussive, put_back

    starts = find(audio)
    if starts.size and (strokes == "kept" or percussive(audio, starts)):
        return put_back(out, audio, starts)
    return out


def shift(audio: Audio, semitones: float) -> Audio:
    """`audio` moved by `semitones` (may be fractional), same length and loudness of each partial."""
    if semitones == 0:
        return audio.copy()
    return _rubber_band(audio, audio.shape[1], semitones)


def resample(audio: Audio, samples: int) -> Audio:
    """`audio` played faster or slower to exactly `samples`, its pitch moving with it. Raises ValueError as `stretch`."""
    import soxr

    length = _checked(audio, samples)
    if length == samples:
        return audio.copy()
    margin, first = _whole_margin(length, samples)
    out = soxr.resample(around(audio, margin).T, length, samples, quality="VHQ").T
    return _exact(out, first, samples)


def around(audio: Audio, before: int, after: int | None = None) -> Audio:
    """`audio` with samples of the loop `before` and `after` it (as many as before if not given), however short it is."""
    after = before if after is None else after
    return np.take(audio, np.arange(-before, audio.shape[1] + after), axis=1, mode="wrap")


def _rubber_band(audio: Audio, samples: int, semitones: float) -> Audio:
    import pedalboard

    length = _checked(audio, samples)
    if not audio.any():
        return np.zeros((2, samples), np.float32)
    margin, first = _whole_margin(length, samples)
    # Formants stay with the pitch: kept in place, they would filter a bass or a flute out of its own new range.
    out = pedalboard.time_stretch(
        around(audio, margin),
        SAMPLE_RATE,
        stretch_factor=length / samples,
        pitch_shift_in_semitones=semitones,
        preserve_formants=False,
    )
    return _closed(out, first, samples)


def _closed(audio: Audio, first: int, samples: int) -> Audio:
    """The loop at `first`, its end cross-faded into what comes before its start.

    Stretched partials do not come round in phase: cut as it is, a loop of held notes would click.
    """
    out = _exact(audio, first, samples)
    fade = min(_FADE, samples // 2, first)
    end, before = out[:, samples - fade :], audio[:, first - fade : first]
    power = float(np.sqrt((end**2).mean() * (before**2).mean(), dtype=np.float64))
    alike = float((end * before).mean()) / power if power > 0 else 1.0
    rise = np.sin(np.pi / 2 * (np.arange(fade) + 0.5) / fade) ** 2
    fall = 1 - rise
    # Level through the fade follows how alike the two are: equal gain for the same wave, equal power for strangers.
    level = np.sqrt(rise**2 + fall**2 + 2 * max(-0.5, alike) * rise * fall)
    out[:, samples - fade :] = end * (fall / level).astype(np.float32) + before * (rise / level).astype(np.float32)
    return out


def _whole_margin(length: int, samples: int) -> tuple[int, int]:
    """A margin of about `_MARGIN` input samples that is (all but) a whole number of output samples, and that number.

    A fraction left over would move the whole loop by so much of a sample.
    """
    margins = np.arange(_MARGIN, 2 * _MARGIN)
    scaled = margins * samples / length
    best = int(np.abs(scaled - np.round(scaled)).argmin())
    return int(margins[best]), int(np.round(scaled[best]))


def _exact(audio: Audio, first: int, samples: int) -> Audio:
    """Samples `first`..`first + samples`; what rounding left out at the very end is silence outside the loop."""
    out = np.zeros((2, samples), np.float32)
    cut = audio[:, first : first + samples]
    out[:, : cut.shape[1]] = cut
    return out


def _checked(audio: Audio, samples: int) -> int:
    if audio.shape[1] == 0 or samples <= 0:
        raise ValueError(f"audio of {audio.shape[1]} samples cannot be brought to {samples} samples")
    return int(audio.shape[1])

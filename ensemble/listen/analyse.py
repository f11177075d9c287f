"""Everything that is measured of one piece of audio, each part when it is first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from ensemble.listen.presence import Presence, measure_presence
from ensemble.listen.sound import Sound
from ensemble.listen.tempo import Pulse, measure_pulse
from ensemble.listen.tonality import Tonality, guess_key, measure_tonality

if TYPE_CHECKING:
    from state.artifacts import Audio


class Heard:
    """Audio of shape (2, samples) at 44.1 kHz and its measurements, computed on demand and kept."""

    def __init__(self, audio: Audio) -> None:
        self.sound = Sound(audio)

    @cached_property
    def pulse(self) -> Pulse:
        return measure_pulse(self.sound)

    @cached_property
    def tonality(self) -> Tonality:
        return measure_tonality(self.sound)

    @cached_property
    def presence(self) -> Presence:
        return measure_presence(self.sound, self.tonality.pitched)

    @cached_property
    def loudness_lufs(self) -> float:
        from ensemble.band.loudness import loudness_lufs

        return float(loudness_lufs(self.sound.audio))

    @cached_property
    def true_peak_db(self) -> float:
        from ensemble.band.loudness import true_peak_db

        return float(true_peak_db(self.sound.audio))


@dataclass(frozen=True)
class Analysis:
    """What was measured. None: could not be measured."""

    duration_seconds: float
    silent: bool
    loudness_lufs: float | None
    """Integrated, ITU-R BS.1770; None for silence."""
    true_peak_db: float
    """dBTP; -200 for digital silence."""
    bpm: float | None
    """Quarter notes a minute as far as the pulse tells: its double or half may be the notated tempo."""
    bpm_confidence: float
    """0..1; below tempo.CONFIDENT `bpm` is None."""
    beat_offset_seconds: float
    """Where the sound starts, taken as the first downbeat; 0 unless silence leads."""
    time_signature: str
    """'4/4': assumed, not measured."""
    bars: int | None
    """Whole bars that the audio lasts, where it lasts whole bars."""
    key: str | None
    """The likelier of the two relative keys of the measured scale; None where the scale is not certain."""
    key_confidence: float
    """0..1: how far the scale leads over every other."""
    has_drums: bool | None
    has_bass: bool | None
    only_drums: bool
    """Drums, and neither bass nor steady pitch."""
    chords: tuple[str, ...]
    """One a bar, or () where they are not plain."""


def analyse(audio: Audio) -> Analysis:
    """Measure `audio`, shape (2, samples) float32 at 44.1 kHz."""
    return analysis_of(Heard(audio))


def analysis_of(heard: Heard) -> Analysis:
    """As `analyse`, for audio of which something may already have been measured."""
    from ensemble.listen.fit import fit_bars, leading_silence
    from ensemble.listen.tonality import chords_by_bar

    sound = heard.sound
    fit = fit_bars(heard)
    key, key_confidence = guess_key(heard.tonality)
    drums, bass = heard.presence.status("drums"), heard.presence.status("bass")
    only_drums = drums == "passed" and key is None and bass != "passed" and heard.tonality.pitched < 0.5
    chords = chords_by_bar(heard.tonality, fit.bars, sound.seconds) if key and fit and fit.whole else ()
    return Analysis(
        duration_seconds=sound.seconds,
        silent=sound.silent,
        loudness_lufs=None if sound.silent else round(heard.loudness_lufs, 2),
        true_peak_db=round(max(heard.true_peak_db, -200.0), 2),
        bpm=round(fit.bpm, 2) if fit else None,
        bpm_confidence=heard.pulse.confidence,
        beat_offset_seconds=round(leading_silence(sound), 4),
        time_signature="4/4",
        bars=fit.bars if fit and fit.whole else None,
        key=key,
        key_confidence=key_confidence,
        has_drums=_truth(drums, sound.silent),
        has_bass=_truth(bass, sound.silent),
        only_drums=only_drums,
        chords=chords,
    )


def _truth(status: str, silent: bool) -> bool | None:
    if silent or status == "unmeasurable":
        return None
    return status == "passed"

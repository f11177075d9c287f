"""A part on paper: notes in quarter-note beats, kept as a standard MIDI file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

TICKS_PER_QUARTER = 480
"""Positions and durations are whole ticks, so that a part survives its MIDI file unchanged."""


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """`start` and `duration` in quarter notes from the loop's start; `pitch` and `velocity` 0..127 as in MIDI."""

    start: float
    pitch: int
    duration: float
    velocity: int


@dataclass(frozen=True, slots=True)
class Part:
    """What one instrument plays. `program` is the General MIDI program 0..127, or the kit's when `is_drum`."""

    program: int
    is_drum: bool
    notes: tuple[Note, ...]

    def with_notes(self, notes: Iterable[Note]) -> Part:
        """The same instrument with other notes, sorted and on the tick grid."""
        return Part(self.program, self.is_drum, tuple(sorted(on_grid(note) for note in notes)))


def on_grid(note: Note) -> Note:
    """`note` with start and duration rounded to whole ticks (a duration of at least one)."""
    start = round(note.start * TICKS_PER_QUARTER) / TICKS_PER_QUARTER
    duration = max(1, round(note.duration * TICKS_PER_QUARTER)) / TICKS_PER_QUARTER
    return Note(start, note.pitch, duration, note.velocity)


def to_midi(parts: dict[str, Part], bpm: float, time_signature: str) -> bytes:
    """A standard MIDI file, one track a part in the given order, named by the keys."""
    import symusic

    score = symusic.Score(TICKS_PER_QUARTER)
    score.tempos.append(symusic.Tempo(0, bpm))
    upper, lower = time_signature.split("/")
    score.time_signatures.append(symusic.TimeSignature(0, int(upper), int(lower)))
    for name, part in parts.items():
        track = symusic.Track(name, part.program, part.is_drum)
        for note in part.notes:
            start = round(note.start * TICKS_PER_QUARTER)
            length = round(note.duration * TICKS_PER_QUARTER)
            track.notes.append(symusic.Note(start, length, note.pitch, note.velocity))
        score.tracks.append(track)
    return bytes(score.dumps_midi())


def from_midi(content: bytes) -> dict[str, Part]:
    """The parts of a MIDI file by track name. Raises ValueError on what is not MIDI."""
    import symusic

    try:
        score = symusic.Score.from_midi(content)
    except (RuntimeError, TypeError) as error:
        raise ValueError(f"not a MIDI file: {error}") from None
    # Divided by the ticks, not multiplied with their inverse: that would change notes by a rounding error
    ticks = score.ticks_per_quarter
    return {
        track.name: Part(
            track.program,
            track.is_drum,
            tuple(
                sorted(
                    Note(note.start / ticks, note.pitch, note.duration / ticks, note.velocity) for note in track.notes
                )
            ),
        )
        for track in score.tracks
    }

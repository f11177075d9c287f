"""What every part of a loop is written against: beats, harmony over time, style, and how loud and busy it should be."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache

from ensemble.band.instruments import INSTRUMENTS, Instrument, resolve
from ensemble.band.metre import Metre, Swing, parse_metre
from ensemble.band.moods import Mood, mood_of
from ensemble.band.score import TICKS_PER_QUARTER, Note, Part
from ensemble.band.styles import Style, nearest_style
from ensemble.band.theory import Chord, Key, chord_scale, parse_chord, parse_key
from ensemble.protocols import Brief, Character
from state.errors import Refusal


@dataclass(frozen=True)
class Span:
    """One chord from `start` to `end` (quarters) with the pitch classes that sound right over it."""

    start: float
    end: float
    chord: Chord
    scale: tuple[int, ...]

    @property
    def root(self) -> int:
        """Pitch class of the bass note."""
        return self.chord.root if self.chord.bass is None else self.chord.bass


@dataclass(frozen=True)
class Frame:
    """A Brief, read."""

    brief: Brief
    key: Key
    metre: Metre
    style: Style
    mood: Mood
    swing: Swing
    spans: tuple[Span, ...] = field(repr=False)

    @property
    def bar(self) -> float:
        return self.metre.quarters

    @property
    def bars(self) -> int:
        return self.brief.bars

    @property
    def quarters(self) -> float:
        return self.brief.bars * self.metre.quarters

    @cached_property
    def _starts(self) -> list[float]:
        return [span.start - 1e-6 for span in self.spans]

    def at(self, time: float) -> Span:
        """The harmony at `time`, counted around the loop."""
        return self.spans[max(0, bisect_right(self._starts, time % self.quarters) - 1)]

    def after(self, span: Span) -> Span:
        """The next harmony, around the loop."""
        return self.at(span.end)


@lru_cache(64)
def frame_of(brief: Brief) -> Frame:
    """`brief` read; raises Refusal for a key, chord or metre that is none."""
    try:
        key = parse_key(brief.key)
        chords = [parse_chord(symbol) for symbol in brief.chords]
    except ValueError as error:
        raise Refusal(f"{error}.") from None
    metre = parse_metre(brief.time_signature)
    style = nearest_style(brief.genre)
    total = brief.bars * metre.quarters
    chords = chords or [Chord(key.tonic, "m" if key.minor else "")]
    each = total / len(chords)
    spans: list[Span] = []
    for index, chord in enumerate(chords):
        if spans and spans[-1].chord == chord and index * each % metre.quarters > 1e-6:
            spans[-1] = replace(spans[-1], end=(index + 1) * each)  # the same chord twice in a bar is one chord
        else:
            spans.append(Span(index * each, (index + 1) * each, chord, chord_scale(chord, key)))
    return Frame(brief, key, metre, style, mood_of(brief.mood), swing_of(brief, metre, style), tuple(spans))


def swing_of(brief: Brief, metre: Metre, style: Style) -> Swing:
    """How the style swings, or the feel that was asked for; straight where beats are not quarters."""
    unit, share = style.swing
    if not metre.swings or brief.feel == "straight":
        return Swing()
    if brief.feel == "swing":
        share = max(share, 0.62 if unit == 0.5 else 0.65)
    return Swing(unit, share)


def instrument_of(name: str) -> Instrument:
    """The instrument of that General MIDI name (or of a synonym). Raises Refusal naming what is not in the band."""
    found = INSTRUMENTS.get(name)
    if found is None:
        choice = resolve(name)
        if choice is None:
            raise Refusal(
                f"There is no {name!r} in the band; any General MIDI instrument would do.", field="instrument"
            )
        found = choice.instrument
    return found


_LEVELS = {"soft": 0.7, "normal": 1.0, "loud": 1.18}


def level(frame: Frame, character: Character) -> float:
    """Factor on velocities from style, mood and how the part is to be played."""
    return frame.style.level * (1 + (frame.mood.level - 1) * 0.6) * _LEVELS[character.dynamics]


def density(frame: Frame, character: Character) -> float:
    """-1 sparse .. 1 busy. What was asked for one part counts far more than the loop's mood."""
    asked = {"sparse": -1.0, "normal": 0.0, "busy": 1.0}[character.density]
    return asked if asked else 0.7 * frame.mood.density


def finish(notes: Iterable[Note], frame: Frame, instrument: Instrument, factor: float = 1.0) -> Part:
    """`notes` as a part: swung, inside the loop and the instrument's range, on the grid, no pitch struck while it sounds."""
    total = frame.quarters
    tick = 1 / TICKS_PER_QUARTER
    placed: list[Note] = []
    for note in notes:
        start, end = frame.swing.warp(note.start), frame.swing.warp(note.start + note.duration)
        if start < -0.02 or start >= total - tick / 2:
            continue
        start = max(0.0, start)
        pitch = note.pitch if instrument.is_drum else into_range(note.pitch, instrument.low, instrument.high)
        velocity = max(1, min(127, round(note.velocity * factor)))
        placed.append(Note(start, pitch, max(tick, min(end, total) - start), velocity))
    part = Part(instrument.program, instrument.is_drum, ()).with_notes(placed)
    return part.with_notes(untangled(part.notes))


def retuned(part: Part, notes: Iterable[Note]) -> Part:
    """`part` with other notes: on the grid, sorted and untangled."""
    return part.with_notes(untangled(part.with_notes(notes).notes))


def untangled(notes: Iterable[Note]) -> list[Note]:
    """Sorted notes without doubles; a pitch that is struck again ends first."""
    kept: list[Note] = []
    last: dict[int, int] = {}
    for note in sorted(notes):
        index = last.get(note.pitch)
        if index is not None:
            before = kept[index]
            if note.start - before.start < 1.5 / TICKS_PER_QUARTER:
                longer, louder = max(before.duration, note.duration), max(before.velocity, note.velocity)
                kept[index] = Note(before.start, before.pitch, longer, louder)
                continue
            if before.start + before.duration > note.start:
                kept[index] = Note(before.start, before.pitch, note.start - before.start, before.velocity)
        last[note.pitch] = len(kept)
        kept.append(note)
    return kept


def into_range(pitch: int, low: int, high: int) -> int:
    """`pitch` moved by octaves into `low`..`high` (as near as a range under an octave allows), and into 0..127."""
    while pitch < low and pitch + 12 <= 127:
        pitch += 12
    while pitch > high and pitch - 12 >= 0:
        pitch -= 12
    return max(0, min(127, pitch))

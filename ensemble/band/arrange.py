"""Who does what and where: a part's role, and the register that the others leave free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from ensemble.band import bass, comping, drums, melody, pads
from ensemble.band.drums import KEYS
from ensemble.band.frame import Frame, Span, finish, level
from ensemble.band.instruments import Instrument
from ensemble.band.score import Note, Part
from ensemble.protocols import Character, Role
from state.seeds import derived_seed

_CENTRES: dict[Role, float] = {
    "bass": 36.0,
    "chords": 62.0,
    "pad": 60.0,
    "lead": 73.0,
    "percussion": 60.0,
    "drums": 60.0,
}
"""Where a role lies, MIDI pitch, when nothing else is near."""
_LOW_BASS = 47
"""A pitched part whose mean lies below this plays the bass."""


def role_of(instrument: Instrument, character: Character) -> Role:
    """What the part does: what was asked for, a lead when it is to be a solo, else the instrument's own role."""
    if instrument.is_drum:
        return "percussion" if instrument.pitches or instrument.role == "percussion" else "drums"
    role = character.role or instrument.role
    if role in ("drums", "percussion"):  # only what is struck can play them
        role = "percussion" if instrument.role == "percussion" else "chords"
    if character.solo and role not in ("bass", "percussion"):
        return "lead"
    return role


def write(
    frame: Frame,
    instrument: Instrument,
    seed: int,
    character: Character,
    beside: Mapping[str, Part],
    centre: float | None = None,
) -> Part:
    """The part, by its role; never an empty one. `centre` overrides the register that would be chosen."""
    part = _written(frame, instrument, seed, character, beside, centre)
    return part if part.notes else _downbeats(frame, instrument, character)


def _written(
    frame: Frame,
    instrument: Instrument,
    seed: int,
    character: Character,
    beside: Mapping[str, Part],
    centre: float | None,
) -> Part:
    role = role_of(instrument, character)
    rng = Random(derived_seed(seed, instrument.name, role))
    if instrument.family == "sound effects" and not instrument.is_drum:
        return _effects(frame, instrument, character)
    if role == "drums":
        return drums.write(frame, instrument, rng, character)
    if role == "percussion":
        return drums.percussion(frame, instrument, rng, character)
    middle = free_centre(role, instrument, character, beside) if centre is None else centre
    if role == "bass":
        if character.solo:
            return melody.write(frame, instrument, rng, character, middle + 7)
        return bass.write(frame, instrument, rng, character, beside, middle)
    if role == "lead" and not character.solo and character.role is None and comping.arpeggiates(frame, instrument):
        role = "chords"
    if role == "lead":
        return melody.write(frame, instrument, rng, character, middle)
    if role == "pad":
        return pads.write(frame, instrument, rng, character, middle)
    return comping.write(frame, instrument, rng, character, middle, has_bass(beside))


def has_bass(beside: Mapping[str, Part]) -> bool:
    """True when one of the other parts plays the bass."""
    return any(mean_pitch(part) < _LOW_BASS for part in beside.values() if part.notes and not part.is_drum)


def mean_pitch(part: Part) -> float:
    """Mean MIDI pitch weighted by duration; 0 for an empty part."""
    total = sum(note.duration for note in part.notes)
    return sum(note.pitch * note.duration for note in part.notes) / total if total else 0.0


def free_centre(role: Role, instrument: Instrument, character: Character, beside: Mapping[str, Part]) -> float:
    """The centre for a part: the role's own, inside the range, away from the other pitched parts; then the register asked for.

    'low' and 'high' lie at least a fifth from the normal centre wherever the range has the room.
    """
    low, high = float(instrument.low), float(instrument.high)
    room = high - low
    own = (
        min(max(_CENTRES[role], low + 0.3 * room), high - 0.4 * room)
        if role != "bass"
        else min(max(36.0, low + 5), high - 7)
    )
    if character.solo and role == "lead":
        own = min(own + 2, high - 0.3 * room)
    if role in ("lead", "chords", "pad"):
        taken = occupied(beside)
        strength = 10.0 if role == "lead" else 8.0
        options = [own + step for step in range(-7, 11) if low + 5 <= own + step <= high - 5] or [own]
        own = min(options, key=lambda c: (_crowding(c, own, taken, strength), c))
    shift = {"low": -12.0, "normal": 0.0, "high": 12.0}[character.register]
    edge = min(5.0 if role == "bass" else 7.0, room / 4)
    return min(max(own + shift, low + edge), high - edge)


def occupied(beside: Mapping[str, Part]) -> list[float]:
    """Where each of the other pitched parts lies: its mean MIDI pitch, a left hand or a bass set aside."""
    places: list[float] = []
    for part in beside.values():
        body = tuple(note for note in part.notes if note.pitch >= 50)
        if body and not part.is_drum:
            places.append(mean_pitch(Part(part.program, False, body)))
    return places


def _crowding(centre: float, own: float, taken: Sequence[float], strength: float) -> float:
    """What it costs to lie at `centre`: the way from the part's own place, neighbours, and mud below the small octave."""
    mud = 0.5 * max(0.0, 57 - centre)
    way = 0.5 * (centre - own) if centre > own else 0.8 * (own - centre)  # rather above the others than below
    return way + mud + strength * sum(_nearness(centre, place) for place in taken)


def _nearness(one: float, other: float) -> float:
    distance = abs(one - other)
    return max(0.0, 1.0 - distance / 9.0)


def _effects(frame: Frame, instrument: Instrument, character: Character) -> Part:
    """Sea, birds or applause: one long sound every two bars, struck things on the first beat of every other bar."""
    pitch = (instrument.low + instrument.high) // 2
    step = 1 if frame.bars < 2 else 2
    length = step * frame.bar if instrument.role == "pad" else min(2.0, frame.bar)
    notes = [Note(bar * frame.bar, pitch, length, 80) for bar in range(0, frame.bars, step)]
    return finish(notes, frame, instrument, level(frame, character))


def _downbeats(frame: Frame, instrument: Instrument, character: Character) -> Part:
    """One stroke a bar: for bars so short that they hold none of a style's figure."""
    middle = (instrument.low + instrument.high) // 2
    notes: list[Note] = []
    for bar in range(frame.bars):
        start = bar * frame.bar
        tone = middle + (frame.at(start).chord.root - middle) % 12
        key = (instrument.pitches or (KEYS["hat"],))[0] if instrument.is_drum else tone
        notes.append(Note(start, key, min(0.25, frame.bar) if instrument.is_drum else frame.bar, 80))
    return finish(notes, frame, instrument, level(frame, character))


def likeness(part: Part, instrument: Instrument, frame: Frame) -> tuple[Character, float]:
    """How an existing part is played, and about which pitch: what a renewed passage must match."""
    if part.is_drum or not part.notes:
        per_bar = len(part.notes) / max(1, frame.bars)
        busy = "sparse" if per_bar < 5 else "busy" if per_bar > 26 else "normal"
        return Character(density=busy if part.is_drum else "normal"), 60.0  # type: ignore[arg-type]
    notes = part.notes
    starts = {round(note.start * 8) for note in notes}
    voices = len(notes) / len(starts)
    sounding = sum(note.duration for note in notes) / frame.quarters
    mean = mean_pitch(part)
    rate = len(starts) / frame.bars
    if instrument.role == "percussion":
        return Character(), mean
    if voices >= 1.6:
        role: Role = "pad" if rate <= 1.6 and sounding > 1.5 else "chords"
    elif mean < _LOW_BASS + 3 and instrument.low < 48:
        role = "bass"
    elif instrument.role in ("chords", "pad") and rate > 5.5 and _arpeggiated(notes, frame):
        role = "chords"
    else:
        role = "lead"
    solo = role == "lead" and rate > 6.5
    return Character(role=role, density="sparse" if rate < 1.2 and role != "pad" else "normal", solo=solo), mean


def _arpeggiated(notes: tuple[Note, ...], frame: Frame) -> bool:
    """True when nearly every tone belongs to its chord."""

    def fits(note: Note) -> bool:
        span: Span = frame.at(frame.swing.unwarp(note.start))
        return note.pitch % 12 in span.chord.pitches

    return sum(map(fits, notes)) > 0.92 * len(notes)

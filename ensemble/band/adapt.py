"""Parts handed on: to another instrument, another pitch, another length."""

from __future__ import annotations

from itertools import groupby, pairwise

from ensemble.band.drums import KICKS, SNARES
from ensemble.band.frame import instrument_of, into_range, retuned
from ensemble.band.instruments import Instrument
from ensemble.band.score import Note, Part
from ensemble.protocols import Brief
from state.errors import Refusal

_ONE_VOICE = frozenset({"brass", "reed", "pipe", "synth lead"})
_ONE_VOICE_NAMES = frozenset(
    {"violin", "viola", "cello", "contrabass", "fiddle", "shanai", "bagpipe", "harmonica", "shakuhachi"}
)
_POLYPHONIC_NAMES = frozenset({"brass section", "synth brass 1", "synth brass 2"})
_SHORT = frozenset(
    {"pizzicato strings", "xylophone", "marimba", "woodblock", "banjo", "electric guitar (muted)", "kalimba"}
)
_HELD = frozenset({"ensemble", "synth pad", "organ", "synth effects"})


def adapt(part: Part, instrument: str, before: str) -> Part:
    """What `before` played, for `instrument`: its program, range and articulation.

    Raises Refusal when a drum part is to be played by an instrument of pitches, or the other way round.
    """
    player, previous = instrument_of(instrument), instrument_of(before)
    if part.is_drum or player.is_drum:
        return _drummed(part, player)
    notes = list(part.notes)
    if _single(player) and not _single(previous):
        notes = _top_line(notes)
    shift = _octaves(notes, player)
    placed = [
        Note(n.start, into_range(n.pitch + shift, player.low, player.high), n.duration, n.velocity) for n in notes
    ]
    if player.name in _SHORT:
        placed = [Note(n.start, n.pitch, min(n.duration, 0.4), n.velocity) for n in placed]
    elif player.family in _HELD and previous.family not in _HELD:
        placed = _legato(placed)
    target = Part(player.program, False, ())
    return retuned(target, placed)


def _single(player: Instrument) -> bool:
    """True for instruments that play one note at a time."""
    return (player.family in _ONE_VOICE or player.name in _ONE_VOICE_NAMES) and player.name not in _POLYPHONIC_NAMES


def _top_line(notes: list[Note]) -> list[Note]:
    """The highest note of each chord, and no note sounding into the next."""
    tops = [max(group, key=lambda n: n.pitch) for _, group in groupby(sorted(notes), key=lambda n: round(n.start * 6))]
    line: list[Note] = []
    for index, note in enumerate(tops):
        until = tops[index + 1].start if index + 1 < len(tops) else note.start + note.duration
        line.append(Note(note.start, note.pitch, max(0.05, min(note.duration, until - note.start)), note.velocity))
    return line


def _octaves(notes: list[Note], player: Instrument) -> int:
    """Whole octaves that bring most of the notes into the player's range, as few as will do."""

    def cost(shift: int) -> tuple[int, int, int]:
        outside = sum(not player.low <= note.pitch + shift <= player.high for note in notes)
        return (outside, abs(shift), -shift)

    return min(range(-60, 61, 12), key=cost)


def _legato(notes: list[Note]) -> list[Note]:
    """Short notes held nearly to the next ones, at most for a bar of four quarters."""
    starts = sorted({note.start for note in notes})
    following = dict(pairwise(starts))
    out = []
    for note in notes:
        until = following.get(note.start, note.start + note.duration)
        if until - note.start < 0.12:  # a strum's next string is not the next chord
            until = next((s for s in starts if s - note.start >= 0.12), note.start + note.duration)
        out.append(Note(note.start, note.pitch, max(note.duration, min(4.0, until - note.start)), note.velocity))
    return out


def _drummed(part: Part, player: Instrument) -> Part:
    if part.is_drum and player.is_drum and not player.pitches:
        return Part(player.program, True, part.notes)
    if part.is_drum and (player.pitches or player.role == "percussion"):
        keys = player.pitches or (player.low + 5, player.low + 12)
        notes = []
        faintest = 0.25 * max((note.velocity for note in part.notes), default=0)  # ghost notes stay behind
        for note in part.notes:
            rank = 0 if note.pitch in KICKS else len(keys) - 1 if note.pitch in SNARES else len(keys) // 2
            if note.velocity >= faintest:
                notes.append(Note(note.start, keys[rank], note.duration, note.velocity))
        target = Part(player.program, player.is_drum, ())
        return retuned(target, notes)
    if part.is_drum:
        raise Refusal(
            f"{player.name.capitalize()} cannot play what drums play. Shall I remove the drums and add {player.name} with a part of its own?",
            field="instrument",
        )
    raise Refusal(
        f"The {player.name} cannot play notes of other instruments. Shall I remove that part and add {player.name} instead?",
        field="instrument",
    )


def transpose(part: Part, instrument: str, semitones: int) -> Part:
    """Every note moved by `semitones`, octave-folded only where MIDI's range forces it; drums unchanged."""
    if part.is_drum or not semitones:
        return part
    moved = (Note(n.start, into_range(n.pitch + semitones, 0, 127) if 0 <= n.pitch + semitones <= 127
             else _folded(n.pitch + semitones), n.duration, n.velocity) for n in part.notes)  # fmt: skip
    return Part(part.program, part.is_drum, tuple(sorted(moved)))


def _folded(pitch: int) -> int:
    while pitch < 0:
        pitch += 12
    while pitch > 127:
        pitch -= 12
    return pitch


def extend(part: Part, before: Brief, after: Brief) -> Part:
    """The part over another number of bars: repeated, and cut where the new loop ends."""
    old, new = before.quarters, after.quarters
    if old == new:
        return part
    notes: list[Note] = []
    rounds = 0
    while rounds * old < new - 1e-6:
        for note in part.notes:
            start = note.start + rounds * old
            if start < new - 1e-6:
                notes.append(Note(start, note.pitch, min(note.duration, new - start), note.velocity))
        rounds += 1
    return retuned(part, notes)

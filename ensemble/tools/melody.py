"""Which stem carries the tune, and how harmony moves when the mode changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ensemble.band.score import Part
from ensemble.tools.arrangement import part_of
from ensemble.tools.selection import instrument_of, is_drums, is_recording
from ensemble.tools.tool import PENDING
from state.artifacts import ArtifactStore
from state.gat import GlobalAttributeTable, Stem

_LOWEST_MELODY = 57
"""Mean MIDI pitch below which a single line is a bass line (the A below middle C)."""
_SINGLE = 0.85
"""Share of onsets with one note only from which a part is a single line."""

_TRIADS = {(4, 7): "", (3, 7): "m", (3, 6): "dim", (4, 8): "aug"}
_SEVENTHS = {(4, 7, 11): "maj7", (3, 7, 10): "m7", (4, 7, 10): "7", (3, 6, 10): "m7b5", (3, 7, 11): "mmaj7"}


def melody_of(gat: GlobalAttributeTable, store: ArtifactStore) -> Stem | None:
    """The scored stem that carries the tune: a lead instrument, else a single line above the bass; None without."""
    scored = [
        stem for stem in gat.stems if stem.score and not stem.muted and not is_drums(stem) and not is_recording(stem)
    ]
    leads = [stem for stem in scored if instrument_of(stem).role == "lead"]
    if leads:
        return leads[0]
    lines = (stem for stem in scored if instrument_of(stem).role != "bass" and stem.score != PENDING)
    return next((stem for stem in lines if is_single_line(part_of(stem, store))), None)


def is_single_line(part: Part) -> bool:
    """Whether a part is one voice above the bass: a tune rather than chords."""
    if len(part.notes) < 3:
        return False
    onsets = Counter(note.start for note in part.notes)
    single = sum(count == 1 for count in onsets.values()) / len(onsets)
    return single >= _SINGLE and sum(note.pitch for note in part.notes) / len(part.notes) >= _LOWEST_MELODY


def chords_in(chords: Iterable[str], before: str, after: str) -> tuple[str, ...]:
    """The same degrees in another key: each chord becomes the one that the new scale builds on its degree; a chord
    whose root is foreign to the old key moves with the tonic and keeps its kind."""
    from ensemble.band.theory import Chord, parse_chord, parse_key

    old, new = parse_key(before), parse_key(after)
    moved = []
    for symbol in chords:
        chord = parse_chord(symbol)
        if chord.root not in old.scale:
            moved.append(str(chord.transposed(new.tonic - old.tonic, new)))
            continue
        degree = old.scale.index(chord.root)
        root = new.scale[degree]
        above = [(new.scale[(degree + step) % 7] - root) % 12 for step in (2, 4, 6)]
        quality = _TRIADS.get((above[0], above[1]), "")
        if len(chord.pitches) > 3:
            quality = _SEVENTHS.get((above[0], above[1], above[2]), quality)
        moved.append(str(Chord(root, quality).spelled(new)))
    return tuple(moved)

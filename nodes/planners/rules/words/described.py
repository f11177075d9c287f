"""The fields of a new loop, from what its description says: who plays, in which mood, and what of it was guessed."""

from __future__ import annotations

import re
from typing import Any

from ensemble.band.moods import mood_in
from ensemble.band.theory import Key, parse_key
from nodes.planners.rules.words.attributes import Reading
from nodes.planners.rules.words.lineup import is_piece, players
from nodes.planners.rules.words.speech import Clause, word_set

_DENIALS = word_set("not no without isn't never don't less")
_KNOWN = frozenset(
    {"genre", "hint", "mood", "tempo", "dynamics", "density", "instrument", "register", "feel", "nothing"}
)
"""Words that mean one of these say something else than a mood."""


def fields_of(reading: Reading, clause: Clause) -> dict[str, Any]:
    """Arguments of `text_to_music`: what was said, and in `inferred` which of it was derived from other words."""
    key = reading.key
    if key and "mode" in reading.inferred and "minor" in clause.words:
        key = str(Key(parse_key(key).tonic, "minor"))  # 'a minor blues in C'
    fields: dict[str, Any] = {
        "description": clause.text[:2000], "genre": reading.genre, "mood": reading.mood_word or _said_mood(reading), "bpm": reading.bpm,
        "key": key, "time_signature": reading.time_signature, "bars": reading.bars, "duration_seconds": reading.duration_seconds,
        "chords": list(reading.chords), "instruments": players(reading, clause),
        "without": [word.words for word in reading.without if not is_piece(word.words)], "feel": reading.feel,
    }  # fmt: skip
    if reading.bars and reading.duration_seconds:
        fields["duration_seconds"] = None
    found = {name: value for name, value in fields.items() if value not in (None, [], "")}
    guessed = [name for name in found if name in reading.inferred]
    return found | ({"inferred": guessed} if guessed else {})


def _said_mood(reading: Reading) -> str | None:
    """A word that the band knows as a mood and the lexicon as something else: 'dusty'. It is the user's own."""
    taken = [mention.phrase for mention in reading.instruments]
    taken += [mark.span for mark in reading.marks if mark.meanings.keys() & _KNOWN]
    taken += [quote.span for quote in reading.quotes]
    before = ""
    for found in re.finditer(r"[A-Za-z'-]+", reading.text):
        word = found.group().lower()
        free = not any(start <= found.start() < end for start, end in taken)
        if free and before not in _DENIALS and mood_in(word) is not mood_in(None):
            return word
        before = word
    return None

"""How a new part is to be played, and where it stands, from the words beside its name."""

from __future__ import annotations

from typing import Any

from nodes.planners.rules.words.amounts import amount
from nodes.planners.rules.words.speech import Clause, word_set

_SOFT = (
    "soft", "softly", "quiet", "quietly", "gentle", "gently", "mellow", "subtle", "delicate", "faint", "whispering", "light", "tender",
    "in the background",
)  # fmt: skip
_LOUD = (
    "loud", "loudly", "strong", "aggressive", "hard", "powerful", "screaming", "heavy", "big", "huge", "blazing", "ripping",
    "in your face", "prominent",
)  # fmt: skip
_SPARSE = (
    "sparse", "simple", "minimal", "minimalist", "occasional", "few notes", "basic", "laid back", "slow", "easy", "long notes",
    "not too many notes", "not many notes", "not so many notes", "too many notes", "not a lot of notes", "hardly any notes",
    "the odd note", "here and there", "now and then", "not too many", "not too often", "not all the time", "once in a while",
    "a handful of notes", "a couple of notes", "only when needed", "not too busy", "not busy",
)  # fmt: skip
_BUSY = (
    "busy", "lots of notes", "a lot of notes", "loads of notes", "plenty of notes", "tons of notes", "many notes", "complex", "fast",
    "intricate", "virtuosic", "virtuoso", "rapid", "dense", "wild", "shredding", "driving", "running", "energetic",
)  # fmt: skip
_DENIED = word_set("loud hard heavy big prominent strong aggressive high deep soft quiet")
_TOO = word_set("too so very that as really overly")
_HIGH = ("high", "high pitched", "upper", "octave up", "up high", "high up", "an octave higher")


_LOW = ("low", "deep", "lower", "low pitched", "octave down", "an octave lower")


def _says(clause: Clause, phrases: tuple[str, ...]) -> bool:
    return clause.says(*phrases)


def character(clause: Clause, name: str) -> dict[str, Any]:
    """How a part is to be played, from the words beside its name."""
    found: dict[str, Any] = {}
    sides = clause.marks("left", "right")
    place = clause
    clause = clause.without(
        (mark.start - 1, mark.end) for mark in sides if mark.start and clause.words[mark.start - 1] in {"hard", "far"}
    )
    clause = clause.without(
        (at, end + 1)
        for at, word in enumerate(clause.words)
        for end in range(at + 1, min(at + 3, len(clause.words)))
        if word == "not" and clause.words[end] in _DENIED and (end == at + 1 or clause.words[at + 1] in _TOO)
    )
    if _says(clause, _SOFT) or clause.says("a touch of"):
        found["dynamics"] = "soft"
    elif _says(clause, _LOUD):
        found["dynamics"] = "loud"
    if _says(clause, _SPARSE):
        found["density"] = "sparse"
    elif _says(clause, _BUSY):
        found["density"] = "busy"
    if _says(clause, _HIGH):
        found["tessitura"] = "high"
    elif _says(clause, _LOW) and "bass" not in name.split():
        found["tessitura"] = "low"
    if clause.has("solo_noun"):
        found |= {"solo": True, "role": "lead"}
    elif clause.has("lead_noun") and "lead" not in name:
        found["role"] = "lead"
    elif clause.has("chords_noun"):
        found["role"] = "chords"
    elif clause.has("pad_noun") and "pad" not in name:
        found["role"] = "pad"
    elif clause.has("bass_noun") and "bass" not in name:
        found["role"] = "bass"
    return found | _place(place)


_BEFORE_RIGHT = word_set("hard far panned pan the to bit little slightly touch tad")
"""Words after which 'right' is a side."""


def _place(clause: Clause) -> dict[str, Any]:
    found: dict[str, Any] = {}
    slight = {mark.end for mark in clause.marks("small")}
    right = [m for m in clause.marks("right") if m.words != "right" or clause.words[m.start - 1] in _BEFORE_RIGHT]
    side = next(iter(right or clause.marks("left")), None)
    if side is not None and not (right and clause.has("left")):
        beside = side.start - (clause.words[side.start - 1] in {"to", "the"})
        width = 1.0 if clause.has("hard") else 0.25 if {side.start, beside} & slight else 0.5
        found["pan"] = width if right else -width
    said = amount(clause, "db")
    if said is not None:
        down = clause.has("quieter") or clause.says("below", "softer")
        found["gain_db"] = -abs(said.value) if down else said.value
    return found

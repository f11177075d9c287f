"""Numbers that make no sense: asked about, never replaced by something else in silence."""

from __future__ import annotations

import re

from nodes.planners.rules.outcome import Outcome, ask
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import amount, amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.speech import Clause, word_set

_BOUNDLESS = word_set("million millions billion trillion zillion gazillion infinity infinite infinitely inf nan")
_MODES = "major|minor|dorian|phrygian|lydian|mixolydian|locrian"
_TWO_KEYS = re.compile(rf"\b([a-g](?:#|b)? (?:{_MODES}))(?: ,)? (?:and|or|&|,) ([a-g](?:#|b)? (?:{_MODES}))\b")
_NO_KEY = re.compile(rf"(?:^|\b(?:in|to|key of|key|into|at|,) )([h-z]) ({_MODES})\b")
_LOWERS = {1, 2, 4, 8, 16, 32}
_OPEN_ENDED = word_set("change swap replace set transpose turn switch move exchange pitch")
_AIMED = word_set("it to at of is loop this in")
_MANY_PLAYERS = 16
_MEASURED = ("faster", "slower", "tempo", "louder", "quieter", "volume", "pitch", "higher", "lower", "pan", "length", "longer", "way_up", "way_down")  # fmt: skip


def sense(clause: Clause, scene: Scene) -> Outcome | None:
    """A question where a number, a key, a metre or an unfinished sentence cannot be meant as it stands."""
    question = (
        _boundless(clause)
        or _pan(clause)
        or _factor(clause, scene)
        or _semitones(clause)
        or _level(clause)
        or _bars(clause, scene)
        or _metre(clause)
        or _keys(clause, scene)
        or _tempo(clause)
        or _unfinished(clause)
        or _crowd(clause, scene)
    )
    return ask(question) if question else None


def _boundless(clause: Clause) -> str | None:
    said = next((word for word in clause.words if word in _BOUNDLESS), None)
    if said is None or not (clause.has(*_MEASURED) or clause.says("db", "bpm", "bars", "seconds", "semitones", "hz")):
        return None
    return f"'{said}' is no amount that I can set. How much should it be, as a number: for example '3 dB', '10 %', '96 bpm'?"


def _pan(clause: Clause) -> str | None:
    said = amount(clause, "percent")
    if said is None or abs(said.value) <= 100 or not clause.has("left", "right") or not clause.has("pan"):
        return None
    return (
        f"Panning goes from the centre (0 %) to one side (100 %), so {said.value:g} % is too far. How far should it go?"
    )


def _factor(clause: Clause, scene: Scene) -> str | None:
    if not scene.exists or not clause.has("faster", "slower", "tempo"):
        return None
    zero = next(
        (said for said in amounts(clause) if said.value == 0 and said.unit in {"bare", "times", "percent", "bpm"}), None
    )
    if zero is None:
        return None
    return "By 0 nothing would change. By how much should the tempo move, for example '1.2', '10 %' or '5 bpm'?"


def _semitones(clause: Clause) -> str | None:
    if clause.says("quarter tone", "quarter tones", "quartertone", "cents"):
        return "The pitch moves by whole semitones, not by parts of one. By how many should it move, up or down?"
    said = amount(clause, "semitones")
    if said is None and clause.begins("pitch") and not clause.has("pan"):
        said = amount(clause, "bare")
    if said is None or said.value == int(said.value):
        return None
    low = int(said.value // 1)
    return f"The pitch moves by whole semitones, and that is {said.value:g}. Should it be {low} or {low + 1} semitones?"


def _level(clause: Clause) -> str | None:
    said = amount(clause, "db")
    if said is None or said.value != 0 or not said.start or clause.words[said.start - 1] != "by":
        return None
    return "By 0 dB nothing would change. By how many dB should it move, for example 3?"


def _bars(clause: Clause, scene: Scene) -> str | None:
    if not scene.exists and clause.says("half a bar", "half bar", "a quarter bar"):
        return "A loop has whole bars, from 1 to 64. How many should it have?"
    none = next((said for said in amounts(clause) if said.unit in {"bars", "seconds"} and said.value <= 0), None)
    if none is None or (clause.has("higher", "lower", "longer", "shorter") and none.value < 0):
        return None
    unit = "bars" if none.unit == "bars" else "seconds"
    return f"A loop cannot have {none.value:g} {unit}: from 1 to 64 bars or up to 240 seconds. How many should it have?"


def _metre(clause: Clause) -> str | None:
    for at, word in enumerate(clause.words):
        if not re.fullmatch(r"\d+/\d+", word) or clause.has("faster", "slower", "pan", "tempo"):
            continue
        upper, lower = (int(piece) for piece in word.split("/"))
        placed = at == 0 or clause.words[at - 1] in {"in", "a", "to", "an", "into", "it", ","}
        if placed and (lower not in _LOWERS or upper == 0 or upper > 32):
            return f"{word} is no metre that I can count. Which should it be, for example 3/4, 4/4, 5/4, 6/8 or 7/8?"
    return None


def _keys(clause: Clause, scene: Scene) -> str | None:
    text = " ".join(clause.words)
    pair = _TWO_KEYS.search(text if scene.exists else text.replace(" to ", " and "))
    if pair is not None and pair[1] != pair[2] and not read(clause.text).chords:
        shown = [key[0].upper() + key[1:] for key in pair.groups()]
        return f"A loop has one key. Which should it be: {shown[0]} or {shown[1]}?"
    odd = _NO_KEY.search(text)
    if odd is None:
        return None
    return f"There is no key of {odd[1].upper()} {odd[2]}: keys go from A to G. Which should it be, for example 'B {odd[2]}' or 'D {odd[2]}'?"


def _tempo(clause: Clause) -> str | None:
    said = amount(clause, "bpm")
    if said is None or not said.start:
        return None
    before = clause.words[said.start - 1]
    at = said.start - 2 if before in {"minus", "negative"} else said.start - 1
    if (said.value >= 0 and at == said.start - 1) or at < 0 or clause.words[at] not in _AIMED:
        return None
    below = abs(said.value)
    return f"A tempo of -{below:g} bpm cannot be played. Should it be {below:g} bpm slower, or which tempo from 30 to 300 bpm?"


def _unfinished(clause: Clause) -> str | None:
    if (
        len(clause.words) < 2
        or clause.words[0] not in _OPEN_ENDED
        or clause.words[-1] not in {"to", "with", "by", "for", "into"}
    ):
        return None
    example = " For example 'change the chords to Dm7 G7 Cmaj7'." if clause.has("chords") else ""
    return f"'{clause.text}' stops before its end. {clause.words[-1].capitalize()} what?{example}"


def _crowd(clause: Clause, scene: Scene) -> str | None:
    for said in amounts(clause):
        after = clause.words[said.end : said.end + 2]
        noun = next(
            (word for word in after if word in word_set("instruments stems tracks parts players layers voices")), None
        )
        if noun and said.unit == "bare" and said.value > _MANY_PLAYERS:
            return f"{said.value:g} {noun} at once would be a blur. Which should play? Name a few, for example 'keys, bass and drums'."
        if scene.exists or said.unit != "bare" or said.value < 2 or noun not in {"instruments", "players"}:
            continue
        if not read(clause.text).instruments:
            return (
                f"Which {said.value:g} {noun} should play? Name them, for example 'piano, bass, drums and a saxophone'."
            )
    return None

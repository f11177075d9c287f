"""Harmony: 'change the chords to Dm G C Am', 'a ii-V-I', 'different chords', 'use seventh chords'."""

from __future__ import annotations

import re

from ensemble.band.theory import Chord, parse_chord, parse_key, roman
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.chord_words import symbol_at
from nodes.planners.rules.words.references import find
from nodes.planners.rules.words.speech import Clause

_PROGRESSIONS = {
    False: (("I", "V", "vi", "IV"), ("I", "vi", "ii", "V"), ("vi", "IV", "I", "V")),
    True: (("i", "VI", "III", "VII"), ("i", "iv", "VII", "III"), ("i", "VII", "VI", "v")),
}


_OTHERS = (
    "reharmonize", "reharmonise", "re harmonize", "re harmonise", "reharm", "different", "new", "other", "change", "another", "vary", "fresh",
)  # fmt: skip
_RICHER = (
    "jazzier", "richer", "seventh", "sevenths", "7th", "7ths", "jazz", "extended", "more complex", "jazzy", "more interesting", "lusher", "lush",
)  # fmt: skip


def chords(clause: Clause, scene: Scene) -> Outcome | None:
    """'change the chords to Dm G C Am', 'a ii-V-I', 'different chords', 'use seventh chords'."""
    reading = read(clause.text)
    named = clause.has("chords")
    if named and not reading.chords and not reading.numerals and (odd := _no_chord(clause)) is not None:
        return ask(
            f"I do not know a chord '{odd}'. Which chords should it have, for example 'Dm7 G7 Cmaj7 Am7' or 'ii V I'?"
        )
    if reading.numerals:
        said = reading.key if reading.key and "key" not in reading.inferred else None
        frame = parse_key(said or scene.key or "C major")
        symbols = tuple(str(roman(numeral, frame)) for numeral in reading.numerals)
        return do(step("set_chords", chords=list(symbols), key=said if said != scene.key else None))
    if len(reading.chords) > 1 or (reading.chords and named):
        return do(
            step(
                "set_chords",
                chords=list(reading.chords),
                key=reading.key if reading.key and "key" not in reading.inferred and reading.key != scene.key else None,
            )
        )
    if (
        not named
        or clause.has("louder", "quieter", "remove", "pan", "mute")
        or not clause.has("reroll", "replace", "variation", "create", "more", "vary", "pronoun", "chords")
    ):
        return None
    if find(clause, scene).stems and not clause.has("reroll", "replace") and not clause.says("other", "another"):
        return None
    verb, rich = clause.says(*_OTHERS), clause.says(*_RICHER)
    if not verb and not rich:
        return (
            ask(
                "Which chords should it have? Write them one a bar, for example 'Dm7 G7 Cmaj7 Am7', or as numerals: 'ii V I'."
            )
            if clause.has("replace", "create", "add") and not clause.has("mood_move")
            else None
        )
    return do(step("set_chords", chords=_enriched(scene) if rich and not verb else other_chords(scene)))


def _no_chord(clause: Clause) -> str | None:
    """What stands after 'chords to' and looks like a symbol without being one: 'Xm9', 'Qsus', 'H13'."""
    for at, word in enumerate(clause.raw):
        led = clause.words[max(0, at - 1)] in {"to", ":", "=", "are", "be", "as", "use", "and", ",", "chords"}
        if (
            led
            and at
            and re.fullmatch(r"[A-Z][#b]?(m|maj|min|sus|dim|aug|add|\d)[a-z0-9#]*|[H-Z]", word)
            and word != "I"
            and symbol_at(clause, at) is None
        ):
            return word
    return None


def _chords_now(scene: Scene) -> tuple[str, ...]:
    return scene.request.gat.chords if scene.request.gat else ()


def other_chords(scene: Scene) -> list[str]:
    """A progression of the key that is not the present one."""
    frame = parse_key(scene.key or "C major")
    ways = [[str(roman(numeral, frame)) for numeral in way] for way in _PROGRESSIONS[frame.minor]]
    now = list(_chords_now(scene))[:4]
    return next(way for way in ways if way != now)


def _enriched(scene: Scene) -> list[str]:
    """The present chords with their sevenths."""
    frame = parse_key(scene.key or "C major")
    found = []
    for symbol in _chords_now(scene) or other_chords(scene):
        try:
            chord = parse_chord(symbol)
        except ValueError:
            found.append(symbol)
            continue
        seventh = "maj7" if (chord.root + 11) % 12 in frame.scale else "7"
        quality = {"": seventh, "m": "m7", "dim": "m7b5", "sus4": "7sus4"}.get(chord.quality, chord.quality)
        found.append(str(Chord(chord.root, quality, chord.bass, chord.spelling)))
    return found

"""Amounts: numbers with a unit ('3 dB', 'a fourth', '10 %', 'twice', 'bars') and adverbs of degree ('a touch')."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from nodes.planners.rules.words.numerals import ONES
from nodes.planners.rules.words.speech import Clause, word_set

Unit = Literal["bpm", "db", "percent", "semitones", "times", "seconds", "bars", "beats", "bare"]
Degree = Literal["small", "normal", "large"]

_TENS = {
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "fourty": 40,
    "fifty": 50,
    "sixty": 60,
    "seventy": 70,
    "eighty": 80,
    "ninety": 90,
}
_WORDS = {word: float(value) for value, word in enumerate(ONES)} | {word: float(value) for word, value in _TENS.items()}
_WORDS |= {"a": 1.0, "an": 1.0, "half": 0.5, "couple": 2.0, "few": 3.0, "dozen": 12.0, "another": 1.0, "single": 1.0}

_UNITS: dict[str, tuple[Unit, float]] = {
    "bpm": ("bpm", 1), "bpms": ("bpm", 1), "db": ("db", 1), "dbs": ("db", 1), "decibel": ("db", 1), "decibels": ("db", 1),
    "%": ("percent", 1), "percent": ("percent", 1), "pct": ("percent", 1), "per cent": ("percent", 1),
    "semitone": ("semitones", 1), "semitones": ("semitones", 1), "semi": ("semitones", 1), "semis": ("semitones", 1),
    "st": ("semitones", 1), "half step": ("semitones", 1), "half steps": ("semitones", 1), "halfstep": ("semitones", 1),
    "half tone": ("semitones", 1), "half tones": ("semitones", 1), "halftone": ("semitones", 1), "semi tone": ("semitones", 1),
    "semi tones": ("semitones", 1), "semitons": ("semitones", 1), "semitonos": ("semitones", 1), "fret": ("semitones", 1),
    "frets": ("semitones", 1), "whole step": ("semitones", 2), "whole steps": ("semitones", 2), "step": ("semitones", 2),
    "steps": ("semitones", 2), "whole tone": ("semitones", 2), "whole tones": ("semitones", 2), "tone": ("semitones", 2),
    "tones": ("semitones", 2), "octave": ("semitones", 12), "octaves": ("semitones", 12), "oct": ("semitones", 12),
    "clicks": ("bpm", 1), "ticks": ("bpm", 1), "x": ("times", 1), "times": ("times", 1), "fold": ("times", 1), "s": ("seconds", 1), "sec": ("seconds", 1),
    "secs": ("seconds", 1), "second": ("seconds", 1), "seconds": ("seconds", 1), "minute": ("seconds", 60),
    "minutes": ("seconds", 60), "hour": ("seconds", 3600), "hours": ("seconds", 3600), "min": ("seconds", 60), "mins": ("seconds", 60), "bar": ("bars", 1), "bars": ("bars", 1),
    "measure": ("bars", 1), "measures": ("bars", 1), "beat": ("beats", 1), "beats": ("beats", 1),
}  # fmt: skip
_TEMPO_UNITS = (("b", "p", "m"),)
INTERVALS = {
    "minor second": 1, "major second": 2, "minor third": 3, "major third": 4, "third": 4, "perfect fourth": 5, "fourth": 5,
    "tritone": 6, "augmented fourth": 6, "diminished fifth": 6, "perfect fifth": 7, "fifth": 7, "minor sixth": 8,
    "major sixth": 9, "sixth": 9, "minor seventh": 10, "major seventh": 11, "seventh": 11, "3rd": 4, "minor 3rd": 3,
    "major 3rd": 4, "4th": 5, "perfect 4th": 5, "5th": 7, "perfect 5th": 7, "6th": 9, "minor 6th": 8, "major 6th": 9,
    "7th": 11, "minor 7th": 10, "major 7th": 11, "forth": 5, "ninth": 14, "2nd": 2, "minor 2nd": 1, "major 2nd": 2,
}  # fmt: skip
"""Semitones by name; a bare third, sixth or seventh is the major one."""

_MULTIPLES = {
    "double": 2.0,
    "doubled": 2.0,
    "twice": 2.0,
    "triple": 3.0,
    "thrice": 3.0,
    "quadruple": 4.0,
    "halve": 0.5,
    "halved": 0.5,
}
_PARTS = {"thirds": 3, "quarters": 4, "fifths": 5, "tenths": 10}
_NOT_AN_INTERVAL = word_set(
    "faster slower quicker louder quieter longer shorter bar bars beat chord measure note one part stem take time track version"
)


@dataclass(frozen=True)
class Amount:
    """`value` in `unit` at tokens `start`..`end`. 'times' are factors: 2.0 for 'twice', 0.5 for 'half'."""

    unit: Unit
    value: float
    start: int
    end: int


def number(words: tuple[str, ...], at: int) -> tuple[float, int] | None:
    """The number that begins at a token, and the token after it: digits or words ('a hundred and twenty', 'two and a half')."""
    word = words[at]
    try:
        return float(word.replace(",", ".")), at + 1
    except ValueError:
        pass
    if "/" in word and all(piece.isdigit() for piece in word.split("/")):
        upper, lower = word.split("/")
        return (int(upper) / int(lower), at + 1) if int(lower) else None
    if word not in _WORDS and word != "hundred":
        return None
    value, end = (_WORDS[word], at + 1) if word in _WORDS else (1.0, at)
    if word in _TENS and end < len(words) and words[end] in ONES[1:10]:
        value, end = value + _WORDS[words[end]], end + 1
    if word in ONES[1:10] and end < len(words) and words[end] in _TENS:  # 'one twenty' is 120
        value, end = value * 100 + _TENS[words[end]], end + 1
        if end < len(words) and words[end] in ONES[1:10]:
            value, end = value + _WORDS[words[end]], end + 1
    if end < len(words) and words[end] == "hundred":
        value, end = value * 100, end + 1
        tail = end + 1 if words[end : end + 1] == ("and",) else end
        more = (
            number(words, tail)
            if tail < len(words) and words[tail] in _WORDS and words[tail] not in {"a", "an"}
            else None
        )
        if more is not None and more[0] < 100:
            value, end = value + more[0], more[1]
    if words[end : end + 2] == ("and", "a") and (
        share := {"half": 0.5, "quarter": 0.25}.get("".join(words[end + 2 : end + 3]))
    ):
        value, end = value + share, end + 3
    if word in {"couple", "few", "half", "dozen"} and words[end : end + 1] in (("of",), ("a",), ("an",)):
        end += 1
    return value, end


def amounts(clause: Clause) -> list[Amount]:
    """Every amount in a clause, in order."""
    return list(_kept(clause.words))


@lru_cache(maxsize=16)
def _kept(words: tuple[str, ...]) -> tuple[Amount, ...]:
    """A message's clauses are asked for their amounts by many matchers."""
    return tuple(_amounts(words))


def _amounts(words: tuple[str, ...]) -> Iterator[Amount]:
    at = 0
    while at < len(words):
        found = _interval(words, at) or _multiple(words, at) or _with_unit(words, at) or _bare(words, at)
        if found is not None:
            yield found
            at = found.end
        else:
            at += 1


def _with_unit(words: tuple[str, ...], at: int) -> Amount | None:
    counted = number(words, at)
    if counted is None and words[at] in _UNITS and words[at] in {"octave", "oct", "semitone", "tone", "halftone"}:
        if words[at] == "tone" and words[at + 1 : at + 2] in (
            ("it",),
            ("this",),
            ("that",),
            ("them",),
            ("the",),
            ("down",),
        ):
            return None  # 'tone it down'
        return Amount("semitones", _UNITS[words[at]][1], at, at + 1)
    if counted is None and words[at : at + 2] in (("whole", "step"), ("whole", "tone")):
        return Amount("semitones", 2, at, at + 2)
    if counted is None:
        return None
    value, end = counted
    if words[at] in {"a", "an"}:  # 'a couple of bars', 'a whole step', 'a half step'
        inner = number(words, end) if end < len(words) and words[end] in {"couple", "few", "dozen"} else None
        value, end = inner or (value, end)
    if words[at] == "half" and words[at + 1 : at + 2] in (("step",), ("tone",), ("steps",), ("tones",)):
        return Amount("semitones", 1, at, at + 2)
    for filler in ("full", "more", "extra", "whole"):
        if words[end : end + 1] == (filler,) and " ".join(words[end : end + 2]) not in _UNITS:
            end += 1
    for unit in _TEMPO_UNITS:
        if words[end : end + len(unit)] == unit:
            return Amount("bpm", value, at, end + len(unit))
    if words[end : end + 1] in (("keys",), ("notes",)) and words[end + 1 : end + 2] in (
        ("up",),
        ("down",),
        ("higher",),
        ("lower",),
    ):
        return Amount("semitones", value, at, end + 1)  # on a keyboard
    for length in (2, 1):
        unit_name = " ".join(words[end : end + length])
        if unit_name in _UNITS and end + length <= len(words):
            measured, scale = _UNITS[unit_name]
            if unit_name in {"second", "beat", "min", "s", "bar"} and words[at] in {"a", "an"} and unit_name != "bar":
                return None  # 'a second guitar', 'a beat'
            if words[end + length : end + length + 3] == ("and", "a", "half") and measured == "seconds":
                value, length = value + 0.5, length + 3  # 'a minute and a half'
            return Amount(measured, value * scale, at, end + length)
    return None


def _interval(words: tuple[str, ...], at: int) -> Amount | None:
    start = at + 1 if words[at] in {"a", "an", "one", "by"} else at
    for length in (2, 1):
        name = " ".join(words[start : start + length])
        after = words[start + length : start + length + 1]
        if name in INTERVALS and start + length <= len(words) and not (after and after[0] in _NOT_AN_INTERVAL):
            if start == at and length == 1 and at > 0 and words[at - 1] in {"the", "first", "last", "every"}:
                return None
            return Amount("semitones", INTERVALS[name], at, start + length)
    return None


def _multiple(words: tuple[str, ...], at: int) -> Amount | None:
    if words[at] in _MULTIPLES:
        return Amount("times", _MULTIPLES[words[at]], at, at + 1)
    part = _PARTS.get(words[at + 1]) if at + 1 < len(words) and words[at] in ONES[1:10] else None
    if part is not None:  # 'three quarters of the speed'
        return Amount("times", round(ONES.index(words[at]) / part, 4), at, at + 2)
    if (
        words[at] in {"x", "×"}
        and at + 1 < len(words)
        and words[at + 1][0].isdigit()
        and (factor := number(words, at + 1))
    ):
        return Amount("times", factor[0], at, factor[1])
    if words[at : at + 2] == ("half", "a") and words[at + 2 : at + 3] in (("step",), ("tone",)):
        return Amount("semitones", 1, at, at + 3)
    if words[at : at + 3] == ("half", "a", "minute"):
        return Amount("seconds", 30.0, at, at + 3)
    if words[at] == "half" and words[at + 1 : at + 2] not in (("step",), ("tone",), ("steps",), ("time",), ("tones",)):
        if at > 0 and words[at - 1] in word_set("1st 2nd a and first last latter other second"):
            return None
        return Amount("times", 0.5, at, at + 1)
    return None


def _bare(words: tuple[str, ...], at: int) -> Amount | None:
    if words[at] in {"a", "an", "half", "another", "single"}:
        return None
    counted = number(words, at)
    if counted is None or (words[at] == "one" and counted[1] == at + 1 and at and words[at - 1] in _BEFORE_ONE):
        return None
    return Amount("bare", counted[0], at, counted[1])


_BEFORE_ONE = word_set("this that the which")
"""What makes 'one' a pronoun: 'this one should be slower'."""


def amount(clause: Clause, *units: Unit) -> Amount | None:
    """The first amount in one of the units."""
    return next((found for found in amounts(clause) if found.unit in units), None)


def degree(clause: Clause) -> Degree:
    """How much, where no number says so."""
    if clause.has("small"):
        return "small"
    return "large" if clause.has("large") else "normal"


def decibels(factor: float) -> float:
    """A factor of amplitude in dB, rounded to a tenth."""
    return round(20 * math.log10(max(factor, 0.001)), 1)

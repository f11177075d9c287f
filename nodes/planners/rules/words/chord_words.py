"""Chords and their places as they are spoken of: 'the third chord', 'bar 2', 'a Bm7b5', 'E flat major 7'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ensemble.band.theory import parse_chord
from nodes.planners.rules.words.amounts import number
from nodes.planners.rules.words.spans import ORDINALS
from nodes.planners.rules.words.speech import Clause, word_set

_BARS = word_set("bar bars measure measures")
_BEFORE_NEW = word_set("to into for with be is a an by use play want as and put insert make try at on = :")
_BEFORE_OLD = word_set("replace change swap switch of than from exchange substitute turn")
_BANDS = word_set("low high top bottom front back")
"""What makes 'end' a part of the sound instead of the progression: 'cut the low end on it'."""
_ENDS = {
    "end": -1,
    "ends": -1,
    "ending": -1,
    "finish": -1,
    "finishes": -1,
    "start": 1,
    "starts": 1,
    "begin": 1,
    "begins": 1,
}
"""What 'on' follows: 'end on a D7'."""
_COUNTS = word_set("two three four 2 3 4")
_QUALITIES = {
    "minor": "m", "min": "m", "major": "", "maj": "", "diminished": "dim", "dim": "dim", "augmented": "aug", "aug": "aug",
    "sus": "sus4", "sus4": "sus4", "sus2": "sus2", "suspended": "sus4",
}  # fmt: skip
_SEVENTHS = {
    "7": "7", "seventh": "7", "7th": "7", "seven": "7", "9": "9", "ninth": "9", "9th": "9", "6": "6", "sixth": "6", "6th": "6",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """The chord or the bar of that number, counted from 1 or, below 0, from the end; said at tokens `start`..`end`."""

    number: int
    bar: bool
    start: int
    end: int


@dataclass(frozen=True)
class Named:
    symbol: str
    start: int
    end: int
    old: bool
    """Whether it is named as what is to go: 'instead of G', 'replace D7 with'."""


def places_in(clause: Clause, chordal: bool) -> Iterator[Place]:
    """'the third chord', 'the second and third chords', 'chord 2', 'bar 2', 'the last bar', '(and) the last (to G)'."""
    words, at = clause.words, 0
    while at < len(words):
        word, after = words[at], words[at + 1] if at + 1 < len(words) else ""
        if word in {"chord", "chords"} | _BARS and after:
            begin = at + 2 if after in {"number", "no", "#"} and at + 2 < len(words) else at + 1
            found = number(words, begin) if words[begin] not in {"a", "an", "half"} else None
            if found is not None and found[0] >= 1:
                chordal = chordal or word not in _BARS
                yield Place(int(found[0]), word in _BARS, at, found[1])
                at = found[1]
                while (
                    words[at : at + 1] in (("and",), (",",)) and at + 1 < len(words) and (more := number(words, at + 1))
                ):
                    yield Place(int(more[0]), word in _BARS, at + 1, more[1])  # 'bars two and three'
                    at = more[1]
                continue
        if word in _ENDS and after == "on" and (at == 0 or words[at - 1] not in _BANDS):
            yield Place(_ENDS[word], False, at, at + 2)
            at += 2
            continue
        counted = number(words, at + 1) if word in {"first", "last"} and after in _COUNTS else None
        if counted is not None and words[counted[1] : counted[1] + 1] in (("chords",), ("bars",)):
            bar, count = words[counted[1]] == "bars", int(counted[0])
            chordal = chordal or not bar
            for index in range(count):
                yield Place(index + 1 if word == "first" else index - count, bar, at, counted[1] + 1)
            at = counted[1] + 1
            continue
        if word in ORDINALS:
            end = at + 1
            while end < len(words) and words[end] in {"and", ",", "the"} | ORDINALS.keys():
                end += 1
            noun = words[end] if end < len(words) else ""
            if noun in {"chord", "chords"} | _BARS:
                chordal = chordal or noun not in _BARS
                for inner in range(at, end):
                    if words[inner] in ORDINALS:
                        yield Place(ORDINALS[words[inner]], noun in _BARS, at, end + 1)
                at = end + 1
                continue
            if chordal and words[at - 1] == "the" and after in {"one", "to", "for", "with", "into"}:
                yield Place(ORDINALS[word], False, at, at + 1 + (after == "one"))
        at += 1


def chords_in(clause: Clause, ends: set[int]) -> Iterator[Named]:
    """Every chord symbol that stands where one can: first, or after 'to', 'a', 'for', 'with', ..."""
    at, row = 0, -1
    while at < len(clause.words):
        found = symbol_at(clause, at)
        if found is None:
            at += 1
            continue
        symbol, end = found
        before = clause.words[at - 1] if at else ""
        earlier = clause.words[at - 2] if at > 1 else ""
        old = before in _BEFORE_OLD or (before in {"the", "every", "all"} and earlier in _BEFORE_OLD)
        old = old or (at == 1 and before == "the" and clause.says("should be", "must be"))
        recast = earlier == "make" and before in {"the", "that"} and clause.words[end : end + 1] in (("a",), ("an",))
        old = old or recast  # 'make that D a D7'
        follows = at == row and clause.raw[at][0].isupper()  # 'to Am F'
        if old or not at or at in ends or before in _BEFORE_NEW or before == "," or follows:
            yield Named(symbol, at, end, old)
            row = end
        at = end


def symbol_at(clause: Clause, at: int) -> tuple[str, int] | None:
    """(plain symbol, end) of 'Bm7b5', 'g7', 'D', 'E flat major 7', 'C/E'."""
    raw, words = clause.raw[at], clause.words
    end = at + 1
    if re.fullmatch(r"[A-Ga-g][#b]?", raw):
        root = raw[0].upper() + raw[1:]
        if words[end : end + 1] in (("flat",), ("sharp",)):
            root, end = root + ("b" if words[end] == "flat" else "#"), end + 1
        quality = _QUALITIES.get(words[end]) if end < len(words) else None
        major = quality == ""
        if quality is not None:
            end += 1
        if raw == "a" and words[end : end + 1] in (("chord",), ("one",), ("triad",)):
            return None  # 'a diminished chord'
        if quality is None and re.fullmatch(r"(?:maj|min|m|sus|dim|add)\d+", words[end] if end < len(words) else ""):
            quality, end = words[end], end + 1  # 'Eb maj7'
        if end < len(words) and words[end] in _SEVENTHS:
            quality, end = (quality or "") + ("maj" if major else "") + _SEVENTHS[words[end]], end + 1
        if quality is None and raw in {"a", "b"} and root == raw.upper() and end == at + 1:
            return None  # an article, or a letter that stands for nothing
        raw = root + (quality or "")
    elif re.fullmatch(r"[a-g][#b]?(?:m|maj|min|dim|aug|sus|\d).*", raw) and clause.words[at - 1] != "make":
        raw = raw[0].upper() + raw[1:]
    elif not re.fullmatch(r"[A-G][#b]?\S*", raw):
        return None
    if words[end : end + 1] == ("/",) and re.fullmatch(r"[A-Ga-g][#b]?", "".join(clause.raw[end + 1 : end + 2])):
        raw, end = f"{raw}/{clause.raw[end + 1][0].upper()}{clause.raw[end + 1][1:]}", end + 2
    for written in (raw, raw.removesuffix("s")):  # 'the Gm7s'
        try:
            return str(parse_chord(written)), end
        except ValueError:
            continue
    return None

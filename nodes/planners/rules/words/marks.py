"""The phrases of the lexicon in a text, longest first, each with everything it may mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from ensemble.band.instruments import INSTRUMENTS, resolve
from nodes.planners.rules.words import lexicon
from nodes.planners.rules.words.tokens import Span, Token, span_of, tokenise

_QUOTED = re.compile(r"[\"“]([^\"”]{2,80})[\"”]|(?<!\w)['‘’]([A-Z][^\"”]{1,60}?)['’](?!\w)")


@dataclass(frozen=True)
class Mark:
    """A phrase that was found: tokens `start` to `end` (excluded), its characters, and its meanings by kind."""

    start: int
    end: int
    span: Span
    words: str
    """In normal form, slips repaired."""
    meanings: lexicon.Meanings

    def meaning(self, *kinds: str) -> Any:
        """The meaning of the first of `kinds` that the phrase has. KeyError when it has none."""
        return next(self.meanings[kind] for kind in kinds if kind in self.meanings)

    @cached_property
    def tokens(self) -> frozenset[int]:
        return frozenset(range(self.start, self.end))


@lru_cache(maxsize=1)
def _bracketed() -> re.Pattern[str]:
    names = (re.escape(name).replace(r"\ ", r"\s+") for name in INSTRUMENTS if "(" in name)
    return re.compile("|".join(names), re.IGNORECASE)


def _without_brackets(text: str) -> str:
    """`text` with the brackets of General MIDI names blanked ("pad 2 (warm)"), so that they read as one phrase."""
    if "(" not in text:
        return text
    return _bracketed().sub(lambda found: found.group().replace("(", " ").replace(")", " "), text)


def quoted(text: str) -> tuple[Span, ...]:
    """The titles in quotation marks, without the marks."""
    return tuple(found.span(1) if found.group(1) else found.span(2) for found in _QUOTED.finditer(text))


def scan(text: str) -> tuple[list[Token], list[Mark], tuple[Span, ...]]:
    """The tokens of `text`, its marks in order, and the spans of its titles (which hold no marks)."""
    tokens = tokenise(_without_brackets(text))
    titles = quoted(text)
    table = lexicon.meanings()
    norms = [token.norm if token.norm in table else lexicon.spell(token.norm) for token in tokens]
    marks: list[Mark] = []
    at = 0
    while at < len(tokens):
        if any(a <= tokens[at].start < b for a, b in titles):
            at += 1
            continue
        found = table.longest(tokens, at, norms)
        if found is None:
            at += 1
            continue
        meanings, count = found
        if meanings.get("genre") == "drum and bass" and count == 3 and _is_a_list(tokens, marks, at):
            meanings, count = table.get(norms[at]) or meanings, 1
        words = " ".join(norms[at : at + count])
        marks.append(Mark(at, at + count, span_of(tokens, at, count), words, meanings))
        at += count
    return tokens, _apart(tokens, marks), titles


def _apart(tokens: Sequence[Token], marks: list[Mark]) -> list[Mark]:
    """The marks, with a name that may as well be two players in two where it stands in a list without commas.

    "guitar bass" alone is a bass guitar; in "guitar bass drums" a guitar and a bass play.
    """
    found: list[Mark] = []
    for at, mark in enumerate(marks):
        first = lexicon.two_players(mark.words)
        beside = [
            other for other in (*marks[max(0, at - 1) : at], *marks[at + 1 : at + 2]) if _adjoins(tokens, mark, other)
        ]
        alone = mark.words.endswith("bass drums")  # never several bass drums
        if first is None or not (beside or alone) or (first == "bass" and not any(_is_kit(one) for one in marks)):
            found.append(mark)
            continue
        cut = mark.start + len(first.split(" "))
        for start, end in ((mark.start, cut), (cut, mark.end)):
            words = " ".join(mark.words.split(" ")[start - mark.start : end - mark.start])
            means = lexicon.meanings().get(words) or {}
            found.append(Mark(start, end, span_of(tokens, start, end - start), words, means))
    return found


def _adjoins(tokens: Sequence[Token], mark: Mark, other: Mark) -> bool:
    between = other.start if other.start == mark.end else mark.start if other.end == mark.start else None
    player = "instrument" in other.meanings and not other.meanings.keys() & {"nothing", "weak"}
    return player and between is not None and tokens[between].glued


def _is_kit(mark: Mark) -> bool:
    choice = resolve(mark.words) if "instrument" in mark.meanings else None
    return choice is not None and choice.stem == "drums"


_LISTING = frozenset(
    [
        "with",
        "add",
        "adding",
        "plus",
        "include",
        "including",
        "featuring",
        "remove",
        "mute",
        "delete",
        "ditch",
        "without",
        "no",
    ]
)


def _is_a_list(tokens: Sequence[Token], marks: Sequence[Mark], at: int) -> bool:
    """Whether "drum and bass" at token `at` names two players and no genre: "piano, drum and bass", "add drum and bass"."""
    after = at + 3
    if (
        after < len(tokens)
        and tokens[after].glued
        and tokens[after].norm not in _LISTING | {"please", "in", "at", "on"}
    ):
        return False
    before = at - 1
    while before >= 0 and tokens[before].norm in ("a", "the", "some"):
        before -= 1
    if before < 0:
        return False
    last = marks[-1] if marks else None
    listed = last is not None and last.end == at and "instrument" in last.meanings and "," in tokens[at].gap
    return listed or (tokens[before].norm in _LISTING and tokens[at].glued)


def first(marks: Iterable[Mark], kind: str) -> Mark | None:
    """The first mark of that kind, or None."""
    return next((mark for mark in marks if kind in mark.meanings), None)

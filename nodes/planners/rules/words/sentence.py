"""A marked text, with the questions that every reader of noun phrases asks of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nodes.planners.rules.words import lexicon
from nodes.planners.rules.words.marks import Mark
from nodes.planners.rules.words.tokens import Token

ARTICLES = frozenset(["a", "an", "the", "some", "my", "your", "our", "any", "that", "this", "those", "these", "its"])
_ADJECTIVES = (
    "dynamics",
    "density",
    "register",
    "solo",
    "degree",
    "pan",
    "effect",
    "mood",
    "hint",
    "tempo",
    "genre",
    "feel",
)
_MANNERS = frozenset(["dynamics", "density", "register"])
_HALF_NAMES = frozenset(["acoustic", "upright", "grand", "alto"])
"""Weak instrument words that are adjectives before another one."""


class Sentence:
    """Tokens and the marks over them. `at` maps a token's index to its mark."""

    def __init__(self, tokens: Sequence[Token], marks: Sequence[Mark]) -> None:
        self.tokens = tokens
        self.marks = marks
        self.at = {index: mark for mark in marks for index in mark.tokens}

    def __len__(self) -> int:
        return len(self.tokens)

    def norms(self, start: int, end: int) -> list[str]:
        """The words from token `start` to `end`, in normal form."""
        return [token.norm for token in self.tokens[start:end]]

    def is_glued(self, indices: Iterable[int]) -> bool:
        """Whether no punctuation stands before any of these tokens. False past the end."""
        return all(index < len(self.tokens) and self.tokens[index].glued for index in indices)

    def is_adjective(self, mark: Mark | None) -> bool:
        """Whether a mark may stand between an article and an instrument without naming another instrument."""
        if mark is None or ("instrument" in mark.meanings and "weak" not in mark.meanings):
            return False
        return mark.words in _HALF_NAMES or any(kind in mark.meanings for kind in _ADJECTIVES)

    def passes(self, index: int) -> bool:
        """Whether the token at `index` is an adjective, marked or plain."""
        return lexicon.is_adjective(self.tokens[index].norm) or self.is_adjective(self.at.get(index))

    def run(self, mark: Mark) -> int:
        """How many instruments stand in one list without commas around `mark`: 4 in "rhodes upright bass soft drums flute"."""
        players = [other for other in self.marks if "instrument" in other.meanings and "nothing" not in other.meanings]
        here = players.index(mark) if mark in players else -1
        if here < 0:
            return 0
        first = last = here
        while first > 0 and self._adjoin(players[first - 1], players[first]):
            first -= 1
        while last + 1 < len(players) and self._adjoin(players[last], players[last + 1]):
            last += 1
        return last - first + 1

    def _adjoin(self, one: Mark, other: Mark) -> bool:
        """Whether nothing but adjectives and nouns for a part stands between two instruments."""
        return self.is_glued(range(one.end, other.start + 1)) and all(
            self.passes(index) or bool(self.at.get(index) and self.at[index].meanings.keys() & {"role", "neutral"})
            for index in range(one.end, other.start)
        )

    def leftmost(self, mark: Mark, stop: int = 0) -> int:
        """The first token of the adjectives before `mark`; never before token `stop`."""
        start = mark.start
        while start > stop and (self.tokens[start].glued or self._is_comma_of_adjectives(start, mark)):
            before = self.at.get(start - 1)
            if before is not None:
                if not self.is_adjective(before) or before.start < stop:
                    break
                start = before.start
            elif lexicon.is_adjective(self.tokens[start - 1].norm) or (
                self.tokens[start - 1].norm == "and" and start >= 2 and self.is_adjective(self.at.get(start - 2))
            ):
                start -= 1
            else:
                break
        while start < mark.start and self.tokens[start].norm in ("and", "in", "on", "with"):
            start += 1
        return start

    def _is_comma_of_adjectives(self, start: int, mark: Mark) -> bool:
        """ "soft, low strings": a comma between two adjectives of manner that share a noun."""
        before, here = self.at.get(start - 1), self.at.get(start)
        return (
            start < mark.start
            and self.tokens[start].gap.strip() == ","
            and all(one is not None and one.meanings.keys() & _MANNERS for one in (before, here))
            and self.is_adjective(before)
        )

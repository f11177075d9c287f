"""How a part is to be played: the adjectives before an instrument and what is said right after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ensemble.protocols import Density, Dynamics, Register
from nodes.planners.rules.words.everyday import CLOSING
from nodes.planners.rules.words.marks import Mark
from nodes.planners.rules.words.refusals import is_negated
from nodes.planners.rules.words.sentence import Sentence

_KINDS = ("dynamics", "density", "register", "solo", "pan")
_BETWEEN = frozenset((
    "playing", "played", "plays", "in", "very", "quite", "a", "the", "and", "bit", "too", "is", "up", "way", "nice", "nicely", "real", "really", "down", "pretty",
))  # fmt: skip
_REACH = 6
"""Tokens after an instrument in which its manner may be said."""


@dataclass(frozen=True)
class Manner:
    """None: nothing was said. `pan` is -1 left to 1 right."""

    dynamics: Dynamics | None = None
    density: Density | None = None
    register: Register | None = None
    solo: bool = False
    pan: float | None = None

    def over(self, other: Manner) -> Manner:
        """This manner, and `other` where this one says nothing."""
        return Manner(
            self.dynamics or other.dynamics,
            self.density or other.density,
            self.register or other.register,
            self.solo or other.solo,
            self.pan if self.pan is not None else other.pan,
        )


def manner_of(mark: Mark) -> Manner:
    """What one phrase says about the manner."""
    meanings: dict[str, Any] = {kind: mark.meanings[kind] for kind in _KINDS if kind in mark.meanings}
    if "pan" in meanings:
        meanings["pan"] = float(meanings["pan"])
    return Manner(**meanings)


def before(sentence: Sentence, start: int, mark: Mark) -> Manner:
    """The manner said by the adjectives from token `start` to the instrument: "a soft, busy hi-hat"."""
    manner = Manner(solo="solo" in mark.words.split(" "))
    index = start
    while index < mark.start:
        adjective = sentence.at.get(index)
        if adjective is not None and not is_negated(sentence, adjective.start):
            manner = manner_of(adjective).over(manner)
        index = adjective.end if adjective is not None else index + 1
    return manner


def after(sentence: Sentence, end: int) -> tuple[Manner, int]:
    """The manner said after the noun phrase that ends at token `end`, and where those words end.

    "clarinet, softly", "drums playing hard", "piano on the left", "bass not too loud".
    """
    manner, reach, index = Manner(), end, end
    while index < min(len(sentence), end + _REACH):
        mark = sentence.at.get(index)
        if mark is None:
            if sentence.tokens[index].norm not in _BETWEEN:
                break
            index += 1
            continue
        if "instrument" in mark.meanings:
            break
        if any(kind in mark.meanings for kind in _KINDS) and not _describes_another(sentence, mark):
            if not is_negated(sentence, mark.start):
                manner, reach = manner.over(manner_of(mark)), mark.end
        elif not (_leads_on(mark) or (mark.words in ("with", "through") and _is_sound(sentence, mark.end))):
            break
        index = mark.end
    return manner, reach


def _leads_on(mark: Mark) -> bool:
    return bool(mark.meanings.keys() & {"effect", "degree"}) or mark.words in ("playing", "plays", "and")


def _is_sound(sentence: Sentence, index: int) -> bool:
    """Whether an effect or its amount begins at token `index`, or one further."""
    near = (sentence.at.get(index), sentence.at.get(index + 1))
    return any(mark is not None and mark.meanings.keys() & {"effect", "degree"} for mark in near)


def _describes_another(sentence: Sentence, mark: Mark) -> bool:
    """Whether a noun or another adjective follows, which the word then belongs to."""
    if not sentence.is_glued([mark.end]):
        return False
    follows = sentence.at.get(mark.end)
    if follows is not None and ("instrument" in follows.meanings or sentence.is_adjective(follows)):
        return True
    return sentence.tokens[mark.end].norm not in CLOSING

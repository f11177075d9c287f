"""Reasons and purposes said after an order: 'make the piano sparser, there's too much going on'. They ask for nothing more."""

from __future__ import annotations

import re
from collections.abc import Callable

from nodes.planners.rules import complaints
from nodes.planners.rules.openings import opens_with_verb
from nodes.planners.rules.references import mentions
from nodes.planners.rules.speech import Clause, word_set

_SUBJECTS = word_set(
    "it it's its they they're there there's that that's i we because cause cos since as he he's she she's"
)
_TROUBLES = (
    "too", "can't hear", "cannot hear", "can hardly hear", "can barely hear", "going on", "in the way", "all over the place", "drowning",
    "drowns", "overpowering", "overpowers", "masks", "masking", "clashes", "clashing", "not enough", "hard to hear", "gets lost", "is lost",
    "buried", "drags", "dragging", "rushing", "so loud", "so busy", "so fast", "so slow", "so quiet", "a lot going on", "competing", "fighting",
)  # fmt: skip


def gives_reason(piece: Clause, order: Clause, trial: Callable[[Clause], tuple[str, ...]]) -> bool:
    """Whether a piece only says why an order before it was given: alone it would ask for the same, or for nothing."""
    if _wonders(piece, order):
        return True
    if piece.words[0] not in _SUBJECTS or not (piece.says(*_TROUBLES) or complaints.complains(piece)):
        return False
    if piece.words[-1] in {"too", "also"} or not opens_with_verb(order):
        return False
    ordered = trial(order)
    return bool(ordered) and set(trial(piece)) <= set(ordered)


_HEARING = ("can't hear", "cannot hear", "can hardly hear", "can barely hear", "don't hear", "couldn't hear", "hear nothing", "hard to hear", "missing", "gone")  # fmt: skip
_YES_OR_NO = word_set("is are was were did do does have has")
_HEARERS = _SUBJECTS | word_set("can't cannot couldn't don't")


def _wonders(piece: Clause, question: Clause) -> bool:
    """'(are the drums muted?) I can't hear them': why it was asked. An answer is wanted, no change yet."""
    asked = question.words[0] in _YES_OR_NO
    return asked and piece.words[0] in _HEARERS and piece.says(*_HEARING) and not mentions(piece)


_MEANT_FOR = re.compile(
    r"(?:that )?(?:i|we|you|he|she|they|people|(?:my|our) \w+) (?:can|could|may|might|'ll be able to|will be able to|am able to|are able to) "
)


def says_what_for(piece: Clause, order: Clause) -> bool:
    """'(bounce the stems) so I can load them in Ableton': what is done with it later. '(it drags) so you can speed it up'
    is an order."""
    ordered = opens_with_verb(order) or "you" not in piece.words[:2]
    return ordered and _MEANT_FOR.match(" ".join(piece.words)) is not None

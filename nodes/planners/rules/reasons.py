"""Reasons said after an order: 'make the piano sparser, there's too much going on'. They ask for nothing more."""

from __future__ import annotations

from collections.abc import Callable

from nodes.planners.rules import complaints
from nodes.planners.rules.openings import opens_with_verb
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
    if piece.words[0] not in _SUBJECTS or not (piece.says(*_TROUBLES) or complaints.complains(piece)):
        return False
    if piece.words[-1] in {"too", "also"} or not opens_with_verb(order):
        return False
    ordered = trial(order)
    return bool(ordered) and set(trial(piece)) <= set(ordered)

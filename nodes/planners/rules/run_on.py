"""Instructions that follow each other without any sign between: 'remove keys add piano', 'drums louder keys softer'."""

from __future__ import annotations

from itertools import pairwise

from nodes.planners.rules.words.openings import COMPARATIVES, OPENERS
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause, word_set

_PLAIN_VERBS = word_set("add remove delete mute unmute pan transpose replace swap export undo ditch")


_WIDE_VERBS = word_set("make put drop turn bring take lose kill swap")


_OBJECTS = word_set("the it everything them that my")


_LEADS_ON = word_set("""to you i we can could please don't not would just should and or the that a then never it's can't cannot won't couldn't doesn't didn't isn't aren't wouldn't shouldn't
    must might may will shall they he she who""")


def _second_verb(clause: Clause) -> int | None:
    """Where a second instruction begins without any sign: 'remove keys | add piano'."""
    if clause.words[0] == "no":
        return next((at for at in range(2, len(clause.words) - 1) if clause.words[at] in {"no", "just", "only"}), None)
    if clause.words[0] not in OPENERS:
        return None
    for at in range(2, len(clause.words) - 1):
        if clause.words[at] in _PLAIN_VERBS and clause.words[at - 1] not in _LEADS_ON:
            return at
        object_ = clause.words[at + 1]
        if (
            clause.words[at] in _WIDE_VERBS
            and object_ in _OBJECTS
            and clause.words[at - 1] not in _LEADS_ON | {"with", "but"}
        ):
            return at
    return None


def _verb_after_statement(clause: Clause) -> int | None:
    """'the drums are trash | change them': a statement, then an order about it without any sign between."""
    if clause.words[0] in OPENERS or not set(clause.words[:5]) & word_set(
        "is are sounds sound feels feel was were isn't aren't"
    ):
        return None
    for at in range(3, len(clause.words) - 1):
        if (
            clause.words[at] in OPENERS
            and clause.words[at + 1] in word_set("it them that this")
            and clause.words[at - 1] not in _LEADS_ON
        ):
            return at
    return None


def alternating(clause: Clause) -> list[Clause]:
    """'drums louder keys softer' without any sign between."""
    if (cut := _second_verb(clause) or _verb_after_statement(clause)) is not None:
        return [clause.part(0, cut), *alternating(clause.part(cut))]
    found = mentions(clause)
    if (
        len(found) < 2
        or found[0].start > 3
        or any(word in OPENERS or word in {"and", ",", "of", "for"} for word in clause.words[found[0].start :])
        or (
            found[0].start > 1
            and not any(found[0].end <= m.start < found[1].start for m in clause.marks(*COMPARATIVES, "left", "right"))
        )
    ):
        return [clause]
    cuts = [0]
    for last, later in pairwise(found):
        if any(last.end <= mark.start < later.start for mark in clause.marks(*COMPARATIVES, "left", "right")):
            cuts.append(later.start - 1 if later.start and clause.words[later.start - 1] == "the" else later.start)
    later_moved = any(mark.start >= found[-1].end for mark in clause.marks(*COMPARATIVES, "left", "right"))
    return [clause.part(a, b) for a, b in zip(cuts, [*cuts[1:], None], strict=True)] if later_moved else [clause]

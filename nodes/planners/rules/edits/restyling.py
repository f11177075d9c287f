"""'play it as reggae with a trombone solo': a style for the whole, and who plays in it; no part of its own to add."""

from __future__ import annotations

from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.speech import Clause, word_set

_INTO = word_set("as in like into")


def restyles(clause: Clause) -> bool:
    """Whether a clause names the whole and then a style that is not merely how an instrument is played."""
    whole = next((mark for mark in clause.marks("pronoun", "mixword") if mark.start <= 2), None)
    if whole is None or not _INTO & set(clause.words[whole.end :]):
        return False
    said = read(clause.text)
    if "genre" in said.inferred or "genre" not in said.spans:
        return False
    start, end = said.spans["genre"]
    return not any(mention.phrase[0] <= start and end <= mention.phrase[1] for mention in said.instruments)

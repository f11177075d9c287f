"""Everyday words that may be an instrument ("kit", "saw", "crash") and the beat that may be the loop."""

from __future__ import annotations

from nodes.planners.rules.words.marks import Mark
from nodes.planners.rules.words.numerals import number
from nodes.planners.rules.words.sentence import ARTICLES, Sentence

JOINERS = frozenset(["and", "or", "nor", "plus", "with"])
CLOSING = frozenset(
    [
        "and",
        "or",
        "but",
        "in",
        "on",
        "at",
        "with",
        "that",
        "which",
        "to",
        "for",
        "is",
        "are",
        "as",
        "over",
        "under",
        "too",
        "please",
        "instead",
        "now",
        "then",
        "also",
        "from",
        "plus",
        "so",
        "very",
        "line",
        "part",
        "sound",
        "sounds",
    ]
)
"""Words after which a noun phrase is over, or goes on only with a noun for the part."""
_NOT_ADDING = frozenset(["and", "on", "of", "for", "like"])


def is_listed(sentence: Sentence, mark: Mark, before_end: int | None) -> bool:
    """Whether an everyday word stands where only an instrument can: in a list, after a word of adding, or alone.

    `before_end` is the end of the instrument mentioned before, in tokens.
    """
    if sentence.run(mark) > 2 and mark.end - mark.start == 1 and before_end == sentence.leftmost(mark, before_end or 0):
        return True  # 'bells sub hats'
    if sentence.is_glued([mark.end]):
        after = sentence.at.get(mark.end)
        noun = after is not None and bool(after.meanings.keys() & {"role", "neutral"})
        if sentence.tokens[mark.end].norm not in CLOSING and not noun:
            return False
    start = sentence.leftmost(mark)
    if start == 0 and mark.end == len(sentence):
        return True
    index = start - 1
    while index >= 0 and (sentence.tokens[index].norm in ARTICLES or number(sentence.norms(index, index + 1), 0)):
        index -= 1
    before = sentence.at.get(index)
    if before is not None and "adding" in before.meanings and sentence.tokens[index].norm not in _NOT_ADDING:
        return True
    return _is_beside(sentence, mark, start, before_end)


def _is_beside(sentence: Sentence, mark: Mark, start: int, before_end: int | None) -> bool:
    """Whether another instrument stands beside it in a list."""
    if before_end is not None and before_end >= start - 2 and _is_list_gap(sentence, before_end, start):
        return True
    for index in range(mark.end, min(mark.end + 3, len(sentence))):
        after = sentence.at.get(index)
        if after is not None and "instrument" in after.meanings and "nothing" not in after.meanings:
            return "weak" not in after.meanings and _is_list_gap(sentence, mark.end, index)
    return False


def _is_list_gap(sentence: Sentence, start: int, end: int) -> bool:
    words = sentence.norms(start, end)
    if not all(
        word in ARTICLES or word in JOINERS or sentence.passes(start + place) for place, word in enumerate(words)
    ):
        return False
    commas = any("," in sentence.tokens[index].gap for index in range(start, min(end + 1, len(sentence))))
    return commas or any(word in JOINERS for word in words)


def is_a_likeness(sentence: Sentence, mark: Mark) -> bool:
    """ "guitar-like", "flute-ish": a sound that is compared to the instrument."""
    after = sentence.tokens[mark.end] if mark.end < len(sentence) else None
    return after is not None and after.hyphenated and after.norm in ("like", "esque", "ish")


_BEATS = frozenset(["beat", "beats"])


def is_a_styled_beat(mark: Mark) -> bool:
    """ "trap beat", "hip hop beat": a style and the loop, in one name of drums."""
    return bool(mark.meanings.keys() & {"genre", "hint"}) and mark.words.split(" ")[-1] in _BEATS


def is_the_loop(sentence: Sentence, mark: Mark) -> bool:
    """Whether "beat" means the loop: the object of a verb of making, or the start of the text ("a dark trap beat").

    Beside other instruments it means the drums all the same: "a beat with keys and bass" has three parts.
    """
    if mark.end - mark.start != 1 and not is_a_styled_beat(mark):
        return False
    start = sentence.leftmost(mark)
    while start > 0 and sentence.tokens[start - 1].norm in ARTICLES:
        start -= 1
    before = sentence.at.get(start - 1)
    makes = start == 0 or (before is not None and "making" in before.meanings)
    others = (other.meanings.keys() for other in sentence.marks if other is not mark)
    return makes and not any("instrument" in kinds and not kinds & {"nothing", "whole", "weak"} for kinds in others)

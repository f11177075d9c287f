"""How far "no", "without" and "not" reach."""

from __future__ import annotations

from nodes.planners.rules.words import lexicon
from nodes.planners.rules.words.sentence import Sentence

_THROUGH = frozenset(
    ["or", "nor", "and", "any", "the", "of", "a", "an", "kind", "sort", "own", "more", "also", "single"]
)
_NOUNS = frozenset(["instrument", "singing", "absent", "role", "neutral"])


def is_refused(sentence: Sentence, start: int) -> bool:
    """Whether a negator reaches the noun phrase that begins at token `start`.

    "no drums or bass", "without drums and bass" refuse both; "no drums, piano" and "no drums and a piano" only the
    first; "no drums, bass or keys" all three.
    """
    index, commas = start - 1, 0
    while index >= 0:
        token, before = sentence.tokens[index], sentence.at.get(index)
        after = sentence.tokens[index + 1]
        if not after.glued:
            commas += 1
            if after.gap.strip() != "," or not _goes_on_with_or(sentence, index + 1):
                return False
        if before is not None and "negator" in before.meanings:
            return True
        if before is not None and "unless" in before.meanings:
            return False
        is_noun = before is not None and bool(_NOUNS & before.meanings.keys())
        if not (token.norm in _THROUGH or is_noun or sentence.passes(index) or lexicon.is_adjective(token.norm)):
            return False
        if token.norm in ("a", "an") and index > 0 and sentence.tokens[index - 1].norm == "and":
            return False
        index -= 1
    return False


def _goes_on_with_or(sentence: Sentence, index: int) -> bool:
    """Whether the list that token `index` stands in ends with "or" or "nor": then "no" governs all of it."""
    for ahead in range(index, len(sentence)):
        token, mark = sentence.tokens[ahead], sentence.at.get(ahead)
        if token.norm in ("or", "nor"):
            return True
        in_list = mark is not None and bool(_NOUNS & mark.meanings.keys())
        if not (in_list or sentence.passes(ahead) or token.norm in _THROUGH):
            return False
    return False


def is_negated(sentence: Sentence, start: int) -> bool:
    """Whether "not" or "less" stands right before an adjective at token `start`: "not too loud"."""
    return any(word in ("not", "less", "never", "isnt") for word in sentence.norms(max(0, start - 2), start))

"""Words that nobody knows: beside what is understood they are asked about, never left out in silence."""

from __future__ import annotations

from nodes.planners.rules.clauses import items
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause
from nodes.planners.rules.words.spelling import is_known


def says_the_unknown(part: Clause) -> bool:
    """Whether any word of a clause is one that nobody knows: 'it should have a wobblifier'."""
    return any(word.isalpha() and len(word) > 3 and not is_known(word) for word in part.words)


def unknown_member(clause: Clause) -> str | None:
    """'a zorble (and a harp)': a member of the list whose noun nobody knows."""
    for item in items(clause):
        at = next((at for at, word in enumerate(item.words) if word in {"a", "an", "some", "more", "another"}), None)
        if at is None or at > 2 or not 2 <= len(item.words) - at <= 4 or mentions(item):
            continue
        reading = read(item.text)
        if reading.missing or reading.effects or reading.mood or reading.instruments:
            continue
        noun = item.words[-1]
        if noun.isalpha() and len(noun) > 3 and not is_known(noun) and not is_known(noun.removesuffix("s")):
            return item.part(at + 1).text
    return None

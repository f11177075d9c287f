"""Describing, exporting, greetings, and questions that the table answers."""

from __future__ import annotations

import re
from typing import Any

from evaluation.stub.calls import Ask, Call
from evaluation.stub.offers import Offers
from evaluation.stub.world import World

_FACTS = (
    (r"\bkey\b", "key", "It is in {}."),
    (r"\b(tempo|bpm|fast|speed)\b", "bpm", "It runs at {} bpm."),
    (r"\b(bars|long|length)\b", "bars", "It has {} bars."),
    (r"\b(time signature|metre|meter)\b", "time_signature", "It is in {}."),
    (r"\b(chords|harmony)\b", "chords", "The chords are {}."),
    (r"\b(genre|style)\b", "genre", "The style is {}."),
    (r"\b(instruments?|stems?|tracks?|playing|in it|in the loop)\b", "stems", "There are {}."),
)
_GREETING = re.compile(
    r"(hi|hello|hey|good (morning|evening)|thanks?( you)?|thank you.*|great|nice|cool|perfect)( there)?"
)


def answer(clause: str, world: World, offers: Offers) -> str | None:
    """What can be said without any tool; None for what is no question, or when the table does not show it.

    Raises Ask for a question about a hidden table when no tool could tell either.
    """
    if _GREETING.fullmatch(clause):
        return "Hello. What shall I change?" if world.loop else "Hello. What shall I make?"
    if not is_question(clause):
        return None
    if world.loop is False:
        return "There is no loop yet."
    for pattern, name, sentence in _FACTS:
        if re.search(pattern, clause) and name in world.table:
            value = world.names if name == "stems" else world.table[name]
            return sentence.format(", ".join(map(str, value)) if isinstance(value, list) else _plain(value))
    if "describe" in offers:
        return None
    raise Ask("I cannot see the loop's table. What would you like me to change?")


def is_question(clause: str) -> bool:
    """Whether the clause asks something."""
    return clause.endswith("?") or re.match(r"(what|which|how (many|fast|long)|tell me)\b", clause) is not None


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _describe(match: re.Match[str], world: World, offers: Offers) -> Call:
    question = match[0] if is_question(match[0]) else None
    return offers.call("describe", ("question",), question=question)


def _export(match: re.Match[str], world: World, offers: Offers) -> Call:
    found = match.groupdict()
    what = re.sub(r"^the stems of ", "", found.get("what") or "it")
    whole = re.fullmatch(r"(it|everything|the (loop|stems|mix|result)|all)( .*)?", what) is not None
    return offers.call("export", ("stems",), stems=None if whole else world.several(what) or None)


RULES: list[Any] = [
    (r".*\?|(?:what|which|how (?:many|fast|long)|tell me)\b.*", ("describe",), _describe, True),
    (r"describe(?: it| this| the loop)?", ("describe",), _describe, True),
    (r"(?:export|save|bounce)(?: (?P<what>.+?))?(?: (?:to|for|as) .+)?", ("export",), _export, True),
]  # fmt: skip

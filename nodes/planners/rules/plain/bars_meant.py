"""Bars that an order means, and bars that go: 'the last bar is weak, redo that one' -> 'redo the last bar'; 'lop off the last bar' of
four and 'only the first three bars' -> 'make it 3 bars'."""

from __future__ import annotations

import re

from nodes.planners.rules.moods import taken_apart
from nodes.planners.rules.plain.rewording import HEAD, reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import number
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause, clause

_END = r"(?: (?:please|thanks|for me|again|instead))*(?= ?[.,;!?]|$)"
_BAR = re.compile(
    r"(?:the )?(?:very )?(?P<which>first|second|third|fourth|fifth|sixth|seventh|eighth|last|final) (?:one|bar|measure)(?!s)\b|\bbars? (?P<from>\d+)(?: (?:to|and|-) \d+)?"
)
_REDO = re.compile(
    rf"(?:(?:please|can you|could you|would you|so|and|just|only|let's) )*(?:redo|rewrite|regenerate|rework|recompose|reroll|renew|do) (?:just |only )*"
    rf"(?:it|that|this)(?: (?:one|bar))?(?: (?:again|over|only))*{_END}"
)
_SHORTER = re.compile(
    rf"{HEAD}(?:lose|drop|cut|chop|lop|trim|shave|remove|delete|ditch|scrap|axe|snip|clip|kill)(?: off| out)? the (?:last|final|closing) (?:(?P<count>\d+|one|two|three|four|five|six) )?(?:bars?|measures?)(?: (?:off|out|entirely|altogether|completely))?{_END}"
)
_FIRST = re.compile(
    rf"{HEAD}(?:(?:keep|use|leave|play|i want|i need|give me|let's have) )?(?:just|only)(?: (?:keep|use|leave|play))? the first (?P<count>\d+|two|three|four|five|six|seven|eight) (?:bars|measures){_END}"
)


def bars_meant(message: Clause, scene: Scene) -> Clause:
    """The message with those bars in the order's own words."""
    for pattern, left in ((_SHORTER, True), (_FIRST, False)):
        found = pattern.search(text_of(message))
        if found is None or not scene.bars:
            continue
        counted = number(((found["count"] or "one"),), 0)
        bars = scene.bars - int(counted[0]) if left and counted else int(counted[0]) if counted else 0
        if 0 < bars < scene.bars:
            return reworded(message, found, f"make it {bars} bars")
    return _pointed(message, scene)


def _pointed(message: Clause, scene: Scene) -> Clause:
    """'first three bars are great, the last one not so much, redo just that' -> 'redo the last bar', where nothing else is ordered."""
    text = text_of(message).rstrip(" .!?")
    at = max(text.rfind(f" {sign} ") for sign in ",.;:!?-")
    told, order = text[: at + 1].rstrip(), text[at + 2 :].strip()
    if at < 0 or _REDO.fullmatch(order.strip()) is None or not re.search(r"\b(?:bars?|measures?)\b", told):
        return message
    bars = list(_BAR.finditer(told))
    if not bars or mentions(clause(told), scene) or any(piece.mood == "order" for piece in taken_apart(told)):
        return message
    which = f"the {bars[-1]['which']} bar" if bars[-1]["which"] else bars[-1][0]
    return clause(f"redo {which}")

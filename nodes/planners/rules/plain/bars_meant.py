"""Bars that an order means, and bars that go: 'the last bar is weak, redo that one' -> 'redo the last bar'; 'lop off the last bar' of
four and 'only the first three bars' -> 'make it 3 bars'."""

from __future__ import annotations

import re

from nodes.planners.rules.moods import taken_apart
from nodes.planners.rules.plain.rewording import HEAD, reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.amounts import number
from nodes.planners.rules.words.chord_words import symbol_at
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import BREAKS, Clause, clause, word_set

_END = r"(?: (?:please|thanks|for me|again|instead))*(?= ?[.,;!?]|$)"
_BAR = re.compile(
    r"(?:the )?(?:very )?(?P<which>first|second|third|fourth|fifth|sixth|seventh|eighth|last|final) (?:one|bar|measure)(?!s)\b|\bbars? (?P<from>\d+)(?: (?:to|and|-) \d+)?"
)
_REDO = re.compile(
    rf"(?:(?:please|can you|could you|would you|so|and|just|only|let's) )*(?:redo|rewrite|regenerate|rework|recompose|reroll|renew|do) (?:just |only )*"
    rf"(?:it|that|this|those|them|these)(?: (?:one|bar|ones|bars|two))?(?: (?:again|over|only))*{_END}"
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
    return _pointed(_held(_kept(message, scene)), scene)


_CUTTING = word_set("drop cut chop lose ditch remove trim delete scrap skip")
_BETWEEN = word_set(", and then go to stay on the move switch")


def _kept(message: Clause, scene: Scene) -> Clause:
    """'we only need the first half, chop off the rest' -> 'make it 2 bars'."""
    span = spans.find(message, scene.bars, scene.seconds)
    if span is None or span.start_bar != 1 or not span.end_bar or span.end_bar >= (scene.bars or 0):
        return message
    end = next((at + 1 for at in range(span.end, len(message.words)) if message.words[at] == "rest"), None)
    goes = end is not None and message.words[end : end + 2] == ("can", "go")
    if end is None or not (goes or _CUTTING & set(message.words[end - 5 : end + 1])) or mentions(message):
        return message
    start = max((at + 1 for at in range(span.start) if message.words[at] in BREAKS), default=0)
    return message.replaced(start, end + 2 * goes, f"make it {span.end_bar} bars")


def _held(message: Clause) -> Clause:
    """'Gm for two bars, then Eb for two bars', 'two bars of Am, two bars of F' -> 'the chords Am Am F F'."""
    row: list[str] = []
    start = at = stop = 0
    while at < len(message.words):
        counted = number(message.words, at) if message.words[at + 1 : at + 3] == ("bars", "of") else None
        chord = symbol_at(message, at + 3 if counted else at)
        end = chord[1] if chord else at
        if (
            chord
            and not counted
            and message.words[end : end + 1] == ("for",)
            and message.words[end + 2 : end + 3] == ("bars",)
        ):
            counted = number(message.words, end + 1)
            end += 3
        if chord and counted:
            row, start = [*row, *[chord[0]] * int(counted[0])], start if row else at
        elif len(set(row)) > 1 and message.words[at] not in _BETWEEN:
            break
        at = max(end, at + 1)
        stop = at if chord and counted else stop
    return message.replaced(start, stop, f"the chords {' '.join(row)}") if len(set(row)) > 1 else message


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

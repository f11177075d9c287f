"""Two sentences, of which the first says what would be right and the second only that it is to be done:
'my clarinettist would find it easier in A minor. Could you transpose it?' -> 'transpose it to A minor'.

Wishes of one sentence for a player who is not there ('a viola would round this out') are told as orders by `wishes`.
"""

from __future__ import annotations

import re

from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.speech import Clause

_IT = r"(?:it|this|that|the (?:loop|piece|song|track|music|tune|key|tempo|pitch|speed|whole thing|thing|whole loop)|everything|all of it|things)"
_SO = (
    r"(?:there|to that|to that key|to that tempo|to that speed|in that key|at that tempo|to it|into that key|accordingly|please|so|like that|that way|"
    r"for (?:him|her|them|us|me|that|it)|to suit(?: him| her| them)?|to fit|to match|then|if (?:possible|you can|that is possible)|thanks|now)"
)
_DONE = re.compile(
    rf"(?:transpose|move|shift|change|put|take|bring|set|adjust|modulate|pitch|tune|retune|make|do|play|arrange|slow|speed|go)(?: {_IT})?(?: (?:up|down))?(?: {_SO})*"
)
_WISHED = re.compile(
    r"\b(?:easier|easy|better|best|nicer|comfortable|comfortably|suits?|suit|fits?|prefers?|preferred|wants?|needs?|likes?|works?|good|right|ideal|perfect|"
    r"would|could|should|must|ought|plays?|sings?|sits?|lies|happier|simpler|kinder|instead|rather)\b"
)
_FOR_WHOM = re.compile(
    r"\b(?P<how>easier|better|best|nicer|simpler|more comfortable|good|kinder|higher|lower|faster|slower) (?:for|on|to) (?:my|our|the|his|her|their|a) (?:\w+ )?\w+(?= ?[,.;!?]|$| in | at )"
    r"|(?:^|(?<=[.,;!?] ))for (?:my|our|the|his|her) (?:\w+ )?\w+ ,? ?(?=(?:it|this|that|the loop|everything) (?:should|would|could|must|needs|ought|has))"
)
_BETTER = re.compile(r"\b(?P<how>in .+?|at .+?) for (?:my|our|his|her|their) (?:\w+ )?\w+(?= ?[.;!?]|$)")
_KEY_FIRST = re.compile(
    r"([A-Ga-g](?: ?#|b| sharp| flat)? (?:major|minor)) (?:is|was|would|will|might|suits?|works?|fits?|sits?|lies)\b"
)
_FULL_STOPS = frozenset(".!?;,")


def confirmed(message: Clause, scene: Scene) -> Clause:
    """The message with a wish that a second sentence only confirms told as one order."""
    message = _without_whom(message)
    ends = [at for at, word in enumerate(message.words[:-1]) if word in _FULL_STOPS]
    for at in reversed(ends):
        tail = message.part(at + 1).bare()
        head = message.part(0, at)
        if not tail.words or _DONE.fullmatch(" ".join(word for word in tail.words if word not in _FULL_STOPS)) is None:
            continue
        begin = max((end + 1 for end in ends if end < at), default=0)
        order = _order(head.part(begin), tail) or (_order(head, tail) if begin else None)
        return message.replaced(0, len(message.words), order) if order else message
    return message


def _order(head: Clause, tail: Clause) -> str | None:
    """What is to be done, where a sentence wishes for one key, tempo or interval."""
    bare = head.bare()
    words = " ".join(bare.words)
    ordered = not bare.words or (bare.words[0] in OPENERS and bare.words[0] not in {"i'd", "we'd"})
    if ordered or _WISHED.search(words) is None or _own(tail):
        return None
    named = _KEY_FIRST.match(bare.text)
    if named is not None and not tail.has("tempo"):
        return f"transpose it to {named[1]}"
    said, found = read(head.text), amounts(head)
    if said.key and not said.chords and not said.genre and tail.words[0] not in {"slow", "speed"}:
        return f"transpose it to {said.key}"
    tempi = [amount for amount in found if amount.unit == "bpm"]
    if len(tempi) == 1 and said.genre is None:
        return f"take it to {tempi[0].value:g} bpm"
    intervals = [amount for amount in found if amount.unit == "semitones"]
    if len(intervals) == 1 and head.has("higher", "lower"):
        down = head.has("lower") and not head.has("higher")
        return f"transpose it {'down' if down else 'up'} {abs(intervals[0].value):g} semitones"
    return None


def _own(tail: Clause) -> bool:
    said = read(tail.text)
    return bool(said.key or said.bpm or amounts(tail))


def _without_whom(message: Clause) -> Clause:
    """'it would be easier for my pupils in D minor' -> 'it would be easier in D minor': for whom is not what."""
    for pattern in (_FOR_WHOM, _BETTER):
        text = " ".join(message.words)
        found = pattern.search(text)
        if found is None or not (" would " in f" {text[: found.end()]} " or " should " in f" {text} "):
            continue
        start, count = text[: found.start()].count(" "), found[0].strip().count(" ") + 1
        message = message.replaced(start, start + count, found.groupdict()["how"] or "")
    return message

"""What an order points at that the sentence before it tells: an effect that is worn, or chords that were written out.

'I went overboard with the reverb on the keys, take it off again'   -> 'remove the reverb from the keys'
'I came up with Am F C G, let's use those chords'                   -> 'change the chords to Am F C G'
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

from nodes.planners.rules.plain.rewording import text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.chord_words import chords_in, places_in
from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause
from state.effects import EffectKind

_EFFECTS = tuple(f"effect_{kind}" for kind in get_args(EffectKind))
_PLEASE = r"(?:(?:so|and|but|then|now|please|just|maybe|let's|can you|could you|would you|can we|could we|we should|i want to|i'd like to|would you mind|do) )*"
_TAKEN_OFF = re.compile(
    rf"{_PLEASE}(?:(?:take|pull|get|switch|turn|have|bring) (?:it|that|this|them) (?:off|out|away|back out)|(?:remove|delete|drop|lose|kill|ditch|cut|scrap|get rid of|undo) (?:it|that|this|them)|(?:it|that|this) (?:can|should|must|has to|needs to) go)"
    r"(?: (?:again|please|out|away|altogether|completely|entirely|now|for me|will you|would you|can you|thanks|there))*"
)
_USED = re.compile(
    rf"{_PLEASE}(?:(?:use|using|take|try|have|put|put in|play|get|go with|go for|switch to|change to|change it to|make it|set it to|set)|(?:change|changing|switch|set|swap|replace) (?:the |these |its |my |our )?(?:chords|progression|harmony|changes) (?:to|into|for|with|by)) "
    r"(?:those|these|that|them|it|this|the same)(?: (?:chords|progression|changes|ones|sequence|four|three))?(?: (?:in|instead|insted|please|now|here|too|for (?:this|it|the loop|a change)|(?:instead|insted) of (?:these|those|the (?:old|present|current) (?:ones|chords)|what's there|what we have|the ones \w+ \w+)))*"
)


def pointed_out(message: Clause, scene: Scene) -> Clause:
    """The message with such an order and the sentence that it points at told as one order."""
    pieces = list(_pieces(message))
    for at, (begin, end) in enumerate(pieces[1:], 1):
        said = text_of(message.part(begin, end))
        for start, stop in reversed(pieces[:at]) if _TAKEN_OFF.fullmatch(said) else ():
            if worn := _worn(message.part(start, stop), scene):
                return message.replaced(start, end, worn)
            if message.part(start, stop).bare().words[:1] and message.part(start, stop).bare().words[0] in OPENERS:
                break  # an order of its own
        there = next((i for i in range(begin, end) if message.words[i] == "there"), None)
        if there is not None and any(chords_in(message.part(begin, end), {0})):
            for start, stop in reversed(pieces[:at]):  # '(bar 3 sounds off.) the chord there should be Cm'
                told = message.part(start, stop)
                found = list(places_in(told, False))
                if len(found) == 1:
                    place = " ".join(told.words[found[0].start : found[0].end])
                    place = f"for {'' if place[-1].isdigit() else 'the '}{place}"
                    return message.replaced(there, there + 1, place).without([(start, stop + 1)])
        if _USED.fullmatch(said) and (row := _row(message.part(0, begin))) is not None:
            return message.replaced(row[0], end, f"change the chords to {row[1]}")
    return message


def _pieces(message: Clause) -> Iterator[tuple[int, int]]:
    """Tokens between two signs, the signs left out."""
    start = 0
    for at, word in enumerate((*message.words, ".")):
        if word in BREAKS:
            if at > start:
                yield start, at
            start = at + 1


def _worn(told: Clause, scene: Scene) -> str:
    """The order to take off the effect that a statement names; '' where it names none, or nobody wears it."""
    worn = told.first(*_EFFECTS)
    bare = told.bare()
    if worn is None or not bare.words or bare.words[0] in OPENERS:
        return ""
    kind = worn.kind.removeprefix("effect_")
    stems = [name for found in mentions(told, scene) for name in named(found.words, scene)]
    wearing = [
        player.name for player in scene.players if kind in player.effects and (not stems or player.name in stems)
    ]
    if wearing:
        return f"remove the {kind} from the {' and the '.join(wearing)}"
    return f"remove the {kind}" if kind in scene.mix_effects and not stems else ""


def _row(before: Clause) -> tuple[int, str] | None:
    """(where the sentence with the chords begins, the chords); None where an order or nothing holds them."""
    chords = read(before.text).chords
    written = {chords[0], chords[0].removesuffix("m")} if len(chords) > 1 else set()
    first = next((at for at, raw in enumerate(before.raw) if raw in written), None)
    if first is None:
        return None
    start = max((at + 1 for at in range(first) if before.words[at] in BREAKS), default=0)
    bare = before.part(start).bare()
    return None if bare.words and bare.words[0] in OPENERS else (start, " ".join(chords))

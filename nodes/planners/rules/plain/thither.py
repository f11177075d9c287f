"""A key told as a reason, and the order to go there: 'my friend can only play it in B minor, can you move it there'."""

from __future__ import annotations

import re

from nodes.planners.rules.plain.rewording import text_of
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.speech import BREAKS, Clause, clause

_VERBS = "move|put|take|bring|get|shift|transpose|go|change|do|set|pitch|make|switch|match|convert|tune|play|drop|raise|modulate|adjust|adapt|transfer|rewrite|have"
_IT = "it|this|that|everything|the loop|the song|the track|the music|the whole thing|it all|all of it"
_PLACE = "there|to that|to that key|into that key|in that key|to this key|to match|that key|to suit|so|accordingly|to fit|for (?:him|her|them|us|me|that|my \\w+)"
_GOING = re.compile(
    rf"^(?:(?:so|and|then|please|can|could|would|will|you|we|i'd like to|let's|maybe|just|therefore|i need you to|i want to|i want you to|should) )*(?:{_VERBS})(?: (?:{_IT}))?(?: (?:{_PLACE}))*(?: (?:please|instead|then|for me|now|too|as well))*$"
)


_THERE = re.compile(
    r"(?:(?:please|can you|let's|and|so) )*(?:take|bring|go|get|jump)(?: me| us| it)?(?: back)? there(?: please| again)*"
)
_VERSION = re.compile(
    r"\b(?:the (?:very )?(?:first|original) (?:one|version|take|loop)|version (?:\d|one|two|three))\b"
)


def thither(message: Clause) -> Clause:
    """The message with 'transpose it to ...' for the key that was told and the order to go there."""
    ends = [at for at, word in enumerate(message.words) if word in BREAKS or word in {"so", "and", "-"}]
    for at in ends:
        told, rest = message.part(0, at), message.part(at + 1)
        end = next((i for i, word in enumerate(rest.words) if word in BREAKS), len(rest.words))
        order = rest.part(0, end)
        version = _VERSION.search(text_of(told)) if _THERE.fullmatch(text_of(order)) else None
        if version is not None:  # 'I forgot what the very first one sounded like, take me there'
            return clause(f"go back to {version[0].replace('very ', '')}").joined(rest.part(end))
        if not told.bare().words or not order.words or _GOING.match(text_of(order)) is None:
            continue
        said = read(told.text)
        if (
            not said.key
            or said.chords
            or told.bare().words[0] in OPENERS - {"i'm", "i'd", "we"}
            or told.has("undo", "export")
        ):
            continue
        if {"not", "isn't", "no", "never"} & set(told.words):
            continue
        return clause(f"transpose it to {said.key}").joined(rest.part(end))
    return message

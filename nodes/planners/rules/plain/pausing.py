"""Sentences that run on without a sign between: 'i uploaded a riff can u lay it over this' gets its comma."""

from __future__ import annotations

from nodes.planners.rules.words.speech import BREAKS, Clause, word_set

_REQUESTS = (("can", "you"), ("could", "you"), ("would", "you"), ("can", "we"), ("could", "we"))
_WANTING = (("i", "wanna"), ("i", "want", "to"), ("i", "need", "to"), ("because",), ("cuz",), ("cos", "i"), ("cause", "i"), ("cos", "the"), ("cause", "the"))  # fmt: skip
_SO = (("so", "please"), ("so", "can"), ("so", "could"), ("so", "drop"), ("so", "remove"), ("so", "mute"), ("so", "take"), ("so", "turn"), ("so", "make"))  # fmt: skip
_LEADING_ON = BREAKS | word_set(
    """and but so or then if when what how as that which where who why than like because since cause cuz cos wondering wonder think hope
    know see whether please hey hi hello yo ok okay well also now just maybe say says said thing all only first - do did"""
)


def paused(message: Clause) -> Clause:
    """The message with a comma before a request or a purpose that nothing sets apart from what stands before it."""
    at = 2
    while at < len(message.words) - 2:
        opening = any(message.words[at : at + len(said)] == said for said in (*_REQUESTS, *_WANTING, *_SO))
        if opening and message.words[at - 1] not in _LEADING_ON and not BREAKS & set(message.words[at - 2 : at]):
            begin = max((place + 1 for place in range(at) if message.words[place] in BREAKS), default=0)
            message = message.replaced(at, at, "." if at - begin > 3 else ",")
            at += 1
        at += 1
    return message

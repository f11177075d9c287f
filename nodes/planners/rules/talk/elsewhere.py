"""Orders for somebody who is spoken of and is not there: 'the violin is lovely, please make it a little quieter'."""

from __future__ import annotations

import re

from nodes.planners.rules import ask
from nodes.planners.rules.plain.rewording import text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.parts import PARTS
from nodes.planners.rules.words.references import is_instrument, mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause, word_set

_SPOKEN_OF = re.compile(
    r"(?:(?:i|we) (?:really |do |just |quite )*(?:like|love|dig|enjoy) |(?:really )?(?:love|like|loving|liking|digging) )?(?:the|that|this|those|these) (?P<who>[a-z]+(?: [a-z]+)??)(?: (?:is|are|was|sounds?|feels?|looks?|works?|plays?|covers?|drowns?|buries|masks?|swamps?|dominates?|overpowers?|kills?|hurts?|ruins?|spoils?|gets?|clashes|fights?|keeps?|makes?|sticks?|screams?|bothers?|annoys?|hogs?|eats?|takes?|cuts?) (?!missing\b|lacking\b|coming\b|playing\b|gone\b|absent\b|not there\b).*)?"
)
_POINTED = word_set("it them")
_ADDING = word_set("add include insert bring introduce")
_JOINTS = BREAKS | word_set("but and so")
_LED = word_set("please just could can would you we i really then now maybe though let's")


def not_there(message: Clause, scene: Scene) -> str | None:
    """A question where 'it' is an instrument that nobody plays; None where it is not."""
    if not scene.exists or scene.open or len(message.words) > _LONGEST or not _POINTED & set(message.words):
        return None
    pieces, start = [], 0
    for at, word in enumerate((*message.words, ".")):
        if word in _JOINTS:
            pieces += [message.part(start, at)] if at > start else []
            start = at + 1
    gone = ""
    for piece in pieces:
        found = _SPOKEN_OF.fullmatch(text_of(piece.bare()))
        if found is not None:
            who = found["who"]
            lacking = (
                is_instrument(who)
                and who not in PARTS
                and not named(who, scene)
                and (len(mentions(piece, scene)) == 1 or piece.has("drowning"))
            )
            gone = who if lacking else ""
        elif mentions(piece, scene):
            gone = ""
        words = [word for word in piece.words if word not in _LED]
        if gone and words and words[0] in OPENERS - _ADDING and _POINTED & set(words[1:6]):
            return ask.missing([gone], scene)
    return None


_LONGEST = 60

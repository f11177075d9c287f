"""Complaints: 'the last two bars are boring', 'I don't like the bass', 'the second half sounds empty'.

A complaint about a span of bars is a wish for other notes there. What follows it ('redo them', 'try something else
there') is the same wish told again, not a second one.
"""

from __future__ import annotations

from nodes.planners.rules.attributes import read
from nodes.planners.rules.references import mentions
from nodes.planners.rules.speech import Clause, word_set

_PHRASES = (
    "don't like", "do not like", "didn't like", "doesn't work", "does not work", "don't work", "do not work", "doesn't fit", "don't fit",
    "isn't working", "aren't working", "not working", "hate", "can't stand", "don't love", "not a fan", "not happy with", "bored of",
    "bored with", "tired of", "isn't good", "not good", "aren't good", "isn't great", "not great", "isn't right", "not right",
    "needs work", "need work", "lets it down", "is off", "are off", "let it down", "bothers me", "bother me", "bores me", "bore me", "not convinced by",
)  # fmt: skip
_SENSED = word_set("is are was were sounds sound feels feel seems seem looks isn't aren't gets get it's they're that's")
_FAULTS = word_set(
    """boring dull empty off wrong weird bad ugly awful terrible lame flat lifeless messy clumsy cheesy repetitive stale
    strange odd bland uninspired weak generic predictable random sloppy chaotic meh rubbish crap trash mid garbage annoying cheap dead"""
)


def complains(clause: Clause) -> bool:
    """Whether a clause says that something is not good, without saying what would be."""
    if clause.says(*_PHRASES):
        return True
    words = clause.words
    sensed = [at for at, word in enumerate(words) if word in _SENSED]
    return any(set(words[at + 1 : at + 6]) & _FAULTS for at in sensed)


def states(clause: Clause) -> bool:
    """Whether a clause only tells how the music sounds now: 'it feels cold'."""
    words = clause.words
    return (
        words[0] in {"it", "it's", "this", "that", "the"}
        and bool(set(words[:5]) & _SENSED)
        and not set(words)
        & word_set("should could must can would too more less not needs need make isn't enough if as")
        and len(words) <= 7
    )


def asks_for_another(part: Clause) -> bool:
    """Whether a clause asks for other notes and says nothing else: 'redo them', 'make new ones', 'try something else there'."""
    return (
        len(part.words) <= 7
        and part.has("reroll", "repeat", "redo", "variation")
        and not mentions(part)
        and not part.has("faster", "slower", "louder", "quieter", "mood_move", "busier", "sparser", "longer", "shorter")
        and read(part.text).genre is None
        and not any(word[0].isdigit() for word in part.words)
    )

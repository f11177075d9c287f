"""Complaints: 'the last two bars are boring', 'I don't like the bass', 'the second half sounds empty'.

A complaint about a span of bars is a wish for other notes there. What follows it ('redo them', 'try something else
there') is the same wish told again, not a second one.
"""

from __future__ import annotations

import re

from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause, word_set

_PHRASES = (
    "don't like", "do not like", "didn't like", "doesn't work", "does not work", "don't work", "do not work", "doesn't fit", "don't fit",
    "isn't working", "aren't working", "not working", "hate", "can't stand", "don't love", "not a fan", "not happy with", "bored of",
    "bored with", "tired of", "isn't good", "not good", "aren't good", "isn't great", "not great", "isn't right", "not right",
    "needs work", "need work", "lets it down", "is off", "are off", "let it down", "bothers me", "bother me", "bores me", "bore me", "not convinced by",
    "sucks", "suck", "stinks", "stink", "blows", "not feeling", "ain't it", "isn't it", "ain't right", "ain't good", "ain't working", "isn't there yet", "does not convince",
    "doesn't convince", "don't convince", "do not convince", "not satisfied with", "unhappy with", "dissatisfied with", "not pleased with", "not keen on", "not sold on", "not sure about",
    "don't care for", "do not care for", "leaves me cold", "leave me cold", "not to my taste", "could be better", "disappoints", "disappoint", "disappoints me", "not my favourite", "not my favorite",
    "not into", "does nothing for me", "do nothing for me", "fails to", "falls flat", "fall flat", "don't dig", "doing anything", "do anything for me", "not what i had in mind", "isn't quite right",
)  # fmt: skip
_SENSED = word_set("is are was were sounds sound feels feel seems seem looks isn't aren't gets get it's they're that's")
_FAULTS = word_set(
    """boring dull empty off wrong weird bad ugly awful terrible lame flat lifeless messy clumsy cheesy repetitive stale
    strange odd bland uninspired weak generic predictable random sloppy chaotic meh rubbish crap trash mid garbage annoying cheap dead mess shambles disaster wreck wack whack janky wonky corny busted broken stupid awkward unconvincing unsatisfying disappointing uninteresting tedious mediocre dreadful horrible horrid naff pants dodgy iffy shaky stiff wooden forced poor laughable trite mechanical banal confused unfocused aimless"""
)


def complains(clause: Clause) -> bool:
    """Whether a clause says that something is not good, without saying what would be."""
    if clause.says(*_PHRASES):
        return True
    words = clause.words
    sensed = [at for at, word in enumerate(words) if word in _SENSED]
    return any(set(words[at + 1 : at + 6]) & _FAULTS for at in sensed)


_FEELS = re.compile(
    r"\b(?:like|as if|as though) (?:it|this|that)(?:'s|'d)? (?:wants?|needs?|should|could|would|was|were|is|has|had|might|must|drags|rushes|goes|lacks|came|comes|sits|feels|sounds)\b"
)


_LIKED = re.compile(
    r"(?:'d|\bwould|\bshould|\bi|\bwe|\bthey|\byou|\bhe|\bshe|\bto|\bdon't|\bdoesn't|\bdidn't|\bwho|\bpeople|\bmight|\breally) (?:all |really |also |just )*like (?:it|this|that)\b"
)


def tells_how(clause: Clause) -> bool:
    """'it feels like it wants to be at 92': a likeness that tells how it is, and asks for none like it."""
    text = " ".join(clause.words)
    return _FEELS.search(text) is not None or _LIKED.search(text) is not None


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

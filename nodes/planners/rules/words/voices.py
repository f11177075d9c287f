"""Voices: what the band can sing (a choir without words) and what it cannot (a singer, a rapper, words)."""

from __future__ import annotations

import re

from nodes.planners.rules.words.attributes import Reading
from nodes.planners.rules.words.speech import Clause, word_set

_CHOIRS = frozenset({"choir aahs", "voice oohs", "synth voice"})
_WORDED = word_set("lyrics lyric rap rapper rapping raps words singer singers vocalist lead")


def lacks_singer(reading: Reading) -> bool:
    """Whether singing is asked for that no choir of the band sings: 'with a singer', but not 'an acapella choir'."""
    if reading.singing is not True:
        return False
    words = {word for said in reading.singing_words for word in said.words.lower().replace("-", " ").split()}
    choir = any(mention.choice.instrument.name in _CHOIRS for mention in reading.instruments)
    alone = all(mention.choice.instrument.name in _CHOIRS for mention in reading.instruments)
    return not choir or bool(words & _WORDED) or (alone and sings_alone(reading.text))


def sings_alone(text: str) -> bool:
    """'a choir singing Ave Maria a cappella': words to be sung, and nobody else."""
    return _SUNG_ALONE.match(text.lower()) is not None


_SUNG_ALONE = re.compile(r"(?=.*\b(?:a ?capp?ell?a|unaccompanied)\b).*\b(?:sings?|singing|sung)\b")
_SINGERS = word_set(
    "someone somebody you me us her him them she he they people anyone anybody man woman girl boy kid singer voice can to and please"
)
_SINGS = word_set("sing singing sings rap raps sang croon crooning")


def sings(clause: Clause) -> bool:
    """'have someone sing a love song', 'sing me something sad': the mood is that of the song, and singing is all there is."""
    at = next((at for at, word in enumerate(clause.words) if word in _SINGS), None)
    return at is not None and (at == 0 or clause.words[at - 1] in _SINGERS)


def takes_place(clause: Clause) -> bool:
    """'replace the keys with a singer'."""
    verb = clause.begins("replace")
    if verb is None:
        return False
    return any(
        mark.start > verb.end and set(clause.words[mark.start - 2 : mark.start]) & {"with", "for", "by", "to"}
        for mark in clause.marks("voice")
    )

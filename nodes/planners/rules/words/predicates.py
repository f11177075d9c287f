"""Predicates: whether words are a subject and what it does, by verbs that no list holds.

'you muted the drums', 'it drags me down', 'my wife snores', 'the clarinet wobbles about'   yes
'the keys softer', 'the overdubs quieter', 'those bars again', 'I IV V'                     no
"""

from __future__ import annotations

import re

from nodes.planners.rules.words.lexicon import meanings
from nodes.planners.rules.words.openings import COMPARATIVES, OPENERS
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause, vocabulary, word_set
from nodes.planners.rules.words.spelling import KNOWN_WORDS

_PEOPLE = word_set("i he she they people everybody everyone nobody somebody someone folks")
_IN_COMMAND = word_set("you we")
"""What follows these may be an order: 'you add a violin'."""
_THINGS = word_set("it this that everything nothing something")
_OWNERS = word_set("the my our his her their your this that these those")
_PLAYERS = word_set("singer drummer bassist guitarist pianist bandmate vocalist player")
_DEGREES = word_set("just really also still never always kinda both all even once finally only one")
_ADVERBS = word_set("away along about around over through in on at like all so too every well")
_NO_VERBS = word_set("and or but with of for in on at to from that which who than as the a an my")
_FINITE = re.compile(r"[a-z]{2,}(?:[^s\W]s|ed)")
_NUMERALS = re.compile(r"[iv]+")


def says_something(words: Clause) -> bool:
    """Whether the words are a subject and its verb."""
    first = words.words[0]
    at = 1
    while at < len(words.words) and (words.words[at] in _DEGREES or words.words[at].endswith("ly")):
        at += 1
    verb = words.words[at] if at < len(words.words) else ""
    if first in _PEOPLE | _IN_COMMAND:
        way = words.part(at, at + 1).has(*COMPARATIVES) and not verb.endswith("ed")
        told = verb.isalpha() and not way and not _NUMERALS.fullmatch(verb)
        return told and verb not in _NO_VERBS and (first in _PEOPLE or verb not in OPENERS)
    if first in _THINGS and _finite(words, at):
        return True
    if first in _OWNERS and any(found.end == 2 and _doing(words) for found in mentions(words.part(0, 2))):
        return True
    return first in _OWNERS and any(
        _subject(words, at) and _finite(words, at) for at in range(2, min(5, len(words.words)))
    )


def _doing(words: Clause) -> bool:
    """'the hats tick away', 'the strings weep in bar two': several players, and a word that nobody knows with its adverb."""
    verb, after = (*words.words[2:4], "", "")[:2]
    plain = words.words[1].endswith("s") and verb.isalpha() and not verb.endswith(("er", "y", "s", "ed", "ing"))
    return plain and not _known(verb) and verb not in KNOWN_WORDS and (after in _ADVERBS or after.endswith("ly"))


def _subject(words: Clause, end: int) -> bool:
    """Whether the words before `end` may be a noun: 'my wife', 'the bass'; not 'the last', 'the sound of'."""
    before = words.words[1:end]
    if not set(before).isdisjoint(_NO_VERBS):
        return False
    if any(found.end == end for found in mentions(words.part(0, end))):
        return not words.words[end : end + 1] or not words.words[end].endswith("ed")  # 'the piano detuned'
    return before[-1] in _PLAYERS or not _known(before[-1])


def _finite(words: Clause, at: int) -> bool:
    """Whether a verb with its ending stands here: 'drags', 'reminds'; no 'bars', no 'detuned piano', nobody's 'overdubs louder'."""
    if at >= len(words.words) or _known(words.words[at]) or not _FINITE.fullmatch(words.words[at]):
        return False
    named = mentions(words.part(at))
    return not (named and named[0].start <= 1) and not words.part(at + 1).has(*COMPARATIVES)


def _known(word: str) -> bool:
    return word in vocabulary() or word in meanings()

"""What is only asked back: 'so we settled on G minor, right?' -> 'what key is it in?'. A statement with a tag wants to be confirmed; it
is no order for a key, a tempo or chords."""

from __future__ import annotations

import re

from nodes.planners.rules.moods import mood_of, taken_apart
from nodes.planners.rules.plain.rewording import text_of
from nodes.planners.rules.talk.complaints import complains
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause, clause

_TAGGED = re.compile(
    r"^(?:(?:so|ok|okay|and|wait|hey|earlier on|earlier|before|hm|hmm|sorry|just to check|just checking|remind me) ,? ?)*"
    r"(?P<said>[^.,;!?]+(?:, (?=[a-g](?:b|#|m|maj|min|dim|sus|\d|sharp|flat| |,|$))[^.;!?]*?)?) ?(?:, )?(?:(?:is that|am i|that's) )?"
    r"(?P<tag>right|correct|yeah|yes|no|innit|isn't it|aren't we|wasn't it|weren't they|weren't we|didn't we|haven't we|don't we|aren't there|isn't there|aren't they) \?"
)
_SETTLED = re.compile(
    r"(?:we|you|i|they|there|it|this|that|the \w+(?: \w+)?)(?:'s|'re|'ve|'d)?(?: \w+ly| just| did)* ?"
    r"(?:settled|agreed|decided|said|went|had|have|got|have got|is|are|was|were|picked|chose|kept|put|started|landed|used|set)?\b(?! to\b)"
)
_WISHING = re.compile(
    r"\b(?:too|want|need|should|could|would|must|like|prefer|make|let's|can|better|more|less|going|gonna|will|about|add)\b"
)
_ABOUT = (
    ("chords", re.compile(r"\b(?:chords|changes|progression)\b"), "what are the chords"),
    ("key", re.compile(r"\bkey\b"), "what key is it in"),
    ("bpm", re.compile(r"\b(?:bpm|tempo)\b"), "what is the tempo"),
    ("bars", re.compile(r"\b(?:bars|measures)\b"), "how many bars are there"),
)


def asked_back(message: Clause) -> Clause:
    """The question in place of a tagged statement, where nothing but talk follows it."""
    found = _TAGGED.match(text_of(message))
    if found is None:
        return message
    said = clause(found["said"])
    settled = _SETTLED.match(found["said"])
    bare = read(said.text).key is not None and len(said.words) <= _A_KEY
    states = (
        settled is not None
        and (len(settled[0].split()) > 1 or "'" in settled[0])
        and mood_of(said.text) in {"statement", "fragment"}
    )
    if not (bare or states) or _WISHING.search(found["said"]) or complains(said):
        return message
    question = _question(said)
    if question is None:
        return message
    rest = found.string[found.end() :].strip()
    if all(piece.mood in {"statement", "aside", "clause", "fragment"} for piece in taken_apart(rest)):
        return clause(f"{question}?")
    return message


_A_KEY = 3


def _question(said: Clause) -> str | None:
    """What is to be told: the chords, the key, the tempo, the length or who plays."""
    reading = read(said.text)
    for name, words, question in _ABOUT:
        if (getattr(reading, name) and name not in reading.inferred) or words.search(text_of(said)):
            return question
    players = mentions(said) or re.search(r"\b(?:tracks|stems|instruments|players|parts)\b", text_of(said))
    return "which instruments are there" if players else None

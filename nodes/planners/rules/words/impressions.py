"""What a title, scene or feeling suggests: attributes that are inferred, never asked for."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from ensemble.band.instruments import resolve
from ensemble.tools import impression as associations
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.speech import Clause, word_set

_FIELDS = ("genre", "mood", "bpm", "key", "time_signature")


def associate(impression: str) -> dict[str, Any]:
    """Attributes that the words suggest: what they say outright first, then what they are associated with."""
    said, suggested = read(impression), associations.read(impression)
    found: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(said, name) or getattr(suggested, name)
        if value is not None:
            found[name] = value
    players: list[str] = []
    for word in (*(mention.words for mention in said.instruments), *suggested.sounds, *suggested.instruments):
        if not held(word, players):
            players.append(word)
    return found | ({"instruments": players} if players else {})


def held(word: str, words: list[str]) -> bool:
    """Whether an instrument is among others already, by whatever name."""
    chosen = resolve(word)
    return chosen is not None and any(
        (held := resolve(other)) is not None and held.stem == chosen.stem for other in words
    )


_IMPRESSION = (
    "feels like", "feel like", "smells like", "smell like", "tastes like", "taste like", "looks like", "look like", "sounds like", "sound like", "reminds you of", "reminds us of", "reminds one of", "that reminds you", "reminds me of", "remind me of", "reminiscent of", "reminding of", "vibe of",
    "vibes of", "mood of", "feeling of", "atmosphere of", "evokes", "evoke", "captures", "capture", "inspired by", "as if", "spirit of",
    "style of", "manner of", "vein of", "footsteps of", "beat like", "beats like", "piece like", "groove like", "music like", "imagine", "picture", "impression of", "scene", "something like", "song like", "tune like", "track like", "loop like", "like a", "like an", "like the", "like when",
    "like walking", "like being", "that feels", "essence of", "sound of a", "sound of an", "sound of the", "along the lines of", "in the direction of", "image of", "music for", "memory of",
)  # fmt: skip
_SHOWN = (
    r"(?:(?:short|feature|home|wedding|music|board|video|computer|mobile|school|travel|youtube|promo|tik tok) )?"
    r"(?:videos?|films?|movies?|games?|podcasts?|documentary|documentaries|vlogs?|adverts?|ads?|commercials?|trailers?|presentations?|"
    r"slideshows?|streams?|reels?|tiktoks?|shorts?|episodes?|shows?|plays?|weddings?|part(?:y|ies)|birthdays?|exhibitions?|cafes?|apps?)"
)
_PURPOSE = re.compile(
    rf"(?:^| )((?:a|an|my|our|the|this|some) (?:[a-z'-]+ )?{_SHOWN}\b(?: (?:about|on|of|with|where|set in|called) .*)?)"
)


_POINTING = word_set("this that it these those")
_OF_A_STYLE = re.compile(
    r"(?:an? |the |some |one of those )?(?:[\w&]+ ){1,3}?(?:kind of |sort of |type of )?(?:things?|vibes?|numbers?|jams?|affairs?|stuff|sort of thing|kind of thing)\b"
)
_WHAT_ELSE = word_set("slower faster")


def likened(clause: Clause) -> str | None:
    """The title, scene or feeling that a loop is to be like, without what is to be different; None where a style is named instead."""
    whole = _likened(clause)
    if whole is None or "\0" in "".join(clause.raw):
        return whole if whole is None else _quoted_only(whole)
    for cut in re.finditer(
        r"(?: ?, ?| )(?=(?:but|without|with no|minus|sans|except|with|no|at|in|slower|faster)\b)", whole, re.IGNORECASE
    ):
        rest, comma = whole[cut.end() :], "," in cut.group() or whole[cut.end() :].lower().startswith("but ")
        said = read(rest)
        refused = bool(said.without) and rest.lower().split()[0] in {
            "without",
            "with",
            "no",
            "minus",
            "sans",
            "but",
            "except",
        }
        framed = said.instruments or said.bpm or said.key or set(rest.lower().split()) & _WHAT_ELSE
        if cut.start() and (refused or (comma and framed)):
            return whole[: cut.start()].strip(" ,-")
    return whole


def _quoted_only(whole: str) -> str:
    """The quoted title, and what it is a part of, without what is to be left out."""
    cut = re.search(r"(?<=')(?: ?,)?(?: but)? (?:without|with no|minus|sans|no) .*$", whole, re.IGNORECASE)
    return whole[: cut.start()] if cut is not None and read(whole[cut.start() :]).without else whole


def _likened(clause: Clause) -> str | None:
    """The same, with all that follows."""
    at = next((i for i, raw in enumerate(clause.raw) if raw.startswith("\0")), None)
    if at is not None:  # the quoted title may stand in another clause of the message
        return clause.part(at).text
    if clause.words[:1] == ("like",) and clause.raw[1:2] and clause.raw[1][:1].isupper() and clause.words[1] != "i":
        return _until_attributes(clause.part(1))  # 'like Portishead but happier'
    for phrase in _IMPRESSION:
        if clause.says(phrase):
            words = phrase.split()
            at = next(i for i in range(len(clause.words)) if list(clause.words[i : i + len(words)]) == words)
            if (
                phrase.startswith("like")
                and at
                and clause.words[at - 1] in {"i'd", "would", "we'd", "i", "you", "should", "they'd", "she'd", "he'd"}
            ):
                continue  # 'I'd like a ...'
            if phrase == "music for" and _PURPOSE.search(clause.text.lower()) and read(clause.text).instruments:
                return None  # 'background music for an unboxing video, ukulele and piano': who plays is said
            keep = {"a", "an", "the", "when", "walking", "being"}
            tail = clause.part(at + len(words) - (1 if words[-1] in keep else 0))
            if not tail.words or tail.words[0][0].isdigit() or tail.words[0] in _POINTING:
                return None
            said = read(tail.text)
            if said.genre and "genre" not in said.inferred and _OF_A_STYLE.match(" ".join(tail.words)):
                return None  # 'like a lofi thing, 75 bpm': a style, and no title
            if (said.genre and "genre" not in said.inferred and len(tail.words) <= 4) or (
                said.instruments and len(tail.words) <= 3
            ):
                return None
            if phrase in {"style of"} and said.genre:
                return None
            return _until_attributes(tail if phrase != "scene" else clause.part(max(0, at - 1)))
    return None


def _until_attributes(tail: Clause) -> str:
    """The likeness without what a comma sets apart and is an attribute: 'a chase scene | , strings, 30 seconds'."""
    commas = [at for at, word in enumerate(tail.words) if word == "," and at]
    for at, end in pairwise([*commas, len(tail.words)]):
        said = read(tail.part(at + 1, end).text)
        framed = (
            said.bpm
            or said.key
            or said.bars
            or said.duration_seconds
            or said.time_signature
            or said.chords
            or said.without
        )
        if framed or (said.instruments and len(tail.part(at + 1, end).words) <= 2 + 3 * len(said.instruments)):
            return tail.part(0, at).text
    return tail.text


def purpose(clause: Clause) -> str | None:
    """What a loop is wanted for, where nothing else is said of it: 'I'm making a video about whales'."""
    found = _PURPOSE.search(clause.text.lower())
    return found[1].strip(" ,") if found else None

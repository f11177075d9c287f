"""New loops: from a description, around drums, after an impression; and the same music in another style."""

from __future__ import annotations

import re
from typing import Any

from evaluation.stub.calls import Call
from evaluation.stub.dialect import amounts
from evaluation.stub.offers import Offers
from evaluation.stub.world import World, listed

_STYLES = "bossa nova|samba|waltz|tango|blues"
"""What a loop may be called by alone."""
_NOUNS = f"loop|beat|groove|song|tune|backing|{_STYLES}"
_DRUMS = r"(?:(?:the|these|those|my|this|that) (?:drums?|drum (?:loop|track|part|pattern)|beat))"
_MOODS = {"calm", "dark", "happy", "sad", "warm", "dusty", "mellow", "dreamy", "bright", "aggressive", "gentle"}
_OPENING = r"(?:(?:make|create|generate|compose|give|start with|write|build)\s+(?:me\s+|us\s+)?|i(?:'d| would)? (?:like|want) )?"
_OPTIONAL = ("description", "inferred", "mood", "bars")


def _create(match: re.Match[str], world: World, offers: Offers) -> Call:
    return offers.call("text_to_music", _OPTIONAL, description=match.string, **_attributes(match.string))


def _around_drums(match: re.Match[str], world: World, offers: Offers) -> Call:
    found = _attributes(match.string)
    wanted = {name: found.get(name) for name in ("genre", "key", "instruments", "mood")}
    source = world.uploads[-1] if world.uploads else None
    return offers.call("drum_to_music", (*_OPTIONAL, "source"), source=source, description=match.string, **wanted)


def _impression(match: re.Match[str], world: World, offers: Offers) -> Call:
    found = _attributes(match.string)
    found.pop("genre", None)
    if "impression_to_music" not in offers and "text_to_music" in offers:
        return offers.call("text_to_music", _OPTIONAL, description=match.string, **found)
    return offers.call("impression_to_music", _OPTIONAL, impression=match["what"], **found)


def _rearrange(match: re.Match[str], world: World, offers: Offers) -> Call:
    genre = re.sub(r"^(an?|the) ", "", match["genre"]).strip()
    genre = re.sub(r"\s+(style|version|arrangement)$", "", genre)
    if "rearrange" not in offers and "text_to_music" in offers and world.number("bpm"):
        # The same tempo and key in a new loop: what the table shows can be kept without the tool.
        kept = {"bpm": world.number("bpm"), "key": world.table.get("key")}
        return offers.call("text_to_music", _OPTIONAL, description=match.string, genre=genre, **kept)
    return offers.call("rearrange", genre=genre)


def _vary(match: re.Match[str], world: World, offers: Offers) -> Call:
    what = (match.groupdict().get("what") or "it").strip()
    return offers.call("vary", ("stems",), stems=world.several(what) or None)


def _attributes(text: str) -> dict[str, Any]:
    """What a description says of a loop."""
    found: dict[str, Any] = {}
    if bpm := re.search(r"(\d+(?:\.\d+)?)\s*bpm", text):
        found["bpm"] = float(bpm[1])
    if bars := re.search(rf"({amounts.NUMBER})[- ]bars?", text):
        found["bars"] = int(amounts.number(bars[1]))
    if key := re.search(r"(?:\bin |, )([a-g](?:#|b| sharp| flat)? (?:major|minor|maj|min))\b", text):
        found["key"] = amounts.key(key[1])
    if players := _players(text):
        found["instruments"] = players
    before = re.search(rf"^{_OPENING}(?:an?|some|another|the)?\s*(.*?)\s*\b(?:{_NOUNS}|music)\b", text)
    named = re.search(rf"\b(?:{_STYLES})\b", text)
    words = (
        re.sub(rf"{amounts.NUMBER}[- ]bars?|\d+(?:\.\d+)?\s*bpm|,|\b(?:new|short|little|nice)\b", " ", before[1])
        if before
        else ""
    )
    if named is not None:
        words = f"{words} {named[0]}"
    style = [word for word in words.split() if word not in _MOODS]
    if style:
        found["genre"] = " ".join(style)
    moods = [word for word in words.split() if word in _MOODS]
    if moods:
        found["mood"] = moods[0]
    return found


def _players(text: str) -> list[str]:
    """Who is to play: what 'with' names, else what is listed behind the loop, less all that is said beside it."""
    named = re.search(r"\bwith (.*)", text) or re.search(rf"\b(?:{_NOUNS}),(.*)", text)
    names = []
    for item in listed(named[1]) if named else []:
        name = re.sub(r"\s+(?:at|in|around|based on|on|over|from)\s+.*", "", item)
        name = re.sub(r"^(?:an?|the|some|only|just|with) ", "", name)
        told = re.search(rf"\d|^{amounts.NUMBER}[- ]bars?$", name) or re.fullmatch(amounts.KEY, name) or name in _MOODS
        names += [] if told else [name]
    return names


RULES: list[Any] = [
    (rf"(?!add ).*\baround {_DRUMS}\b.*", ("drum_to_music",), _around_drums, True),
    (rf"(?:make|create|generate|compose|build|write) .*\b(?:{_NOUNS}|music)\b.* (?:based on|on|over|from) {_DRUMS}",
     ("drum_to_music",), _around_drums, True),
    (rf"{_OPENING}.*?\b(?:feels?|feeling) like (?P<what>.+)", ("impression_to_music", "text_to_music"), _impression, False),
    (r"(?:rearrange|turn|make)(?: it| this| that| the loop| everything)?(?: again)? (?:to|into|as|in the style of) (?P<genre>.+)",
     ("rearrange", "text_to_music"), _rearrange, True),
    (r"(?:vary|make a variation of|give me a variation of|a variation of)(?: (?P<what>.+))?", ("vary",), _vary, True),
    (r"(?:make |give me )?(?:a|another) variation", ("vary",), _vary, True),
    (rf"{_OPENING}(?:an?|some|another)\b.*\b(?:{_NOUNS})\b.*", ("text_to_music",), _create, False),
]  # fmt: skip

"""Which instruments play, and which chords."""

from __future__ import annotations

import re
from typing import Any

from evaluation.stub.calls import Ask, Call, Unable
from evaluation.stub.offers import Offers
from evaluation.stub.world import World, bare_name

_REPLACE = r"(?:replace|swap|exchange) (?P<old>.+?) (?:with|by|for) (?P<new>.+)"
_DYNAMICS = {"soft": "soft", "quiet": "soft", "gentle": "soft", "loud": "loud"}
_ON_TOP = r"(?: (?:on top|over)(?: of)?(?: (?:it|this|that|the loop|everything))?)"


def _add(match: re.Match[str], world: World, offers: Offers) -> Call:
    name = re.sub(rf"{_ON_TOP}$", "", bare_name(match["what"]))
    first, _, rest = name.partition(" ")
    dynamics = _DYNAMICS.get(first) if rest else None
    return offers.call("add_track", ("dynamics",), instrument=rest if dynamics else name, dynamics=dynamics)


def _remove(match: re.Match[str], world: World, offers: Offers) -> Call:
    stems = world.several(match["what"])
    if not stems and world.last is not None:
        stems = [world.last]
    if not stems:
        raise Ask("Which instrument shall I take out?")
    if "remove_track" not in offers and "extract_track" in offers and world.known:
        left = [name for name in world.names if name not in stems]
        return offers.call("extract_track", stems=left)
    return offers.call("remove_track", stems=stems)


def _keep_only(match: re.Match[str], world: World, offers: Offers) -> Call:
    kept = world.several(match["what"])
    if "remove_track" not in offers:
        return offers.call("extract_track", stems=kept)
    if not offers.takes("remove_track", "keep"):
        if not world.known:
            raise Unable("I cannot tell what else there is to remove.")
        return offers.call("remove_track", stems=[name for name in world.names if name not in kept])
    return offers.call("remove_track", keep=kept)


def _replace(match: re.Match[str], world: World, offers: Offers) -> Call:
    stem, instrument = world.stem(match["old"]), bare_name(match["new"])
    return offers.call("replace_track", stem=stem, instrument=instrument)


def instead(clause: str, offers: Offers) -> list[str]:
    """Instructions that together do what `clause` asks, where the one tool for it is not offered; else `clause` itself."""
    match = re.fullmatch(_REPLACE, clause)
    if match is None or "replace_track" in offers or not {"remove_track", "add_track"} <= set(offers.tools):
        return [clause]
    return [f"remove {match['old']}", f"add {match['new']}"]


def _extract(match: re.Match[str], world: World, offers: Offers) -> Call:
    return offers.call("extract_track", stems=world.several(match["what"]))


def _chords(match: re.Match[str], world: World, offers: Offers) -> Call:
    return offers.call("set_chords", chords=[_symbol(word) for word in re.split(r"[\s,|-]+", match["chords"]) if word])


def _symbol(word: str) -> str:
    return word[0].upper() + word[1:]


_CHORD = r"[a-g][#b]?(?:m|min|maj|dim|aug|sus|add)?\d*"
RULES: list[Any] = [
    (rf"(?:(?:use|set|change|make|play)(?: the)? )?chords?(?: to| are)?:? (?P<chords>{_CHORD}(?:[\s,|-]+{_CHORD})*)", ("set_chords",), _chords, True),
    (_REPLACE, ("replace_track",), _replace, True),
    (r"let (?P<new>an? .+?) play (?P<old>the .+?)(?:'s part)?", ("replace_track",), _replace, True),
    (r"(?:remove|drop|delete|lose|mute) everything (?:but|except)(?: for)? (?P<what>.+)", ("remove_track", "extract_track"), _keep_only, True),
    (r"keep only (?P<what>.+)", ("remove_track", "extract_track"), _keep_only, True),
    (r"(?:extract|isolate) (?P<what>.+)", ("extract_track",), _extract, True),
    (r"(?:remove|drop|delete|lose|take out|get rid of|no more) (?P<what>.+?)(?: again| out)?", ("remove_track", "extract_track"), _remove, True),
    (r"take (?P<what>.+?) (?:out|away)(?: again)?", ("remove_track", "extract_track"), _remove, True),
    (rf"(?:put|lay|bring) (?P<what>(?:an?|some|another) .+?){_ON_TOP}", ("add_track",), _add, True),
    (r"(?:add|bring in|lay in|put in) (?P<what>.+)", ("add_track",), _add, True),
]  # fmt: skip

"""Effects, levels, panning and muting."""

from __future__ import annotations

import re
from typing import Any

from evaluation.stub.calls import Call, Unable
from evaluation.stub.offers import EFFECTS, Offers
from evaluation.stub.world import World

_KINDS = {
    "echo": "delay",
    "low pass": "lowpass",
    "high pass": "highpass",
    "low-pass": "lowpass",
    "compression": "compressor",
}
_KIND = "|".join((*EFFECTS, *_KINDS))
_STEP_DB = 3.0


def _effect(match: re.Match[str], world: World, offers: Offers) -> Call:
    kinds = [_KINDS.get(word, word) for word in re.findall(rf"\b(?:{_KIND})\b", match["effects"])]
    missing = [kind for kind in kinds if kind not in offers.effects]
    if missing:
        raise Unable(f"I have no effect called {missing[0]}.")
    stems = world.several(match["what"]) if match["what"] else []
    return offers.call("add_effect", effects=[{"kind": kind} for kind in kinds], stems=stems or None)


def _effect_off(match: re.Match[str], world: World, offers: Offers) -> Call:
    kind = _KINDS.get(match["kind"], match["kind"])
    stems = world.several(match["what"]) if match["what"] else []
    return offers.call("add_effect", remove=[kind], stems=stems or None)


def _level(match: re.Match[str], world: World, offers: Offers) -> Call:
    found = match.groupdict()
    words = match[0]
    down = any(re.search(rf"\b{word}\b", words) for word in ("down", "quieter", "softer", "lower"))
    size = (
        float(found["db"]) if found.get("db") else (_STEP_DB / 2 if re.search(r"touch|little|bit", words) else _STEP_DB)
    )
    stems = world.several(found.get("what") or "it")
    return offers.call("adjust_track", gain_db=-size if down else size, stems=stems or None)


def _pan(match: re.Match[str], world: World, offers: Offers) -> Call:
    place = {"left": -1.0, "right": 1.0, "center": 0.0, "centre": 0.0, "middle": 0.0}[match["side"]]
    share = 1.0 if re.search(r"\b(hard|far|fully)\b", match[0]) else 0.5
    return offers.call("adjust_track", stems=world.several(match["what"]), pan=place * share)


def _mute(match: re.Match[str], world: World, offers: Offers) -> Call:
    return offers.call("adjust_track", stems=world.several(match["what"]), mute=not match[0].startswith("un"))


def _solo(match: re.Match[str], world: World, offers: Offers) -> Call:
    return offers.call("adjust_track", stems=world.several(match["what"]), solo=True)


_LOUD = "louder|quieter|softer"
RULES: list[Any] = [
    (rf"(?:take|remove|drop)(?: off)? the (?P<kind>{_KIND})(?: off)?(?: (?:off|from|of) (?P<what>.+))?", ("add_effect",), _effect_off, True),
    (rf"(?:put|add|give)(?P<effects>.*\b(?:{_KIND})\b(?:.*?\b(?:{_KIND})\b)?)(?: (?:on|to|over) (?P<what>.+))?", ("add_effect",), _effect, True),
    (rf"(?:turn|make|bring) (?P<what>.+?) (?:a (?:touch|little|bit) )?(?:{_LOUD})(?: by (?P<db>\d+(?:\.\d+)?) ?db)?", ("adjust_track",), _level, True),
    (r"(?:turn|bring|take) (?P<what>.+?) (?:up|down)(?: by)? (?P<db>\d+(?:\.\d+)?) ?db", ("adjust_track",), _level, True),
    (rf"(?:a (?:touch|little|bit) )?(?:{_LOUD})", ("adjust_track",), _level, True),
    (rf"(?P<what>the .+?) (?:a (?:touch|little|bit) )?(?:{_LOUD})", ("adjust_track",), _level, True),
    (r"(?:pan|move|put) (?P<what>.+?) (?:hard |far |fully )?(?:to the |in the |to )?(?P<side>left|right|cent(?:er|re)|middle)", ("adjust_track",), _pan, True),
    (r"(?:un)?mute (?P<what>.+)", ("adjust_track",), _mute, True),
    (r"solo (?P<what>.+)", ("adjust_track",), _solo, True),
]  # fmt: skip

"""Pitch, tempo, time and history of the loop."""

from __future__ import annotations

import re
from typing import Any

from evaluation.stub.calls import Ask, Call
from evaluation.stub.dialect import amounts
from evaluation.stub.offers import Offers
from evaluation.stub.world import World

_IT = r"(?:(?: it| this| that| the loop| everything| the whole thing| the key| the tempo| the speed))?"
_A_LITTLE = 1.1


def _shift(match: re.Match[str], world: World, offers: Offers) -> Call:
    size = amounts.semitones(match["size"]) if match["size"] else 2
    if size is None:
        raise Ask(f"How far is {match['size']!r} in semitones?")
    stems = world.several(match["what"]) if match.groupdict().get("what") else []
    return offers.call("shift_pitch", semitones=-size if match["way"] == "down" else size, stems=stems or None)


def _to_key(match: re.Match[str], world: World, offers: Offers) -> Call:
    wanted = amounts.key(match["key"])
    if " " not in wanted and isinstance(world.table.get("key"), str):
        wanted = f"{wanted} {world.table['key'].split(' ', 1)[-1]}"
    return offers.call("shift_pitch", to_key=wanted)


def _to_tempo(match: re.Match[str], world: World, offers: Offers) -> Call:
    return _tempo(float(match["bpm"]), world, offers)


def _by_tempo(match: re.Match[str], world: World, offers: Offers) -> Call:
    """'20 bpm faster' is a tempo only where the present one is shown."""
    present = world.number("bpm")
    if present is None:
        raise Ask("I cannot see the loop's tempo. Which tempo shall it have, in bpm?")
    step = float(match["by"]) * (-1 if match["way"] == "slower" else 1)
    return _tempo(present + step, world, offers)


def _tempo(bpm: float, world: World, offers: Offers) -> Call:
    present = world.number("bpm")
    if not offers.takes("change_speed", "bpm") and offers.takes("change_speed", "factor") and present:
        return offers.call("change_speed", factor=round(bpm / present, 4))
    return offers.call("change_speed", bpm=bpm)


def _by_factor(match: re.Match[str], world: World, offers: Offers) -> Call:
    factor = float(match["factor"])
    return offers.call("change_speed", factor=1 / factor if match["way"] == "slower" else factor)


def _percent(match: re.Match[str], world: World, offers: Offers) -> Call:
    share = float(match["percent"]) / 100
    return offers.call("change_speed", factor=round(1 - share if match["way"] == "slower" else 1 + share, 4))


def _faster(match: re.Match[str], world: World, offers: Offers) -> Call:
    slower = "slow" in match[0]
    return offers.call("change_speed", factor=round(1 / _A_LITTLE, 4) if slower else _A_LITTLE)


def _double(match: re.Match[str], world: World, offers: Offers) -> Call:
    return offers.call("change_speed", factor=0.5 if match[0].startswith("half") else 2.0)


def _bars(match: re.Match[str], world: World, offers: Offers) -> Call:
    first = int(amounts.number(match["first"]))
    last = int(amounts.number(match["last"])) if match["last"] else first
    stems = world.several(match["what"]) if match["what"] else []
    return offers.call("regenerate_span", ("stems",), start_bar=first, end_bar=last, stems=stems or None)


def _last_bars(match: re.Match[str], world: World, offers: Offers) -> Call:
    bars = world.number("bars")
    if bars is None:
        raise Ask("I cannot see how many bars the loop has. Which bars shall I write anew?")
    count = int(amounts.number(match["count"] or "one"))
    return offers.call("regenerate_span", start_bar=max(1, int(bars) - count + 1), end_bar=int(bars))


def _seconds(match: re.Match[str], world: World, offers: Offers) -> Call:
    start, end = float(match["first"]), float(match["last"])
    stems = world.several(match["what"]) if match["what"] else []
    return offers.call("regenerate_span", ("stems",), start_seconds=start, end_seconds=end, stems=stems or None)


def _undo(match: re.Match[str], world: World, offers: Offers) -> Call:
    found = match.groupdict()
    if found.get("revision"):
        return offers.call("undo", revision=int(found["revision"]))
    count = int(amounts.number(found["count"])) if found.get("count") else 1
    if world.loop and world.known and not world.table.get("revisions"):
        raise Ask("There is nothing to go back to yet. What shall I do instead?")
    return offers.call("undo", ("steps",), steps=count)


_N = amounts.NUMBER
RULES: list[Any] = [
    (rf"undo(?: it| that| this)?(?: the)?(?: last)?(?: (?P<count>{_N}))?(?: (?:times?|steps?|changes?|turns?|things?|edits?))?"
     r"(?: back)?", ("undo",), _undo, True),
    (r"(?:no,? )?(?:(?:go )?back to )?the (?:(?:one|version) before(?: (?:that|this|it))?|(?:previous|last) (?:version|revision))",
     ("undo",), _undo, True),
    (r"(?:go |take it |bring )?back to (?:revision|version) (?P<revision>\d+)", ("undo",), _undo, True),
    (rf"(?:go|take it|take that) back(?: (?P<count>{_N}))?(?: (?:steps?|revisions?|versions?|times?))?", ("undo",), _undo, True),
    (rf"(?:redo|regenerate|rewrite) bars? (?P<first>{_N})(?:\s*(?:-|\u2013|to|and|through)\s*(?P<last>{_N}))?"
     r"(?: (?:of|on|in) (?P<what>.+))?", ("regenerate_span",), _bars, True),
    (rf"(?:redo|regenerate|rewrite) the last(?: (?P<count>{_N}))? bars?", ("regenerate_span",), _last_bars, True),
    (r"(?:redo|regenerate|rewrite) (?:from )?(?:seconds? )?(?P<first>\d+(?:\.\d+)?)\s*(?:s|seconds?)?\s*(?:-|\u2013|to)\s*"
     r"(?P<last>\d+(?:\.\d+)?)\s*(?:s|seconds?)?(?: (?:of|on|in) (?P<what>.+))?", ("regenerate_span",), _seconds, True),
    (r"(?:(?:transpose|shift|move|take|bring|pitch|turn|tune)(?: (?P<what>(?!up\b|down\b).+?))? )?(?P<way>up|down)(?: by)?"
     r"(?: (?P<size>(?!.*\bdb\b).+))?", ("shift_pitch",), _shift, True),
    (rf"(?:transpose|shift|move|take|bring|change|set|put){_IT} (?:up |down )?(?:to|into|in) (?P<key>{amounts.KEY})",
     ("shift_pitch",), _to_key, True),
    (rf"(?:make{_IT} |speed{_IT} |slow{_IT} )?(?P<by>\d+(?:\.\d+)?) ?bpm (?P<way>faster|slower)", ("change_speed",), _by_tempo, True),
    (rf"(?:make|set|change|take|bring|speed|slow|put){_IT}(?: up| down)?(?: to| at)? (?P<bpm>\d+(?:\.\d+)?) ?bpm",
     ("change_speed",), _to_tempo, True),
    (rf"(?:make{_IT} )?(?P<percent>\d+(?:\.\d+)?) ?(?:%|percent) (?P<way>faster|slower)", ("change_speed",), _percent, True),
    (rf"(?:make{_IT} )?(?P<factor>\d+(?:\.\d+)?) times (?P<way>faster|slower)", ("change_speed",), _by_factor, True),
    (rf"(?P<way>speed|slow){_IT}(?: up| down)? by (?:a factor of )?(?P<factor>\d+(?:\.\d+)?)", ("change_speed",), _by_factor, True),
    (rf"(?:double|halve|half){_IT}(?: the)? ?(?:speed|tempo|time)?", ("change_speed",), _double, True),
    (rf"(?:(?:make|speed|slow|take){_IT} ?)?(?:a (?:little|bit|touch) )?(?:faster|slower|up|down|slow|slow down|speed up)"
     r"(?: a (?:little|bit|touch))?", ("change_speed",), _faster, True),
]  # fmt: skip

"""One attribute as it was, the rest as it is: 'put the tempo back where it was', 'set the key back to what it was before'.

`navigate` goes back to a whole version; here what was changed since then stays, and only a tempo or a key is brought back.
"""

from __future__ import annotations

import re

from ensemble.band.theory import parse_key
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.speech import Clause
from state.gat import GlobalAttributeTable

_WAS = r"(?:to )?(?:where|what|how|the way|like|as) (?:it|we|things) (?:was|were|had it)(?: before| originally| at first| at the start)?"
_BACK = re.compile(
    r"(?:please )?(?:(?:put|bring|set|take|get|change|switch|turn|move|pull|dial) (?:the |its )?(?P<one>tempo|speed|bpm|pace|key|pitch|tuning)"
    rf"(?: (?:back )?{_WAS}| back(?: (?:to )?(?:normal|before|the original|the old one|the start))?| to normal| to the original)|"
    rf"(?:restore|reset|go back to|return to|back to|revert) (?:the |its )?(?:original |old |first |previous |former |earlier )?(?P<two>tempo|speed|bpm|pace|key|pitch|tuning)(?: {_WAS}| from before| we had(?: before| at first)?| again)?)"
)


def restored(clause: Clause, scene: Scene) -> Outcome | None:
    """The change that brings a tempo or a key back; None where no such thing is asked."""
    told = _BACK.fullmatch(" ".join(clause.words))
    gat = scene.request.gat
    if told is None or gat is None:
        return None
    of_time = (told["one"] or told["two"]) in {"tempo", "speed", "bpm", "pace"}
    before = scene.request.revisions.lineage()[1:]
    first = clause.says("original", "originally", "first", "at the start", "at first", "the start")
    for number in reversed(before) if first else before:
        past = scene.request.revisions.revision(number)
        if past is not None and (made := _back_to(past, gat, of_time=of_time)) is not None:
            return made
    what = "tempo" if of_time else "key"
    return ask(
        f"The {what} has not changed along this line of versions, so there is none to go back to. Which {what} should it be?"
    )


def _back_to(past: GlobalAttributeTable, now: GlobalAttributeTable, *, of_time: bool) -> Outcome | None:
    if of_time:
        return do(step("change_speed", bpm=past.bpm)) if past.bpm and past.bpm != now.bpm else None
    if not (past.key and now.key) or past.key == now.key or parse_key(past.key).minor != parse_key(now.key).minor:
        return None
    return do(step("shift_pitch", to_key=past.key))

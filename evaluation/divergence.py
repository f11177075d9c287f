"""Where a replayed turn is not the recorded one. Times, and where files lie, are of no account."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from state.turn import TurnRecord

NOTHING = "nothing"
"""Stands for a value that one of the two has not."""

_COMPARED = ("seed", "status", "plan", "gat", "verdicts", "reply", "planning", "usage", "error")

_ALIKE = 40
"""Characters of two long texts that are shown before the place where they part."""


@dataclass(frozen=True)
class Divergence:
    """One value that is not as it was."""

    turn: int
    field: str
    """Where it stands in the record, e.g. 'plan[0].arguments.bpm'."""
    recorded: Any
    replayed: Any

    def __str__(self) -> str:
        return f"turn {self.turn}: {self.field}: {_shown(self.recorded)} -> {_shown(self.replayed)}"


def divergences(recorded: TurnRecord, replayed: TurnRecord) -> list[Divergence]:
    """Every value in which the two differ, in the order of the record: status, plan, table (artifact ids say that the
    sound is the same, sample for sample), verdicts, reply, how the plan came to be, what it cost, error."""
    before, now = _content(recorded), _content(replayed)
    return [Divergence(recorded.turn, *found) for found in _differences("", before, now)]


def first_difference(before: Any, now: Any) -> tuple[str, Any, Any] | None:
    """Where two JSON values first differ: (place, one value, other value); long texts are cut to where they part."""
    found = next(_differences("", before, now), None)
    if found is None:
        return None
    place, one, other = found
    if isinstance(one, str) and isinstance(other, str) and max(len(one), len(other)) > 2 * _ALIKE:
        same = next((i for i, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), None)
        start = min(len(one), len(other)) if same is None else same
        place = f"{place}, character {start + 1}"
        one, other = (text[max(0, start - _ALIKE) : start + _ALIKE] for text in (one, other))
    return place, one, other


def _content(record: TurnRecord) -> dict[str, Any]:
    whole = record.model_dump(mode="json")
    for step in whole["plan"]:
        del step["seconds"]
    del whole["usage"]["seconds"]
    return {name: whole[name] for name in _COMPARED}


def _differences(place: str, before: Any, now: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(before, dict) and isinstance(now, dict):
        for name in [*before, *(name for name in now if name not in before)]:
            inner = f"{place}.{name}" if place else str(name)
            yield from _differences(inner, before.get(name, NOTHING), now.get(name, NOTHING))
    elif isinstance(before, list) and isinstance(now, list):
        for index in range(max(len(before), len(now))):
            one, other = (items[index] if index < len(items) else NOTHING for items in (before, now))
            yield from _differences(f"{place}[{index}]", one, other)
    elif before != now or type(before) is not type(now):
        yield place, before, now


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(text.split())
    return text if len(text) <= 300 else text[:297] + "..."

"""Plans that mean the same: at a temperature above 0 the seed chooses among them, as sampling would."""

from __future__ import annotations

import random

from evaluation.stub.calls import Call
from evaluation.stub.request import Asked
from evaluation.stub.world import World

_PLAIN = 0.6
"""Share of draws that leave a call as it is: most samples of one model agree."""


def varied(call: Call, world: World, asked: Asked) -> Call:
    """`call`, or an equal one by the seed. At temperature 0 always `call`."""
    if asked.temperature <= 0:
        return call
    others = [other for other in _equals(call, world) if _offered(other, asked)]
    draw = random.Random(f"{asked.seed} {call.tool}")
    return call if not others or draw.random() < _PLAIN else draw.choice(others)


def _equals(call: Call, world: World) -> list[Call]:
    given = call.arguments
    match call.tool:
        case "change_speed" if world.number("bpm"):
            present = world.number("bpm") or 1.0
            if "factor" in given:
                return [call.with_arguments(factor=None, bpm=round(present * given["factor"], 4))]
            return [call.with_arguments(bpm=None, factor=round(given["bpm"] / present, 6))]
        case "remove_track" if world.known and given.get("stems"):
            kept = [name for name in world.names if name not in given["stems"]]
            return [call.with_arguments(stems=None, keep=kept)] if kept else []
        case "text_to_music" | "impression_to_music" if "description" in given:
            return [call.with_arguments(description=None)]
        case "add_track" if "dynamics" not in given:
            return [call.with_arguments(dynamics="normal")]
        case "undo":
            return [call.with_arguments(steps=None)] if given.get("steps") == 1 else []
    return []


def _offered(call: Call, asked: Asked) -> bool:
    return all(asked.offers.takes(call.tool, name) for name in call.arguments)

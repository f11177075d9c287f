"""Judging another's plan: repeated steps go, unknown stems are put right, what is beyond mending is planned anew."""

from __future__ import annotations

import json
from typing import Any

from evaluation.stub.calls import Ask, Call, Reply
from evaluation.stub.world import World


def judged(draft: str, own: Reply, world: World) -> Reply:
    """The plan `draft` as it should be. `own` is the stub's own plan for the same request."""
    found = _parsed(draft)
    if found is None or own.question is not None:
        return own
    steps = found.get("steps") or []
    if not steps:
        return own if own.calls else Reply(answer=found.get("answer"), question=found.get("question"))
    kept: list[Call] = []
    for step in steps:
        if not isinstance(step, dict) or not isinstance(step.get("arguments", {}), dict):
            return own
        call = Call(str(step.get("tool")), dict(step.get("arguments", {})))
        if call in kept:
            continue
        try:
            call = _with_known_stems(call, world)
        except Ask:
            return own
        kept.append(call)
        world = world.after(call) if call.tool != "add_track" or "instrument" in call.arguments else world
    return Reply(tuple(kept), unmet=tuple(str(item) for item in found.get("unmet") or ()))


def _with_known_stems(call: Call, world: World) -> Call:
    if not world.known or world.loop is not True:
        return call
    changes: dict[str, Any] = {}
    for name in ("stems", "keep"):
        if isinstance(call.arguments.get(name), list):
            changes[name] = [world.stem(str(stem)) for stem in call.arguments[name]]
    if isinstance(call.arguments.get("stem"), str):
        changes["stem"] = world.stem(call.arguments["stem"])
    return call.with_arguments(**changes) if changes else call


def _parsed(draft: str) -> dict[str, Any] | None:
    try:
        found = json.loads(draft)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None

"""After a step failed its checks, or an answer was refused: what the prompt tells of it changes the plan."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from evaluation.stub.calls import Call
from evaluation.stub.dialect.reader import Instruction
from evaluation.stub.offers import Offers
from evaluation.stub.request import Done
from evaluation.stub.world import World

_THERE_ARE = re.compile(r"(?:it has|there (?:are|is only)|the loop has) ([^.;?\"]+)")


def learned(world: World, error: str | None) -> World:
    """The world with the stems that an error names, where the prompt shows no table."""
    match = _THERE_ARE.search(error or "")
    if match is None or world.known:
        return world
    names = [name.strip() for name in re.split(r",| and ", match[1]) if name.strip()]
    return replace(world, known=True, loop=True, stems=tuple((name, name) for name in names))


def still_to_do(
    instructions: Sequence[Instruction], steps: Sequence[Done]
) -> tuple[list[Instruction], Done | None, int]:
    """The instructions that no step has carried out, the step that failed last, and how often that one failed."""
    position = failures = 0
    failed: Done | None = None
    for step in steps:
        if position >= len(instructions):
            break
        if not step.passed:
            failed, failures = step, failures + 1
        elif failed is not None or step.tool in instructions[position].tools:
            position, failed, failures = position + 1, None, 0
    return list(instructions[position:]), failed, failures


def mended(call: Call, failed: Done, failures: int, world: World, offers: Offers) -> list[Call]:
    """What to do in place of `call`, whose last attempt `failed`; the failed checks decide."""
    for check in failed.failed_checks:
        name, expected = str(check.get("check") or check.get("name")), check.get("expected")
        if name == "bpm" and isinstance(expected, (int, float)):
            if world.loop and offers.takes("change_speed", "bpm"):
                return [offers.call("change_speed", bpm=float(expected))]
            return [_reworded(call, failures, offers, bpm=float(expected))]
        if name in ("has", "added", "sounding"):
            instrument = _instrument(expected)
            if world.loop and instrument and "add_track" in offers and call.tool != "add_track":
                return [call, offers.call("add_track", instrument=instrument)]
    return [_reworded(call, failures, offers)]


def _reworded(call: Call, failures: int, offers: Offers, **changes: Any) -> Call:
    """The same step in other words."""
    known = {name: value for name, value in changes.items() if offers.takes(call.tool, name)}
    if offers.takes(call.tool, "description"):
        before = call.arguments.get("description", "")
        known["description"] = f"{before}, attempt {failures + 1}: keep to it exactly".lstrip(", ")
    elif offers.takes(call.tool, "dynamics"):
        known["dynamics"] = "loud"
    elif offers.takes(call.tool, "amount"):
        known["amount"] = round(0.5 + 0.1 * min(failures, 4), 1)
    return call.with_arguments(**known)


def _instrument(expected: Any) -> str | None:
    if isinstance(expected, dict):
        expected = expected.get("stem") or expected.get("value")
    return expected if isinstance(expected, str) else None

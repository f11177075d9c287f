"""Fakes at real seams: a planner that says what it was told to, and players that can be spoilt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ensemble.band.band import BuiltInBand
from nodes.planners.planner import PlanRequest
from state.plan import Plan, Step


class ScriptedPlanner:
    """Returns its plans one after the other and keeps what it was asked; raises when the script is exhausted."""

    name = "scripted"

    def __init__(self, plans: Sequence[Plan]) -> None:
        self.plans = list(plans)
        self.requests: list[PlanRequest] = []

    def plan(self, request: PlanRequest) -> Plan:
        self.requests.append(request)
        return self.plans.pop(0)


def steps(*calls: tuple[str, dict[str, Any]], **more: Any) -> Plan:
    """A plan of tool calls."""
    return Plan(steps=[Step(tool=tool, arguments=arguments) for tool, arguments in calls], **more)


LOOP: tuple[str, dict[str, Any]] = (
    "text_to_music",
    {"genre": "hip hop", "bpm": 90, "key": "G minor", "bars": 2, "instruments": ["piano", "bass", "drums"]},
)
"""A short loop that most tests begin with."""


class SpoiltBand(BuiltInBand):
    """The built-in band, whose first `silent` renderings are silent."""

    def __init__(self, silent: int) -> None:
        super().__init__()
        self.silent = silent
        self.rendered = 0

    def render(self, part: Any, bpm: float, samples: int) -> Any:
        self.rendered += 1
        if self.rendered <= self.silent:
            return np.zeros((2, samples), np.float32)
        return super().render(part, bpm, samples)

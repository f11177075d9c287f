"""One tool drawn at random with valid arguments: what a planner reaches that understands nothing."""

from __future__ import annotations

from random import Random

from nodes.planners.laboratory.draws import Draws
from nodes.planners.planner import PlanRequest
from state.plan import Plan


class RandomTool:
    """One call a turn, possible on the table, drawn by the conversation's seed."""

    name = "random_tool"

    def plan(self, request: PlanRequest) -> Plan:
        """A plan of one step, every tool that can do something being equally likely; an empty one where none can.

        Nothing is written but what the drawn tool itself writes (`export` does).
        """
        draws = Draws(request, Random(request.seed))
        step = draws.step(list(request.tools), lambda drawn: request.check([drawn]))
        return Plan() if step is None else Plan(steps=[step])

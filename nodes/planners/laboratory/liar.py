"""Claims success and changes nothing: a study whose measure this planner does well on believes what it is told."""

from __future__ import annotations

from nodes.planners.planner import PlanRequest
from state.plan import Plan


class Liar:
    """Says that whatever was asked is done."""

    name = "liar"

    def plan(self, request: PlanRequest) -> Plan:
        """No step, and a claim that nothing here has checked (`grounded` is false, so the reply says so)."""
        return Plan(answer=f"Done: {request.text.strip(' .!?') or 'that'}.", grounded=False)

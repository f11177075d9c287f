"""Changes nothing, says nothing: the floor of every study."""

from __future__ import annotations

from nodes.planners.planner import PlanRequest
from state.plan import Plan


class DoNothing:
    """Plans nothing, whatever is asked."""

    name = "do_nothing"

    def plan(self, request: PlanRequest) -> Plan:
        """An empty plan."""
        return Plan()

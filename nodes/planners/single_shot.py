"""single_shot: one structured plan, executed blind."""

from __future__ import annotations

from nodes.planners.llm.asking import PlanAsker
from nodes.planners.planner import PlanRequest
from state.plan import Plan
from state.planning import FormedChoice


class SingleShot:
    """One call, one complete plan. See `nodes.planners.planner.Planner`."""

    name = "single_shot"

    def __init__(self, choice: FormedChoice) -> None:
        self._asker = PlanAsker("plan", choice)

    def plan(self, request: PlanRequest) -> Plan:
        """The model's plan, rehearsed; asked once more with the error when it cannot be used."""
        return self._asker.ask(request)

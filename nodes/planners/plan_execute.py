"""plan_execute: a plan, and another one for what remains when a step failed, with what listening found.

The first call is that of single_shot. The evidence stands in the block <steps>, so both share one prompt, and a
provider's cache serves the second plan too.
"""

from __future__ import annotations

from nodes.planners.llm.asking import PlanAsker
from nodes.planners.planner import PlanRequest
from state.plan import Plan
from state.planning import FormedChoice


class PlanExecute:
    """A complete plan; after a failed step (`request.steps`) one for what remains."""

    name = "plan_execute"

    def __init__(self, choice: FormedChoice) -> None:
        self._asker = PlanAsker("plan", choice)

    def plan(self, request: PlanRequest) -> Plan:
        """The model's plan for all that `request.steps` did not reach yet."""
        return self._asker.ask(request)

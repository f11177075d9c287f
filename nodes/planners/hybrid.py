"""hybrid: rules when they are sure, the language model otherwise."""

from __future__ import annotations

from nodes.planners.llm.asking import PlanAsker
from nodes.planners.planner import PlanRequest
from nodes.planners.rules.planner import RulesPlanner
from state.plan import Plan
from state.planning import FormedChoice


class Hybrid:
    """Rules cost nothing and are right about what they understand wholly; the model reads the rest."""

    name = "hybrid"

    def __init__(self, choice: FormedChoice) -> None:
        self._rules = RulesPlanner()
        self._asker = PlanAsker("plan", choice)

    def plan(self, request: PlanRequest) -> Plan:
        """The rules' plan if they are sure of it, else the model's; which one it was is noted."""
        plan = self._rules.plan(request)
        if sure(plan) and all(step.tool in request.tools for step in plan.steps):
            request.note("form", "rules", plan.signature)
            return plan
        request.note("form", "language_model", plan.question or " ".join(plan.unmet) or "the rules had nothing to say")
        return self._asker.ask(request)


def sure(plan: Plan) -> bool:
    """Whether the rules understood everything: steps or a grounded answer, nothing to ask, nothing left out."""
    return bool(plan.steps or (plan.answer and plan.grounded)) and not plan.question and not plan.unmet

"""reflect: a plan that is criticised once before it runs."""

from __future__ import annotations

from typing import Any

from nodes.planners.llm.asking import PlanAsker
from nodes.planners.planner import PlanRequest
from state.errors import SECONDS, BudgetSpent, PlannerError
from state.plan import Plan
from state.planning import FormedChoice


class Reflect:
    """One call plans, a second one sees the plan and gives the final one."""

    name = "reflect"

    def __init__(self, choice: FormedChoice) -> None:
        self._asker = PlanAsker("plan", choice)
        self._critic = PlanAsker("critic", choice, own_text=False)

    def plan(self, request: PlanRequest) -> Plan:
        """The critic's plan; the first one where the critic gives nothing usable, or where no budget is left for it. What
        changed is noted."""
        first = self._asker.ask(request)
        try:
            final = self._critic.ask(request, plan=_shown(first))
        except PlannerError as error:
            request.note("reflection", "unusable", error.message)
            return first
        except BudgetSpent as spent:
            if spent.field == SECONDS:
                raise
            request.note("reflection", "no_budget", spent.message)
            return first
        before, after = _shown(first), _shown(final)
        if before == after:
            request.note("reflection", "unchanged", "")
        else:
            request.note("reflection", "changed", f"{_told(first)} -> {_told(final)}")
        return final


def _shown(plan: Plan) -> dict[str, Any]:
    """A plan in the form in which models write it."""
    return {
        "steps": [{"tool": step.tool, "arguments": step.arguments} for step in plan.steps],
        "answer": plan.answer,
        "question": plan.question,
        "unmet": plan.unmet,
    }


def _told(plan: Plan) -> str:
    return (
        " > ".join(f"{step.tool}{step.arguments}" for step in plan.steps) or plan.question or plan.answer or "nothing"
    )

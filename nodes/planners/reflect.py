"""reflect: a plan that is criticised once before it runs."""

from __future__ import annotations

from typing import Any

from nodes.planners.llm.asking import PlanAsker
from nodes.planners.llm.faults import Fault
from nodes.planners.planner import PlanRequest
from state.errors import SECONDS, BudgetSpent, PlannerError, ServerError
from state.plan import Plan
from state.planning import FormedChoice


class Reflect:
    """One call plans, a second one sees the plan and gives the final one."""

    name = "reflect"

    def __init__(self, choice: FormedChoice) -> None:
        self._choice = choice
        self._asker = PlanAsker("plan", choice)
        self._critic = PlanAsker("critic", choice, own_text=False)

    def plan(self, request: PlanRequest) -> Plan:
        """The critic's plan; the first one, which was checked, where the critic gives nothing usable or no budget is left
        for it. What became of the criticism is noted."""
        first = self._asker.ask(request)
        try:
            final = self._criticised(first, request)
        except Fault as fault:
            request.note("reflection", "unusable", f"{fault.name}: {fault.reason}")
            return first
        except PlannerError as error:
            request.note("reflection", "unusable", error.message)
            return first
        except ServerError as error:
            request.note("fault", error.kind, error.message)
            request.note("reflection", "unusable", error.message)
            return first
        except BudgetSpent as spent:
            if spent.field == SECONDS:
                raise  # no time is left for the first plan either
            request.note("reflection", "no_budget", f"the budget left no room for the criticism: {spent.message}")
            return first
        before, after = _shown(first), _shown(final)
        if before == after:
            request.note("reflection", "unchanged", "")
        else:
            request.note("reflection", "changed", f"{_told(first)} -> {_told(final)}")
        return final

    def _criticised(self, first: Plan, request: PlanRequest) -> Plan:
        """The critic's plan. Raises Fault where it cannot be used: a question that stands for a fault of the critic's must
        not take the place of a good plan."""
        error: str | None = None
        for left in reversed(range(self._choice.repairs + 1)):
            try:
                return self._critic.once(request, plan=_shown(first), error=error)
            except Fault as fault:
                if not left:
                    raise
                error = fault.reason
        raise AssertionError("the last attempt returns or raises")


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

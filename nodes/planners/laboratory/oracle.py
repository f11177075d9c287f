"""Plays the plans that a dialogue expects: the ceiling of every study, with perfect understanding and the same players."""

from __future__ import annotations

from nodes.planners.planner import PlanRequest
from state.errors import PlannerError, StrategyError
from state.plan import Plan, Step
from state.planning import OracleChoice


class Oracle:
    """Knows the plan of every turn beforehand. Raises StrategyError when it is made without any."""

    name = "oracle"

    def __init__(self, choice: OracleChoice) -> None:
        if choice.plans is None:
            raise StrategyError(
                "is missing; the oracle plays what a dialogue expects: `loopcopilot play` a dialogue whose turns have"
                " 'plan: [{tool: ..., arguments: {...}}]'",
                field="planner.plans",
            )
        self._plans = choice.plans

    def plan(self, request: PlanRequest) -> Plan:
        """The plan of this turn; an expected plan without steps does nothing. Raises PlannerError for a turn without one."""
        known = self._plans[request.turn - 1] if request.turn <= len(self._plans) else None
        if known is None:
            raise PlannerError(
                f"the oracle has no plan for turn {request.turn}; it knows {_turns(self._plans)}",
                field=f"turns[{request.turn - 1}].plan",
            )
        return Plan(steps=[Step(tool=step.tool, arguments=dict(step.arguments)) for step in known])


def _turns(plans: tuple[object | None, ...]) -> str:
    numbers = [str(number) for number, plan in enumerate(plans, start=1) if plan is not None]
    return f"turn {numbers[0]}" if len(numbers) == 1 else f"turns {', '.join(numbers)}" if numbers else "no turn's"

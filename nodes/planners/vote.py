"""vote: several plans are sampled, and the one that the others agree with most is run."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any

from nodes.planners.llm.asking import PlanAsker
from nodes.planners.llm.faults import Fault
from nodes.planners.planner import PlanRequest
from state.errors import SECONDS, BudgetSpent, InputError
from state.plan import Plan, Step
from state.planning import VoteChoice


class Vote:
    """Asks `choice.votes` times at `choice.temperature`; every call has a seed of its own (`MeteredLlm`)."""

    name = "vote"

    def __init__(self, choice: VoteChoice) -> None:
        self._choice = choice
        self._asker = PlanAsker("plan", choice)

    def plan(self, request: PlanRequest) -> Plan:
        """The most agreed plan, the first of equals. Plans that cannot be used drop out; when all do, the model is told
        what was wrong with the last one, as with any planner. Where the budget ends before the last vote, those that
        were given decide."""
        plans: list[Plan] = []
        last: Fault | None = None
        unusable, unasked = 0, ""
        for number in range(self._choice.votes):
            try:
                plans.append(self._asker.once(request))
            except Fault as fault:
                last = fault
                unusable += 1
            except BudgetSpent as spent:
                if spent.field == SECONDS or not plans:
                    raise
                unasked = f", {self._choice.votes - number} not asked for ({spent.message})"
                break
        if not plans:
            assert last is not None
            request.note("vote", "none", f"0 of {self._choice.votes} plans can be used")
            return self._asker.again(request, last)
        chosen = most_agreed(plans, request)
        equal = sum(_content(plan, request) == _content(plans[chosen], request) for plan in plans)
        request.note(
            "vote",
            plans[chosen].signature,
            f"{equal} of {self._choice.votes} equal, {unusable} unusable{unasked}:"
            f" {'; '.join(plan.signature for plan in plans)}",
        )
        return plans[chosen]


def most_agreed(plans: Sequence[Plan], request: PlanRequest) -> int:
    """The index of the plan most like the others: by the sequence of tools, then by arguments; the first of equals."""

    def support(index: int) -> tuple[float, float]:
        others = [plan for at, plan in enumerate(plans) if at != index]
        tools = sum(tools_alike(plans[index], other) for other in others)
        arguments = sum(arguments_alike(plans[index], other, request) for other in others)
        return round(tools, 9), round(arguments, 9)

    return max(range(len(plans)), key=lambda index: (*support(index), -index))


def tools_alike(one: Plan, other: Plan) -> float:
    """0 to 1: how alike the sequences of tools are; questions, answers and steps are wholly unlike each other."""
    first, second = _tools(one), _tools(other)
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def arguments_alike(one: Plan, other: Plan, request: PlanRequest) -> float:
    """0 to 1: the share of arguments, of both plans together, that are equal in steps of the same place and tool."""
    first, second = _content(one, request), _content(other, request)
    return 1.0 if first == second else len(first & second) / len(first | second)


def _tools(plan: Plan) -> list[str]:
    return [step.tool for step in plan.steps] or [plan.signature]


def _content(plan: Plan, request: PlanRequest) -> frozenset[tuple[int, str, str, str]]:
    if not plan.steps:
        return frozenset({(0, plan.signature, "", "")})
    return frozenset(
        (place, step.tool, name, repr(value))
        for place, step in enumerate(plan.steps)
        for name, value in [("", None), *_arguments(step, request).items()]
    )


def _arguments(step: Step, request: PlanRequest) -> dict[str, Any]:
    """As the tool reads them: 2 and 2.0 are one, and so are a default and nothing."""
    try:
        _, arguments = request.tools.parse(step)
    except InputError:
        return step.arguments
    return arguments.said()

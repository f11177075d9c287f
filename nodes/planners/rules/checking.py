"""The last look at a plan: arguments that no tool takes become a question."""

from __future__ import annotations

from ensemble.tools.registry import parse
from state.errors import InputError
from state.plan import Plan


def checked(plan: Plan) -> Plan:
    """The plan, or a question where an argument is not one that its tool takes."""
    for made in plan.steps:
        try:
            parse(made)
        except InputError as error:
            return Plan(
                question=f"That cannot be done as said: {error.message} ({made.tool.replace('_', ' ')}). What would you like instead?"
            )
    return plan

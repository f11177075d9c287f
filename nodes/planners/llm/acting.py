"""What step-by-step planners share: one action checked against this turn so far, and how such a turn ends."""

from __future__ import annotations

from nodes.planners.llm.faults import Fault, verify_progress, verify_steps
from nodes.planners.llm.last_words import answered, verify_words
from nodes.planners.planner import PlanRequest
from state.plan import Plan, Step


def acted(step: Step, request: PlanRequest) -> Plan:
    """The next step, checked; the planner wants to be called again after it. Raises Fault."""
    verify_steps([step], request)
    verify_progress(step, request.steps)
    return Plan(steps=[step], complete=False)


def spoke(text: str, request: PlanRequest) -> Plan:
    """The end of the turn with what the model says. Before anything was done, what ends in a question mark asks.

    Raises Fault when nothing was said and nothing was done, and for what is no answer.
    """
    said = " ".join(text.split())
    if not said and not request.steps:
        raise Fault("empty_plan", "nothing was done and nothing said; use a tool, or say something to the user")
    verify_words(text)
    if said.endswith("?") and not request.steps:
        return Plan(question=said)
    return Plan(answer=answered(said) or None, grounded=not said)

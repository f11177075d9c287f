"""What a language model may get wrong, as a result with a name and a precise reason, and the checks that find it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Literal

from nodes.planners.planner import PlanRequest
from state.errors import InputError, PlannerError, Refusal
from state.plan import Plan, Step
from state.text import brief, cut

FaultName = Literal[
    "malformed_json",
    "no_json",
    "unknown_tool",
    "bad_arguments",
    "impossible",
    "empty_plan",
    "endless_plan",
    "refusal",
    "truncated",
    "invalid_tool_call",
    "several_actions",
]

LONGEST_ARGUMENTS = 8_000
"""Characters of one step's arguments, as JSON writes them."""
_MOST_ALIKE = 3
"""Equal steps in one plan from which on it runs in circles; two may be meant ('add two violins')."""


class Fault(Exception):
    """An answer that cannot be used. `reason` is one line fit to be sent back to the model."""

    def __init__(self, name: FaultName, reason: str, *, question: str | None = None) -> None:
        super().__init__(reason)
        self.name: FaultName = name
        self.reason = " ".join(brief(reason).split())
        self.question = None if question is None else brief(question)
        """What to ask the user if the model does not mend it: the request itself may be at fault."""


def ended(fault: Fault) -> Plan:
    """How a turn ends on a fault that was not mended: with a question to the user, or PlannerError."""
    if fault.question is not None:
        return Plan(question=fault.question)
    raise PlannerError(f"the language model gave nothing usable ({fault.name}): {fault.reason}")


def declined(words: str) -> Fault:
    """The model will not do it."""
    said = " ".join(words.split())[:300] or "no reason given"
    return Fault("refusal", f"you declined: {said}", question=f"The language model declined: {said}")


def verify_steps(steps: Sequence[Step], request: PlanRequest) -> None:
    """Raise Fault when a step is none of the allowed tools', its arguments are out of bounds, the table contradicts it,
    or the plan has no end."""
    for number, step in enumerate(steps, start=1):
        where = f"step {number}: " if len(steps) > 1 else ""
        try:
            request.tools.parse(step)
            if (length := len(json.dumps(step.arguments))) > LONGEST_ARGUMENTS:
                raise InputError(
                    f"the arguments have {length} characters; {LONGEST_ARGUMENTS} are the most", field=step.tool
                )
        except InputError as error:
            raise Fault("unknown_tool" if error.field == "tool" else "bad_arguments", f"{where}{error}") from None
    tool, count = Counter(_key(step) for step in steps).most_common(1)[0] if steps else ("", 0)
    if count >= _MOST_ALIKE:
        raise Fault("endless_plan", f"the same step stands {count} times in the plan: {cut(tool)}")
    try:
        request.check(steps)
    except InputError as error:
        raise Fault("bad_arguments", str(error)) from None
    except Refusal as refusal:
        # `undo` counts its `steps` too; anything else that is wrong with the steps themselves is their number.
        endless = refusal.field == "steps" and not any(step.tool == "undo" for step in steps)
        raise Fault(
            "endless_plan" if endless else "impossible",
            f"this cannot be carried out: {refusal.message}",
            question=refusal.message,
        ) from None


def verify_progress(step: Step, done: Sequence[Step]) -> None:
    """Raise Fault when a step-by-step planner goes in circles: the step that just passed once more, or one that passed
    twice already."""
    passed = [_key(other) for other in done if other.status == "passed"]
    if passed and (passed[-1] == _key(step) or passed.count(_key(step)) >= _MOST_ALIKE - 1):
        raise Fault(
            "endless_plan",
            f"this very step was done in this turn already and passed: {cut(_key(step))}; take the next one, or end",
        )


def _key(step: Step) -> str:
    arguments = ", ".join(f"{name}={step.arguments[name]!r}" for name in sorted(step.arguments))
    return f"{step.tool}({arguments})"

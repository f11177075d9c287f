"""approve: show the plan to a person and wait, when the strategy asks for that."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime
from langgraph.types import interrupt

from ensemble.tools.registry import get
from nodes.context import Context
from nodes.turn import TurnState, dump, steps_of
from state.plan import Step
from state.strategy import Strategy


def needs_approval(steps: list[Step], strategy: Strategy, has_loop: bool) -> bool:
    """Whether a person must agree before `steps` run."""
    if not steps or strategy.approval == "never":
        return False
    if strategy.approval == "always":
        return True
    return has_loop and any(get(step.tool).contract.destructive for step in steps)


def approve(state: TurnState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Wait for a decision: {"decision": "accept"}, {"decision": "reject"}, or {"decision": "edit", "steps": [...]}.

    Edited steps were rehearsed by the conductor before they arrive here.
    """
    steps = steps_of(state)[state["cursor"] :]
    answer = interrupt(
        {
            "steps": [
                {
                    "tool": step.tool,
                    "arguments": step.arguments,
                    "changes": get(step.tool).contract.changes,
                    "preserves": get(step.tool).contract.preserves,
                }
                for step in steps
            ]
        }
    )
    done = state["plan"][: state["cursor"]]
    if answer["decision"] == "reject":
        rejected = [dump(step.model_copy(update={"status": "skipped"})) for step in steps]
        return {
            "plan": [*done, *rejected],
            "outcome": "stopped",
            "plan_complete": True,
            "answers": ["Nothing was changed."],
        }
    if answer["decision"] == "edit":
        return {"plan": [*done, *(dump(Step.model_validate(step)) for step in answer["steps"])]}
    return {}

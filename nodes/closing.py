"""How a step ends: with the best take that was heard, passed or not."""

from __future__ import annotations

from typing import Any

from nodes.turn import Best, TurnState, dump, steps_of
from state.strategy import Budget
from state.take import Take


def close_step(state: TurnState, best: Best | None, passed: bool) -> dict[str, Any]:
    """Move on: to the next step when this one passed, to the commit with the best take when attempts are spent."""
    steps = steps_of(state)
    index = state["cursor"]
    steps[index] = steps[index].model_copy(update={"status": "passed" if passed else "failed"})
    update: dict[str, Any] = {"best": None, "attempt": 1, "cursor": index + 1}
    if best is not None:
        take = Take.model_validate(best["take"])
        update |= {
            "draft": best["take"]["gat"],
            # What two steps have to tell, such as who stands in for a model that is not here, is told once.
            "notes": list(dict.fromkeys([*state["notes"], *take.notes])),
            "answers": [*state["answers"], *([take.answer] if take.answer else [])],
            "exported": [*state["exported"], *take.exported],
        }
    if not passed:
        update["outcome"] = "stopped"
    return {**update, "plan": [dump(step) for step in steps]}


def tool_calls_spent(budget: Budget) -> str:
    """The sentence with which a turn ends that has no tool call left."""
    calls = "call" if budget.tool_calls == 1 else "calls"
    return f"The limit of {budget.tool_calls} tool {calls} a turn was reached."


def seconds_spent(budget: Budget) -> str:
    """The sentence with which a turn ends that has no time left."""
    return f"The limit of {budget.seconds:g} seconds a turn was reached."

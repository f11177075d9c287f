"""retry: another attempt at the step under way, with a new seed and, if the strategy says so, repaired arguments."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.turn import TurnState, dump, steps_of, verdicts_of


def retry(state: TurnState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Count the attempt up (the seed follows from it) and mend the arguments by what failed."""
    attempt = state["attempt"] + 1
    runtime.stream_writer({"step": state["cursor"], "attempt": attempt, "message": "trying again"})
    if runtime.context.strategy.retry.kind != "repair":
        return {"attempt": attempt}
    steps = steps_of(state)
    step = steps[state["cursor"]]
    tool, arguments = runtime.context.tools.parse(step)
    failed = [check for check in verdicts_of(state)[-1].checks if check.status == "failed"]
    mended = tool.repair(arguments, failed)
    if mended == arguments:
        return {"attempt": attempt}
    steps[state["cursor"]] = step.model_copy(update={"arguments": mended.said()})
    return {"attempt": attempt, "plan": [dump(item) for item in steps]}

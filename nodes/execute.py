"""execute: one step, one tool, N candidate takes."""

from __future__ import annotations

import time
from typing import Any

from langgraph.runtime import Runtime

from ensemble.tools.tool import Arguments, Batch, Stage, Tool
from nodes.context import Context
from nodes.turn import TurnState, draft_of, dump, steps_of
from state.errors import ModelUnavailable, Refusal, ToolError
from state.gat import GlobalAttributeTable
from state.take import Take
from state.text import brief


def execute(state: TurnState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Play the step under way. A tool that fails leaves no take; the error is kept as evidence."""
    context = runtime.context
    steps = steps_of(state)
    step = steps[state["cursor"]]
    tool, arguments = context.tools.parse(step)
    draft = draft_of(state)

    def progress(message: str) -> None:
        runtime.stream_writer({"step": state["cursor"], "attempt": state["attempt"], "message": message})

    progress(tool.name.replace("_", " "))
    takes: list[Take] = []
    error: dict[str, Any] | None = None
    began = time.perf_counter()
    candidates = context.strategy.candidates if tool.seeded else 1
    batch = Batch([context.take_seed(state, candidate) for candidate in range(candidates)])
    for candidate in range(candidates):
        stage = context.stage(state, attempt=state["attempt"], candidate=candidate, progress=progress, batch=batch)
        stage.report(f"take {candidate + 1}" if candidates > 1 else "playing")
        try:
            takes.append(_performed(tool, arguments, draft, stage))
        except (ToolError, Refusal) as failure:
            error = {"kind": failure.kind, "field": failure.field, "message": brief(failure.message)}
    steps[state["cursor"]] = step.model_copy(
        update={
            "attempts": step.attempts + 1,
            "seconds": round(step.seconds + time.perf_counter() - began, 4),
            "backend": takes[0].backend if takes else step.backend,
        }
    )
    return {
        "plan": [dump(item) for item in steps],
        "candidates": [dump(take) for take in takes],
        "error": None if takes else error,
    }


def _performed(tool: Tool[Any], arguments: Arguments, draft: GlobalAttributeTable | None, stage: Stage) -> Take:
    """One take. Where a model cannot be loaded and the strategy lets the band stand in for it, the band plays."""
    while True:
        try:
            return tool.perform(arguments, draft, stage)
        except ModelUnavailable as failure:
            if stage.players is None or not stage.players.stand_in(failure):
                raise
            stage.report(f"{failure.model} cannot be loaded, the band plays")

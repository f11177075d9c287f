"""execute: one step, one tool, N candidate takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from langgraph.runtime import Runtime

from ensemble.tools.tool import Arguments, Batch, Stage, Tool
from nodes.closing import seconds_spent
from nodes.context import Context
from nodes.turn import TurnState, draft_of, dump, spent_seconds, steps_of
from state.errors import SECONDS, BudgetSpent, Cancelled, ModelUnavailable, Refusal, ToolError
from state.gat import GlobalAttributeTable
from state.take import Take
from state.text import brief


def execute(state: TurnState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Play the step under way. A tool that fails leaves no take, nor does one that the turn has no time for; the error is kept
    as evidence."""
    context, began = runtime.context, time.perf_counter()
    budget = context.strategy.budget
    left = budget.seconds - spent_seconds(state)
    steps = steps_of(state)
    step = steps[state["cursor"]]
    tool, arguments = context.tools.parse(step)
    draft = draft_of(state)

    def progress(message: str) -> None:
        runtime.stream_writer({"step": state["cursor"], "attempt": state["attempt"], "message": message})

    progress(tool.name.replace("_", " "))
    takes: list[Take] = []
    error: dict[str, Any] | None = None
    candidates = context.strategy.candidates if tool.seeded else 1
    batch = Batch([context.take_seed(state, candidate) for candidate in range(candidates)])
    with _stopped_by(lambda: time.perf_counter() - began > left, context) as stopped:
        for candidate in range(candidates):
            stage = stopped.stage(state, attempt=state["attempt"], candidate=candidate, progress=progress, batch=batch)
            try:
                stage.report(f"take {candidate + 1}" if candidates > 1 else "playing")
                takes.append(_performed(tool, arguments, draft, stage))
            except (ToolError, Refusal) as failure:
                error = {"kind": failure.kind, "field": failure.field, "message": brief(failure.message)}
            except Cancelled:
                if context.cancelled():
                    raise
                error = {"kind": BudgetSpent.kind, "field": SECONDS, "message": seconds_spent(budget).rstrip(".")}
                break
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


@contextmanager
def _stopped_by(late: Callable[[], bool], context: Context) -> Iterator[Context]:
    """Within, what plays stops when the person says so and when it is `late`: models also while they load."""
    person, players = context.cancelled, context.players

    def stop() -> bool:
        return person() or late()

    if players is None:
        yield replace(context, cancelled=stop)
        return
    before, players.cancelled = players.cancelled, stop
    try:
        yield replace(context, cancelled=stop)
    finally:
        players.cancelled = before


def _performed(tool: Tool[Any], arguments: Arguments, draft: GlobalAttributeTable | None, stage: Stage) -> Take:
    """One take. Where a model cannot be loaded and the strategy lets the band stand in for it, the band plays."""
    while True:
        try:
            return tool.perform(arguments, draft, stage)
        except ModelUnavailable as failure:
            if stage.players is None or not stage.players.stand_in(failure):
                raise
            stage.report(f"{failure.model} cannot be loaded, the band plays")

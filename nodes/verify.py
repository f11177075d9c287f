"""verify: listen to the candidates, keep the best one so far, and say whether the step is passed."""

from __future__ import annotations

import time
from typing import Any

from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.turn import Best, TurnState, draft_of, dump, steps_of, takes_of
from nodes.understand import starting_table
from state.errors import Refusal
from state.strategy import Budget
from state.take import Take
from state.verdict import Check, Verdict


def verify(state: TurnState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Measure every candidate against its step's expectations. An unmeasurable check neither passes nor fails a take."""
    context = runtime.context
    if not state["candidates"] and state["error"] and state["error"]["kind"] == Refusal.kind:
        return _ask_instead(state, context)
    index, attempt = state["cursor"], state["attempt"]
    best: Best | None = state["best"]
    chosen: list[Check] = []
    passed = False
    if state["candidates"]:
        runtime.stream_writer({"step": index, "attempt": attempt, "message": "listening"})
        take, chosen = _choose(state, context)
        failed = sum(check.status == "failed" for check in chosen)
        passed = failed == 0
        if best is None or failed < best["failed"]:
            best = Best(take=dump(take), failed=failed)
    elif state["error"]:
        chosen = [Check(name="tool", expected="a take", measured=state["error"]["message"], status="failed")]
    verdict = Verdict(step=index, attempt=attempt, passed=passed, scorer=_scorer(context), checks=chosen)
    update: dict[str, Any] = {"verdicts": [*state["verdicts"], dump(verdict)], "candidates": [], "best": best}
    spent = _spent(state, context.strategy.budget)
    may_retry = context.strategy.retry.kind != "none" and attempt < context.strategy.retry.attempts and not spent
    if not passed and may_retry:
        return update
    update |= _close_step(state, best, passed)
    if spent and (not passed or update["cursor"] < len(state["plan"])):
        update |= {"outcome": "stopped", "unmet": [*state["unmet"], spent]}
    return update


def _spent(state: TurnState, budget: Budget) -> str | None:
    """A sentence when the turn's budget is spent."""
    calls = sum(step.attempts for step in steps_of(state))
    if calls >= budget.tool_calls:
        return f"The limit of {budget.tool_calls} tool calls a turn was reached."
    if time.time() - state["started"] >= budget.seconds:
        return f"The limit of {budget.seconds:g} seconds a turn was reached."
    return None


def _ask_instead(state: TurnState, context: Context) -> dict[str, Any]:
    """Only playing showed that the request cannot be carried out: ask, and leave no half of the plan behind."""
    assert state["error"] is not None
    untouched = starting_table(state, context)
    return {
        "draft": None if untouched is None else dump(untouched),
        "question": state["error"]["message"],
        "plan": [dump(step.model_copy(update={"status": "skipped"})) for step in steps_of(state)],
        "outcome": "stopped",
        "error": None,
        "notes": [],
        "answers": [],
        "unmet": [],
    }


def _scorer(context: Context) -> str | None:
    return None if context.strategy.verifier == "none" else "measured"


def _choose(state: TurnState, context: Context) -> tuple[Take, list[Check]]:
    """The candidate with the fewest failed checks, then the most passed ones, then the first."""
    takes = takes_of(state)
    if context.strategy.verifier == "none":
        return takes[0], []
    from ensemble.listen.verify import verify as measure

    before = draft_of(state)
    judged = [(take, measure(take, before, context.store, context.band)) for take in takes]

    def order(item: tuple[Take, list[Check]]) -> tuple[int, int]:
        statuses = [check.status for check in item[1]]
        return statuses.count("failed"), -statuses.count("passed")

    return min(judged, key=order)


def _close_step(state: TurnState, best: Best | None, passed: bool) -> dict[str, Any]:
    """Move on: to the next step when this one passed, to the commit with the best take when attempts are spent."""
    steps = steps_of(state)
    index = state["cursor"]
    steps[index] = steps[index].model_copy(update={"status": "passed" if passed else "failed"})
    update: dict[str, Any] = {"best": None, "attempt": 1, "cursor": index + 1}
    if best is not None:
        take = Take.model_validate(best["take"])
        update |= {
            "draft": None if take.gat is None else dump(take.gat),
            "notes": [*state["notes"], *take.notes],
            "answers": [*state["answers"], *([take.answer] if take.answer else [])],
            "exported": [*state["exported"], *take.exported],
        }
    if not passed:
        update["outcome"] = "stopped"
    return {**update, "plan": [dump(step) for step in steps]}

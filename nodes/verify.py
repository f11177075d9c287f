"""verify: listen to the candidates, keep the best one so far, and say whether the step is passed."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Any

from langgraph.runtime import Runtime

from ensemble.listen.clap import stood_in
from ensemble.listen.scorer import scored, scorer_of
from nodes.asked import asked
from nodes.closing import close_step, seconds_spent, tool_calls_spent
from nodes.context import Context
from nodes.turn import Best, TurnState, draft_of, dump, spent_seconds, steps_of, takes_of
from nodes.understand import starting_table
from state.errors import ModelUnavailable, Refusal
from state.strategy import Budget, Retry
from state.take import Take
from state.verdict import Check, CheckStatus, Verdict


def verify(state: TurnState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Measure every candidate against its step's expectations, its text, or both, as the strategy says. An unmeasurable
    check neither passes nor fails a take."""
    context, began = runtime.context, time.perf_counter()
    if not state["candidates"] and state["error"] and state["error"]["kind"] == Refusal.kind:
        return _ask_instead(state, context)
    index, attempt = state["cursor"], state["attempt"]
    best: Best | None = state["best"]
    checks: list[Check] = []
    score: float | None = None
    passed = False
    if state["candidates"]:
        runtime.stream_writer({"step": index, "attempt": attempt, "message": "listening"})
        chosen = _choose(state, context)
        checks, score, passed = chosen.checks, chosen.score, chosen.failed == 0
        told = stood_in(context.strategy, context.players)
        if told and told not in state["notes"] and asked(steps_of(state)[index], draft_of(state)):
            state = {**state, "notes": [*state["notes"], told]}
        if best is None or (chosen.failed, -_height(score)) < (best["failed"], -_height(best.get("score"))):
            best = Best(take=state["candidates"][chosen.candidate], failed=chosen.failed, score=score)
    elif state["error"]:
        checks = [Check(name="tool", expected="a take", measured=state["error"]["message"], status="failed")]
    verdict = Verdict(step=index, attempt=attempt, passed=passed, scorer=_scorer(context), clap=score, checks=checks)
    update: dict[str, Any] = {"verdicts": [*state["verdicts"], dump(verdict)], "candidates": [], "best": best}
    update["notes"] = state["notes"]
    spent = _spent(state, context.strategy.budget, time.perf_counter() - began)
    if not passed and not spent and _may_go_on(state, context.strategy.retry):
        return {**update, "replanning": context.strategy.retry.kind == "replan"}
    update |= close_step(state, best, passed)
    if spent and (not passed or update["cursor"] < len(state["plan"]) or not state["plan_complete"]):
        update |= {"outcome": "stopped", "unmet": [*state["unmet"], spent]}
    return update


def _may_go_on(state: TurnState, retry: Retry) -> bool:
    """Whether another attempt is left: at the step, or, for a planner that may replan, another plan in this turn."""
    hopeless = state["error"] is not None and state["error"]["kind"] == ModelUnavailable.kind
    if hopeless and retry.kind != "replan":
        return False
    if retry.kind == "replan":
        failures = sum(not verdict["passed"] for verdict in state["verdicts"])
        return failures + 1 < retry.attempts
    return retry.kind != "none" and state["attempt"] < retry.attempts


def _spent(state: TurnState, budget: Budget, listening_seconds: float) -> str | None:
    """A sentence when the turn's budget is spent."""
    calls = sum(step.attempts for step in steps_of(state))
    if calls >= budget.tool_calls:
        return tool_calls_spent(budget)
    if spent_seconds(state) + listening_seconds >= budget.seconds:
        return seconds_spent(budget)
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


@dataclass(frozen=True)
class _Judged:
    """What was found out about a candidate take."""

    candidate: int
    """Its index."""
    checks: list[Check]
    score: float | None
    """The text-audio score; None where it was not asked for or cannot be said."""

    @property
    def failed(self) -> int:
        return sum(check.status == "failed" for check in self.checks)

    @property
    def order(self) -> tuple[int, float, int]:
        """The least is the best: fewest failed checks, then the highest score, then the most passed checks."""
        return self.failed, -_height(self.score), -sum(check.status == "passed" for check in self.checks)


def _choose(state: TurnState, context: Context) -> _Judged:
    """The best candidate; of equals the first."""
    takes, verifier = takes_of(state), context.strategy.verifier
    if verifier == "none":
        return _Judged(0, [], None)
    before = draft_of(state)
    text = asked(steps_of(state)[state["cursor"]], before)
    judged = []
    for candidate, take in enumerate(takes):
        checks: list[Check] = []
        score: float | None = None
        if verifier in ("attributes", "both"):
            from ensemble.listen.verify import verify as measure

            checks = measure(take, before, context.store, context.band)
        if verifier in ("clap", "both"):
            score = _score(take, text, context)
            checks = [*checks, *_threshold(score, context)]
        judged.append(_Judged(candidate, checks, score))
    return min(judged, key=lambda item: item.order)


def _score(take: Take, text: str, context: Context) -> float | None:
    """How well the take fits the step's text; None where there is no text, no loop, or no way to tell."""
    if not text or take.gat is None:
        return None
    scorer = context.scorer or scorer_of(context.strategy.scorer, context.players)
    return scored(scorer, take.gat, context.store, context.band, text)


def _threshold(score: float | None, context: Context) -> list[Check]:
    """The check that a threshold makes of the score; without one the score fails no take."""
    least = context.strategy.thresholds.score
    if least is None:
        return []
    status: CheckStatus = "unmeasurable" if score is None else "passed" if score >= least else "failed"
    return [Check(name="text", expected=least, measured=score, status=status)]


def _height(score: float | None) -> float:
    """A score as it is compared: one that cannot be said lies below all others."""
    return -math.inf if score is None else score


def _scorer(context: Context) -> str | None:
    """Who judged: the scorer by its name where the strategy asks for a score."""
    match context.strategy.verifier:
        case "none":
            return None
        case "attributes":
            return "measured"
    return context.scorer.name if context.scorer else context.strategy.scorer

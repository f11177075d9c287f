"""Every routing decision, as pure functions of the turn's state. The nodes they may lead to stand in their types."""

from __future__ import annotations

from typing import Literal

from nodes.turn import TurnState


def after_plan(state: TurnState) -> Literal["approve", "execute", "commit", "respond"]:
    """To work when there are steps to do; past it for an answer or a question."""
    if state["question"] or state["outcome"] == "stopped" or state["cursor"] >= len(state["plan"]):
        return "commit" if _has_news(state) else "respond"
    return "approve" if state["needs_approval"] else "execute"


def after_approve(state: TurnState) -> Literal["execute", "commit", "respond"]:
    """To work when the person agreed."""
    if state["outcome"] == "going":
        return "execute"
    return "commit" if _has_news(state) else "respond"


def after_verify(state: TurnState) -> Literal["retry", "execute", "plan", "commit"]:
    """Another attempt, the next step, another look by an incremental planner or with a failure's evidence, or the end."""
    if state["outcome"] == "stopped":
        return "commit"
    if state["replanning"]:
        return "plan"
    if state["cursor"] < len(state["plan"]):
        # The step under way is still open only when its attempt failed and another one is allowed.
        return "execute" if _is_fresh(state) else "retry"
    return "commit" if state["plan_complete"] else "plan"


def _is_fresh(state: TurnState) -> bool:
    return not any(verdict["step"] == state["cursor"] for verdict in state["verdicts"])


def _has_news(state: TurnState) -> bool:
    """Whether the draft holds something that is not committed: earlier steps' work, or a first upload."""
    return state["draft"] is not None and (state["base_revision"] is None or state["cursor"] > 0)

"""The state that a turn's nodes share: plain JSON values and artifact ids, so that a checkpoint stays small."""

from __future__ import annotations

from typing import Any, Literal, TypedDict

from state.gat import GlobalAttributeTable
from state.plan import Step
from state.take import Take
from state.verdict import Verdict


def merge(turn: dict[str, Any], update: dict[str, Any]) -> dict[str, Any]:
    """Reducer: a node's partial update laid over the turn; seconds by node are summed over the node's visits."""
    seconds: dict[str, float] = {**turn.get("seconds", {})}
    for node, spent in update.get("seconds", {}).items():
        seconds[node] = seconds.get(node, 0.0) + spent
    return {**turn, **update, "seconds": seconds}


class Best(TypedDict):
    """The best take of the step under way so far."""

    take: dict[str, Any]
    failed: int
    score: float | None
    """Its text-audio score, where the strategy asks for one."""


class TurnState(TypedDict):
    """One turn. Tables, steps, takes and verdicts are dumps of the models in `state/`; nodes read them through the
    functions below and return partial updates."""

    session: str
    turn: int
    request: str
    attachments: list[list[str]]
    """[file name, artifact id of its bytes] each."""
    base_revision: int | None
    """The head as the turn found it."""
    draft: dict[str, Any] | None
    """The table as the steps so far have left it."""
    uploads: list[dict[str, Any]]
    earlier_uploads: list[dict[str, Any]]
    plan: list[dict[str, Any]]
    plan_complete: bool
    visits: int
    """Times the planner was asked in this turn."""
    replanning: bool
    """Whether the step under way failed for good and its planner shall see why."""
    planning: list[dict[str, Any]]
    """Notes on how the plan came to be."""
    usage: dict[str, Any]
    """What language models cost so far."""
    needs_approval: bool
    """Whether a person must agree before the pending steps run."""
    cursor: int
    """Index of the step under way."""
    attempt: int
    candidates: list[dict[str, Any]]
    best: Best | None
    verdicts: list[dict[str, Any]]
    unmet: list[str]
    """Full sentences: what was asked for and not reached."""
    notes: list[str]
    """Full sentences the user must be told."""
    answers: list[str]
    question: str | None
    exported: list[str]
    outcome: Literal["going", "stopped"]
    """'stopped': attempts or budget are spent, commit what there is."""
    error: dict[str, Any] | None
    record: dict[str, Any] | None
    seconds: dict[str, float]
    """Wall seconds by node."""


def new_turn(
    session: str, turn: int, request: str, attachments: list[list[str]], base_revision: int | None
) -> TurnState:
    """The state a turn begins with."""
    return TurnState(
        session=session,
        turn=turn,
        request=request,
        attachments=attachments,
        base_revision=base_revision,
        draft=None,
        uploads=[],
        earlier_uploads=[],
        plan=[],
        plan_complete=True,
        visits=0,
        replanning=False,
        planning=[],
        usage={},
        needs_approval=False,
        cursor=0,
        attempt=1,
        candidates=[],
        best=None,
        verdicts=[],
        unmet=[],
        notes=[],
        answers=[],
        question=None,
        exported=[],
        outcome="going",
        error=None,
        record=None,
        seconds={},
    )


def spent_seconds(state: TurnState) -> float:
    """Seconds of work so far, for the budget: while a person thinks, or no process is alive, the turn spends none."""
    return sum(state["seconds"].values())


def draft_of(state: TurnState) -> GlobalAttributeTable | None:
    """The table as the steps so far have left it."""
    return None if state["draft"] is None else GlobalAttributeTable.model_validate(state["draft"])


def steps_of(state: TurnState) -> list[Step]:
    """The plan's steps with their status."""
    return [Step.model_validate(step) for step in state["plan"]]


def verdicts_of(state: TurnState) -> list[Verdict]:
    """Every verdict of the turn so far."""
    return [Verdict.model_validate(verdict) for verdict in state["verdicts"]]


def takes_of(state: TurnState) -> list[Take]:
    """The candidates of the attempt under way."""
    return [Take.model_validate(take) for take in state["candidates"]]


def dump(model: GlobalAttributeTable | Step | Take | Verdict) -> dict[str, Any]:
    """A model as the JSON values that the state holds."""
    return model.model_dump(mode="json")

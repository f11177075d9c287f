"""plan: ask the strategy's planner, and rehearse what it says before anything is played."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from nodes.approve import needs_approval
from nodes.context import Context, SessionRevisions
from nodes.planners.planner import PastTurn, PlanRequest
from nodes.rehearsal import rehearse
from nodes.turn import TurnState, draft_of, dump, steps_of, verdicts_of
from state.errors import InputError, Refusal
from state.plan import Plan
from state.take import Upload

HISTORY = 8
"""Past turns that a planner is shown."""


def plan(state: TurnState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Steps to do next, or an answer, or a question. A plan that cannot be carried out becomes a question."""
    context = runtime.context
    done = steps_of(state)[: state["cursor"]]
    proposal = context.planner.plan(_request(state, context))
    if proposal.question:
        return {"question": proposal.question, "plan_complete": True}
    limit = context.strategy.budget.tool_calls
    if len(done) + len(proposal.steps) > limit:
        return {
            "question": f"That is {len(proposal.steps)} steps, and a turn has at most {limit}. What comes first?",
            "plan_complete": True,
        }
    try:
        rehearse(
            proposal.steps,
            draft_of(state),
            context.stage(state),
            seed=context.session.seed,
            turn=state["turn"],
            first=len(done),
        )
    except (Refusal, InputError) as error:
        return {
            "question": error.message if isinstance(error, Refusal) else f"I cannot do that as it stands: {error}.",
            "plan": [
                dump(step) for step in (*done, *(s.model_copy(update={"status": "skipped"}) for s in proposal.steps))
            ],
            "plan_complete": True,
        }
    return {
        "plan": [dump(step) for step in (*done, *proposal.steps)],
        "plan_complete": proposal.complete,
        "needs_approval": needs_approval(proposal.steps, context.strategy, state["base_revision"] is not None),
        "unmet": [*state["unmet"], *proposal.unmet],
        "answers": [*state["answers"], *_answers(proposal)],
        "attempt": 1,
        "candidates": [],
        "best": None,
    }


def _answers(proposal: Plan) -> list[str]:
    return [proposal.answer] if proposal.answer else []


def _request(state: TurnState, context: Context) -> PlanRequest:
    past = [
        PastTurn(
            turn=record.turn,
            request=record.request,
            reply=record.reply,
            status=record.status,
            steps=tuple(record.plan),
            revision=record.gat.revision if record.gat else None,
        )
        for record in context.sessions.records(context.session.id, last=HISTORY)
    ]
    return PlanRequest(
        text=state["request"],
        gat=draft_of(state),
        revisions=SessionRevisions(context.sessions, context.session.id),
        history=past,
        uploads=[Upload.model_validate(item) for item in (*state["earlier_uploads"], *state["uploads"])],
        attached=len(state["uploads"]),
        steps=steps_of(state)[: state["cursor"]],
        verdicts=verdicts_of(state),
    )

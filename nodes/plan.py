"""plan: ask the strategy's planner, and rehearse what it says before anything is played.

A planner is asked once for a whole plan; again after every step when it plans step by step; and again with the evidence
when a step failed for good and the strategy lets it replan.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langgraph.runtime import Runtime

from nodes.approve import needs_approval
from nodes.closing import close_step, tool_calls_spent
from nodes.context import Context, SessionRevisions
from nodes.planners.llm.metered import NO_USAGE, MeteredLlm
from nodes.planners.planner import PastTurn, PlanRequest
from nodes.proposal import note_of, taken
from nodes.rehearsal import rehearse, too_many
from nodes.turn import TurnState, draft_of, dump, spent_seconds, steps_of, verdicts_of
from state.errors import (
    BudgetSpent,
    Cancelled,
    InfrastructureError,
    InputError,
    LoopCopilotError,
    ModelUnavailable,
    PlannerError,
    Refusal,
    ReplayError,
    ServerError,
    ToolError,
)
from state.plan import Plan, PlanningNote, Step
from state.planning import ModelChoice, NoisyChoice, OwnChoice
from state.references import in_one_line
from state.seeds import derived_seed
from state.take import Upload
from state.text import brief


def plan(state: TurnState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Steps to do next, or an answer, or a question. A plan that cannot be carried out becomes a question."""
    context = runtime.context
    llm = _llm(state, context)
    notes: list[PlanningNote] = []
    if llm is not None:
        runtime.stream_writer({"message": "planning"})
    request = _request(state, context, llm, notes)
    try:
        proposal = _proposed(request, context)
        update = _taken_up(proposal, request, state, context)
    except (PlannerError, BudgetSpent, ServerError, ModelUnavailable) as error:
        update = _given_up(error, state)
    return {
        **update,
        "visits": state["visits"] + 1,
        "replanning": False,
        "planning": [*state["planning"], *(note.model_dump(mode="json") for note in notes)],
        "usage": state["usage"] if llm is None else llm.usage,
    }


def _proposed(request: PlanRequest, context: Context) -> Plan:
    """The planner's plan. Whatever a planner from outside raises that is not said to end a turn becomes a PlannerError."""
    try:
        return taken(context.planner.plan(request))
    except (PlannerError, BudgetSpent, Cancelled, ReplayError, InfrastructureError, KeyboardInterrupt):
        raise
    except BaseException as error:
        if not _from_outside(context):
            raise
        raise PlannerError(f"the planner {_name(context.planner)} failed: {in_one_line(error)}") from error


def _from_outside(context: Context) -> bool:
    """Whether the strategy names a planner of somebody's own, or one was handed over in Python."""
    choice: Any = context.strategy.planner
    while isinstance(choice, NoisyChoice):
        choice = choice.planner
    return isinstance(choice, OwnChoice) or not type(context.planner).__module__.startswith("nodes.planners.")


def _name(planner: Any) -> str:
    return brief(str(getattr(planner, "name", type(planner).__name__)))


def _taken_up(proposal: Plan, request: PlanRequest, state: TurnState, context: Context) -> dict[str, Any]:
    """The turn with what the planner proposed."""
    underway = bool(request.steps)
    if proposal.question and underway:
        return _ended(state, [proposal.question], [])
    if proposal.question:
        return {"question": proposal.question, "plan_complete": True}
    if underway and not proposal.steps:
        return _ended(state, proposal.unmet, _answers(proposal, request))
    budget = context.strategy.budget
    if not proposal.complete and too_many(len(proposal.steps), len(request.steps), budget.tool_calls):
        return _given_up(BudgetSpent(tool_calls_spent(budget)), state)
    try:
        request.check(proposal.steps)
    except (Refusal, InputError) as error:
        reason = brief(error.message if isinstance(error, Refusal) else f"I cannot do that as it stands: {error}.")
        if underway:
            return _ended(state, [reason], [])
        skipped = [step.model_copy(update={"status": "skipped"}) for step in proposal.steps]
        return {"question": reason, "plan": [dump(step) for step in skipped], "plan_complete": True}
    before = [dump(step) for step in _settled(state)]
    return {
        "plan": [*before, *(dump(step) for step in proposal.steps)],
        "cursor": len(before),
        "plan_complete": proposal.complete or not proposal.steps,
        "needs_approval": needs_approval(
            proposal.steps, context.strategy, context.tools, state["base_revision"] is not None
        ),
        "unmet": [*state["unmet"], *proposal.unmet],
        "answers": [*state["answers"], *_answers(proposal, request)],
        "attempt": 1,
        "candidates": [],
        "best": None,
    }


def _settled(state: TurnState) -> list[Step]:
    """The turn's steps so far; those that another plan takes the place of are superseded."""
    steps = steps_of(state)
    done = steps[: state["cursor"]]
    if not state["replanning"]:
        return done
    return [*done, *(step.model_copy(update={"status": "superseded"}) for step in steps[state["cursor"] :])]


def _ended(state: TurnState, unmet: Sequence[str], answers: Sequence[str]) -> dict[str, Any]:
    """The turn with what was reached so far: nothing more is planned."""
    update: dict[str, Any] = {"plan_complete": True}
    if state["replanning"]:
        update |= close_step(state, state["best"], passed=False)
    elif unmet:
        update["outcome"] = "stopped"
    update["unmet"] = [*state["unmet"], *unmet]
    update["answers"] = [*update.get("answers", state["answers"]), *answers]
    return update


def _given_up(error: LoopCopilotError, state: TurnState) -> dict[str, Any]:
    """The turn when the planner cannot go on: failed when nothing was done yet, else with what was reached."""
    message = brief(error.message)
    sentence = message if message.endswith(".") else f"The planning stopped: {brief(str(error))}."
    if state["cursor"] or state["replanning"]:
        return _ended(state, [sentence], [])
    failure = {"kind": error.kind, "field": error.field, "message": message.rstrip(".")}
    if state["draft"] is not None and state["base_revision"] is None:  # what was attached is kept
        return {**_ended(state, [sentence], []), "error": failure}
    return {"error": failure, "outcome": "stopped", "plan_complete": True}


def _answers(proposal: Plan, request: PlanRequest) -> list[str]:
    if not proposal.answer:
        return []
    if proposal.grounded:
        return [proposal.answer]
    changed = "" if proposal.steps or request.steps else " Nothing was changed by that."
    return [f'The planner says, unchecked: "{proposal.answer.strip()}"{changed}']


def _llm(state: TurnState, context: Context) -> MeteredLlm | None:
    choice: Any = context.strategy.planner
    while isinstance(choice, NoisyChoice):
        choice = choice.planner
    if context.server is None or not isinstance(choice, ModelChoice):
        return None
    return MeteredLlm(
        context.server,
        choice,
        context.sessions.exchanges,
        session=context.session.id,
        turn=state["turn"],
        seed=derived_seed(context.session.seed, state["turn"], "llm"),
        usage=state["usage"] or NO_USAGE,
        budget=context.strategy.budget,
        spent_seconds=spent_seconds(state),
        timeout_seconds=context.settings.llm.timeout_seconds,
        cancelled=context.cancelled,
    )


def _request(state: TurnState, context: Context, llm: MeteredLlm | None, notes: list[PlanningNote]) -> PlanRequest:
    choice, draft = context.strategy.planner, draft_of(state)
    past = [
        PastTurn(
            turn=record.turn,
            request=record.request,
            reply=record.reply,
            status=record.status,
            steps=tuple(record.plan),
            revision=record.gat.revision if record.gat else None,
        )
        for record in (context.sessions.records(context.session.id, last=choice.history) if choice.history else [])
    ]
    done = steps_of(state)[: state["cursor"] + state["replanning"]]
    passed: list[list[dict[str, Any]]] = []
    if state["replanning"]:
        done[-1] = done[-1].model_copy(update={"status": "failed"})

    def note(kind: Any, name: str, detail: str) -> None:
        notes.append(note_of(kind, name, detail))

    def check(steps: Sequence[Step]) -> None:
        written = [dump(step) for step in steps]  # a planner may change a step after it was checked
        if written in passed:
            return  # the planner asked before
        excess = too_many(len(steps), len(done), context.strategy.budget.tool_calls)
        if excess is not None:
            raise Refusal(f"T{excess[1:]}. What comes first?", field="steps")
        rehearse(
            steps,
            draft,
            context.stage(state),
            context.tools,
            seed=context.session.seed,
            turn=state["turn"],
            first=len(_settled(state)),
        )
        passed.append(written)

    return PlanRequest(
        text=state["request"],
        gat=draft if choice.sees_gat else None,
        sources=_sources(state, context),
        revisions=SessionRevisions(context.sessions, context.session.id),
        history=past,
        uploads=[Upload.model_validate(item) for item in (*state["earlier_uploads"], *state["uploads"])],
        attached=len(state["uploads"]),
        steps=done,
        verdicts=verdicts_of(state),
        notes=[*state["notes"], *state["answers"]],
        tools=context.tools,
        turn=state["turn"],
        seed=derived_seed(context.session.seed, state["turn"], "plan", state["visits"]),
        llm=llm,
        note=note,
        check=check,
    )


def _sources(state: TurnState, context: Context) -> tuple[str, ...]:
    """What can be drawn out of the draft's recordings; the model is not looked for where there is none."""
    draft = draft_of(state)
    if context.players is None or draft is None or all(stem.instrument != "recording" for stem in draft.stems):
        return ()
    player = context.players.get("separate")
    try:
        return () if player is None else tuple(player.sources)
    except ToolError:  # told when a step needs it
        return ()

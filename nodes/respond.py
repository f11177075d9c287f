"""respond: the reply and the record. It says only what was verified and names what was not reached."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.files import files_of
from nodes.turn import TurnState, draft_of, steps_of, verdicts_of
from nodes.wording import changes, findings, introduce, listed
from state.errors import ToolError
from state.gat import GlobalAttributeTable
from state.plan import PlanningNote, Step
from state.text import ended
from state.turn import ErrorRecord, StrategyName, TurnRecord, TurnStatus
from state.verdict import Verdict


def respond(state: TurnState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Close the turn with its record; seconds of this node itself are added by the conductor."""
    context = runtime.context
    base = context.sessions.revision(context.session.id, state["base_revision"])
    head, steps, verdicts = draft_of(state), steps_of(state), verdicts_of(state)
    parent = head.parent if head is not None and base is not None else None
    led = base is None or parent in (None, base.revision)
    origin = base if led else context.sessions.revision(context.session.id, parent)
    status = status_of(state, steps, changed=head != base)
    error = _error(state, status)
    record = TurnRecord(
        session=context.session.id,
        turn=state["turn"],
        request=state["request"],
        reply=_reply(state, status, base, head, origin, steps, verdicts),
        seed=context.session.seed,
        strategy=StrategyName(name=context.strategy.name, hash=context.strategy.hash, code=context.strategy.code),
        status=status,
        plan=closed(steps),
        gat=head,
        verdicts=verdicts,
        planning=[PlanningNote.model_validate(note) for note in state["planning"]],
        files=None if head is None else files_of(head, context.folder),
        error=None if error is None else ErrorRecord.model_validate(error),
    )
    return {"record": record.model_dump(mode="json")}


def status_of(state: TurnState, steps: list[Step], *, changed: bool) -> TurnStatus:
    """How the turn ended."""
    if state["question"]:
        return "asked"
    statuses = [step.status for step in steps]
    if "failed" in statuses or state["unmet"] or state["error"]:
        kept = changed or "passed" in statuses or bool(state["uploads"])
        return "partial" if kept else "failed"
    return "done"


def _reply(
    state: TurnState,
    status: TurnStatus,
    base: GlobalAttributeTable | None,
    head: GlobalAttributeTable | None,
    origin: GlobalAttributeTable | None,
    steps: list[Step],
    verdicts: list[Verdict],
) -> str:
    parts: list[str] = []
    superseded = {index for index, step in enumerate(steps) if step.status == "superseded"}
    if head is not None and head != base:
        led = [step for index, step in enumerate(steps) if index not in superseded]
        parts += [introduce(head)] if base is None else changes(base, head, led, origin)
    parts += state["notes"]
    parts += state["answers"]
    if state["exported"] and not state["answers"]:
        parts.append("Written: " + listed(state["exported"]) + ".")
    if status == "failed" and state["error"]:
        parts.append(f"Nothing was changed: {state['error']['message']}.")
    # Takes of steps that another plan took the place of are not what is heard.
    heard = [verdict for verdict in verdicts if verdict.step not in superseded]
    if status == "failed" and state["error"]:  # which is said
        heard = [verdict for verdict in heard if _fault(verdict) is None]
    # So is why a model could not be loaded, where it was to describe an upload, too.
    unmet = " ".join(state["unmet"])
    heard = [verdict for verdict in heard if (fault := _fault(verdict)) is None or fault not in unmet]
    parts += findings(heard)
    parts += [
        line
        for line in state["unmet"]
        if not (status == "failed" and state["error"] and state["error"]["message"] in line)
    ]
    skipped = [step.tool.replace("_", " ") for step in closed(steps) if step.status == "skipped"]
    if skipped and status in ("partial", "failed"):
        parts.append(f"Not done: {listed(skipped)}.")
    if state["question"]:
        parts.append(state["question"])
    if not parts:
        parts.append("Nothing had to be changed." if head is not None else "There is nothing yet.")
    return " ".join(ended(part.strip()) for part in parts)


def _error(state: TurnState, status: TurnStatus) -> dict[str, Any] | None:
    """Why the turn failed; of one that is partial, why a tool made nothing or nobody described an upload."""
    if status not in ("failed", "partial"):
        return None
    faults = [upload["fault"] for upload in state["uploads"] if upload.get("fault")]
    return state["error"] or ({"kind": ToolError.kind, "field": None, "message": faults[0]} if faults else None)


def _fault(verdict: Verdict) -> str | None:
    """What a tool that made nothing said."""
    return str(verdict.checks[0].measured) if [check.name for check in verdict.checks] == ["tool"] else None


def closed(steps: list[Step]) -> list[Step]:
    """The steps of an ended turn: what was never begun was skipped."""
    return [step.model_copy(update={"status": "skipped"}) if step.status == "pending" else step for step in steps]

"""One turn through the graph: begin it, answer its approval, or carry it on after a crash."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.types import Command

from graph.build import Channels, TurnGraph
from graph.events import Event, Watcher
from graph.privacy import untraced
from nodes.approve import edited_steps, proposal
from nodes.context import Context
from nodes.files import files_of
from nodes.rehearsal import rehearse, too_many
from nodes.turn import TurnState, draft_of, new_turn, steps_of, verdicts_of
from state.errors import InputError, LoopCopilotError, Refusal
from state.plan import PlanningNote, Step
from state.sessions import OpenTurn
from state.take import Upload
from state.text import brief, clean
from state.turn import ErrorRecord, StrategyName, TurnRecord, TurnStatus, Usage

_ONE_BY_ONE: RunnableConfig = {"max_concurrency": 1}
"""Nothing of our graph runs beside anything else: one thread, in place of several a turn, writes its checkpoints."""

MAX_RECOVERIES = 2
"""Times a cut-off turn is resumed before it is given up as the cause of the crashes."""


class TurnRunner:
    """Runs one turn of one session on a compiled graph, and writes its record."""

    def __init__(self, graph: TurnGraph, context: Context, turn: int, on_event: Watcher | None) -> None:
        self._graph = graph
        self._context = context
        self._turn = turn
        self._on_event = on_event
        budget = context.strategy.budget
        self._config: RunnableConfig = {
            "configurable": {"thread_id": f"{context.session.id}:{turn}"},
            "recursion_limit": 20 + 4 * budget.tool_calls,
        }

    def begin(self, request: str, attachments: Sequence[tuple[str, str]], head: int | None) -> TurnRecord:
        """Run the turn from its first node."""
        kept = [[name, artifact] for name, artifact in attachments]
        turn = new_turn(self._context.session.id, self._turn, request, kept, head)
        return self._run({"turn": dict(turn)})

    def recover(self, opened: OpenTurn) -> TurnRecord:
        """Carry on where the process ended; a node that had not ended runs again."""
        sessions, session = self._context.sessions, self._context.session.id
        sessions.count_recovery(session, opened.turn)
        self._tell("custom", {"message": f"finishing turn {opened.turn}, which was cut off"})
        if opened.recoveries >= MAX_RECOVERIES:
            message = f"the process ended {opened.recoveries + 1} times during this turn, so it was given up"
            return self._failed(ErrorRecord(kind="crashed", message=message))
        snapshot = self._graph.get_state(self._config)
        if "approve" in snapshot.next:
            # A yes that was given before the crash need not be given again.
            given = sessions.interventions.decision(session, opened.turn, snapshot.values["turn"]["visits"])
            return self._run(None if given is None else Command(resume=given))
        if not snapshot.values:
            return self.begin(opened.request, opened.attachments, sessions.head_before(session, opened.turn))
        turn = snapshot.values["turn"]
        # Where a node had ended and its checkpoint was not written, LangGraph names no next node, and goes on all the same.
        return self._finish(turn, waits=False) if turn["record"] and not snapshot.next else self._run(None)

    def decide(self, decision: dict[str, Any]) -> TurnRecord:
        """Answer the approval that the turn waits for. Raises InputError, and goes on waiting, on a wrong answer."""
        kind = decision.get("decision")
        if kind not in ("accept", "reject", "edit"):
            raise InputError(f"must be accept, reject or edit, got {kind!r}", field="decision")
        state: TurnState = self._graph.get_state(self._config).values["turn"]
        answer: dict[str, Any] = {"decision": kind}
        if kind == "edit":
            answer["steps"] = self._rehearsed(edited_steps(decision.get("steps")), state)
        sessions, session = self._context.sessions, self._context.session.id
        sessions.interventions.decide(session, self._turn, state["visits"], answer)
        sessions.reopen(session, self._turn)
        return self._run(Command(resume=answer))

    def _rehearsed(self, steps: list[Step], state: TurnState) -> list[dict[str, Any]]:
        """The steps as the graph takes them. Raises InputError that begins with the number of the step that is wrong."""
        context = self._context
        excess = too_many(len(steps), state["cursor"], context.strategy.budget.tool_calls)
        if excess is not None:
            raise InputError(excess, field="steps")
        table = draft_of(state)
        for number, step in enumerate(steps):
            try:
                (table,) = rehearse(
                    [step],
                    table,
                    context.stage(state),
                    context.tools,
                    seed=context.session.seed,
                    turn=self._turn,
                    first=state["cursor"] + number,
                )
            except (Refusal, InputError) as error:
                raise InputError(str(error), field=f"step {number + 1} ({step.tool})") from None
        return [step.model_dump(mode="json") for step in steps]

    def _run(self, entry: Channels | Command[Any] | None) -> TurnRecord:
        try:
            with untraced():
                if self._on_event is None:
                    # A watcher's stream waits in a thread of its own, and a graph from outside may have parallel nodes.
                    alone = _ONE_BY_ONE if self._context.strategy.graph is None else {}
                    config: RunnableConfig = {**self._config, **alone}
                    ended = self._graph.invoke(entry, config, context=self._context, durability="sync", version="v2")
                    return self._finish(ended.value["turn"], waits=bool(ended.interrupts))
                for mode, chunk in self._graph.stream(
                    entry, self._config, context=self._context, stream_mode=["updates", "custom"], durability="sync"
                ):
                    self._tell(mode, chunk)
        except LoopCopilotError as error:
            return self._failed(ErrorRecord(kind=error.kind, field=error.field, message=error.message))
        except (Exception, SystemExit) as error:  # noqa: BLE001 - a fault of ours, or of a part from outside, ends this turn, not a study of thousands
            place = self._note_fault()
            return self._failed(ErrorRecord(kind="internal", message=f"{type(error).__name__}: {error} (see {place})"))
        snapshot = self._graph.get_state(self._config)
        return self._finish(snapshot.values["turn"], waits=bool(snapshot.next))

    def _finish(self, values: dict[str, Any], *, waits: bool) -> TurnRecord:
        """Write the record; where it cannot be written, one that says so, and which loop is there now."""
        try:
            record = self._ended(values, waits=waits)
            uploads = [Upload.model_validate(item) for item in values["uploads"]]
            self._context.sessions.finish_turn(record, uploads)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError, OverflowError) as error:
            reason = brief(f"{type(error).__name__}: {error}")
            message = f"what came of the turn cannot be written down: {reason} (see {self._note_fault()})"
            return self._failed(ErrorRecord(kind="internal", message=message))
        return record

    def _ended(self, values: dict[str, Any], *, waits: bool) -> TurnRecord:
        """The record of a turn that came to its end, or waits for a yes."""
        usage = Usage(seconds=values["seconds"], **values["usage"])
        if waits:
            state: TurnState = values  # type: ignore[assignment]
            steps = steps_of(state)
            told = proposal(
                steps[state["cursor"] :],
                self._context.tools,
                self._context.session.id,
                has_loop=state["draft"] is not None,
            )
            record = self._record(state["request"], told, "awaiting_approval", steps)
            planning = [PlanningNote.model_validate(note) for note in state["planning"]]
            record = record.model_copy(update={"verdicts": verdicts_of(state), "planning": planning})
        else:
            record = TurnRecord.model_validate(values["record"])
        return record.model_copy(update={"usage": usage})

    def _failed(self, error: ErrorRecord) -> TurnRecord:
        """A record for a turn that could not be carried to its end; the head stays where it is. What was committed
        before that stands, and the turn is partial."""
        sessions, session = self._context.sessions, self._context.session.id
        opened, head = sessions.open_turn(session), sessions.get(session).head
        error = error.model_copy(update={"message": clean(error.message)})
        where = f"{error.field}: " if error.field else ""
        reply = (
            "Stopped. Nothing was changed." if error.kind == "cancelled" else f"That failed: {where}{error.message}."
        )
        committed = head is not None and head != sessions.head_before(session, self._turn)
        if committed:
            reply = f"{reply} The loop was changed before that: revision {head} is what is heard now."
        status: TurnStatus = "partial" if committed else "failed"
        record = self._record(opened.request if opened else "", reply, status, [])
        record = record.model_copy(update={"error": error})
        self._context.sessions.finish_turn(record)
        return record

    def _record(self, request: str, reply: str, status: TurnStatus, steps: list[Step]) -> TurnRecord:
        context = self._context
        session = context.session.id
        head = context.sessions.revision(session, context.sessions.get(session).head)
        return TurnRecord(
            session=session,
            turn=self._turn,
            request=request,
            reply=reply,
            seed=context.session.seed,
            strategy=StrategyName(name=context.strategy.name, hash=context.strategy.hash, code=context.strategy.code),
            status=status,
            plan=steps,
            gat=head,
            files=None if head is None else files_of(head, context.folder),
        )

    def _tell(self, mode: str, chunk: Any) -> None:
        if self._on_event is None:
            return
        session = self._context.session.id
        if mode == "updates":
            for node in chunk:
                self._on_event(Event(session, self._turn, node))
        else:
            self._on_event(Event(session, self._turn, None, chunk["message"], chunk.get("step"), chunk.get("attempt")))

    def _note_fault(self) -> str:
        """Keep the traceback where a person can find it; it never reaches a reply."""
        folder = self._context.settings.home / "faults"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{self._context.session.id}-{self._turn}.txt"
        path.write_text(traceback.format_exc(), "utf-8")
        return str(path)

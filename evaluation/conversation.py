"""A whole conversation as it was recorded, and what can be read off its records without listening again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from evaluation.redaction import without_key
from state.exchanges import Exchange
from state.gat import GlobalAttributeTable
from state.sessions import Session, SessionStore
from state.settings import Settings
from state.turn import TurnRecord
from state.verdict import Check, Verdict, kept


@dataclass(frozen=True)
class Span:
    """When a turn began and ended, in UTC."""

    began: datetime
    ended: datetime


@dataclass(frozen=True)
class Conversation:
    """One session, its turns in order and every revision of its table."""

    session: Session
    records: tuple[TurnRecord, ...]
    revisions: tuple[GlobalAttributeTable, ...]
    ends: Mapping[int, datetime]
    """When each turn ended, in UTC."""
    exchanges: tuple[Exchange, ...] = ()
    """What language models were asked and what they answered, in order."""

    @classmethod
    def read(cls, sessions: SessionStore, session: str) -> Conversation:
        """The conversation as stored. Raises InputError when there is no such session."""
        found = sessions.get(session)
        return cls(
            found,
            tuple(sessions.records(session)),
            tuple(sessions.revisions(session)),
            sessions.ended(session),
            tuple(sessions.exchanges.all(session)),
        )

    def without_key(self, settings: Settings) -> Conversation:
        """The conversation as others may read it: without the language model's key, wherever it was said."""

        def hidden(record: TurnRecord) -> TurnRecord:
            return TurnRecord.model_validate_json(without_key(record.model_dump_json(), settings))

        def hidden_call(exchange: Exchange) -> Exchange:
            prompt, answer = (
                json.loads(without_key(json.dumps(side), settings)) for side in (exchange.prompt, exchange.answer)
            )
            return replace(exchange, prompt=prompt, answer=answer)

        return replace(
            self,
            session=replace(self.session, title=without_key(self.session.title, settings)),
            records=tuple(map(hidden, self.records)),
            exchanges=tuple(map(hidden_call, self.exchanges)),
        )

    def exchange_lines(self) -> str:
        """Every call as a line of JSON: turn, number, prompt, answer."""
        calls = (
            {"turn": call.turn, "number": call.number, "prompt": call.prompt, "answer": call.answer}
            for call in self.exchanges
        )
        return "".join(json.dumps(call, ensure_ascii=False) + "\n" for call in calls)

    @property
    def ended(self) -> tuple[TurnRecord, ...]:
        """Turns that are over. One that waits for a person's yes can still become something else."""
        return tuple(record for record in self.records if record.status != "awaiting_approval")

    def calls(self, turn: int) -> list[Exchange]:
        """The turn's calls of a language model, in order."""
        return [call for call in self.exchanges if call.turn == turn]

    def revision(self, number: int | None) -> GlobalAttributeTable | None:
        return next((table for table in self.revisions if table.revision == number), None)

    def made(self, record: TurnRecord) -> GlobalAttributeTable | None:
        """The revision that this turn made; None when it changed nothing or only moved the head."""
        if record.gat is None:
            return None
        earlier = (other.gat.revision for other in self.records if other.turn < record.turn and other.gat)
        return record.gat if record.gat.revision > max(earlier, default=0) else None

    def head_before(self, record: TurnRecord) -> GlobalAttributeTable | None:
        """The head as the turn found it."""
        earlier = [other for other in self.records if other.turn < record.turn]
        return earlier[-1].gat if earlier else None

    def turn_of(self, revision: int) -> TurnRecord | None:
        """The turn that made `revision`."""
        return next((record for record in self.records if record.gat and record.gat.revision == revision), None)

    def spans(self) -> dict[int, Span]:
        """When each turn took place, from its end and from what its nodes took."""
        spans: dict[int, Span] = {}
        for record in self.records:
            ended = self.ends[record.turn]
            spans[record.turn] = Span(ended - timedelta(seconds=sum(record.usage.seconds.values())), ended)
        return spans


def signature(record: TurnRecord) -> str:
    """The turn's tool sequence, e.g. 'shift_pitch > change_speed'; else 'question', 'answer' or 'error'."""
    tools = [step.tool for step in record.plan if step.status != "superseded"]
    if record.status == "asked":
        return "question"
    if tools:
        return " > ".join(tools)
    return "error" if record.status == "failed" else "answer"


def kept_verdicts(record: TurnRecord) -> list[Verdict]:
    """One verdict a step: of the take that was kept. Of a step that another plan took the place of, nothing was kept."""
    superseded = {index for index, step in enumerate(record.plan) if step.status == "superseded"}
    return kept([verdict for verdict in record.verdicts if verdict.step not in superseded])


def count(checks: Sequence[Check], status: str) -> int:
    return sum(check.status == status for check in checks)

"""Whether what is kept of a conversation agrees with itself, before it is held again: a replay compares with nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from evaluation.conversation import Conversation
from evaluation.divergence import NOTHING, Divergence, first_difference
from nodes.planners.exchange import Answer, Prompt
from state.errors import SessionUnreadable
from state.exchanges import Exchange
from state.sessions import TurnEntry
from state.stored import known
from state.turn import TurnRecord


def damages(
    conversation: Conversation, entries: Sequence[TurnEntry], records: Mapping[int, TurnRecord], under_way: int | None
) -> list[Divergence]:
    """Everything in which two things that are kept contradict each other; the fields begin with 'damaged:'.

    `entries` are the ended turns, `records` theirs by turn, `under_way` is the turn that is not ended. Raises
    SessionUnreadable where something is in no known form.
    """
    for entry in entries:
        if entry.turn not in records:
            raise SessionUnreadable(
                f"session {conversation.session.id!r} cannot be read: turn {entry.turn} has no record", field="session"
            )
    return [
        *_turns(entries, records),
        *_revisions(conversation, under_way),
        *_calls(conversation, {under_way, *(entry.turn for entry in entries)}),
    ]


def _turns(entries: Sequence[TurnEntry], records: Mapping[int, TurnRecord]) -> Iterator[Divergence]:
    for entry in entries:
        record, strategy = records[entry.turn], entry.strategy
        kept = {
            "request": (record.request, entry.request),
            "status": (record.status, entry.status),
            "strategy.name": (record.strategy.name, strategy.name),
        }
        if record.strategy.code == strategy.code:
            kept["strategy.hash"] = record.strategy.hash, strategy.hash
        for field, (recorded, stored) in kept.items():
            if recorded != stored:
                yield Divergence(entry.turn, f"damaged: {field}", recorded, stored)


def _revisions(conversation: Conversation, under_way: int | None) -> Iterator[Divergence]:
    """Every table of a record as it is stored among the revisions, and no revision of which no record tells."""
    stored = {table.revision: table for table in conversation.revisions}
    told: set[int] = set()
    for record in conversation.records:
        if record.gat is None:
            continue
        number = record.gat.revision
        table = stored.get(number)
        if table is None:
            yield Divergence(record.turn, f"damaged: revision {number}", "a table", NOTHING)
        elif table != record.gat and number not in told:
            found = first_difference(record.gat.model_dump(mode="json"), table.model_dump(mode="json"))
            place, before, now = found or ("", "a table", "another")
            yield Divergence(record.turn, f"damaged: revision {number}.{place}", before, now)
        told.add(number)
    for number in sorted(set(stored) - told):
        if under_way is None:
            last = conversation.records[-1].turn if conversation.records else 0
            yield Divergence(last, f"damaged: revision {number}", NOTHING, "a table of which no record tells")


def _calls(conversation: Conversation, turns: set[int | None]) -> Iterator[Divergence]:
    session = conversation.session.id
    for call in conversation.exchanges:
        digest = known(lambda kept: _digest(kept), call, session)
        if call.turn not in turns:
            yield Divergence(call.turn, f"damaged: call {call.number + 1}", "a call", "no such turn")
        elif digest != call.digest:
            yield Divergence(call.turn, f"damaged: call {call.number + 1}.prompt, its digest", call.digest, digest)


def _digest(call: Exchange) -> str:
    """The digest of the call's prompt. Raises ValueError when its prompt or answer is none."""
    try:
        if "error" not in call.answer:
            Answer.model_validate(call.answer)
        return Prompt.model_validate(call.prompt).digest
    except ValueError as error:
        said = " ".join(str(error).split())
        raise ValueError(f"call {call.number + 1} of turn {call.turn}: {said}") from None

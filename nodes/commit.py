"""commit: at most one new revision a turn, and its files."""

from __future__ import annotations

from typing import Any

from langgraph.runtime import Runtime

from nodes.context import Context
from nodes.files import write_files
from nodes.turn import TurnState, draft_of, dump
from state.errors import Cancelled


def commit(state: TurnState, runtime: Runtime[Context]) -> dict[str, Any]:
    """Make the draft the head. Nothing happens when it is the head already; running twice gives the same revision."""
    draft = draft_of(state)
    if draft is None:
        return {}
    context = runtime.context
    if context.cancelled():
        raise Cancelled("stopped by the user")
    base = context.sessions.revision(context.session.id, state["base_revision"])
    committed = draft if draft == base else context.sessions.commit(context.session.id, state["turn"], draft)
    runtime.stream_writer({"message": "writing files"})
    write_files(committed, context.store, context.band, context.folder)
    return {"draft": dump(committed)}

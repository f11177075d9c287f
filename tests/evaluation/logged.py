"""A conversation in a real MLflow store: logging it, and what the store then holds."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from held import Held

from evaluation.tracking import log_conversation
from state.plan import PlanningNote
from state.turn import Usage


def client(held: Held):  # type: ignore[no-untyped-def]
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=held.settings.tracking_uri)


def log(held: Held, **more: str) -> str:
    return log_conversation(held.settings, held.sessions, held.store, held.session, **more)


def artifacts(held: Held) -> Path:
    (found,) = (held.settings.home / "mlartifacts").glob("*/*/artifacts")
    return found


def metric_rows(held: Held) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(held.settings.home / "mlflow.db")) as db:
        return db.execute("SELECT key, value, timestamp, step FROM metrics ORDER BY key, step, timestamp").fetchall()


def traces(held: Held) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(held.settings.home / "mlflow.db")) as db:
        found = db.execute(
            "SELECT t.trace_name, count(s.span_id) FROM trace_info t JOIN spans s ON s.trace_id = t.request_id"
            # Turns made by hand may begin in one millisecond, the unit of the store's times.
            " GROUP BY t.request_id ORDER BY t.timestamp_ms, t.trace_name"
        )
        return found.fetchall()


def ask(held: Held, *answers: dict[str, object]) -> None:
    """Append a turn in which a language model was asked."""
    record = held.say("a question", "An answer.", "done", [])
    for number, answer in enumerate(answers):
        prompt = {"messages": [{"role": "user", "content": "<table>"}], "model": "scripted"}
        held.sessions.exchanges.keep(held.session, record.turn, number, "d", json.dumps(prompt), answer)
    usage = Usage(
        llm_calls=len(answers), input_tokens=40, output_tokens=2, tokens_estimated=True, seconds={"plan": 2.0}
    )
    note = PlanningNote(kind="fault", name="malformed_json", detail="line 1")
    held.sessions.finish_turn(record.model_copy(update={"usage": usage, "planning": [note]}))

"""What language models were asked and what they answered, kept by session, turn and number of the call.

A turn that a crash cut off finds its answers here and pays for none of them twice; `loopcopilot replay` reads nothing else.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from state.stored import known

SCHEMA = """
CREATE TABLE IF NOT EXISTS exchanges (
    session TEXT NOT NULL, turn INTEGER NOT NULL, number INTEGER NOT NULL, digest TEXT NOT NULL, refused INTEGER NOT NULL,
    prompt TEXT NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (session, turn, number)
);
CREATE INDEX IF NOT EXISTS refused_exchanges ON exchanges (session, turn, number) WHERE refused;
"""


@dataclass(frozen=True)
class Exchange:
    """One call: `number` counts from 0 in its turn; `answer` holds what came back, or {"error": {"kind", "message"}}."""

    turn: int
    number: int
    digest: str
    prompt: dict[str, Any]
    answer: dict[str, Any]


class ExchangeStore:
    """The exchanges of all sessions, in the sessions' database."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def keep(self, session: str, turn: int, number: int, digest: str, prompt: str, answer: dict[str, Any]) -> None:
        """Store a call, its prompt as JSON text; one made again after a crash takes the place of the first."""
        refused = answer.get("error", {}).get("kind") == "unsupported"
        self._db.execute(
            "INSERT OR REPLACE INTO exchanges VALUES (?, ?, ?, ?, ?, ?, ?)",
            (session, turn, number, digest, refused, prompt, json.dumps(answer)),
        )

    def find(self, session: str, turn: int, number: int) -> Exchange | None:
        """That call, or None."""
        row = self._db.execute(
            "SELECT turn, number, digest, prompt, answer FROM exchanges WHERE session = ? AND turn = ? AND number = ?",
            (session, turn, number),
        ).fetchone()
        return None if row is None else known(_exchange, row, session)

    def refused(self, session: str, turn: int, number: int) -> list[dict[str, Any]]:
        """Prompts before that call whose form the server did not take. They say what not to try again, whichever process
        goes on with the session."""
        rows = self._db.execute(
            "SELECT prompt FROM exchanges WHERE session = ? AND refused AND (turn, number) < (?, ?) ORDER BY turn, number",
            (session, turn, number),
        ).fetchall()
        return [known(_mapping, row[0], session) for row in rows]

    def all(self, session: str) -> list[Exchange]:
        """Every call of the session in order."""
        rows = self._db.execute(
            "SELECT turn, number, digest, prompt, answer FROM exchanges WHERE session = ? ORDER BY turn, number",
            (session,),
        ).fetchall()
        return [known(_exchange, row, session) for row in rows]

    def copy(self, origin: str, new: str, turn: int) -> None:
        """Give a fork the calls of the turns that it shares."""
        self._db.execute(
            "INSERT INTO exchanges SELECT ?, turn, number, digest, refused, prompt, answer FROM exchanges WHERE session = ? AND turn <= ?",
            (new, origin, turn),
        )


def _exchange(row: tuple[Any, ...]) -> Exchange:
    turn, number, digest, prompt, answer = row
    place = f"call {number + 1} of turn {turn}"
    try:
        return Exchange(turn, number, digest, _mapping(prompt), _said(_mapping(answer)))
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"{place}: {error}") from None


def _mapping(stored: str) -> dict[str, Any]:
    found = json.loads(stored)
    if not isinstance(found, dict):
        raise ValueError(f"holds a {type(found).__name__} where a mapping belongs")
    return found


def _said(answer: dict[str, Any]) -> dict[str, Any]:
    if "error" in answer:
        error = answer["error"]
        if not isinstance(error, dict) or not all(isinstance(error.get(name), str) for name in ("kind", "message")):
            raise ValueError("holds an error without 'kind' and 'message'")
    return answer

"""What came into a turn from outside its strategy, kept by session and turn: a person's decisions on plans that waited for
a yes, and planners or players that stood in for the strategy's own.

`loopcopilot replay` gives the decisions again; a crash between a yes and its effect does not ask for it twice.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from state.stored import known

SCHEMA = """
CREATE TABLE IF NOT EXISTS decisions (
    session TEXT NOT NULL, turn INTEGER NOT NULL, visit INTEGER NOT NULL, decision TEXT NOT NULL,
    PRIMARY KEY (session, turn, visit)
);
CREATE TABLE IF NOT EXISTS stand_ins (
    session TEXT NOT NULL, turn INTEGER NOT NULL, planner TEXT, band TEXT, PRIMARY KEY (session, turn)
);
"""


@dataclass(frozen=True)
class StandIn:
    """Names of objects handed over in Python in place of what the strategy and the settings say; None where none was."""

    planner: str | None
    band: str | None


class InterventionStore:
    """The interventions of all sessions, in the sessions' database."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db

    def decide(self, session: str, turn: int, visit: int, decision: dict[str, Any]) -> None:
        """Keep what a person said to the plan of the planner's `visit` (from 1); said again, it takes the first's place."""
        self._db.execute(
            "INSERT OR REPLACE INTO decisions VALUES (?, ?, ?, ?)", (session, turn, visit, json.dumps(decision))
        )

    def decision(self, session: str, turn: int, visit: int) -> dict[str, Any] | None:
        """{"decision": "accept" | "reject" | "edit", "steps": of an edit}, or None where nobody has decided."""
        row = self._db.execute(
            "SELECT decision FROM decisions WHERE session = ? AND turn = ? AND visit = ?", (session, turn, visit)
        ).fetchone()
        if row is None:
            return None
        return known(_decision, row[0], session)

    def decisions(self, session: str, turn: int) -> list[dict[str, Any]]:
        """Every decision of the turn, in the order in which its plans were proposed."""
        rows = self._db.execute(
            "SELECT decision FROM decisions WHERE session = ? AND turn = ? ORDER BY visit", (session, turn)
        ).fetchall()
        return [known(_decision, row[0], session) for row in rows]

    def stand_in(self, session: str, turn: int, stand_in: StandIn) -> None:
        """Note who stood in for the strategy's own in that turn."""
        self._db.execute(
            "INSERT OR REPLACE INTO stand_ins VALUES (?, ?, ?, ?)", (session, turn, stand_in.planner, stand_in.band)
        )

    def stand_ins(self, session: str) -> dict[int, StandIn]:
        """Who stood in, by turn; turns of the strategy's own are left out."""
        rows = self._db.execute(
            "SELECT turn, planner, band FROM stand_ins WHERE session = ? ORDER BY turn", (session,)
        ).fetchall()
        return {turn: StandIn(planner, band) for turn, planner, band in rows}

    def copy(self, origin: str, new: str, turn: int) -> None:
        """Give a fork what belongs to the turns that it shares."""
        shared = (new, origin, turn)
        self._db.execute(
            "INSERT INTO decisions SELECT ?, turn, visit, decision FROM decisions WHERE session = ? AND turn <= ?",
            shared,
        )
        self._db.execute(
            "INSERT INTO stand_ins SELECT ?, turn, planner, band FROM stand_ins WHERE session = ? AND turn <= ?", shared
        )


def _decision(stored: str) -> dict[str, Any]:
    found = json.loads(stored)
    if not isinstance(found, dict):
        raise ValueError(f"a decision is a mapping, not a {type(found).__name__}")
    return found

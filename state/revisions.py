"""Revisions of the table and the head that points at one, by session, in the sessions' database.

A revision never changes. A commit is one transaction and idempotent (unique on session and turn), because a graph node
runs at least once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from state.errors import InputError
from state.gat import GlobalAttributeTable
from state.stored import known

SCHEMA = """
CREATE TABLE IF NOT EXISTS revisions (
    session TEXT NOT NULL REFERENCES sessions(id), revision INTEGER NOT NULL, parent INTEGER, turn INTEGER NOT NULL,
    gat TEXT NOT NULL, PRIMARY KEY (session, revision), UNIQUE (session, turn)
);
"""

_KEPT_TABLES = 256


class RevisionStore:
    """The revisions of all sessions; `state.sessions.SessionStore` is one, so that a turn and its revision are written
    through one connection."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._tables: dict[tuple[str, int], GlobalAttributeTable] = {}
        """Revisions read or committed so far: one never changes, so it need not be read twice."""

    def commit(self, session: str, turn: int, draft: GlobalAttributeTable) -> GlobalAttributeTable:
        """Make `draft` the head: as a new revision, or, when it is a stored revision unchanged, by moving the head there.

        `draft.revision` is the revision it was made from (of no account for the first). Committing a turn twice gives
        what the first time gave.
        """
        with self._transaction():
            done = self._db.execute(
                "SELECT gat FROM revisions WHERE session = ? AND turn = ?", (session, turn)
            ).fetchone()
            if done is not None:
                return known(GlobalAttributeTable.model_validate_json, done[0], session)
            parent = self.revision(session, draft.revision)
            if parent == draft:
                committed = draft
            else:
                (newest,) = self._db.execute(
                    "SELECT coalesce(max(revision), 0) FROM revisions WHERE session = ?", (session,)
                ).fetchone()
                committed = draft.revised(revision=newest + 1, parent=parent.revision if parent else None)
                self._db.execute(
                    "INSERT INTO revisions (session, revision, parent, turn, gat) VALUES (?, ?, ?, ?, ?)",
                    (session, committed.revision, committed.parent, turn, committed.model_dump_json()),
                )
            self._db.execute("UPDATE sessions SET head = ? WHERE id = ?", (committed.revision, session))
        self._remember(session, committed)
        return committed

    def revision(self, session: str, number: int | None) -> GlobalAttributeTable | None:
        """The table of that revision, or None."""
        if number is None or not 0 < number < 2**63:  # SQLite counts no further
            return None
        kept = self._tables.get((session, number))
        if kept is not None:
            return kept
        row = self._db.execute(
            "SELECT gat FROM revisions WHERE session = ? AND revision = ?", (session, number)
        ).fetchone()
        if row is None:
            return None
        table = known(GlobalAttributeTable.model_validate_json, row[0], session)
        self._remember(session, table)
        return table

    def revisions(self, session: str) -> list[GlobalAttributeTable]:
        """Every revision in order of number."""
        rows = self._db.execute("SELECT gat FROM revisions WHERE session = ? ORDER BY revision", (session,)).fetchall()
        return [known(GlobalAttributeTable.model_validate_json, row[0], session) for row in rows]

    def lineage(self, session: str) -> list[int]:
        """Revision numbers from the head to the first, along parents."""
        rows = self._db.execute(
            "WITH RECURSIVE line(revision, depth) AS (SELECT head, 0 FROM sessions WHERE id = :session AND head IS NOT NULL"
            " UNION ALL SELECT r.parent, depth + 1 FROM line JOIN revisions r ON r.session = :session"
            " AND r.revision = line.revision WHERE r.parent IS NOT NULL) SELECT revision FROM line ORDER BY depth",
            {"session": session},
        ).fetchall()
        return [row[0] for row in rows]

    def move_head(self, session: str, revision: int) -> GlobalAttributeTable:
        """Make a stored revision the head. Raises InputError naming the revisions there are."""
        table = self.revision(session, revision)
        if table is None:
            raise self.no_revision(session, revision)
        with self._transaction():
            self._db.execute("UPDATE sessions SET head = ? WHERE id = ?", (revision, session))
        return table

    def no_revision(self, session: str, revision: int) -> InputError:
        """The error for a revision that is not there, naming those that are."""
        (known,) = self._db.execute("SELECT max(revision) FROM revisions WHERE session = ?", (session,)).fetchone()
        there = f"revisions 1 to {known}" if known else "no revision yet"
        return InputError(f"there is no revision {revision}; the session has {there}", field="revision")

    def _remember(self, session: str, table: GlobalAttributeTable) -> None:
        if len(self._tables) >= _KEPT_TABLES:
            self._tables.clear()
        self._tables[session, table.revision] = table

    @contextmanager
    def _transaction(self, *, durable: bool = True) -> Iterator[None]:
        """All or nothing. `durable`: on the disk when it ends, with all that went before; else a power cut (not a killed
        process) may lose it, and recovery begins the turn anew."""
        if durable:
            self._db.execute("PRAGMA synchronous=FULL")
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        else:
            self._db.execute("COMMIT")
        finally:
            if durable:
                self._db.execute("PRAGMA synchronous=NORMAL")

"""Sessions, turns, revisions and the head, in one SQLite file. These records are the truth about a conversation.

Everything is append-only but two things: a session's head, and a turn's row while the turn is under way. A commit is
one transaction and idempotent (unique on session and turn), because a graph node runs at least once.
"""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from state.errors import InfrastructureError, InputError
from state.gat import SCHEMA_VERSION, GlobalAttributeTable
from state.strategy import Strategy
from state.take import Upload
from state.turn import TurnRecord

SESSION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a session may be called; the name is a folder's name too."""

_DRAWN_NAME = re.compile(r"\d{8}-[0-9a-f]{6}")

_KEPT_TABLES = 256

_SCHEMA = """
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY, created TEXT NOT NULL, title TEXT NOT NULL, seed INTEGER NOT NULL, strategy TEXT NOT NULL,
    output TEXT, parent_session TEXT, parent_turn INTEGER, head INTEGER, run_id TEXT
);
CREATE TABLE IF NOT EXISTS turns (
    session TEXT NOT NULL REFERENCES sessions(id), turn INTEGER NOT NULL, status TEXT NOT NULL, request TEXT NOT NULL,
    attachments TEXT NOT NULL, strategy TEXT NOT NULL, head_before INTEGER, head_after INTEGER, uploads TEXT NOT NULL DEFAULT '[]',
    recoveries INTEGER NOT NULL DEFAULT 0, record TEXT, ended TEXT, PRIMARY KEY (session, turn)
);
CREATE TABLE IF NOT EXISTS revisions (
    session TEXT NOT NULL REFERENCES sessions(id), revision INTEGER NOT NULL, parent INTEGER, turn INTEGER NOT NULL,
    gat TEXT NOT NULL, PRIMARY KEY (session, revision), UNIQUE (session, turn)
);
"""


@dataclass(frozen=True)
class Session:
    """One conversation."""

    id: str
    created: str
    title: str
    seed: int
    strategy: Strategy
    output: str | None
    """Folder for its files; None for its place under the home folder."""
    head: int | None
    parent_session: str | None = None
    parent_turn: int | None = None


@dataclass(frozen=True)
class OpenTurn:
    """A turn that has begun and not ended: cut off by a crash ('running'), or waiting for a person's yes."""

    turn: int
    status: str
    request: str
    attachments: tuple[tuple[str, str], ...]
    """(file name, artifact id of its bytes)."""
    strategy: Strategy
    recoveries: int


class SessionStore:
    """Reads and writes the database at `path`; one object may be used from several threads, one call at a time."""

    def __init__(self, path: Path) -> None:
        self._tables: dict[tuple[str, int], GlobalAttributeTable] = {}
        """Revisions read so far: one never changes, so it need not be read twice."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if tables and version != SCHEMA_VERSION:
                raise InfrastructureError(
                    f"{path} is in form {version}, this version reads form {SCHEMA_VERSION}; use another folder, nothing in"
                    " this one was changed",
                    field="LOOPCOPILOT_HOME",
                )
            self._db.executescript(f"{_SCHEMA} PRAGMA user_version = {SCHEMA_VERSION};")
        except (OSError, sqlite3.Error) as error:
            raise InfrastructureError(
                f"cannot open the session database {path}: {error}", field="LOOPCOPILOT_HOME"
            ) from None

    def close(self) -> None:
        self._db.close()

    # Sessions

    def create(
        self,
        seed: int,
        strategy: Strategy,
        *,
        name: str | None = None,
        title: str = "",
        output: Path | None = None,
        parent: tuple[str, int] | None = None,
    ) -> Session:
        """A new, empty session. Raises InputError when `name` is taken or cannot be a name."""
        if name is not None and not SESSION_NAME.fullmatch(name):
            raise InputError(
                f"{name!r} cannot be a name; use letters, digits, '.', '_' and '-', at most 64", field="session"
            )
        created = datetime.now(UTC)
        identifier = name or f"{created:%Y%m%d}-{secrets.token_hex(3)}"
        try:
            self._db.execute(
                "INSERT INTO sessions (id, created, title, seed, strategy, output, parent_session, parent_turn)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    identifier,
                    created.isoformat(timespec="seconds"),
                    title,
                    seed,
                    strategy.model_dump_json(),
                    str(output.absolute()) if output else None,
                    *(parent or (None, None)),
                ),
            )
        except sqlite3.IntegrityError:
            raise InputError(f"there is a session {identifier!r} already", field="session") from None
        return self.get(identifier)

    def get(self, session: str) -> Session:
        """The session, or InputError saying how to list those that exist."""
        if not SESSION_NAME.fullmatch(session):
            raise InputError(
                f"{session!r} cannot be a name; use letters, digits, '.', '_' and '-', at most 64", field="session"
            )
        row = self._db.execute(
            "SELECT id, created, title, seed, strategy, output, head, parent_session, parent_turn FROM sessions WHERE id = ?",
            (session,),
        ).fetchone()
        if row is None:
            raise InputError(
                f"there is no session {session!r}; `loopcopilot history` lists those there are", field="session"
            )
        return Session(
            id=row[0], created=row[1], title=row[2], seed=row[3], strategy=Strategy.model_validate_json(row[4]),
            output=row[5], head=row[6], parent_session=row[7], parent_turn=row[8],
        )  # fmt: skip

    def exists(self, session: str) -> bool:
        return self._db.execute("SELECT 1 FROM sessions WHERE id = ?", (session,)).fetchone() is not None

    @staticmethod
    def may_be_new(name: str) -> bool:
        """Whether `name` can start a session: it is a name, and not a drawn id that was mistyped."""
        return bool(SESSION_NAME.fullmatch(name)) and not _DRAWN_NAME.fullmatch(name)

    def sessions(self) -> list[Session]:
        """All sessions, newest first."""
        rows = self._db.execute("SELECT id FROM sessions ORDER BY created DESC, rowid DESC").fetchall()
        return [self.get(row[0]) for row in rows]

    # Turns

    def begin_turn(
        self, session: str, request: str, attachments: Sequence[tuple[str, str]] = (), strategy: Strategy | None = None
    ) -> int:
        """Open the next turn; returns its number."""
        chosen = strategy or self.get(session).strategy
        with self._transaction():
            (turn,) = self._db.execute(
                "SELECT coalesce(max(turn), 0) + 1 FROM turns WHERE session = ?", (session,)
            ).fetchone()
            self._db.execute(
                "INSERT INTO turns (session, turn, status, request, attachments, strategy, head_before)"
                " SELECT id, ?, 'running', ?, ?, ?, head FROM sessions WHERE id = ?",
                (turn, request, json.dumps(list(attachments)), chosen.model_dump_json(), session),
            )
        return int(turn)

    def open_turn(self, session: str) -> OpenTurn | None:
        """The turn that has not ended, if any; there is at most one, the last."""
        row = self._db.execute(
            "SELECT turn, status, request, attachments, strategy, recoveries FROM turns WHERE session = ?"
            " AND status IN ('running', 'awaiting_approval') ORDER BY turn DESC LIMIT 1",
            (session,),
        ).fetchone()
        if row is None:
            return None
        attachments = tuple((name, artifact) for name, artifact in json.loads(row[3]))
        return OpenTurn(row[0], row[1], row[2], attachments, Strategy.model_validate_json(row[4]), row[5])

    def head_before(self, session: str, turn: int) -> int | None:
        """The head as the turn found it."""
        (head,) = self._db.execute(
            "SELECT head_before FROM turns WHERE session = ? AND turn = ?", (session, turn)
        ).fetchone()
        return None if head is None else int(head)

    def reopen(self, session: str, turn: int) -> None:
        """Note that a turn which waited for a person is under way again, so that a crash from here on is recovered."""
        self._db.execute("UPDATE turns SET status = 'running' WHERE session = ? AND turn = ?", (session, turn))

    def count_recovery(self, session: str, turn: int) -> None:
        """Note that a cut-off turn is being resumed, so that one which kills the process is not resumed for ever."""
        self._db.execute(
            "UPDATE turns SET recoveries = recoveries + 1, status = 'running' WHERE session = ? AND turn = ?",
            (session, turn),
        )

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
                return GlobalAttributeTable.model_validate_json(done[0])
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
        return committed

    def finish_turn(self, record: TurnRecord, uploads: Sequence[Upload] = ()) -> None:
        """Write the turn's record and end it (or leave it waiting for approval)."""
        self._db.execute(
            "UPDATE turns SET status = ?, record = ?, uploads = ?, ended = ?,"
            " head_after = (SELECT head FROM sessions WHERE id = turns.session) WHERE session = ? AND turn = ?",
            (
                record.status,
                record.model_dump_json(),
                json.dumps([upload.model_dump(mode="json") for upload in uploads]),
                datetime.now(UTC).isoformat(timespec="milliseconds"),
                record.session,
                record.turn,
            ),
        )

    def records(self, session: str, *, last: int | None = None) -> list[TurnRecord]:
        """Records of ended turns in turn order; with `last`, only that many of the newest. They are shared: copy before
        changing one."""
        rows = self._db.execute(
            "SELECT record FROM turns WHERE session = ? AND record IS NOT NULL ORDER BY turn DESC LIMIT ?",
            (session, -1 if last is None else last),
        ).fetchall()
        return [_parsed(row[0]) for row in reversed(rows)]

    def ended(self, session: str) -> dict[int, datetime]:
        """When each turn ended, in UTC."""
        rows = self._db.execute(
            "SELECT turn, ended FROM turns WHERE session = ? AND ended IS NOT NULL ORDER BY turn", (session,)
        ).fetchall()
        return {turn: datetime.fromisoformat(moment) for turn, moment in rows}

    def uploads(self, session: str, *, last: int = 8) -> list[Upload]:
        """The newest uploads of ended turns, oldest first."""
        rows = self._db.execute(
            "SELECT uploads FROM turns WHERE session = ? AND uploads != '[]' ORDER BY turn DESC LIMIT ?",
            (session, last),
        ).fetchall()
        found = [Upload.model_validate(item) for row in reversed(rows) for item in json.loads(row[0])]
        return found[-last:]

    # Revisions

    def revision(self, session: str, number: int | None) -> GlobalAttributeTable | None:
        """The table of that revision, or None."""
        if number is None:
            return None
        known = self._tables.get((session, number))
        if known is not None:
            return known
        row = self._db.execute(
            "SELECT gat FROM revisions WHERE session = ? AND revision = ?", (session, number)
        ).fetchone()
        if row is None:
            return None
        table = GlobalAttributeTable.model_validate_json(row[0])
        if len(self._tables) >= _KEPT_TABLES:
            self._tables.clear()
        self._tables[session, number] = table
        return table

    def revisions(self, session: str) -> list[GlobalAttributeTable]:
        """Every revision in order of number."""
        rows = self._db.execute("SELECT gat FROM revisions WHERE session = ? ORDER BY revision", (session,)).fetchall()
        return [GlobalAttributeTable.model_validate_json(row[0]) for row in rows]

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
        self._db.execute("UPDATE sessions SET head = ? WHERE id = ?", (revision, session))
        return table

    def no_revision(self, session: str, revision: int) -> InputError:
        """The error for a revision that is not there, naming those that are."""
        (known,) = self._db.execute("SELECT max(revision) FROM revisions WHERE session = ?", (session,)).fetchone()
        there = f"revisions 1 to {known}" if known else "no revision yet"
        return InputError(f"there is no revision {revision}; the session has {there}", field="revision")

    def last_ended(self, session: str) -> int | None:
        """The newest turn that is over; None when there is none."""
        (newest,) = self._db.execute(
            "SELECT max(turn) FROM turns WHERE session = ? AND status NOT IN ('running', 'awaiting_approval')",
            (session,),
        ).fetchone()
        return None if newest is None else int(newest)

    def fork(self, session: str, turn: int) -> Session:
        """A new session that shares everything up to and with `turn`, the seed too."""
        origin = self.get(session)
        ended = self._db.execute(
            "SELECT head_after FROM turns WHERE session = ? AND turn = ? AND record IS NOT NULL"
            " AND status != 'awaiting_approval'",
            (session, turn),
        ).fetchone()
        if ended is None:
            newest = self.last_ended(session)
            there = f"turns 1 to {newest}" if newest else "no turn yet"
            raise InputError(f"there is no ended turn {turn}; the session has {there}", field="turn")
        new = self.create(origin.seed, origin.strategy, title=origin.title, parent=(session, turn))
        with self._transaction():
            self._db.execute(
                "INSERT INTO turns SELECT ?, turn, status, request, attachments, strategy, head_before, head_after, uploads,"
                " recoveries, json_set(record, '$.session', ?), ended FROM turns WHERE session = ? AND turn <= ?",
                (new.id, new.id, session, turn),
            )
            self._db.execute(
                "INSERT INTO revisions SELECT ?, revision, parent, turn, gat FROM revisions WHERE session = ? AND turn <= ?",
                (new.id, session, turn),
            )
            self._db.execute("UPDATE sessions SET head = ? WHERE id = ?", (ended[0], new.id))
        return self.get(new.id)

    # MLflow run of the conversation

    def run_id(self, session: str) -> str | None:
        """The MLflow run that the conversation was logged to, if it was."""
        row = self._db.execute("SELECT run_id FROM sessions WHERE id = ?", (session,)).fetchone()
        return None if row is None else row[0]

    def set_run_id(self, session: str, run_id: str) -> None:
        self._db.execute("UPDATE sessions SET run_id = ? WHERE id = ?", (run_id, session))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


@lru_cache(maxsize=64)
def _parsed(record: str) -> TurnRecord:
    """A stored record. A conversation's last ones are read at every turn, and equal text is an equal record."""
    return TurnRecord.model_validate_json(record)

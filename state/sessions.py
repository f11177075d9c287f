"""Sessions, turns, revisions and the head, in one SQLite file. These records are the truth about a conversation.

Everything is append-only but two things: a session's head, and a turn's row while the turn is under way. A commit is
one transaction and idempotent (unique on session and turn), because a graph node runs at least once.
"""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

from state.errors import InfrastructureError, InputError, LoopCopilotError
from state.exchanges import SCHEMA as EXCHANGES
from state.exchanges import ExchangeStore
from state.gat import SCHEMA_VERSION
from state.interventions import SCHEMA as INTERVENTIONS
from state.interventions import InterventionStore
from state.revisions import SCHEMA as REVISIONS
from state.revisions import RevisionStore
from state.stored import known
from state.strategy import Strategy
from state.take import Upload
from state.turn import TurnRecord

SESSION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
"""What a session may be called; the name is a folder's name too."""

_DRAWN_NAME = re.compile(r"\d{8}-[0-9a-f]{6}")

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
CREATE INDEX IF NOT EXISTS turns_with_uploads ON turns (session, turn) WHERE uploads != '[]';
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
class TurnEntry:
    """What a turn began with, and how far it is."""

    turn: int
    status: str
    """Of its record, or 'running'."""
    request: str
    attachments: tuple[tuple[str, str], ...]
    """(file name, artifact id of its bytes)."""
    strategy: Strategy
    head_before: int | None


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


class SessionStore(RevisionStore):
    """Reads and writes the database at `path`; one object may be used from several threads, one call at a time."""

    def __init__(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            super().__init__(sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30))
            self._db.execute("PRAGMA journal_mode=WAL")
            # NORMAL survives a killed process; what must survive a power cut too is synchronised by `_transaction`.
            self._db.execute("PRAGMA synchronous=NORMAL")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            (tables,) = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if tables and version != SCHEMA_VERSION:
                raise InfrastructureError(
                    f"{path} is in form {version}, this version reads form {SCHEMA_VERSION}; use another folder, nothing in"
                    " this one was changed",
                    field="LOOPCOPILOT_HOME",
                )
            self._db.executescript(
                f"{_SCHEMA} {REVISIONS} {EXCHANGES} {INTERVENTIONS} PRAGMA user_version = {SCHEMA_VERSION};"
            )
        except (OSError, sqlite3.Error) as error:
            raise InfrastructureError(
                f"cannot open the session database {path}: {error}", field="LOOPCOPILOT_HOME"
            ) from None

        self.exchanges = ExchangeStore(self._db)
        self.interventions = InterventionStore(self._db)

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
        """The session, or InputError saying how to list those that exist. Raises SessionUnreadable like all that reads."""
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
            id=row[0], created=row[1], title=row[2], seed=row[3], strategy=known(_strategy, row[4], session),
            output=row[5], head=row[6], parent_session=row[7], parent_turn=row[8],
        )  # fmt: skip

    def exists(self, session: str) -> bool:
        return self._db.execute("SELECT 1 FROM sessions WHERE id = ?", (session,)).fetchone() is not None

    @staticmethod
    def may_be_new(name: str) -> bool:
        """Whether `name` can start a session: it is a name, and not a drawn id that was mistyped."""
        return bool(SESSION_NAME.fullmatch(name)) and not _DRAWN_NAME.fullmatch(name)

    def sessions(self, unreadable: Callable[[LoopCopilotError], None] = lambda error: None) -> list[Session]:
        """All sessions, newest first; one that cannot be read is told to `unreadable` and left out."""
        found: list[Session] = []
        for (name,) in self._db.execute("SELECT id FROM sessions ORDER BY created DESC, rowid DESC").fetchall():
            try:
                found.append(self.get(name))
            except LoopCopilotError as error:
                unreadable(error)
        return found

    # Turns

    def begin_turn(
        self, session: str, request: str, attachments: Sequence[tuple[str, str]] = (), strategy: Strategy | None = None
    ) -> int:
        """Open the next turn; returns its number."""
        chosen = strategy or self.get(session).strategy
        with self._transaction(durable=False):
            (turn,) = self._db.execute(
                "SELECT coalesce(max(turn), 0) + 1 FROM turns WHERE session = ?", (session,)
            ).fetchone()
            self._db.execute(
                "INSERT INTO turns (session, turn, status, request, attachments, strategy, head_before)"
                " SELECT id, ?, 'running', ?, ?, ?, head FROM sessions WHERE id = ?",
                (turn, request, json.dumps(list(attachments)), chosen.model_dump_json(), session),
            )
        return int(turn)

    def entries(self, session: str) -> list[TurnEntry]:
        """Every turn of the session as it began, in order."""
        rows = self._db.execute(
            "SELECT turn, status, request, attachments, strategy, head_before FROM turns WHERE session = ? ORDER BY turn",
            (session,),
        ).fetchall()
        return [
            TurnEntry(
                row[0], row[1], row[2], known(_attached, row[3], session), known(_strategy, row[4], session), row[5]
            )
            for row in rows
        ]

    def open_turn(self, session: str) -> OpenTurn | None:
        """The turn that has not ended, if any; there is at most one, the last."""
        row = self._db.execute(
            "SELECT turn, status, request, attachments, strategy, recoveries FROM turns WHERE session = ?"
            " ORDER BY turn DESC LIMIT 1",
            (session,),
        ).fetchone()
        if row is None or row[1] not in ("running", "awaiting_approval"):
            return None
        return OpenTurn(
            row[0], row[1], row[2], known(_attached, row[3], session), known(_strategy, row[4], session), row[5]
        )

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
        return [known(_parsed, row[0], session) for row in reversed(rows)]

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
        found = [upload for row in reversed(rows) for upload in known(_uploads, row[0], session)]
        return found[-last:]

    # Forks

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
        turn = min(turn, 2**63 - 1)  # SQLite counts no further
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
            self.exchanges.copy(session, new.id, turn)
            self.interventions.copy(session, new.id, turn)
        return self.get(new.id)

    # MLflow run of the conversation

    def run_id(self, session: str) -> str | None:
        """The MLflow run that the conversation was logged to, if it was."""
        row = self._db.execute("SELECT run_id FROM sessions WHERE id = ?", (session,)).fetchone()
        return None if row is None else row[0]

    def session_of_run(self, run_id: str) -> str | None:
        """The session that was logged to that MLflow run."""
        row = self._db.execute("SELECT id FROM sessions WHERE run_id = ?", (run_id,)).fetchone()
        return None if row is None else row[0]

    def set_run_id(self, session: str, run_id: str) -> None:
        self._db.execute("UPDATE sessions SET run_id = ? WHERE id = ?", (run_id, session))


@lru_cache(maxsize=64)
def _parsed(record: str) -> TurnRecord:
    """A stored record. A conversation's last ones are read at every turn, and equal text is an equal record."""
    return TurnRecord.model_validate_json(record)


def _uploads(stored: str) -> list[Upload]:
    return [Upload.model_validate(item) for item in json.loads(stored)]


def _attached(stored: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, artifact) for name, artifact in json.loads(stored))


@lru_cache(maxsize=64)
def _strategy(declared: str) -> Strategy:
    """A stored strategy. It is the same in most turns, and what is worked out of it (its hash, its planner) stays with it."""
    return Strategy.model_validate_json(declared)

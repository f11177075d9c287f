"""Conversations that wait to be logged: one small file each below <home>/tracking/pending.

A mark is put before logging is tried and taken away when it succeeded, so that neither a crash nor a store that is
away forgets a conversation.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

MAX_ATTEMPTS = 5
"""Failures after which a conversation is left to be logged by hand, so that one that always fails costs nothing."""


@dataclass(frozen=True)
class Mark:
    """One conversation that waits. `token` tells a newer wish from the one that a logger has begun with."""

    session: str
    experiment: str
    token: str
    requested: str
    attempts: int = 0
    error: str | None = None


class Pending:
    """The marks below `home`."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "tracking" / "pending"

    def put(self, session: str, experiment: str) -> Mark:
        """Ask for `session` to be logged (again)."""
        mark = Mark(session, experiment, secrets.token_hex(8), datetime.now(UTC).isoformat(timespec="seconds"))
        self._write(mark)
        return mark

    def get(self, session: str) -> Mark | None:
        try:
            return Mark(**json.loads(self._path(session).read_text("utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def all(self) -> list[Mark]:
        """Every mark, oldest wish first; what is not readable is passed over."""
        marks = [self.get(path.stem) for path in sorted(self.folder.glob("*.json"))]
        return sorted((mark for mark in marks if mark), key=lambda mark: mark.requested)

    def done(self, mark: Mark) -> None:
        """Take the mark away, unless a newer wish for the same conversation has come meanwhile."""
        now = self.get(mark.session)
        if now is not None and now.token == mark.token:
            self._path(mark.session).unlink(missing_ok=True)

    def failed(self, mark: Mark, reason: str) -> None:
        """Keep the mark with the reason in one line."""
        now = self.get(mark.session) or mark
        if now.token == mark.token:
            self._write(replace(mark, attempts=mark.attempts + 1, error=reason))

    def _path(self, session: str) -> Path:
        return self.folder / f"{session}.json"

    def _write(self, mark: Mark) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        part = self.folder / f".{mark.session}.{os.getpid()}.part"
        part.write_text(json.dumps(asdict(mark), ensure_ascii=False), "utf-8")
        os.replace(part, self._path(mark.session))

"""One safe initialisation of an MLflow store in SQLite.

A new database goes through all of MLflow's migrations, which takes up to ten seconds, and processes that race to
create one break it for good. So it is made once, under a lock, beside its place, and moved there when it is whole: a
process killed half-way leaves nothing that looks like a store.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import unquote, urlsplit

from state.errors import InfrastructureError

LOCK_SECONDS = 120.0
"""How long to wait for another process that is making the same store."""

BUSY_SECONDS = 5.0
"""How long a locked database is waited for before it counts as away."""


class TrackingUnavailable(InfrastructureError):
    """The MLflow store is away, locked or damaged. The records on disk are the truth; log them later."""

    kind = "tracking"


def database_path(uri: str) -> Path | None:
    """The file of a SQLite store URI (absolute), or None when the store is of another kind. Raises TrackingUnavailable
    for one in memory."""
    if urlsplit(uri).scheme.partition("+")[0] != "sqlite":
        return None
    location = uri.partition("://")[2].partition("?")[0]
    if location.strip("/") in ("", ":memory:"):
        raise TrackingUnavailable(
            "a SQLite store in memory is forgotten at once; name a file, such as sqlite:///mlflow.db",
            field="MLFLOW_TRACKING_URI",
        )
    return Path(unquote(location.removeprefix("/"))).absolute()


def artifact_root(database: Path) -> Path:
    """Where runs of a SQLite store keep their files: beside the database, so that both move together."""
    return database.parent / "mlartifacts"


def artifact_place(database: Path, experiment: str) -> str:
    """The URI of the folder of one experiment's files; of its name only letters, digits, '.', '_', '-' reach the disk."""
    return (artifact_root(database) / (re.sub(r"[^\w.-]+", "-", experiment).strip(".") or "experiment")).as_uri()


def prepare(database: Path, create: Callable[[Path], object]) -> None:
    """See to it that `database` is a whole store that can be written; `create` makes an empty one at a path.

    Raises TrackingUnavailable.
    """
    from filelock import FileLock, Timeout

    try:
        database.parent.mkdir(parents=True, exist_ok=True)
        if not _is_store(database):
            with FileLock(database.with_name(database.name + ".setup.lock"), timeout=LOCK_SECONDS):
                if not _is_store(database):
                    _make(database, create)
        _try_to_write(database)
    except Timeout:
        raise TrackingUnavailable(
            f"another process has been making {database} for {LOCK_SECONDS:.0f} s", field="MLFLOW_TRACKING_URI"
        ) from None
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise TrackingUnavailable(f"cannot use the store {database}: {reason}", field="MLFLOW_TRACKING_URI") from None


def _is_store(database: Path) -> bool:
    """Whether the migrations of `database` have run. Raises TrackingUnavailable for a file that is something else."""
    if not database.exists() or database.stat().st_size == 0:
        return False
    with closing(sqlite3.connect(f"{database.as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)) as connection:
        tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if not tables:
            return False
        if {"alembic_version", "experiments"} <= tables and connection.execute(
            "SELECT * FROM alembic_version"
        ).fetchone():
            return True
    raise TrackingUnavailable(
        f"{database} is a database but not a whole MLflow store; move it away, or name another store",
        field="MLFLOW_TRACKING_URI",
    )


def _make(database: Path, create: Callable[[Path], object]) -> None:
    part = database.with_name(f".{database.name}.{os.getpid()}.part")
    try:
        part.unlink(missing_ok=True)
        create(part)
        os.replace(part, database)
    finally:
        for leftover in (part, part.with_name(part.name + "-journal")):
            leftover.unlink(missing_ok=True)


def _try_to_write(database: Path) -> None:
    """Find out in seconds that the database is locked or read-only; MLflow would retry for minutes."""
    with closing(sqlite3.connect(database, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")

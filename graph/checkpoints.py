"""Where LangGraph keeps a turn's checkpoints: one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from state.errors import InfrastructureError


def open_checkpoints(path: Path) -> tuple[SqliteSaver, Callable[[], None]]:
    """The saver and a function that closes its database.

    The turn's state holds plain JSON values only, so the serializer is told to revive nothing else.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, check_same_thread=False, timeout=30)
        saver = SqliteSaver(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        saver.setup()
        # A killed process loses nothing by it. A power cut may take the last checkpoints, and the turn is then begun anew;
        # revisions are on the disk when they are committed (state/revisions.py).
        connection.execute("PRAGMA synchronous=NORMAL")
    except (OSError, sqlite3.Error) as error:
        raise InfrastructureError(
            f"cannot open the checkpoint database {path}: {error}", field="LOOPCOPILOT_HOME"
        ) from None
    return saver, connection.close

"""Where LangGraph keeps a turn's checkpoints: one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from langchain_core.runnables import RunnableConfig
from langgraph.checkpoint.base import WRITES_IDX_MAP
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
from langgraph.checkpoint.sqlite import SqliteSaver

from state.errors import InfrastructureError


class OneByOne(SqliteSaver):
    """Checkpoints of a graph in which no node runs beside another.

    LangGraph saves what a node wrote twice: at once, so that it need not run again where another node of the same step fails,
    and in the checkpoint behind the step. Where it is alone in its step, the second is enough: a process that is killed
    between the two runs the node once more, which each of ours allows. Half of a turn's writes are saved by it.
    """

    def put_writes(
        self, config: RunnableConfig, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Keep `writes` that no checkpoint will hold: an interrupt, the answer to it, an error."""
        if any(channel in WRITES_IDX_MAP for channel, _ in writes):
            super().put_writes(config, writes, task_id, task_path)


def open_checkpoints(path: Path, *, parallel: bool = False) -> tuple[SqliteSaver, Callable[[], None]]:
    """The saver and a function that closes its database. `parallel`: nodes of the graph may run beside one another.

    The turn's state holds plain JSON values only, so the serializer is told to revive nothing else.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, check_same_thread=False, timeout=30)
        kind = SqliteSaver if parallel else OneByOne
        saver = kind(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
        saver.setup()
        # A killed process loses nothing by it. A power cut may take the last checkpoints, and the turn is then begun anew;
        # revisions are on the disk when they are committed (state/revisions.py).
        connection.execute("PRAGMA synchronous=NORMAL")
    except (OSError, sqlite3.Error) as error:
        raise InfrastructureError(
            f"cannot open the checkpoint database {path}: {error}", field="LOOPCOPILOT_HOME"
        ) from None
    return saver, connection.close

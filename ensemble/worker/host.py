"""What runs on a machine of a Ray cluster: it builds the worker's environment there where it must, then is the worker's pipes.

Our code travels to that machine, our packages do not: nothing here needs more than Python and `filelock`, which Ray brings.
"""

from __future__ import annotations

import os
import queue
import socket
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ensemble.worker.environments import install
from ensemble.worker.pipe import LineEnded, Pipe
from ensemble.worker.recipes import Recipe
from state.errors import LoopCopilotError
from state.home import home_of


@dataclass(frozen=True)
class News:
    """How far a host is."""

    machine: str
    said: tuple[str, ...] = ()
    """What was done since it was asked last."""
    ready: bool = False
    unbuildable: str | None = None
    """Why there is no environment."""
    ended: str | None = None
    """Why there is no worker in it."""


@dataclass(frozen=True)
class Place:
    """What is asked of settings where there are none."""

    home: Path


def home_there(environment: Mapping[str, str], of_conversation: Path) -> Path:
    """The home on this machine: what LOOPCOPILOT_HOME says here; else the conversation's, where that folder is here too (one
    machine, or a shared disk); else the default."""
    try:
        lies_here = of_conversation.is_dir()
    except OSError:  # below a folder of somebody else's
        lies_here = False
    return of_conversation if lies_here and not environment.get("LOOPCOPILOT_HOME") else home_of(environment)


class Host:
    """One worker. Errors of ours do not travel: what went wrong is told in words."""

    def __init__(self, recipe: Recipe, home: str, arguments: Sequence[str]) -> None:
        """`home`: the conversation's. Returns at once; `news` says how far it is."""
        self._recipe = recipe
        self._place = Place(home_there(os.environ, Path(home)))
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._pipe: Pipe | None = None
        self._unbuildable: str | None = None
        self._ended: str | None = None
        self._starting = threading.Thread(target=self._start, args=(arguments,), daemon=True)
        self._starting.start()

    def _start(self, arguments: Sequence[str]) -> None:
        try:
            python = install(self._recipe, self._place, wait=True, progress=self._said.put)
            self._pipe = Pipe(python, arguments)
        except LoopCopilotError as error:
            self._unbuildable = error.message
        except LineEnded as error:
            self._ended = str(error)
        except Exception as error:  # noqa: BLE001 - nobody sees what a thread there raises
            self._unbuildable = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"

    def news(self, timeout_seconds: float) -> News:
        """Returns as soon as the worker was started, or could not be."""
        self._starting.join(timeout_seconds)
        done = not self._starting.is_alive()
        said = []
        while not self._said.empty():
            said.append(self._said.get())
        return News(socket.gethostname(), tuple(said), done, self._unbuildable, self._ended)

    def send(self, packet: bytes) -> str | None:
        """What went wrong, if anything."""
        assert self._pipe is not None
        try:
            self._pipe.send(packet)
        except LineEnded as error:
            return str(error)
        return None

    def receive(self, timeout_seconds: float) -> tuple[bytes | None, str | None]:
        """The next packet, if one came in time; what went wrong, if anything."""
        assert self._pipe is not None
        try:
            return self._pipe.receive(timeout_seconds), None
        except LineEnded as error:
            return None, str(error)

    def close(self) -> None:
        """End the worker."""
        if self._pipe is not None:
            self._pipe.close()

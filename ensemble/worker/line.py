"""A line to a worker: what the client needs of it, and the ordinary one, over the pipes of a process of ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from ensemble.worker.frames import Frame, pack, unpack
from ensemble.worker.packets import FrameError
from ensemble.worker.pipe import BOOT, LineEnded, Pipe

__all__ = ["BOOT", "Line", "LineEnded", "PipeLine", "Unbuildable"]


class Unbuildable(Exception):
    """A worker's environment is not there and cannot be built; the message says where and why, in half a sentence."""


class Line(Protocol):
    """A worker that was started."""

    def send(self, frame: Frame) -> None:
        """Raises LineEnded."""
        ...

    def receive(self, timeout_seconds: float) -> Frame | None:
        """The next frame; None when none came in time. Raises LineEnded."""
        ...

    def close(self) -> None:
        """End the worker; at once when it does not end by itself."""
        ...


class PipeLine:
    """A process on this machine; see `Pipe`."""

    def __init__(self, python: Path, arguments: Sequence[str]) -> None:
        """`python` runs boot.py with `arguments`. Raises LineEnded when it cannot be started."""
        self._pipe = Pipe(python, arguments)

    @property
    def pid(self) -> int:
        return self._pipe.pid

    def send(self, frame: Frame) -> None:
        self._pipe.send(pack(frame))

    def receive(self, timeout_seconds: float) -> Frame | None:
        packet = self._pipe.receive(timeout_seconds)
        try:
            return None if packet is None else unpack(packet)
        except FrameError as error:
            raise self._pipe.kill(str(error)) from None

    def close(self) -> None:
        self._pipe.close()

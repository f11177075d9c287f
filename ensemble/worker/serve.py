"""Inside a worker: one adapter, calls in, progress and results out.

To us                                              From us
{"id", "call", "arguments"}                        {"hello": 1, "pid"}
{"cancel": id}                                     {"id", "progress": "..."}
end of the stream: the worker ends                 {"id", "result", "state"} or {"id", "error": {kind, field, message}, "state"}
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import IO, Any

from ensemble.capabilities import Work
from ensemble.worker.frames import Frame, decode, encode, pack, read_frame
from ensemble.worker.packets import FrameError
from state.errors import LoopCopilotError, SetupError

CALLS = (
    "load", "sheet", "sources", "generate", "continue_", "rearrange", "inpaint", "vary", "separate", "caption", "score",
)  # fmt: skip
_ORPHAN_CHECK_SECONDS = 2.0
_PROGRESS_SECONDS = 0.05
"""Between two messages: a model's steps may follow each other faster than anybody reads, and each crosses the line."""


def serve(arguments: Sequence[str], frames_in: IO[bytes], frames_out: IO[bytes]) -> None:
    """Serve until the stream of calls ends, or the process that started us does."""
    options = _options(arguments)
    worker = Worker(options.adapter, options.weights, options.device, options.precision, frames_out)
    if options.parent is not None:
        threading.Thread(target=_end_with, args=(options.parent,), daemon=True).start()
    threading.Thread(target=worker.listen, args=(frames_in,), daemon=True).start()
    worker.run()


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="worker", allow_abbrev=False)
    parser.add_argument("--adapter", required=True, help="'module:Class', or '/path/to/file.py:Class'")
    parser.add_argument("--weights", required=True)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precision", default="auto")
    parser.add_argument("--parent", type=int, help="the process that the worker shall not outlive")
    return parser.parse_args(list(arguments))


def _end_with(parent: int) -> None:
    """End when `parent` does. The stream's end says so too, but a process that `parent` forked may hold it open."""
    while os.getppid() == parent:
        threading.Event().wait(_ORPHAN_CHECK_SECONDS)
    os._exit(0)


def adapter_class(reference: str) -> Any:
    """The class that 'module:Class' or '/path/to/file.py:Class' names."""
    place, _, name = reference.rpartition(":")
    if not place.endswith(".py"):
        return getattr(import_module(place), name)
    spec = importlib.util.spec_from_file_location("worker_adapter", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["worker_adapter"] = module
    spec.loader.exec_module(module)
    return getattr(module, name)


class Worker:
    """One adapter and those who call it; one call at a time, on the main thread."""

    def __init__(self, adapter: str, weights: str, device: str, precision: str, out: IO[bytes]) -> None:
        self._made = (adapter, weights, device, precision)
        self._model: Any = None
        self._out = out
        self._writing = threading.Lock()
        self._calls: queue.Queue[Frame] = queue.Queue()
        self._cancelled: set[int] = set()

    def listen(self, frames_in: IO[bytes]) -> None:
        """Take what comes, also while a call is under way; the end of the stream ends the process at once."""
        try:
            while (frame := read_frame(frames_in)) is not None:
                if "cancel" in frame.header:
                    self._cancelled.add(int(frame.header["cancel"]))
                else:
                    self._calls.put(frame)
        except (FrameError, OSError, ValueError) as error:
            print(f"worker: {error}", file=sys.stderr, flush=True)  # noqa: T201 - a worker's log is standard error
            os._exit(4)
        os._exit(0)

    def run(self) -> None:
        """Answer calls for ever."""
        self._send({"hello": 1, "pid": os.getpid()})
        while True:
            frame = self._calls.get()
            number = frame.header.get("id")
            arrays: list[Any] = []
            try:
                result = encode(self._answer(frame), arrays)
                answer: dict[str, Any] = {"id": number, "result": result}
                data = pack(Frame({**answer, "state": self._state()}, arrays))
            except Exception as error:  # noqa: BLE001 - whatever a library raises is the answer to the call
                if not isinstance(error, LoopCopilotError):
                    traceback.print_exc()
                data = pack(Frame({"id": number, "error": _told(error), "state": self._state()}))
            self._write(data)

    def _answer(self, frame: Frame) -> Any:
        number, call = frame.header.get("id"), frame.header.get("call")
        if call not in CALLS:
            raise FrameError(f"there is no call {call!r}")
        if self._model is None:
            adapter, weights, device, precision = self._made
            try:
                self._model = adapter_class(adapter)(weights, device=device, precision=precision)
            except ImportError as error:
                raise SetupError(f"{adapter} cannot be imported: {error}") from None
        if call == "load":
            self._model.load()
            return None
        if call == "sheet":
            sheet = self._model.sheet
            return {name: getattr(sheet, name) for name in sheet.__dataclass_fields__}
        if call == "sources":
            return list(self._model.sources)

        told = 0.0

        def progress(message: str) -> None:
            nonlocal told
            if (now := time.monotonic()) - told >= _PROGRESS_SECONDS:
                told = now
                self._send({"id": number, "progress": message})

        work = Work(progress, lambda: number in self._cancelled)
        arguments = decode(dict(frame.header.get("arguments", {})), frame.arrays)
        return getattr(self._model, call)(**arguments, work=work)

    def _state(self) -> dict[str, Any]:
        """What the other side shows of the model without asking."""
        model = self._model
        if model is None or not model.memory_bytes:
            return {"memory_bytes": 0, "device": self._made[2]}
        return {"memory_bytes": int(model.memory_bytes), "device": str(model.device)}

    def _send(self, header: dict[str, Any]) -> None:
        self._write(pack(Frame(header)))

    def _write(self, data: bytes) -> None:
        try:
            with self._writing:
                self._out.write(data)
                self._out.flush()
        except OSError:
            os._exit(0)  # nobody listens any more


def _told(error: Exception) -> dict[str, str | None]:
    if isinstance(error, LoopCopilotError):
        return {"kind": error.kind, "field": error.field, "message": error.message}
    said = " ".join(str(error).split())
    return {"kind": "fault", "field": None, "message": f"{type(error).__name__}: {said}"[:600]}

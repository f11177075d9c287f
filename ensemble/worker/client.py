"""A model in a worker, as the ensemble sees it: the same protocols as a model in this process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from ensemble.capabilities import Sheet, Sound, Work, weights_anywhere
from ensemble.registry import Entry
from ensemble.worker.environments import fault_of, python_of, rebuilding
from ensemble.worker.frames import Frame, decode, encode
from ensemble.worker.line import Line, LineEnded, PipeLine, Unbuildable
from ensemble.worker.packets import FrameError
from state.errors import (
    Cancelled,
    InputError,
    LoopCopilotError,
    ModelUnavailable,
    Refusal,
    SetupError,
    ToolError,
)
from state.settings import Settings

_ERRORS: Mapping[str, type[LoopCopilotError]] = {
    "setup": SetupError,
    "cancelled": Cancelled,
    "input": InputError,
    "refusal": Refusal,
}
_LOOK_SECONDS = 0.1
"""How often it is asked whether the person stopped the work."""
_GRACE_SECONDS = 3.0
"""For a worker that was told to stop, also while it loads; then it is ended."""

Start = Callable[[Sequence[str], Work], Line]
"""Starts a worker with these arguments, telling its progress. Raises LineEnded; Unbuildable; Cancelled. Ray's is `ensemble.worker.ray_placement.RayPlacement`."""


class WorkerModel:
    """One model in a process of its own, started on first use, ended by `unload`, with us, and when it is killed.

    A worker that dies in a call is started again and the call made once more (equal seeds, equal takes); one that dies
    again, or that is silent for longer than `settings.worker_timeout_seconds`, is a ToolError in one line.
    """

    def __init__(
        self, entry: Entry, weights: str, *, device: str, precision: str, settings: Settings, start: Start | None = None
    ) -> None:
        self.name = entry.name
        self.weights = weights
        self.make_room: Callable[[], None] = lambda: None
        self.cancelled: Callable[[], bool] = lambda: False
        self._entry = entry
        self._device = device
        self._arguments = [
            "--adapter", entry.adapter, "--weights", weights_anywhere(weights), "--device", device, "--precision", precision,
        ]  # fmt: skip
        self._settings = settings
        self._start = start or self._on_this_machine
        self._silence_seconds = settings.worker_timeout_seconds
        self._line: Line | None = None
        self._sheet: Sheet | None = None
        self._state: Mapping[str, Any] = {}
        self._greeted = False
        """Whether the worker that was started last has said that it is there."""
        self._calls = 0
        self._busy = threading.RLock()

    # Model

    @property
    def sheet(self) -> Sheet:
        if self._sheet is None:
            self._sheet = Sheet(**self._ask("sheet", {}, Work(cancelled=self.cancelled)))
        return self._sheet

    @property
    def memory_bytes(self) -> int:
        return int(self._state.get("memory_bytes", 0)) if self._line is not None else 0

    @property
    def device(self) -> str:
        return str(self._state.get("device", self._device))

    def load(self) -> None:
        if not self.memory_bytes:
            self._ask("load", {}, Work(cancelled=self.cancelled))

    def unload(self) -> None:
        line, self._line, self._state = self._line, None, {}
        if line is not None:
            line.close()

    # What models can do; which of these this one can says its entry in the registry

    def generate(self, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        return self._takes("generate", seeds, work, text=text, seconds=seconds)

    def continue_(self, prompt: Sound, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        return self._takes("continue_", seeds, work, prompt=prompt, text=text, seconds=seconds)

    def rearrange(self, melody: Sound, text: str, seconds: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        return self._takes("rearrange", seeds, work, melody=melody, text=text, seconds=seconds)

    def inpaint(
        self, sound: Sound, start_seconds: float, end_seconds: float, text: str, seeds: Sequence[int], work: Work
    ) -> list[Sound]:
        span = {"start_seconds": start_seconds, "end_seconds": end_seconds}
        return self._takes("inpaint", seeds, work, sound=sound, text=text, **span)

    def vary(self, sound: Sound, amount: float, seeds: Sequence[int], work: Work) -> list[Sound]:
        return self._takes("vary", seeds, work, sound=sound, amount=amount)

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(self._ask("sources", {}, Work(cancelled=self.cancelled)))

    def separate(self, sound: Sound, work: Work) -> Mapping[str, Sound]:
        return cast("Mapping[str, Sound]", self._ask("separate", {"sound": sound}, work))

    def caption(self, sound: Sound, work: Work) -> str:
        return str(self._ask("caption", {"sound": sound}, work))

    def score(self, sound: Sound, texts: Sequence[str], work: Work) -> list[float]:
        return [float(score) for score in self._ask("score", {"sound": sound, "texts": list(texts)}, work)]

    # The line

    def _takes(self, call: str, seeds: Sequence[int], work: Work, **arguments: Any) -> list[Sound]:
        return list(self._ask(call, {**arguments, "seeds": [int(seed) for seed in seeds]}, work))

    def _ask(self, call: str, arguments: Mapping[str, Any], work: Work) -> Any:
        """The answer to a call; the worker is started where none runs, and once more where one dies of it."""
        with self._busy:
            try:
                return self._call(call, arguments, work)
            except LineEnded as first:
                self.unload()
                work.report(f"{self.name}'s worker {str(first).partition(';')[0]}; it is started again")
            try:
                return self._call(call, arguments, work)
            except LineEnded as second:
                self.unload()
                fault = self._fault() or (None if self._greeted else f"its worker {second}")
                if fault is not None and self._built_here:
                    raise self._broken(fault) from None
                raise ToolError(f"{self.name}'s worker {second} (in {call}, twice)", field="ensemble") from None

    def _call(self, call: str, arguments: Mapping[str, Any], work: Work) -> Any:
        if self._line is None:
            self.make_room()
            work.report(f"starting {self.name}'s worker")
            self._greeted = False
            try:
                self._line = self._start(self._arguments, work)
            except Unbuildable as error:
                raise self._unavailable(str(error)) from None
        self._calls += 1
        number, arrays = self._calls, list[Any]()
        sent = encode(arguments, arrays)
        self._line.send(Frame({"id": number, "call": call, "arguments": sent}, arrays))
        try:
            return self._wait(self._line, number, call, work)
        except BaseException as error:
            if not isinstance(error, LoopCopilotError | LineEnded):
                self.unload()  # what that worker still says would answer the wrong call
            raise

    def _wait(self, line: Line, number: int, call: str, work: Work) -> Any:
        """Frames until the answer, the end of the line, or the end of our patience."""
        heard, stopped = time.monotonic(), None
        while True:
            frame = line.receive(_LOOK_SECONDS)
            now = time.monotonic()
            if stopped is None and work.cancelled():
                stopped = now
                line.send(Frame({"cancel": number}))
            if stopped is not None and now - stopped > _GRACE_SECONDS:
                self.unload()
                raise Cancelled("stopped by the user")
            if frame is None:
                if now - heard > self._silence_seconds:
                    self.unload()
                    raise ToolError(
                        f"{self.name} gave no sign of life for {self._silence_seconds:g} s in {call} and was ended; "
                        "LOOPCOPILOT_WORKER_TIMEOUT_SECONDS grants more",
                        field="ensemble",
                    )
                continue
            heard, self._greeted = now, True
            header = frame.header
            if header.get("id") != number:
                continue  # its greeting
            if "progress" in header:
                if stopped is None:
                    work.progress(str(header["progress"]))
                continue
            self._state = header.get("state", {})
            if "error" in header:
                if header["error"].get("kind") == "setup" and (fault := self._fault()) is not None:
                    raise self._broken(fault)
                raise self._error_of(call, header["error"])
            if stopped is not None:
                raise Cancelled("stopped by the user")
            try:
                return decode(header.get("result"), frame.arrays)
            except FrameError as error:
                raise ToolError(f"{self.name} answered {call} with {error}", field="ensemble") from None

    @property
    def _built_here(self) -> bool:
        """Whether the worker runs in an environment of this machine, which `worker install` can mend."""
        return self._start == self._on_this_machine

    def _fault(self) -> str | None:
        return fault_of(self._environment, self._settings) if self._built_here else None

    def _broken(self, fault: str) -> ModelUnavailable:
        return self._unavailable(rebuilding(self._environment, fault))

    def _unavailable(self, why: str) -> ModelUnavailable:
        message = f"{self.name} cannot play: {why}"
        return ModelUnavailable(message, field="ensemble", model=self.name, weights=self.weights)

    @property
    def _environment(self) -> str:
        return self._entry.environment or self._entry.name

    def _error_of(self, call: str, told: Mapping[str, Any]) -> LoopCopilotError:
        """The error that the worker told of, in our tree."""
        kind, message = str(told.get("kind")), str(told.get("message"))
        field = None if told.get("field") is None else str(told["field"])
        if kind == ModelUnavailable.kind:
            return ModelUnavailable(message, field=field, model=self.name, weights=self.weights)
        if kind == "fault":
            message = f"{self.name} failed in {call}: {message}"
        return _ERRORS.get(kind, ToolError)(message, field=field)

    def _on_this_machine(self, arguments: Sequence[str], work: Work) -> Line:
        environment = self._environment
        python = python_of(environment, self._settings)
        if python is None:
            raise SetupError(
                f"{self.name} is not here: its environment is not built; `loopcopilot worker install {environment}` builds it",
                field="ensemble",
            )
        return PipeLine(python, arguments)

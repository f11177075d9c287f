"""A worker on another machine of a Ray cluster: the very same process, reached through an actor instead of over its pipes.

`LOOPCOPILOT_WORKER_PLACEMENT=ray` (`ensemble.worker.placing`) starts all workers so. The actor starts boot.py on its machine and
passes our frames on as bytes; Ray carries bytes, and unpickles nothing of the model's. Our code travels with the job; the
worker's environment must lie on every machine at the same path. Needs the extra `ray`. Exercised on a cluster of one machine.
"""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ensemble.worker.frames import Frame, pack, unpack
from ensemble.worker.line import LineEnded, PipeLine
from state.errors import SetupError

_ROOT = Path(__file__).resolve().parents[2]


class Host:
    """Runs on the other machine: a worker's pipes, as methods."""

    def __init__(self, python: str, arguments: Sequence[str]) -> None:
        self._line: PipeLine | None = None
        self._fault = ""
        try:
            self._line = PipeLine(Path(python), arguments)
        except LineEnded as error:
            self._fault = str(error)

    def started(self) -> str | None:
        """What went wrong, if anything: errors of ours do not travel."""
        return self._fault or None

    def send(self, data: bytes) -> str | None:
        """What went wrong, if anything."""
        assert self._line is not None
        try:
            self._line.send(unpack(data))
        except LineEnded as error:
            return str(error)
        return None

    def receive(self, timeout_seconds: float) -> tuple[bytes | None, str | None]:
        assert self._line is not None
        try:
            frame = self._line.receive(timeout_seconds)
        except LineEnded as error:
            return None, str(error)
        return (None if frame is None else pack(frame)), None

    def close(self) -> None:
        if self._line is not None:
            self._line.close()


class RayPlacement:
    """Starts a model's worker wherever Ray has room for it."""

    def __init__(self, python: Path, *, device: str = "auto", timeout_seconds: float = 900.0) -> None:
        """`python`: of the environment, on every machine. `device`: for any but the CPU one GPU is asked for, with 'auto' where the
        cluster has some. Raises SetupError where Ray is not installed or no cluster can be reached."""
        try:
            import ray
        except ImportError:
            raise SetupError(
                "placing workers by Ray needs the extra `ray`: pip install '.[ray]' in the project's folder",
                field="LOOPCOPILOT_WORKER_PLACEMENT",
            ) from None
        self._ray: Any = ray
        self._python = python
        self._timeout_seconds = timeout_seconds
        if not ray.is_initialized():
            _join(ray)
        accelerated = device != "cpu" if device != "auto" else ray.cluster_resources().get("GPU", 0) >= 1
        self._actor = ray.remote(Host).options(num_gpus=1 if accelerated else 0)

    def __call__(self, arguments: Sequence[str]) -> RayLine:
        """A worker, started. Raises LineEnded."""
        host = self._actor.remote(str(self._python), list(arguments))
        try:
            fault = self._ray.get(host.started.remote(), timeout=self._timeout_seconds)
        except self._ray.exceptions.RayError as error:
            self._ray.kill(host)  # Ray would go on looking for a place
            raise LineEnded(f"could not be placed ({type(error).__name__})") from None
        if fault is not None:
            self._ray.kill(host)
            raise LineEnded(fault)
        return RayLine(self._ray, host)


class RayLine:
    """A `Line` whose other end is a Host."""

    def __init__(self, ray: Any, host: Any) -> None:
        self._ray = ray
        self._host = host

    def send(self, frame: Frame) -> None:
        ended = self._get(self._host.send.remote(pack(frame)))
        if ended is not None:
            raise LineEnded(ended)

    def receive(self, timeout_seconds: float) -> Frame | None:
        data, ended = self._get(self._host.receive.remote(timeout_seconds))
        if ended is not None:
            raise LineEnded(ended)
        return None if data is None else unpack(data)

    def close(self) -> None:
        self._ray.kill(self._host)

    def _get(self, reference: Any) -> Any:
        try:
            return self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            raise LineEnded(f"was lost with its machine ({type(error).__name__})") from None


def _join(ray: Any) -> None:
    """Connect to the running cluster (RAY_ADDRESS, else this machine's) with our two packages that a worker needs."""
    with tempfile.TemporaryDirectory(prefix="loopcopilot-") as folder:
        # Ray uploads folders for a whole job alone, and boot.py looks for both packages side by side.
        for package in ("ensemble", "state"):
            shutil.copytree(_ROOT / package, Path(folder) / package, ignore=shutil.ignore_patterns("__pycache__"))
        try:
            ray.init(
                address="auto", runtime_env={"working_dir": folder}, log_to_driver=False, logging_level=logging.ERROR
            )
        except (ConnectionError, RuntimeError, ValueError) as error:
            said = " ".join(str(error).split()).partition(". ")[0][:200]
            raise SetupError(
                f"no Ray cluster can be reached ({said}); `ray start --head` starts one, RAY_ADDRESS names another's",
                field="LOOPCOPILOT_WORKER_PLACEMENT",
            ) from None

"""A worker on another machine of a Ray cluster: the very same process, reached through an actor instead of over its pipes.

    from ensemble.worker.client import WorkerModel
    from ensemble.worker.ray_placement import RayPlacement
    model = WorkerModel(entry, weights, device="cuda", precision="auto", settings=settings, start=RayPlacement(entry))

The actor starts boot.py on its machine and passes our frames on as bytes; Ray carries bytes, and unpickles nothing of the model's.
The environment is Ray's own runtime environment, made from the same recipe, or the one that `loopcopilot worker install` has built
on every machine (`python`). Not exercised where this project is developed: there is no cluster. Needs the extra `ray`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ensemble.registry import Entry
from ensemble.worker.frames import Frame, pack, unpack
from ensemble.worker.line import LineEnded, PipeLine
from ensemble.worker.recipes import RECIPES
from state.errors import SetupError

_ROOT = Path(__file__).resolve().parents[2]


class Host:
    """Runs on the other machine: a worker's pipes, as methods."""

    def __init__(self, python: str | None, arguments: Sequence[str]) -> None:
        self._line = PipeLine(Path(python or sys.executable), arguments)

    def send(self, data: bytes) -> str | None:
        """What went wrong, if anything: errors of ours do not travel."""
        try:
            self._line.send(unpack(data))
        except LineEnded as error:
            return str(error)
        return None

    def receive(self, timeout_seconds: float) -> tuple[bytes | None, str | None]:
        try:
            frame = self._line.receive(timeout_seconds)
        except LineEnded as error:
            return None, str(error)
        return (None if frame is None else pack(frame)), None

    def close(self) -> None:
        self._line.close()


class RayPlacement:
    """Starts a model's worker wherever Ray has room for it."""

    def __init__(self, entry: Entry, *, python: str | None = None, **resources: Any) -> None:
        """`python`: of the environment built on the machines; without it Ray makes one from the recipe. `resources` as Ray names
        them (num_gpus=1, ...). Raises SetupError where Ray is not installed."""
        try:
            import ray
        except ImportError:
            raise SetupError('placing workers by Ray needs: pip install "loopcopilot[ray]"', field="ray") from None
        if not ray.is_initialized():
            ray.init(address="auto", log_to_driver=False)
        self._ray: Any = ray
        self._python = python
        modules = [str(_ROOT / "ensemble"), str(_ROOT / "state")]
        environment: dict[str, Any] = {"py_modules": modules}
        if python is None and entry.environment is not None:
            environment["pip"] = runtime_packages(entry.environment)
        self._actor = ray.remote(Host).options(runtime_env=environment, **resources)

    def __call__(self, arguments: Sequence[str]) -> RayLine:
        """A worker, started. Raises LineEnded."""
        try:
            return RayLine(self._ray, self._actor.remote(self._python, list(arguments)))
        except self._ray.exceptions.RayError as error:
            raise LineEnded(f"could not be placed ({type(error).__name__})") from None


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


def runtime_packages(environment: str) -> dict[str, Any]:
    """The recipe as Ray's `pip`: all its packages without their own pins, in one call. Ray needs an environment in which what they ask
    for is already there, such as an image with the recipe's first steps."""
    packages = [package for step in RECIPES[environment].steps for package in step.packages]
    return {"packages": packages, "pip_install_options": ["--no-deps"]}

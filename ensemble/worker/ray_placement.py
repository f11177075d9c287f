"""A worker on another machine of a Ray cluster: the very same process, reached through an actor instead of over its pipes.

`LOOPCOPILOT_WORKER_PLACEMENT=ray` (`ensemble.worker.placing`) starts all workers so. The actor (`host.py`) builds the worker's
environment on its machine where it is not there, starts boot.py in it and passes our frames on as bytes; nothing of the model's
is unpickled. Our code and the recipe travel with the job. Needs the extra `ray`. Exercised on a cluster of one machine.
"""

from __future__ import annotations

import logging
import shutil
import socket
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ensemble.capabilities import Work
from ensemble.worker.frames import Frame, pack, unpack
from ensemble.worker.host import Host, News
from ensemble.worker.line import LineEnded, Unbuildable
from ensemble.worker.packets import FrameError
from ensemble.worker.recipes import Recipe
from state.errors import Cancelled, SetupError

_ROOT = Path(__file__).resolve().parents[2]
_LOOK_SECONDS = 0.2
"""How often it is asked whether the person stopped the work."""
_KNOCK_SECONDS = 5.0
"""For a cluster's port to open; Ray itself would wait for minutes."""


class RayPlacement:
    """Starts a model's worker wherever Ray has room for it."""

    def __init__(
        self,
        recipe: Recipe,
        home: Path,
        *,
        address: str = "auto",
        device: str = "auto",
        threads: int | None = None,
        timeout_seconds: float = 900.0,
    ) -> None:
        """`recipe`: of the worker's environment. `home`: the conversation's. `address`: of the cluster. `device`: for any but the CPU one GPU is asked for,
        with 'auto' where the cluster has some. `threads`: OMP_NUM_THREADS there; None: as Ray has it, one. Raises SetupError
        where Ray is not installed or no cluster can be reached."""
        try:
            import ray
        except ImportError:
            raise SetupError(
                "placing workers by Ray needs the extra `ray`: pip install '.[ray]' in the project's folder",
                field="LOOPCOPILOT_WORKER_PLACEMENT",
            ) from None
        self._ray: Any = ray
        self._recipe = recipe
        self._home = home
        self._timeout_seconds = timeout_seconds
        if not ray.is_initialized():
            _join(ray, address)
        accelerated = device != "cpu" if device != "auto" else ray.cluster_resources().get("GPU", 0) >= 1
        runtime = {} if threads is None else {"runtime_env": {"env_vars": {"OMP_NUM_THREADS": str(threads)}}}
        self._actor = ray.remote(Host).options(num_gpus=1 if accelerated else 0, **runtime)

    def __call__(self, arguments: Sequence[str], work: Work) -> RayLine:
        """A worker, started. Raises LineEnded; Unbuildable; Cancelled."""
        host = self._actor.remote(self._recipe, str(self._home), list(arguments))
        try:
            news = self._started(host, work)
        except BaseException:
            self._ray.kill(host)  # else Ray would go on looking for a place, and the host building
            raise
        return RayLine(self._ray, host, news.machine)

    def _started(self, host: Any, work: Work) -> News:
        """Waits for a place, as long as a worker may be silent, and then for the environment, as long as it takes."""
        heard, place = time.monotonic(), "could not be placed"
        asked = host.news.remote(_LOOK_SECONDS)
        while True:
            if work.cancelled():
                raise Cancelled("stopped by the user")
            try:
                news: News = self._ray.get(asked, timeout=_LOOK_SECONDS)
            except self._ray.exceptions.GetTimeoutError:
                if time.monotonic() - heard > self._timeout_seconds:
                    raise LineEnded(f"{place}: nothing was heard for {self._timeout_seconds:g} s") from None
                continue
            except self._ray.exceptions.RayError as error:
                raise LineEnded(f"{place} ({_told(error)})") from None
            heard, place = time.monotonic(), f"was lost with its machine {news.machine}"
            for message in news.said:
                work.report(f"environment {self._recipe.name} on {news.machine}: {message.strip()}")
            if news.unbuildable is not None:
                raise Unbuildable(
                    f"its environment {self._recipe.name!r} cannot be built on {news.machine}: {news.unbuildable}"
                )
            if news.ended is not None:
                raise LineEnded(f"{news.ended} on {news.machine}")
            if news.ready:
                return news
            asked = host.news.remote(_LOOK_SECONDS)


class RayLine:
    """A `Line` whose other end is a Host."""

    def __init__(self, ray: Any, host: Any, machine: str) -> None:
        self._ray = ray
        self._host = host
        self._machine = machine

    def send(self, frame: Frame) -> None:
        ended = self._get(self._host.send.remote(pack(frame)))
        if ended is not None:
            raise LineEnded(ended)

    def receive(self, timeout_seconds: float) -> Frame | None:
        packet, ended = self._get(self._host.receive.remote(timeout_seconds))
        if ended is not None:
            raise LineEnded(ended)
        try:
            return None if packet is None else unpack(packet)
        except FrameError as error:
            raise LineEnded(f"spoke no sense: {error}") from None

    def close(self) -> None:
        self._ray.kill(self._host)

    def _get(self, reference: Any) -> Any:
        try:
            return self._ray.get(reference)
        except self._ray.exceptions.RayError as error:
            raise LineEnded(f"was lost with its machine {self._machine} ({type(error).__name__})") from None


def _told(error: Exception) -> str:
    """The kind of error, and the last line of what Ray says of it, which names the cause."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return ": ".join([type(error).__name__, *(line[:300] for line in lines[-1:])])


def _join(ray: Any, address: str) -> None:
    """Connect to a running cluster with our two packages that a worker needs."""
    with tempfile.TemporaryDirectory(prefix="loopcopilot-") as folder:
        # Ray uploads folders for a whole job alone, and boot.py looks for both packages side by side.
        for package in ("ensemble", "state"):
            shutil.copytree(_ROOT / package, Path(folder) / package, ignore=shutil.ignore_patterns("__pycache__"))
        try:
            _knock(address)
            ray.init(
                address=address, runtime_env={"working_dir": folder}, log_to_driver=False, logging_level=logging.ERROR
            )
        except (OSError, RuntimeError, ValueError) as error:
            said = " ".join(str(error).split()).partition(". ")[0][:200]
            raise SetupError(
                f"no Ray cluster can be reached ({said}); `ray start --head` starts one, RAY_ADDRESS names another's",
                field="LOOPCOPILOT_WORKER_PLACEMENT",
            ) from None


def _knock(address: str) -> None:
    """Raises OSError where an address with a port has nobody behind it, ValueError where the port is none."""
    parts = urlsplit(address if "://" in address else f"//{address}")
    if parts.hostname is None or parts.port is None:
        return  # 'auto' and other words of Ray's
    try:
        socket.create_connection((parts.hostname, parts.port), timeout=_KNOCK_SECONDS).close()
    except OSError as error:
        raise ConnectionError(f"{address}: {error.strerror or error}") from None

"""A Ray cluster of this one machine for tests: ports and folder of its own, nothing on the network, gone when it is let go.

It plays the other machine: it has a LOOPCOPILOT_HOME of its own, and of our packages Ray alone, since numpy and pydantic cannot
be imported by what Ray starts there.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_PATIENCE_SECONDS = 120.0


@dataclass(frozen=True)
class Cluster:
    address: str
    folder: Path
    """Its own; what its processes are known by."""


@contextlib.contextmanager
def cluster(environment: Mapping[str, str]) -> Iterator[Cluster]:
    """A cluster whose machine has `environment` besides ours."""
    folder = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))  # sockets have short names
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    for package in ("numpy", "pydantic"):
        hidden = folder / "hidden" / package
        hidden.mkdir(parents=True)
        (hidden / "__init__.py").write_text("raise ModuleNotFoundError('this machine has Ray alone')\n")
    command = [
        str(Path(sys.executable).with_name("ray")), "start", "--head", "--block", "--port", str(port), "--node-ip-address", "127.0.0.1",
        "--num-cpus", "2", "--num-gpus", "0", "--object-store-memory", "100000000", "--include-dashboard", "false",
        "--dashboard-agent-listen-port", "0", "--temp-dir", str(folder / "temp"), "--disable-usage-stats",
    ]  # fmt: skip
    own = {**os.environ, "RAY_USAGE_STATS_ENABLED": "0", "PYTHONPATH": str(folder / "hidden"), **environment}
    own.pop("RAY_ADDRESS", None)
    with (folder / "log").open("wb") as log:
        head = subprocess.Popen(command, env=own, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    try:
        _await(head, folder / "log")
        yield Cluster(f"127.0.0.1:{port}", folder)
    finally:
        head.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            head.wait(20)
        for process in processes(str(folder)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        head.wait()
        shutil.rmtree(folder, ignore_errors=True)


def processes(words: str) -> list[int]:
    """The living processes whose command line holds `words`."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if words.encode() in (place / "cmdline").read_bytes() and int(place.name) != os.getpid():
                found.append(int(place.name))
    return found


def _await(head: subprocess.Popen[bytes], log: Path) -> None:
    began = time.monotonic()
    while b"Ray runtime started" not in log.read_bytes():
        assert head.poll() is None, log.read_text()
        assert time.monotonic() - began < _PATIENCE_SECONDS, log.read_text()
        time.sleep(0.1)

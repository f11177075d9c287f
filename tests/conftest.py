"""What every test stands on: a home folder of its own, and a network that cannot be reached."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from state.settings import Settings

_connect = socket.socket.connect
_lookup = socket.getaddrinfo
_LOCAL = ("127.0.0.1", "::1", "localhost")
_tried: list[object] = []
"""What was tried to be reached beyond this machine; whoever tried may have swallowed the error."""


def _refuse(address: object) -> None:
    _tried.append(address)
    raise AssertionError(f"a test tried to reach {address}")


@pytest.fixture(scope="session", autouse=True)
def _no_way_out() -> Iterator[None]:
    """Nothing beyond this machine can be reached, not even through a proxy, and no key or server is taken from the
    environment, which tests hand on to the commands that they run."""

    def connect(self: socket.socket, address: object) -> None:
        if self.family != socket.AF_UNIX and not (isinstance(address, tuple) and address[0] in _LOCAL):
            _refuse(address)
        _connect(self, address)  # type: ignore[arg-type]

    def lookup(host: object, *args: Any, **more: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name not in (None, "", *_LOCAL):
            _refuse(name)
        return _lookup(host, *args, **more)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect)
        patch.setattr(socket, "getaddrinfo", lookup)
        for name in list(os.environ):
            if name.startswith(("OPENAI_", "LOOPCOPILOT_LLM_")) or name.lower().endswith("_proxy"):
                patch.delenv(name)
        yield


@pytest.fixture(autouse=True)
def reached() -> Iterator[list[object]]:
    """Addresses beyond this machine that the test tried to reach: one that did fails, whatever became of its error."""
    _tried.clear()
    yield _tried
    assert not _tried, f"a test tried to reach {_tried}"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings below a folder of the test's own; nothing is logged to MLflow unless the test says so."""
    return Settings.read({"LOOPCOPILOT_TRACKING": "off"}, home=tmp_path / "home")

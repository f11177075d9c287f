"""What every test stands on: a home folder of its own, and a network that cannot be reached."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from state.settings import Settings

_connect = socket.socket.connect


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches beyond this machine fails."""

    def connect(self: socket.socket, address: object) -> None:
        local = self.family == socket.AF_UNIX or (
            isinstance(address, tuple) and address[0] in ("127.0.0.1", "::1", "localhost")
        )
        if not local:
            raise AssertionError(f"a test tried to reach {address}")
        _connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings below a folder of the test's own; nothing is logged to MLflow unless the test says so."""
    return Settings.read({"LOOPCOPILOT_TRACKING": "off"}, home=tmp_path / "home")

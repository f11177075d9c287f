from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph import server
from state.sessions import SessionStore
from state.settings import Settings


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("LOOPCOPILOT_HOME", str(tmp_path))
    server._opened.cache_clear()
    yield tmp_path
    server._opened.cache_clear()


def test_a_langgraph_server_holds_the_same_conversation_as_the_command_line(home: Path) -> None:
    graph = server.turn()
    first = graph.invoke({"request": "a 2-bar lofi loop with piano and drums at 80 bpm", "session": "served"})
    assert first["record"]["status"] == "done", first["record"]["reply"]
    second = graph.invoke({"request": "lose the drums", "session": "served"})
    assert second["record"]["gat"]["revision"] == 2
    sessions = SessionStore(Settings.read(home=home).database)
    assert [record.request for record in sessions.records("served")][1] == "lose the drums"
    table = sessions.revision("served", 2)
    assert table is not None
    assert table.stem_names == ["piano"]

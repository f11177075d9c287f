"""One session that cannot be read is named in a line; the commands go on with the others."""

from __future__ import annotations

import sqlite3
import sys

import pytest

from evaluation.pending import Pending
from graph.conductor import Conductor
from loopcopilot.__main__ import main
from state.settings import Settings

SAID = "session 'bad' cannot be read: budget.seconds: Input should be a valid number"


@pytest.fixture(autouse=True)
def home(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A home with a good session and one whose strategy is in no known form."""
    with Conductor(settings) as conductor:
        conductor.start(seed=1, name="good")
        conductor.start(seed=1, name="bad")
    with sqlite3.connect(settings.database) as db:
        db.execute("UPDATE sessions SET strategy = json_set(strategy, '$.budget.seconds', NULL) WHERE id = 'bad'")
    monkeypatch.setenv("LOOPCOPILOT_HOME", str(settings.home))
    return settings


def ended(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int | str | None:
    monkeypatch.setattr(sys, "argv", ["loopcopilot", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    return caught.value.code


@pytest.mark.parametrize("more", [[], ["--json"]])
def test_the_list_of_sessions_goes_on(
    more: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, "history", *more) == 0
    told = capsys.readouterr()
    assert "good" in told.out
    assert told.err == f"passed over: {SAID}\n"


@pytest.mark.parametrize("command", ["history", "show", "undo", "fork"])
def test_a_command_about_it_ends_in_one_line(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(monkeypatch, command, "bad") == 3
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"loopcopilot: session: {SAID}\n"


def test_logging_what_waits_says_why_it_waits_on(
    home: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Pending(home.home).put("bad", "e")
    Pending(home.home).put("gone", "e")
    assert ended(monkeypatch, "log", "--pending") == 0
    assert f"bad -> still waiting; session: {SAID}" in capsys.readouterr().out
    assert Pending(home.home).get("gone") is None, "the others were tried"

"""What a person or a model wrote never steers the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.conductor import Conductor
from graph.events import Event
from loopcopilot.__main__ import main
from loopcopilot.cli import cli
from loopcopilot.cli.terminal import Progress, Styled, complain, plain, show_record, show_rows, show_table
from scripted import LOOP, ScriptedPlanner, steps
from state.plan import Plan
from state.settings import Settings
from state.turn import ErrorRecord, StrategyName, TurnRecord

EVIL = "a\x1b[31mb\x07\x00\x9b2Jc\x7f\r\x08\x85d\nnext\tword"
CONTROLS = {chr(code) for code in (*range(0x20), *range(0x7F, 0xA0))} - {"\n"}


def harmless(text: str) -> bool:
    return not CONTROLS & set(text)


def record(**more: object) -> TurnRecord:
    return TurnRecord.model_validate(
        {
            "session": "s",
            "turn": 1,
            "request": EVIL,
            "reply": EVIL,
            "seed": 1,
            "strategy": StrategyName(name="default", hash="0").model_dump(),
            "status": "failed",
            **more,
        }
    )


def test_control_characters_are_left_out_and_lines_stay() -> None:
    assert plain(EVIL) == "a[31mb2Jcd\nnext word"
    assert plain(Styled("\x1b[31mours\x1b[0m")) == "\x1b[31mours\x1b[0m"


def test_a_turn_its_error_its_progress_and_rows_are_shown_without_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    show_record(record())
    complain([record(error=ErrorRecord(kind="planner", field=EVIL, message=EVIL).model_dump())])
    Progress()(Event("s", 1, None, f"finishing turn {EVIL}"))
    show_rows(["one", "two"], [[EVIL, EVIL]])
    out, err = capsys.readouterr()
    assert harmless(out)
    assert harmless(err)
    assert len(err.splitlines()[0]) > 20, "the error is one line"
    assert err.splitlines()[0].startswith("loopcopilot: turn 1: a[31mb")
    assert err.splitlines()[0].endswith("next word")


def test_a_table_is_shown_without_them(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with Conductor(settings, planner=ScriptedPlanner([steps(LOOP)])) as conductor:
        table = conductor.send(conductor.start(seed=1), "a loop").gat
    assert table is not None
    show_table(table.model_copy(update={"mood": EVIL, "genre": EVIL}))
    assert harmless(capsys.readouterr().out)


def test_the_commands_that_read_a_session_print_none(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with Conductor(settings, planner=ScriptedPlanner([steps(LOOP), Plan(answer="yes")])) as conductor:
        session = conductor.start(seed=1, title=EVIL)
        conductor.send(session, EVIL)
    home = ["--home", str(settings.home)]
    for arguments in (["history"], ["history", session], ["show", session]):
        assert cli.main([*arguments, *home], standalone_mode=False) == 0
        assert harmless(capsys.readouterr().out), arguments
    assert cli.main(["history", session, "--json", *home], standalone_mode=False) == 0
    out = capsys.readouterr().out
    assert harmless(out)
    assert json.loads(out)["request"] == EVIL, "a program is told everything"


def test_an_error_of_a_command_is_one_line_without_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["loopcopilot", "show", EVIL.replace("\x00", ""), "--home", str(tmp_path)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 2
    err = capsys.readouterr().err
    assert harmless(err)
    assert len(err.splitlines()) == 1

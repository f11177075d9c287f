"""`loopcopilot show` names who played each stem, and under which licence, where that is not the built-in band."""

from __future__ import annotations

import json

import pytest

from graph.conductor import Conductor
from loopcopilot.cli import cli
from scripted import LOOP, ScriptedPlanner, steps
from state.settings import Settings

PLAYED = {
    "piano": {"backend": "musicgen", "licence": "CC-BY-NC 4.0"},
    "bass": {"backend": "upload"},
    "drums": {"backend": "band", "licence": "MIT; CC-BY-NC 4.0"},
}


def shown(settings: Settings, capsys: pytest.CaptureFixture[str], session: str, *more: str) -> str:
    assert cli.main(["show", session, "--home", str(settings.home), *more], standalone_mode=False) == 0
    return capsys.readouterr().out


@pytest.fixture
def session(settings: Settings) -> str:
    """The first revision is the band's; in the second the stems are as PLAYED says."""
    with Conductor(settings, planner=ScriptedPlanner([steps(LOOP)])) as conductor:
        session = conductor.start(seed=1)
        table = conductor.send(session, "a loop").gat
        assert table is not None
        stems = tuple(stem.model_copy(update=PLAYED[stem.name]) for stem in table.stems)
        conductor.sessions.commit(session, 2, table.revised(stems=stems))
    return session


def test_players_and_licences_stand_below_the_stems(
    settings: Settings, capsys: pytest.CaptureFixture[str], session: str
) -> None:
    lines = [line.strip() for line in shown(settings, capsys, session).splitlines()]
    assert "piano: by musicgen, weights under CC-BY-NC 4.0" in lines
    assert "bass: from an attached file" in lines
    assert "drums: by band, weights under MIT; CC-BY-NC 4.0" in lines


def test_stems_of_one_player_share_a_line_and_the_band_has_none(
    settings: Settings, capsys: pytest.CaptureFixture[str], session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "by band" not in shown(settings, capsys, session, "--revision", "1")
    monkeypatch.setitem(PLAYED, "bass", PLAYED["piano"])
    with Conductor(settings) as conductor:
        table = conductor.table(session)
        assert table is not None
        stems = tuple(stem.model_copy(update={"licence": None, **PLAYED[stem.name]}) for stem in table.stems)
        conductor.sessions.commit(session, 3, table.revised(stems=stems))
    assert "piano, bass: by musicgen, weights under CC-BY-NC 4.0" in shown(settings, capsys, session)


def test_a_program_is_told_by_stem(settings: Settings, capsys: pytest.CaptureFixture[str], session: str) -> None:
    told = json.loads(shown(settings, capsys, session, "--json"))
    assert {stem["name"]: (stem["backend"], stem["licence"]) for stem in told["stems"]} == {
        "piano": ("musicgen", "CC-BY-NC 4.0"),
        "bass": ("upload", None),
        "drums": ("band", "MIT; CC-BY-NC 4.0"),
    }

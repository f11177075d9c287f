"""Playing a dialogue: every turn, unattended, into a folder of its own, logged."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import soundfile

from evaluation.dialogue import Dialogue, DialogueTurn, load
from evaluation.pending import Pending
from evaluation.runner import play
from nodes.planners.planner import PlanRequest
from state.errors import UploadError
from state.plan import Plan, Step
from state.sessions import SessionStore
from state.settings import Settings
from state.strategy import Strategy

LOOP = {"genre": "lofi", "bpm": 120, "key": "A minor", "bars": 1, "instruments": ["piano", "bass"]}


class ScriptedWords:
    """Knows three sentences."""

    name = "scripted words"

    def plan(self, request: PlanRequest) -> Plan:
        if "loop" in request.text:
            return Plan(steps=[Step(tool="text_to_music", arguments=LOOP)])
        if "ditch" in request.text:
            return Plan(steps=[Step(tool="remove_track", arguments={"stems": ["bass"]})])
        return Plan(question="What would you like?")


def dialogue(*texts: str) -> Dialogue:
    return Dialogue(id="two words", turns=tuple(DialogueTurn(text=text) for text in texts))


def test_every_turn_is_played_and_told_and_written(settings: Settings, tmp_path: Path) -> None:
    told: list[int] = []
    out = tmp_path / "out"
    records = play(
        dialogue("a loop", "mumble", "ditch the bass"),
        settings,
        out=out,
        planner=ScriptedWords(),
        on_record=lambda record: told.append(record.turn),
    )
    assert [record.status for record in records] == ["done", "asked", "done"]
    assert told == [1, 2, 3]
    assert {record.seed for record in records} == {0}
    assert {record.mlflow_run for record in records} == {None}
    assert (out / "revision-0002" / "mix.wav").is_file()
    assert soundfile.info(out / "revision-0001" / "mix.wav").frames == 2 * 44100
    lines = [json.loads(line) for line in (out / "records.jsonl").read_text().splitlines()]
    assert [line["turn"] for line in lines] == [1, 2, 3]
    assert "ditch the bass" in (out / "report.html").read_text()


def test_a_second_play_into_the_same_folder_takes_nothing_of_the_first_for_its_own(
    settings: Settings, tmp_path: Path
) -> None:
    first = play(dialogue("a loop"), settings, out=tmp_path / "out", planner=ScriptedWords(), seed=1)
    second = play(dialogue("a loop"), settings, out=tmp_path / "out", planner=ScriptedWords(), seed=2)
    assert first[0].session != second[0].session
    assert first[0].files is not None
    assert second[0].files is not None
    assert Path(second[0].files.mix).is_relative_to(tmp_path / "out" / "play-2")
    assert Path(first[0].files.mix).read_bytes() != Path(second[0].files.mix).read_bytes()


def test_the_seed_and_strategy_given_win_over_the_dialogues_own(settings: Settings) -> None:
    written = dialogue("mumble").model_copy(update={"seed": 5, "strategy": "unverified"})
    (own,) = play(written, settings, planner=ScriptedWords())
    assert (own.seed, own.strategy.name) == (5, "unverified")
    (given,) = play(written, settings, planner=ScriptedWords(), seed=6, strategy=Strategy(name="mine"))
    assert (given.seed, given.strategy.name) == (6, "mine")


@pytest.mark.parametrize(("approval", "stems"), [("reject", ["piano", "bass"]), ("accept", ["piano"])])
def test_nothing_unattended_waits_for_a_person(settings: Settings, approval: str, stems: list[str]) -> None:
    careful = Strategy(name="careful", approval="destructive")
    records = play(
        dialogue("a loop", "ditch the bass", "mumble"),
        settings,
        planner=ScriptedWords(),
        strategy=careful,
        approval=approval,  # type: ignore[arg-type]
    )
    assert [record.turn for record in records] == [1, 2, 3]
    assert "awaiting_approval" not in {record.status for record in records}
    assert records[-1].gat is not None
    assert records[-1].gat.stem_names == stems


def test_a_yes_that_nobody_gave_ends_the_dialogue_as_waiting(settings: Settings) -> None:
    careful = Strategy(name="careful", approval="destructive")
    records = play(dialogue("a loop", "ditch the bass", "mumble"), settings, planner=ScriptedWords(), strategy=careful)
    assert [record.status for record in records] == ["done", "awaiting_approval"]
    assert records[1].gat == records[0].gat
    stored = SessionStore(settings.database).records(records[0].session)
    assert [record.status for record in stored] == ["done", "awaiting_approval"]


def test_an_attachment_that_cannot_be_used_is_refused_before_the_first_turn(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    (tmp_path / "d.yaml").write_text("turns: [{text: a loop}, {text: this, attach: empty.wav}]")
    with pytest.raises(UploadError) as caught:
        play(load(tmp_path / "d.yaml"), settings, planner=ScriptedWords())
    assert caught.value.field == "turns[1].attach"
    assert not settings.database.exists()


def test_play_waits_for_its_run_and_a_store_that_is_away_costs_no_record(tmp_path: Path, empty_store: Path) -> None:
    settings = Settings.read({}, home=tmp_path / "home")
    settings.home.mkdir()
    shutil.copyfile(empty_store, settings.home / "mlflow.db")
    records = play(dialogue("a loop", "mumble"), settings, planner=ScriptedWords())
    runs = {record.mlflow_run for record in records}
    assert len(runs) == 1
    (run,) = (settings.home / "mlartifacts").glob(f"*/{records[0].mlflow_run}")
    assert (run / "artifacts" / "graph.svg").is_file()
    away = settings.model_copy(update={"tracking_uri": f"sqlite:///{tmp_path}/home"})
    (record,) = play(dialogue("mumble"), away, planner=ScriptedWords())
    assert (record.status, record.mlflow_run) == ("asked", None)
    assert [mark.session for mark in Pending(settings.home).all()] == [record.session]

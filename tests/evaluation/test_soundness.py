"""What is kept of a conversation and was changed behind everybody's back is told, and never called identical."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from asking import ScriptedServer, said

from evaluation.replay import Replay, replay
from graph.conductor import Conductor
from scripted import LOOP
from state.errors import SessionUnreadable
from state.settings import Settings
from state.strategy import Strategy

CLARINET = ("add_track", {"instrument": "clarinet"})


def asking(**more: object) -> Strategy:
    planner = {"kind": "asking:AskingPlanner", "model": "scripted"}
    return Strategy.model_validate({"name": "asking", "planner": planner, **more})


def told(result: Replay) -> list[str]:
    return [str(divergence) for divergence in result.divergences]


def changed(settings: Settings, statement: str, *values: object) -> None:
    """Change the record behind everybody's back."""
    with closing(sqlite3.connect(settings.database)) as db, db:
        assert db.execute(statement, values).rowcount == 1


def short(settings: Settings) -> str:
    with Conductor(settings, strategy=asking(), server=ScriptedServer([said(LOOP), said(CLARINET)])) as conductor:
        session = conductor.start(seed=1)
        conductor.send(session, "a loop")
        conductor.send(session, "a clarinet")
    return session


OTHER_CALL = "INSERT INTO exchanges SELECT session, {}, digest, refused, prompt, answer FROM exchanges WHERE turn = 2"


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        (
            "UPDATE exchanges SET prompt = replace(prompt, 'a clarinet', 'an oboe') WHERE turn = 2",
            "turn 2: damaged: call 1.prompt, its digest",
        ),
        ("UPDATE exchanges SET digest = '0' WHERE turn = 2", "turn 2: damaged: call 1.prompt, its digest: 0 -> "),
        (OTHER_CALL.format("turn, number + 5"), "turn 2: call 6: a call -> no such call"),
        (OTHER_CALL.format("9, 0"), "turn 9: damaged: call 1: a call -> no such turn"),
        (
            "UPDATE revisions SET gat = json_set(gat, '$.bpm', 99.0) WHERE revision = 2",
            "turn 2: damaged: revision 2.bpm: 90.0 -> 99.0",
        ),
        ("DELETE FROM revisions WHERE revision = 2", "turn 2: damaged: revision 2: a table -> nothing"),
        (
            "INSERT INTO revisions SELECT session, 3, 2, 9, json_set(gat, '$.revision', 3) FROM revisions WHERE revision = 2",
            "turn 2: damaged: revision 3: nothing -> a table of which no record tells",
        ),
        (
            "UPDATE turns SET strategy = json_set(strategy, '$.candidates', 2) WHERE turn = 2",
            "turn 2: damaged: strategy.hash: ",
        ),
        (
            "UPDATE turns SET record = json_set(record, '$.strategy.hash', 'abcdefabcdef') WHERE turn = 2",
            "turn 2: damaged: strategy.hash: abcdefabcdef -> ",
        ),
        (
            "UPDATE turns SET record = json_set(record, '$.strategy.name', 'other') WHERE turn = 2",
            "turn 2: damaged: strategy.name: other -> asking",
        ),
        ("UPDATE turns SET record = json_set(record, '$.seed', 5) WHERE turn = 2", "turn 2: seed: 5 -> 1"),
    ],
)
def test_kept_data_that_contradict_each_other_are_never_identical(
    settings: Settings, statement: str, says: str
) -> None:
    session = short(settings)
    changed(settings, statement)
    result = replay(settings, session)
    assert not result.identical
    assert any(line.startswith(says) for line in told(result)), told(result)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exchanges SET answer = 'garbage' WHERE turn = 2",
        "UPDATE exchanges SET answer = '[]' WHERE turn = 2",
        "UPDATE exchanges SET answer = 5 WHERE turn = 2",
        """UPDATE exchanges SET answer = '{"foo": 1}' WHERE turn = 2""",
        """UPDATE exchanges SET answer = '{"error": "away"}' WHERE turn = 2""",
        "UPDATE exchanges SET prompt = '{}' WHERE turn = 2",
        "UPDATE turns SET record = 'xx' WHERE turn = 2",
        "UPDATE turns SET record = NULL WHERE turn = 2",
        "UPDATE turns SET record = json_set(record, '$.turn', 7) WHERE turn = 2",
        "UPDATE turns SET strategy = '{' WHERE turn = 2",
        "UPDATE turns SET attachments = '3' WHERE turn = 2",
        "UPDATE revisions SET gat = 'null' WHERE revision = 2",
    ],
)
def test_kept_data_that_cannot_be_read_are_told_in_one_line(settings: Settings, statement: str) -> None:
    session = short(settings)
    changed(settings, statement)
    with pytest.raises(SessionUnreadable, match=f"session '{session}' cannot be read") as caught:
        replay(settings, session)
    assert "\n" not in str(caught.value)


def test_a_decision_that_cannot_be_read_is_told_too(settings: Settings) -> None:
    with Conductor(settings, strategy=asking(approval="always"), server=ScriptedServer([said(LOOP)])) as conductor:
        session = conductor.start(seed=1)
        conductor.send(session, "a loop")
        conductor.resume(session, {"decision": "accept"})
    changed(settings, "UPDATE decisions SET decision = '[1'")
    with pytest.raises(SessionUnreadable):
        replay(settings, session)

from __future__ import annotations

import pytest

from graph.conductor import Conductor
from scripted import LOOP, ScriptedPlanner, steps
from state.errors import InputError
from state.settings import Settings
from state.strategy import Strategy

REMOVE = steps(("remove_track", {"stems": ["piano"]}))


def waiting(settings: Settings, strategy: Strategy | None = None) -> tuple[Conductor, str]:
    """A session whose second turn waits for a yes to losing the piano."""
    conductor = Conductor(
        settings, planner=ScriptedPlanner([steps(LOOP), REMOVE]), strategy=strategy or Strategy(approval="destructive")
    )
    session = conductor.start(seed=1)
    assert conductor.send(session, "a loop").status == "done"
    record = conductor.send(session, "lose the piano")
    assert record.status == "awaiting_approval"
    assert record.gat is not None
    assert "piano" in record.gat.stem_names
    assert [step.status for step in record.plan] == ["pending"]
    return conductor, session


def reopened(settings: Settings) -> Conductor:
    """Another process: nothing is remembered but what lies on disk."""
    return Conductor(settings, planner=ScriptedPlanner([]))


def test_an_accepted_plan_runs_in_another_process(settings: Settings) -> None:
    conductor, session = waiting(settings)
    conductor.close()
    record = reopened(settings).resume(session, {"decision": "accept"})
    assert record is not None
    assert record.status == "done", record.reply
    assert record.gat is not None
    assert "piano" not in record.gat.stem_names
    assert record.turn == 2


def test_a_rejected_plan_changes_nothing(settings: Settings) -> None:
    _, session = waiting(settings)
    record = reopened(settings).resume(session, {"decision": "reject"})
    assert record is not None
    assert (record.status, record.gat.revision if record.gat else None) == ("done", 1)
    assert "Nothing was changed" in record.reply
    assert [step.status for step in record.plan] == ["skipped"]


def test_an_edited_plan_runs_instead(settings: Settings) -> None:
    _, session = waiting(settings)
    edited = {"decision": "edit", "steps": [{"tool": "remove_track", "arguments": {"stems": ["bass"]}}]}
    record = reopened(settings).resume(session, edited)
    assert record is not None
    assert record.gat is not None
    assert "bass" not in record.gat.stem_names
    assert "piano" in record.gat.stem_names


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        ({}, "accept, reject or edit"),
        ({"decision": "maybe"}, "accept, reject or edit"),
        ({"decision": "edit", "steps": []}, "list of steps"),
        ({"decision": "edit", "steps": [{"tool": "no_such_tool"}]}, "no_such_tool"),
        ({"decision": "edit", "steps": [{"tool": "remove_track", "arguments": {"stems": ["tuba"]}}]}, "tuba"),
    ],
)
def test_a_wrong_answer_leaves_the_turn_waiting(settings: Settings, decision: dict[str, object], words: str) -> None:
    _, session = waiting(settings)
    other = reopened(settings)
    with pytest.raises(InputError, match=words):
        other.resume(session, decision)
    record = other.resume(session, {"decision": "accept"})
    assert record is not None
    assert record.status == "done"


def test_a_waiting_turn_is_never_replaced_by_a_new_message(settings: Settings) -> None:
    conductor, session = waiting(settings)
    with pytest.raises(InputError, match="waits for approval"):
        conductor.send(session, "something else")
    assert conductor.sessions.open_turn(session) is not None


def test_what_destroys_nothing_needs_no_yes(settings: Settings) -> None:
    planner = ScriptedPlanner([steps(LOOP), steps(("adjust_track", {"stems": ["piano"], "gain_db": 3}))])
    conductor = Conductor(settings, planner=planner, strategy=Strategy(approval="destructive"))
    session = conductor.start(seed=1)
    assert conductor.send(session, "a loop").status == "done"
    assert conductor.send(session, "piano up").status == "done"


def test_always_asks_even_for_a_first_loop(settings: Settings) -> None:
    conductor = Conductor(settings, planner=ScriptedPlanner([steps(LOOP)]), strategy=Strategy(approval="always"))
    session = conductor.start(seed=1)
    record = conductor.send(session, "a loop")
    assert (record.status, record.gat) == ("awaiting_approval", None)
    accepted = conductor.resume(session, {"decision": "accept"})
    assert accepted is not None
    assert accepted.gat is not None


def test_an_undo_does_not_pass_a_waiting_turn_by(settings: Settings) -> None:
    conductor, session = waiting(settings)
    with pytest.raises(InputError, match="waits for approval"):
        conductor.undo(session, revision=1)
    assert conductor.sessions.last_ended(session) == 1

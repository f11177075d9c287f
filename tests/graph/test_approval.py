from __future__ import annotations

import time

import pytest

from graph.conductor import Conductor
from scripted import LOOP, ScriptedPlanner, SpoiltBand, steps
from state.errors import InputError
from state.settings import Settings
from state.strategy import Strategy

BASS = {"tool": "remove_track", "arguments": {"stems": ["bass"]}}
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
        ({"decision": "edit", "steps": [{"tool": "no_such_tool"}]}, r"step 1 \(no_such_tool\).*no_such_tool"),
        ({"decision": "edit", "steps": [{"tool": "remove_track", "arguments": {"stems": ["tuba"]}}]}, "tuba"),
        (
            {"decision": "edit", "steps": [BASS, {"tool": "remove_track", "arguments": {"stems": ["bass"]}}]},
            r"step 2 \(remove_t.*bass",
        ),
        ({"decision": "edit", "steps": [BASS, "more"]}, "step 2: needs 'tool'"),
        ({"decision": "edit", "steps": [{"tool": "remove_track", "argument": {}}]}, "step 1: has no 'argument'"),
        (
            {"decision": "edit", "steps": [{"tool": "remove_track", "arguments": ["bass"]}]},
            "step 1: 'arguments' is a mapping",
        ),
        ({"decision": "edit", "steps": [BASS] * 25}, "25 steps, and a turn has at most 24"),
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


def test_a_waiting_reply_shows_what_each_step_changes_and_keeps(settings: Settings) -> None:
    conductor, session = waiting(settings)
    assert conductor.history(session)[-1].reply.splitlines() == [
        "Waiting for your yes to this:",
        "1. remove track (stems piano)",
        "   changes: the named stems are gone; undo brings back what is lost",
        "   keeps: every other stem with its take, level, position and effects; tempo, key, chords and length",
        f"Answer: loopcopilot resume {session} --accept | --edit FILE | --reject",
    ]


def test_a_plan_made_anew_after_a_failure_is_approved_again(settings: Settings) -> None:
    strategy = Strategy.model_validate(
        {"planner": "plan_execute", "retry": {"kind": "replan", "attempts": 3}, "approval": "always"}
    )
    another = steps(LOOP, ("shift_pitch", {"semitones": 2}))
    conductor = Conductor(
        settings, planner=ScriptedPlanner([steps(LOOP), another]), strategy=strategy, band=SpoiltBand(silent=1)
    )
    session = conductor.start(seed=1)
    assert conductor.send(session, "a loop").status == "awaiting_approval"
    again = conductor.resume(session, {"decision": "accept"})
    assert again is not None
    assert again.status == "awaiting_approval"
    assert [step.status for step in again.plan] == ["superseded", "pending", "pending"]
    assert "these 2 steps" in again.reply
    assert again.gat is None
    assert [verdict.passed for verdict in again.verdicts] == [False], "a person sees why the plan is another one"
    record = conductor.resume(session, {"decision": "accept"})
    assert record is not None
    assert record.status == "done", record.reply
    assert [step.status for step in record.plan] == ["superseded", "passed", "passed"]


def test_a_plan_made_anew_and_rejected_leaves_nothing_of_the_failed_one(settings: Settings) -> None:
    strategy = Strategy.model_validate(
        {"planner": "plan_execute", "retry": {"kind": "replan", "attempts": 3}, "approval": "always"}
    )
    planner = ScriptedPlanner([steps(LOOP), steps(LOOP)])
    conductor = Conductor(settings, planner=planner, strategy=strategy, band=SpoiltBand(silent=1))
    session = conductor.start(seed=1)
    conductor.send(session, "a loop")
    conductor.resume(session, {"decision": "accept"})
    record = conductor.resume(session, {"decision": "reject"})
    assert record is not None
    assert record.gat is None
    assert [step.status for step in record.plan] == ["superseded", "skipped"]
    assert "Nothing was changed." in record.reply


def test_what_was_done_before_a_no_stays_and_the_reply_does_not_deny_it(settings: Settings) -> None:
    plans = [steps(LOOP, complete=False), steps(("shift_pitch", {"semitones": 2}), complete=False)]
    conductor = Conductor(settings, planner=ScriptedPlanner(plans), strategy=Strategy(approval="always"))
    session = conductor.start(seed=1)
    conductor.send(session, "a loop, a tone up")
    asked = conductor.resume(session, {"decision": "accept"})
    assert asked is not None
    assert asked.status == "awaiting_approval", "each step of a planner that looks again is asked for"
    record = conductor.resume(session, {"decision": "reject"})
    assert record is not None
    assert record.gat is not None
    assert (record.gat.revision, record.gat.key) == (1, "G minor")
    assert "Nothing was changed" not in record.reply
    assert "Not done, as you said no: shift pitch (semitones 2)." in record.reply


def test_decisions_are_kept_with_their_turn_and_go_with_a_fork(settings: Settings) -> None:
    conductor, session = waiting(settings)
    edited = {"decision": "edit", "steps": [{"tool": "remove_track", "arguments": {"stems": ["bass"]}}]}
    conductor.resume(session, edited)
    (kept,) = conductor.sessions.interventions.decisions(session, 2)
    assert kept["decision"] == "edit"
    assert [(step["tool"], step["arguments"]) for step in kept["steps"]] == [("remove_track", {"stems": ["bass"]})]
    fork = conductor.fork(session, 2)
    assert conductor.sessions.interventions.decisions(fork, 2) == [kept]
    assert conductor.sessions.interventions.decisions(conductor.fork(session, 1), 2) == []
    assert conductor.sessions.interventions.decisions(session, 1) == []


def test_while_a_person_thinks_the_turn_spends_no_time(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    two = steps(LOOP, ("shift_pitch", {"semitones": 2}))
    chosen = Strategy.model_validate({"approval": "always", "budget": {"seconds": 60}})
    session = Conductor(settings, planner=ScriptedPlanner([two]), strategy=chosen).start(seed=1)
    with Conductor(settings, planner=ScriptedPlanner([two]), strategy=chosen) as asking:
        assert asking.send(session, "a loop, a tone up").status == "awaiting_approval"
    noon = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: noon)
    with Conductor(settings, planner=ScriptedPlanner([]), strategy=chosen) as later:
        record = later.resume(session, {"decision": "accept"})
    assert record is not None
    assert (record.status, [step.status for step in record.plan]) == ("done", ["passed", "passed"])


def test_how_a_step_went_is_not_for_its_planner_to_say(settings: Settings) -> None:
    plan = steps(LOOP)
    plan.steps[0].attempts, plan.steps[0].seconds, plan.steps[0].status = 9, 99.0, "failed"
    with Conductor(settings, planner=ScriptedPlanner([plan])) as conductor:
        record = conductor.send(conductor.start(seed=1), "a loop")
    assert (record.status, record.plan[0].status, record.plan[0].attempts) == ("done", "passed", 1)
    assert record.plan[0].seconds < 60

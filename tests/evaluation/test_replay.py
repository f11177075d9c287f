"""A conversation held once more without its language model: identical, or different in exactly the place that differs."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import soundfile
from asking import ScriptedServer, said

from ensemble.band.band import BuiltInBand
from evaluation.replay import Replay, replay
from graph.conductor import Conductor
from nodes.planners.exchange import Answer, ToolCall, Unsupported
from scripted import LOOP, ScriptedPlanner, steps
from state.errors import InfrastructureError, InputError, ServerError
from state.settings import Settings
from state.strategy import Strategy
from state.turn import ErrorRecord

ASKING = {"kind": "asking:AskingPlanner", "model": "scripted"}
CLARINET = ("add_track", {"instrument": "clarinet"})


def asking(**more: object) -> Strategy:
    return Strategy.model_validate({"name": "asking", "planner": ASKING, **more})


def told(result: Replay) -> list[str]:
    return [str(divergence) for divergence in result.divergences]


def snapshot(home: Path) -> dict[str, str]:
    """Everything below `home` by content. SQLite's own bookkeeping changes when a database is merely opened."""
    found = {
        path.relative_to(home).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and ".sqlite" not in path.name
    }
    for path in home.glob("*.sqlite"):
        with closing(sqlite3.connect(path)) as db:
            found[path.name] = hashlib.sha256("\n".join(db.iterdump()).encode()).hexdigest()
    return found


def changed(settings: Settings, statement: str, *values: object) -> None:
    """Change the record behind everybody's back."""
    with closing(sqlite3.connect(settings.database)) as db, db:
        assert db.execute(statement, values).rowcount == 1


def held(settings: Settings, tmp_path: Path) -> str:
    """Everything that can be decided from outside, once: an upload, an undo, an edited plan, a refused form, a server's
    failure, another strategy in between, an export."""
    soundfile.write(tmp_path / "beat.wav", np.random.default_rng(5).normal(0, 0.1, (88_200, 2)), 44_100)
    server = ScriptedServer(
        [
            said(LOOP),
            Unsupported("no such form"),
            said(CLARINET, ("adjust_track", {"stems": ["bass"], "gain_db": -3})),
            said(("remove_track", {"stems": ["piano"]})),
            ServerError("the server is away"),
            said(answer="A pretty loop."),
            said(("export", {})),
            said(("vary", {"stems": ["bass"]})),
        ]
    )
    with Conductor(settings, strategy=asking(), server=server) as conductor:
        session = conductor.start(seed=11)
        conductor.send(session, "a loop")
        conductor.send(session, "a clarinet, and less bass")
        conductor.undo(session, revision=1)
        conductor.strategy = asking(approval="destructive")
        assert conductor.send(session, "lose the piano").status == "awaiting_approval"
        edited = {"decision": "edit", "steps": [{"tool": "remove_track", "arguments": {"stems": ["drums"]}}]}
        done = conductor.resume(session, edited)
        assert done is not None
        assert done.status == "done", done.reply
        assert conductor.send(session, "more").status == "failed"
        assert "unchecked" in conductor.send(session, "how is it?", [tmp_path / "beat.wav"]).reply
        assert str(settings.home) in conductor.send(session, "export it").reply
        conductor.strategy = Strategy()
        conductor.send(session, "transpose it up a tone")
        conductor.strategy = asking()
        conductor.send(session, "another bass line")
        assert not server.answers
        return session


def test_a_conversation_is_replayed_bit_for_bit_and_nothing_of_it_is_touched(
    settings: Settings, tmp_path: Path
) -> None:
    session = held(settings, tmp_path)
    before = snapshot(settings.home)
    result = replay(settings, session)
    assert told(result) == []
    assert result.identical
    assert (result.turns, result.remarks) == (8, [])
    assert snapshot(settings.home) == before


def test_a_fork_is_replayed_with_the_past_that_it_shares(settings: Settings, tmp_path: Path) -> None:
    origin = held(settings, tmp_path)
    with Conductor(settings, strategy=asking(), server=ScriptedServer([said(CLARINET)])) as conductor:
        fork = conductor.fork(origin, 6)
        assert conductor.send(fork, "a clarinet").status == "done"
    result = replay(settings, fork)
    assert (told(result), result.turns) == ([], 7)


def test_each_thing_that_differs_is_said_and_nothing_else(settings: Settings, tmp_path: Path) -> None:
    session = held(settings, tmp_path)
    for turn, place, value in (
        (1, "plan[0].arguments.bpm", 91),
        (2, "gat.mix", "other"),
        (2, "usage.llm_calls", 5),
        (3, "verdicts[0].checks[0].status", "failed"),
        (4, "status", "done"),
        (4, "error.message", "so"),
        (7, "reply", "Fine."),
        (8, "plan[0].attempts", 4),
    ):
        changed(settings, f"UPDATE turns SET record = json_set(record, '$.{place}', ?) WHERE turn = ?", value, turn)
    changed(settings, "UPDATE turns SET record = json_remove(record, '$.planning[0]') WHERE turn = 2")
    damaged, lines = [], []
    for line in told(replay(settings, session)):
        (damaged if ": damaged: " in line else lines).append(line)
    assert [line.split(" -> ")[0] for line in damaged] == [
        "turn 4: damaged: status: done",
        "turn 2: damaged: revision 2.mix: other",
    ]
    assert [line.split(" -> ")[0] for line in lines] == [
        "turn 1: plan[0].arguments.bpm: 91",
        "turn 2: gat.mix: other",
        "turn 2: planning[0]: nothing",
        "turn 2: usage.llm_calls: 5",
        "turn 3: verdicts[0].checks[0].status: failed",
        "turn 4: status: done",
        "turn 4: error.message: so",
        "turn 7: reply: Fine.",
        "turn 8: plan[0].attempts: 4",
    ]
    assert lines[0].endswith(" -> 90")
    assert lines[4].endswith(" -> passed")
    assert lines[5].endswith(" -> failed")


def short(settings: Settings) -> str:
    with Conductor(settings, strategy=asking(), server=ScriptedServer([said(LOOP), said(CLARINET)])) as conductor:
        session = conductor.start(seed=1)
        conductor.send(session, "a loop")
        conductor.send(session, "a clarinet")
    return session


def test_a_prompt_that_differs_is_named_with_its_turn_call_and_place(settings: Settings) -> None:
    session = short(settings)
    changed(settings, "UPDATE turns SET request = 'a clarinet, please' WHERE turn = 2")
    result = replay(settings, session)
    first, line = told(result)
    assert first == "turn 2: damaged: request: a clarinet -> a clarinet, please"
    assert line.startswith("turn 2: call 1.prompt.messages[1].content, character ")
    assert '"a clarinet' in line
    assert "please" in line.split(" -> ")[1]


def test_a_call_that_was_not_kept_is_named_and_the_rest_is_left_out(settings: Settings) -> None:
    session = short(settings)
    changed(settings, "DELETE FROM exchanges WHERE turn = 1")
    result = replay(settings, session)
    assert told(result) == ["turn 1: call 1: no such call -> one call more"]
    assert result.remarks == ["1 more turns were not replayed: they would begin from something else"]


def test_another_answer_changes_what_is_heard_and_is_found(settings: Settings) -> None:
    session = short(settings)
    flute = said(("add_track", {"instrument": "flute"})).model_dump_json()
    changed(settings, "UPDATE exchanges SET answer = ? WHERE turn = 2", flute)
    lines = told(replay(settings, session))
    assert "turn 2: plan[0].arguments.instrument: clarinet -> flute" in lines
    assert any(line.startswith("turn 2: gat.stems[3].audio: ") for line in lines)


def test_a_run_is_found_by_its_mlflow_id_and_an_unknown_one_is_refused(settings: Settings) -> None:
    session = short(settings)
    with Conductor(settings) as conductor:
        conductor.sessions.set_run_id(session, "0f" * 16)
    assert replay(settings, "0f" * 16).session == session
    for unknown in ("nobody", "../up", "0e" * 16):
        with pytest.raises(InputError, match="neither a session nor an MLflow run"):
            replay(settings, unknown)


def test_a_planner_handed_over_in_python_cannot_be_replayed_and_is_named(settings: Settings) -> None:
    with Conductor(settings, planner=ScriptedPlanner([steps(LOOP)])) as conductor:
        session = conductor.start(seed=1)
        conductor.send(session, "a loop")
        fork = conductor.fork(session, 1)
    for run in (session, fork):
        with pytest.raises(InputError, match=r"turn 1 .* handed over in Python \(scripted\)"):
            replay(settings, run)


def test_a_strategy_hash_that_was_another_is_said_and_is_no_difference(settings: Settings) -> None:
    session = short(settings)
    for name in ("hash", "code"):
        changed(
            settings, f"UPDATE turns SET record = json_set(record, '$.strategy.{name}', 'abcdefabcdef') WHERE turn = 2"
        )
    result = replay(settings, session)
    assert result.identical
    (remark,) = result.remarks
    assert remark.startswith("turn 2: strategy hash abcdefabcdef was recorded, it is ")


def test_a_turn_that_still_waits_is_replayed_up_to_its_plan(settings: Settings) -> None:
    strategy = asking(approval="always")
    with Conductor(settings, strategy=strategy, server=ScriptedServer([said(LOOP), said(CLARINET)])) as conductor:
        session = conductor.start(seed=1)
        conductor.send(session, "a loop")
        conductor.resume(session, {"decision": "reject"})
        conductor.send(session, "a clarinet")
    result = replay(settings, session)
    assert (told(result), result.turns, result.remarks) == ([], 2, [])


def test_every_step_of_a_planner_that_looks_again_is_approved_again(settings: Settings) -> None:
    strategy = asking(approval="always", planner={**ASKING, "options": {"each": True}})
    server = ScriptedServer([said(LOOP), said(CLARINET), said(("shift_pitch", {"semitones": 2}))])
    with Conductor(settings, strategy=strategy, server=server) as conductor:
        session = conductor.start(seed=1)
        record = conductor.send(session, "a loop with a clarinet")
        for decision in ("accept", "accept", "reject"):
            assert record.status == "awaiting_approval"
            answered = conductor.resume(session, {"decision": decision})
            assert answered is not None
            record = answered
    assert record.status == "done"
    assert [step.status for step in record.plan] == ["passed", "passed", "skipped"]
    assert "Not done, as you said no: shift pitch (semitones 2)." in record.reply
    assert told(replay(settings, session)) == []


def test_a_turn_that_a_person_stopped_is_taken_over_as_recorded(settings: Settings) -> None:
    server = ScriptedServer([said(LOOP), said(CLARINET), said(CLARINET)])
    stop: list[Callable[[], None]] = []
    with Conductor(
        settings, strategy=asking(), server=server, on_event=lambda event: [act() for act in stop] and None
    ) as conductor:
        session = conductor.start(seed=1)
        conductor.send(session, "a loop")
        stop.append(conductor.cancel)
        stopped = conductor.send(session, "a clarinet")
        assert stopped.error is not None
        assert stopped.error.kind == "cancelled"
        stop.clear()
        assert conductor.send(session, "a clarinet, now really").status == "done"
    result = replay(settings, session)
    assert told(result) == []
    assert (result.turns, result.remarks) == (3, ["turn 2 ended as cancelled: taken over as recorded"])


def test_the_command_prints_one_object_and_the_documented_exit_status(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from loopcopilot.cli import cli

    session = short(settings)
    arguments = ["replay", session, "--home", str(settings.home)]
    assert cli.main([*arguments, "--json"], standalone_mode=False) == 0
    assert json.loads(capsys.readouterr().out) == {
        "session": session, "turns": 2, "identical": True, "differences": [], "remarks": [],
    }  # fmt: skip
    changed(settings, "UPDATE turns SET record = json_set(record, '$.plan[0].arguments.bpm', 92) WHERE turn = 1")
    assert cli.main(arguments, standalone_mode=False) == 1
    assert capsys.readouterr().out.splitlines() == [
        "turn 1: plan[0].arguments.bpm: 92 -> 90", "2 turns replayed: different",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("planner", "refused"),
    [
        ("single_shot", 0), ("single_shot", 1), ("single_shot", 2), ("single_shot", 3), ("hybrid", 2),
        ({"kind": "noisy", "planner": "vote"}, 2),
    ],
)  # fmt: skip
def test_what_a_session_has_learnt_about_its_server_is_learnt_again_in_the_replay(
    settings: Settings, planner: object, refused: int
) -> None:
    """Two processes on one session, and a second session that finds out by itself which forms the server takes."""
    given = Strategy.model_validate({"planner": planner}).model_dump()["planner"]
    inner = given.get("planner", given)
    inner |= {"model": "scripted"}
    votes = inner.get("votes", 1)
    strategy = Strategy.model_validate({"planner": given})
    plan = json.dumps({"steps": [{"tool": LOOP[0], "arguments": LOOP[1]}]})
    call = ToolCall(id="1", name="plan", arguments=plan)
    answer = Answer(calls=(call,)) if refused == 1 else Answer(text=plan)
    refusals: list[Answer | Unsupported | ServerError] = [Unsupported("no such form")] * refused
    request = "zq vxw grmpf"
    with Conductor(settings, strategy=strategy, server=ScriptedServer([*refusals, *[answer] * 2 * votes])) as conductor:
        first = conductor.start(seed=1)
        assert conductor.send(first, request).usage.llm_calls == refused + votes
        assert conductor.send(first, request).usage.llm_calls == votes
    again = ScriptedServer([*[answer] * votes, *refusals, *[answer] * votes])
    with Conductor(settings, strategy=strategy, server=again) as conductor:
        assert conductor.send(first, request).usage.llm_calls == votes
        second = conductor.start(seed=2)
        assert conductor.send(second, request).usage.llm_calls == refused + votes
    for session, turns in ((first, 3), (second, 1)):
        result = replay(settings, session)
        assert (told(result), result.turns) == ([], turns)


def test_players_handed_over_in_python_and_a_turn_cut_off_are_remarked(settings: Settings) -> None:
    with Conductor(settings, strategy=asking(), server=ScriptedServer([said(LOOP)]), band=BuiltInBand()) as conductor:
        session = conductor.start(seed=1)
        conductor.send(session, "a loop")
        conductor.sessions.begin_turn(session, "cut off")
    result = replay(settings, session)
    assert told(result) == []
    assert result.remarks == [
        "turn 1 had players that were handed over in Python; the built-in band plays here",
        "turn 2 is not ended and was left out",
    ]


def test_the_scratch_home_goes_away_when_a_file_is_missing_too(settings: Settings, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "hit.wav", np.random.default_rng(5).normal(0, 0.1, (44_100, 2)), 44_100)
    with Conductor(settings, strategy=asking(), server=ScriptedServer([said(answer="Yes.")])) as conductor:
        session = conductor.start(seed=1)
        conductor.send(session, "what is this?", [tmp_path / "hit.wav"])
        (entry,) = conductor.sessions.entries(session)
        conductor.store.path(entry.attachments[0][1]).unlink()
    with pytest.raises(InfrastructureError, match="is gone"):
        replay(settings, session)
    assert [path.name for path in settings.home.iterdir() if path.name.startswith(".replay")] == []


def test_a_turn_that_crashed_after_its_commit_is_taken_over_with_its_sound(settings: Settings) -> None:
    server = ScriptedServer([said(LOOP), said(("shift_pitch", {"semitones": 2})), said(CLARINET)])
    with Conductor(settings, strategy=asking(), server=server) as conductor:
        session = conductor.start(seed=1)
        for text in ("a loop", "up", "a clarinet"):
            conductor.send(session, text)
    crashed = ErrorRecord(kind="crashed", message="the process ended 3 times during this turn").model_dump_json()
    changed(settings, "UPDATE turns SET record = json_set(record, '$.error', json(?)) WHERE turn = 2", crashed)
    result = replay(settings, session)
    assert told(result) == []
    assert (result.turns, result.remarks) == (3, ["turn 2 ended as crashed: taken over as recorded"])

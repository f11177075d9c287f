from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from graph.conductor import Conductor
from graph.events import Event
from scripted import LOOP, ScriptedPlanner, SpoiltBand, steps
from state.errors import InputError, SessionBusy, UploadError
from state.plan import Plan
from state.settings import Settings
from state.strategy import Budget, Retry, Strategy


def conduct(settings: Settings, *plans: Plan, **more: object) -> tuple[Conductor, ScriptedPlanner]:
    planner = ScriptedPlanner(plans)
    return Conductor(settings, planner=planner, **more), planner


def test_a_turn_makes_one_revision_and_files_that_sum_to_the_mix(settings: Settings) -> None:
    conductor, _ = conduct(settings, steps(LOOP))
    record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == "done", record.reply
    assert record.gat is not None
    assert record.files is not None
    assert record.gat.revision == 1
    assert [step.status for step in record.plan] == ["passed"]
    mix, rate = soundfile.read(record.files.mix, dtype="float64")
    assert rate == 44_100
    assert len(mix) == record.gat.samples == round(2 * 4 * 60 / 90 * 44_100)
    stems = sum(soundfile.read(path, dtype="float64")[0] for path in record.files.stems.values())
    residual = mix - stems * 10 ** (record.gat.master_gain_db / 20)
    assert 20 * np.log10(np.sqrt(np.mean(residual**2)) / np.sqrt(np.mean(mix**2))) < -60
    assert record.files.midi is not None
    assert Path(record.files.midi).read_bytes()[:4] == b"MThd"


def test_the_same_seed_gives_the_same_table_and_samples(settings: Settings, tmp_path: Path) -> None:
    first, _ = conduct(settings, steps(LOOP))
    second, _ = conduct(settings.model_copy(update={"home": tmp_path / "other"}), steps(LOOP))
    third, _ = conduct(settings, steps(LOOP))
    tables = [c.send(c.start(seed=seed), "a loop").gat for c, seed in ((first, 5), (second, 5), (third, 6))]
    assert tables[0] == tables[1]
    assert tables[0] is not None
    assert tables[2] is not None
    assert tables[0].mix != tables[2].mix


def test_a_later_turn_overwrites_no_earlier_file_and_an_untouched_stem_keeps_its_take(settings: Settings) -> None:
    conductor, _ = conduct(settings, steps(LOOP), steps(("add_track", {"instrument": "clarinet"})))
    session = conductor.start(seed=1)
    first = conductor.send(session, "a loop")
    assert first.files is not None
    content = {path: Path(path).read_bytes() for path in (first.files.mix, *first.files.stems.values())}
    second = conductor.send(session, "a clarinet")
    assert second.status == "done", second.reply
    assert all(Path(path).read_bytes() == data for path, data in content.items())
    assert first.gat is not None
    assert second.gat is not None
    old = {stem.name: stem.audio for stem in first.gat.stems}
    assert {stem.name: stem.audio for stem in second.gat.stems if stem.name in old} == old
    assert (second.gat.revision, second.gat.parent) == (2, 1)


def test_several_steps_make_one_revision(settings: Settings) -> None:
    plan = steps(("shift_pitch", {"semitones": -5}), ("change_speed", {"factor": 0.9}))
    conductor, _ = conduct(settings, steps(LOOP), plan)
    session = conductor.start(seed=1)
    conductor.send(session, "a loop")
    record = conductor.send(session, "down a fourth and slower")
    assert record.status == "done", record.reply
    assert record.gat is not None
    assert (record.gat.revision, record.gat.key, record.gat.bpm) == (2, "D minor", 81)
    assert len(conductor.sessions.revisions(session)) == 2


def test_undo_moves_the_head_and_the_next_revision_grows_from_there(settings: Settings) -> None:
    conductor, _ = conduct(
        settings,
        steps(LOOP),
        steps(("shift_pitch", {"semitones": 2})),
        steps(("undo", {})),
        steps(("change_speed", {"bpm": 100})),
    )
    session = conductor.start(seed=1)
    records = [conductor.send(session, text) for text in ("a loop", "up", "no, the one before", "100")]
    tables = [record.gat for record in records]
    assert [table.revision for table in tables if table] == [1, 2, 1, 3]
    assert tables[2] == tables[0]
    assert tables[3] is not None
    assert tables[3].parent == 1
    assert tables[3].key == "G minor"


def test_an_impossible_third_step_asks_and_leaves_nothing_half_done(settings: Settings) -> None:
    plan = steps(
        ("shift_pitch", {"semitones": 2}), ("change_speed", {"bpm": 95}), ("remove_track", {"stems": ["tuba"]})
    )
    conductor, _ = conduct(settings, steps(LOOP), plan)
    session = conductor.start(seed=1)
    first = conductor.send(session, "a loop")
    record = conductor.send(session, "up, 95, and lose the tuba")
    assert record.status == "asked"
    assert "tuba" in record.reply
    assert record.gat == first.gat
    assert len(conductor.sessions.revisions(session)) == 1


def test_what_only_playing_shows_to_be_impossible_asks_and_leaves_nothing_half_done(settings: Settings) -> None:
    swing = ("vary", {"feel": "swing"})
    plan = steps(("adjust_track", {"stems": ["piano"], "gain_db": -3}), swing, swing)
    conductor, _ = conduct(settings, steps(LOOP), plan)
    session = conductor.start(seed=1)
    first = conductor.send(session, "a loop")
    record = conductor.send(session, "piano down, swing it, and swing it")
    assert record.status == "asked", record.reply
    assert record.gat == first.gat
    assert [step.status for step in record.plan] == ["skipped", "skipped", "skipped"]


def test_a_silent_take_is_retried_with_another_seed_until_it_sounds(settings: Settings) -> None:
    band = SpoiltBand(silent=1)
    conductor, _ = conduct(settings, steps(LOOP), band=band)
    record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == "done", record.reply
    assert record.plan[0].attempts == 2
    assert [verdict.passed for verdict in record.verdicts] == [False, True]
    assert any(check.status == "failed" for check in record.verdicts[0].checks)


def test_an_effect_that_was_not_heard_is_tried_again_as_the_same_effect_made_stronger(settings: Settings) -> None:
    faint = ("add_effect", {"effects": [{"kind": "reverb", "wet": 0.01}], "stems": ["piano"]})
    conductor, _ = conduct(settings, steps(LOOP), steps(faint))
    session = conductor.start(seed=1)
    conductor.send(session, "a loop")
    record = conductor.send(session, "reverb on the piano")
    assert next(verdict.passed for verdict in record.verdicts) is False
    assert record.plan[0].attempts > 1
    (effect,) = record.plan[0].arguments["effects"]
    assert effect["kind"] == "reverb"
    assert effect["wet"] > 0.01


def test_when_attempts_are_spent_the_best_take_is_kept_and_the_reply_names_what_was_not_reached(
    settings: Settings,
) -> None:
    conductor, _ = conduct(
        settings,
        steps(LOOP, ("shift_pitch", {"semitones": 1})),
        band=SpoiltBand(silent=1),
        strategy=Strategy(retry=Retry(attempts=1)),
    )
    record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == "partial"
    assert [step.status for step in record.plan] == ["failed", "skipped"]
    assert "Not reached" in record.reply
    assert "shift pitch" in record.reply
    assert record.gat is not None


def test_without_a_verifier_nothing_is_claimed_to_be_checked(settings: Settings) -> None:
    strategy = Strategy(verifier="none", retry=Retry(kind="none", attempts=1))
    conductor, _ = conduct(settings, steps(LOOP), band=SpoiltBand(silent=1), strategy=strategy)
    record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == "done"
    assert [verdict.checks for verdict in record.verdicts] == [[]]
    assert "Checked by listening" not in record.reply


def test_the_better_of_several_candidates_is_kept(settings: Settings) -> None:
    strategy = Strategy(candidates=2, retry=Retry(kind="none", attempts=1))
    conductor, _ = conduct(settings, steps(LOOP), band=SpoiltBand(silent=3), strategy=strategy)
    record = conductor.send(conductor.start(seed=1), "a loop")
    (verdict,) = record.verdicts
    assert not [check for check in verdict.checks if check.name in ("sounding", "audible") and check.status == "failed"]


def test_a_turns_budget_ends_it_with_what_was_done(settings: Settings) -> None:
    plan = steps(LOOP, ("shift_pitch", {"semitones": 1}))
    conductor, _ = conduct(settings, plan, band=SpoiltBand(silent=1), strategy=Strategy(budget=Budget(tool_calls=2)))
    record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == "partial"
    assert [step.status for step in record.plan] == ["passed", "skipped"]
    assert record.plan[0].attempts == 2
    assert "limit of 2 tool calls" in record.reply


def test_a_plan_beyond_the_budget_asks_before_anything_is_played(settings: Settings) -> None:
    up = ("shift_pitch", {"semitones": 1})
    conductor, _ = conduct(settings, steps(LOOP, up, up), strategy=Strategy(budget=Budget(tool_calls=2)))
    record = conductor.send(conductor.start(seed=1), "a loop")
    assert (record.status, record.gat) == ("asked", None)
    assert "3 steps" in record.reply


def test_an_incremental_planner_is_asked_again_with_what_was_done(settings: Settings) -> None:
    conductor, planner = conduct(
        settings,
        steps(LOOP, complete=False),
        steps(("shift_pitch", {"semitones": 2}), complete=False),
        Plan(answer="That is all."),
    )
    record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == "done", record.reply
    assert [step.tool for step in record.plan] == ["text_to_music", "shift_pitch"]
    assert [len(request.steps) for request in planner.requests] == [0, 1, 2]
    assert planner.requests[2].gat is not None
    assert planner.requests[2].gat.key == "A minor"
    assert "That is all." in record.reply


def test_a_planner_sees_the_past_of_its_session_only(settings: Settings) -> None:
    conductor, planner = conduct(settings, steps(LOOP), Plan(answer="Hello."), Plan(answer="Hello."))
    session = conductor.start(seed=1)
    conductor.send(session, "a loop")
    conductor.send(session, "hello")
    conductor.send(conductor.start(seed=1), "hello")
    assert [past.request for past in planner.requests[1].history] == ["a loop"]
    assert list(planner.requests[2].history) == []
    assert planner.requests[2].gat is None


def test_a_question_changes_nothing_and_names_no_file_while_there_is_no_loop(settings: Settings) -> None:
    conductor, _ = conduct(settings, Plan(question="Which style?"))
    record = conductor.send(conductor.start(), "something")
    assert (record.status, record.reply, record.gat, record.files) == ("asked", "Which style?", None, None)


def test_a_fork_hears_the_same_past_and_goes_its_own_way(settings: Settings) -> None:
    conductor, _ = conduct(
        settings, steps(LOOP), steps(("shift_pitch", {"semitones": 2})), steps(("shift_pitch", {"semitones": 2}))
    )
    session = conductor.start(seed=1)
    conductor.send(session, "a loop")
    original = conductor.send(session, "up")
    fork = conductor.fork(session, 1)
    again = conductor.send(fork, "up")
    assert again.gat == original.gat, "the same message on the same past and seed gives the same table"
    assert again.files != original.files


def test_progress_is_told_while_a_turn_is_under_way(settings: Settings) -> None:
    events: list[Event] = []
    conductor, _ = conduct(settings, steps(LOOP), on_event=events.append)
    conductor.send(conductor.start(seed=1), "a loop")
    assert [event.node for event in events if event.node] == [
        "understand",
        "plan",
        "execute",
        "verify",
        "commit",
        "respond",
    ]
    assert "listening" in [event.message for event in events]


def test_a_stopped_turn_commits_nothing(settings: Settings) -> None:
    conductor: Conductor

    def stop(event: Event) -> None:
        if event.node == "execute":
            conductor.cancel()

    conductor, _ = conduct(settings, steps(LOOP), Plan(answer="Hello."), on_event=stop)
    session = conductor.start(seed=1)
    record = conductor.send(session, "a loop")
    assert record.status == "failed"
    assert record.error is not None
    assert record.error.kind == "cancelled"
    assert record.gat is None
    assert conductor.sessions.revisions(session) == []
    assert conductor.send(session, "hello").reply == "Hello."


def test_a_fault_of_ours_ends_one_turn_and_keeps_the_loop(settings: Settings) -> None:
    class Faulty(SpoiltBand):
        def render(self, part: Any, bpm: float, samples: int) -> Any:
            if self.rendered >= 3:
                raise LookupError("a fault of ours")
            return super().render(part, bpm, samples)

    conductor, _ = conduct(settings, steps(LOOP), steps(("add_track", {"instrument": "flute"})), band=Faulty(silent=0))
    session = conductor.start(seed=1)
    first = conductor.send(session, "a loop")
    record = conductor.send(session, "a flute")
    assert record.status == "failed"
    assert record.error is not None
    assert record.error.kind == "internal"
    assert record.gat == first.gat
    assert "Traceback" not in record.reply


def test_two_processes_cannot_work_in_one_session(settings: Settings) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def wait(event: Event) -> None:
        if event.node == "plan":
            inside.set()
            go_on.wait(20)

    busy, _ = conduct(settings, steps(LOOP), on_event=wait)
    session = busy.start(seed=1)
    thread = threading.Thread(target=busy.send, args=(session, "a loop"))
    thread.start()
    assert inside.wait(20)
    other, _ = conduct(settings, Plan(answer="Hello."))
    with pytest.raises(SessionBusy, match="another process"):
        other.send(session, "hello")
    go_on.set()
    thread.join()
    assert other.send(session, "hello").status == "done"


def test_unusable_input_leaves_no_trace(settings: Settings, tmp_path: Path) -> None:
    conductor, _ = conduct(settings)
    session = conductor.start()
    (tmp_path / "empty.wav").touch()
    for path, words in (
        (tmp_path / "none.wav", "no file"),
        (tmp_path, "not a file"),
        (tmp_path / "empty.wav", "empty"),
    ):
        with pytest.raises(UploadError, match=words):
            conductor.send(session, "use this", [path])
    with pytest.raises(InputError, match="empty"):
        conductor.send(session, "  ")
    with pytest.raises(InputError, match="no session"):
        conductor.send("nope", "hello")
    assert conductor.history(session) == []


def test_a_stem_louder_than_full_scale_still_sums_to_the_mix(settings: Settings) -> None:
    conductor, _ = conduct(settings, steps(LOOP), steps(("adjust_track", {"stems": ["drums"], "gain_db": 18})))
    session = conductor.start(seed=1)
    conductor.send(session, "a loop")
    record = conductor.send(session, "drums way up")
    assert record.gat is not None
    assert record.files is not None
    stems = {name: soundfile.read(path, dtype="float64")[0] for name, path in record.files.stems.items()}
    assert np.abs(stems["drums"]).max() > 1
    mix = soundfile.read(record.files.mix, dtype="float64")[0]
    residual = mix - sum(stems.values()) * 10 ** (record.gat.master_gain_db / 20)
    assert 20 * np.log10(np.sqrt(np.mean(residual**2)) / np.sqrt(np.mean(mix**2))) < -60

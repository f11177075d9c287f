"""What the MLflow run of a conversation holds: parameters, figures, sound, plans, traces."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from held import Held
from logged import artifacts, ask, client, log, traces

from evaluation.conversation import Conversation
from evaluation.run_content import parameters
from evaluation.tracking import log_conversation
from graph.build import mermaid
from state.plan import Step
from state.strategy import Strategy
from state.turn import StrategyName
from state.verdict import Check, Verdict


def test_a_run_holds_strategy_environment_plans_figures_sound_and_traces(tracked: Held) -> None:
    run = client(tracked).get_run(log(tracked, graph_picture=mermaid()))
    parameters, figures = run.data.params, run.data.metrics
    assert parameters["strategy.planner.kind"] == "rules"
    assert parameters["strategy.retry.attempts"] == "3"
    assert parameters["strategy.hash"] == tracked.records[0].strategy.hash
    assert parameters["seed"] == "7"
    assert parameters["environment.package.mlflow"]
    assert len(parameters["environment.soundfont.sha256"]) == 64
    assert [parameters[f"turn_0{turn}.plan_signature"] for turn in (1, 2, 3, 4)] == [
        "text_to_music", "add_track", "question", "adjust_track",
    ]  # fmt: skip
    assert figures["total/turns"] == 4
    assert figures["total/asked"] == 1
    assert figures["total/checks_failed"] == 1
    by_turn = {m.step: m.value for m in client(tracked).get_metric_history(run.info.run_id, "attempts")}
    assert by_turn == {1: 2, 2: 1, 3: 0, 4: 1}
    partial = {m.step: m.value for m in client(tracked).get_metric_history(run.info.run_id, "status/partial")}
    assert partial == {1: 0, 2: 1, 3: 0, 4: 0}
    unmeasurable = client(tracked).get_metric_history(run.info.run_id, "checks_unmeasurable")
    assert {m.step: m.value for m in unmeasurable}[1] == 1
    names = {
        path.relative_to(artifacts(tracked)).as_posix() for path in artifacts(tracked).rglob("*") if path.is_file()
    }
    assert {
        "report.html", "records.jsonl", "plans.json", "environment.json", "graph.svg", "graph.mmd",
        "gat/revision-0001.json", "gat/revision-0003.json", "audio/revision-0001/mix.wav", "audio/revision-0001/loop.mid",
        "audio/revision-0003/stems/clarinet.flac",
    } <= names  # fmt: skip
    assert traces(tracked) == [("turn 1", 9), ("turn 2", 8), ("turn 3", 6), ("turn 4", 7)]
    assert tracked.sessions.run_id(tracked.session) == run.info.run_id


def test_logged_sound_is_the_sound(tracked: Held) -> None:
    log(tracked)
    record = tracked.records[-1]
    assert record.files is not None
    assert (artifacts(tracked) / "audio/revision-0003/mix.wav").read_bytes() == Path(record.files.mix).read_bytes()
    stem, _ = soundfile.read(record.files.stems["drums"], dtype="int32")
    logged, rate = soundfile.read(artifacts(tracked) / "audio/revision-0003/stems/drums.flac", dtype="int32")
    assert rate == 44100
    assert (logged == stem).all()


def test_plans_are_a_table_that_mlflow_reads(tracked: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    run = client(tracked).get_run(log(tracked))
    monkeypatch.setenv("MLFLOW_TRACKING_URI", tracked.settings.tracking_uri)
    table = client(tracked).load_table(run.info.experiment_id, "plans.json", [run.info.run_id])
    assert list(table["plan_signature"]) == ["text_to_music", "add_track", "question", "adjust_track"]
    assert list(table["tool"]) == ["text_to_music", "add_track", "(question)", "adjust_track"]
    assert json.loads(table["arguments"][3]) == {"stem": "drums", "gain_db": -3.0}


def test_a_turn_that_waits_for_approval_is_counted_when_it_has_ended(tracked: Held) -> None:
    waiting = tracked.say("drop the keys", "Waiting.", "awaiting_approval", [Step(tool="remove_track")])
    run = client(tracked).get_run(log(tracked))
    assert run.data.metrics["total/turns"] == 4
    assert "turn_05.plan_signature" not in run.data.params
    tracked.sessions.finish_turn(waiting.model_copy(update={"status": "done", "reply": "Nothing was changed."}))
    run = client(tracked).get_run(log(tracked))
    assert run.data.metrics["total/turns"] == 5
    assert run.data.params["turn_05.plan_signature"] == "remove_track"


def test_a_changed_environment_is_noted_and_the_first_one_kept(tracked: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    from evaluation import tracking

    before = client(tracked).get_run(log(tracked)).data.params["environment.python"]
    monkeypatch.setattr(tracking, "environment", lambda settings, ensemble: {"python": "CPython 9.9"})
    data = client(tracked).get_run(log(tracked)).data
    assert data.params["environment.python"] == before
    assert data.tags["loopcopilot.environment_changed"] == "environment.python"


def test_sound_that_is_gone_from_disk_is_passed_over(tracked: Held) -> None:
    shutil.rmtree(tracked.settings.sessions)
    log(tracked)
    assert (artifacts(tracked) / "audio/revision-0001/mix.wav").is_file()  # from the artifact store
    assert not list(artifacts(tracked).glob("audio/*/stems/*"))


def test_calls_of_a_language_model_are_kept_counted_and_shown_in_the_trace(tracked: Held) -> None:
    ask(
        tracked,
        {"error": {"kind": "server", "message": "busy"}},
        {"text": "Yes.", "input_tokens": 40, "output_tokens": 2},
    )
    run = client(tracked).get_run(log(tracked))
    assert [json.loads(line) for line in (artifacts(tracked) / "exchanges.jsonl").read_text().splitlines()] == [
        {"turn": 5, "number": call.number, "prompt": call.prompt, "answer": call.answer}
        for call in tracked.sessions.exchanges.all(tracked.session)
    ]
    figures = run.data.metrics
    names = ("total/llm_calls", "total/tokens", "total/tokens_estimated", "total/planning_faults")
    assert [figures[name] for name in names] == [2, 42, 1, 1]
    (trace,) = [trace for trace in search(tracked) if trace.info.tags["turn"] == "5"]
    spans = {span.name: span for span in trace.data.spans}
    first, second = spans["call 1: scripted"], spans["call 2: scripted"]
    assert (first.span_type, first.status.status_code.name, second.status.status_code.name) == (
        "CHAT_MODEL",
        "ERROR",
        "OK",
    )
    assert second.parent_id == spans["plan"].span_id
    assert second.outputs["text"] == "Yes."
    assert second.inputs["messages"][0]["content"] == "<table>"
    assert second.end_time_ns - first.start_time_ns == pytest.approx(2e9, abs=1e6)


def search(held: Held):  # type: ignore[no-untyped-def]
    experiment = client(held).get_experiment_by_name("loopcopilot")
    return client(held).search_traces(locations=[experiment.experiment_id])


def test_long_prompts_and_many_options_fit_into_parameters_and_can_be_told_apart(held: Held) -> None:
    def parameters_of(prompt: str) -> dict[str, str]:
        options = {f"option {number} \u00e4": number for number in range(120)}
        planner = {"kind": "asking:AskingPlanner", "options": {"prompt": prompt, **options}}
        return strategy_parameters_bounded(Strategy.model_validate({"planner": planner}), held)

    one, other = parameters_of("x" * 20_000 + "a"), parameters_of("x" * 20_000 + "b")
    assert one["strategy.planner.options.prompt"] != other["strategy.planner.options.prompt"]
    assert max(map(len, one.values())) <= 500
    assert one["strategy.planner.options.option 7 _"] == "7"


def strategy_parameters_bounded(strategy: Strategy, held: Held) -> dict[str, str]:
    found = Conversation.read(held.sessions, held.session)
    return parameters(replace(found, session=replace(found.session, strategy=strategy)), {})


def test_a_strategy_with_more_fields_than_a_batch_takes_is_logged(tracked: Held) -> None:
    options = {f"option {number}": number for number in range(150)}
    strategy = Strategy.model_validate({"planner": {"kind": "asking:AskingPlanner", "options": options}})
    session = tracked.sessions.create(1, strategy)
    run = client(tracked).get_run(log_conversation(tracked.settings, tracked.sessions, tracked.store, session.id))
    assert run.data.params["strategy.planner.options.option 149"] == "149"


def test_a_turn_under_another_strategy_says_so_in_a_parameter(tracked: Held) -> None:
    record = tracked.say("again", "Done.", "done", [])
    other = record.model_copy(update={"strategy": StrategyName(name="other", hash="abcdefabcdef")})
    tracked.sessions.finish_turn(other)
    found = client(tracked).get_run(log(tracked)).data.params
    assert found["turn_05.strategy"] == "other (abcdefabcdef)"
    assert "turn_01.strategy" not in found


def test_steps_that_another_plan_took_the_place_of_are_told_apart_and_not_counted_as_kept(tracked: Held) -> None:
    plan = [
        Step(tool="shift_pitch", arguments={"semitones": 2}, status="superseded", attempts=1),
        Step(tool="change_speed", arguments={"bpm": 80}, status="passed", attempts=1),
    ]
    failed = Check(name="transposed", expected=2, measured=0, status="failed")
    passed = Check(name="bpm", expected=80, measured=80, status="passed")
    verdicts = [
        Verdict(step=0, attempt=1, passed=False, checks=[failed]),
        Verdict(step=1, attempt=1, passed=True, checks=[passed]),
    ]
    tracked.say("up, or slower", "Slower.", "done", plan, None, verdicts)
    run = client(tracked).get_run(log(tracked))
    assert run.data.params["turn_05.plan_signature"] == "change_speed"
    failures = {m.step: m.value for m in client(tracked).get_metric_history(run.info.run_id, "checks_failed")}
    attempts = {m.step: m.value for m in client(tracked).get_metric_history(run.info.run_id, "attempts_failed")}
    assert (failures[5], attempts[5]) == (0, 1)
    table = json.loads((artifacts(tracked) / "plans.json").read_text())
    rows = [dict(zip(table["columns"], row, strict=True)) for row in table["data"] if row[0] == 5]
    assert [(row["plan_signature"], row["tool"], row["status"]) for row in rows] == [
        ("change_speed", "shift_pitch", "superseded"), ("change_speed", "change_speed", "passed"),
    ]  # fmt: skip
    assert "superseded" in (artifacts(tracked) / "report.html").read_text()


def test_a_models_seat_is_a_parameter_by_the_name_that_it_has_in_a_strategy(held: Held) -> None:
    seated = Strategy.model_validate({"ensemble": {"continue": "musicgen"}})
    found = strategy_parameters_bounded(seated, held)
    assert found["strategy.ensemble.continue.model"] == "musicgen"
    assert [name for name in found if "continue_" in name] == []

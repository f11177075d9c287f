"""A conversation in a real MLflow store: what is there, that it is there once, and what happens when it is not."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from held import Held, hold, stem
from pydantic import SecretStr

from evaluation import background
from evaluation.conversation import Conversation
from evaluation.pending import Pending
from evaluation.run_content import parameters
from evaluation.store_setup import TrackingUnavailable, prepare
from evaluation.tracking import log_conversation, log_later, log_now, log_pending
from graph.build import mermaid
from state.exchanges import Exchange
from state.plan import PlanningNote, Step
from state.strategy import Strategy
from state.turn import StrategyName, Usage
from state.verdict import Check, Verdict


def client(held: Held):  # type: ignore[no-untyped-def]
    from mlflow import MlflowClient

    return MlflowClient(tracking_uri=held.settings.tracking_uri)


def log(held: Held, **more: str) -> str:
    return log_conversation(held.settings, held.sessions, held.store, held.session, **more)


def artifacts(held: Held) -> Path:
    (found,) = (held.settings.home / "mlartifacts").glob("*/*/artifacts")
    return found


def metric_rows(held: Held) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(held.settings.home / "mlflow.db")) as db:
        return db.execute("SELECT key, value, timestamp, step FROM metrics ORDER BY key, step, timestamp").fetchall()


def traces(held: Held) -> list[tuple[str, int]]:
    with closing(sqlite3.connect(held.settings.home / "mlflow.db")) as db:
        found = db.execute(
            "SELECT t.trace_name, count(s.span_id) FROM trace_info t JOIN spans s ON s.trace_id = t.request_id"
            " GROUP BY t.request_id ORDER BY t.timestamp_ms"
        )
        return found.fetchall()


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


def test_logging_twice_changes_nothing_and_logging_later_adds_what_is_new(tracked: Held) -> None:
    run_id = log(tracked)
    figures, spans = metric_rows(tracked), traces(tracked)
    assert log(tracked) == run_id
    assert metric_rows(tracked) == figures
    assert traces(tracked) == spans
    head = tracked.sessions.revision(tracked.session, 3)
    assert head is not None
    flute = stem(tracked.store, "flute", "flute", 880)
    tracked.say(
        "and a flute",
        "Added flute.",
        "done",
        [Step(tool="add_track", status="passed", attempts=1)],
        head.with_stem(flute),
    )
    assert log(tracked) == run_id
    assert len(traces(tracked)) == 5
    assert [row for row in metric_rows(tracked) if row[3] != 5] == figures
    run = client(tracked).get_run(run_id)
    assert run.data.metrics["total/turns"] == 5
    assert run.data.params["turn_05.plan_signature"] == "add_track"
    assert (artifacts(tracked) / "audio/revision-0004/stems/flute.flac").is_file()
    assert len(client(tracked).search_runs([run.info.experiment_id])) == 1


def test_a_logger_killed_after_any_write_leaves_nothing_double(tracked: Held) -> None:
    """Progress tags forgotten are what a crash between a write and its tag leaves."""
    run_id = log(tracked)
    figures, spans = metric_rows(tracked), traces(tracked)
    for tag in ("loopcopilot.turns", "loopcopilot.revisions", "loopcopilot.traces"):
        client(tracked).set_tag(run_id, tag, "0")
    with closing(sqlite3.connect(tracked.settings.database)) as db:
        db.execute("UPDATE sessions SET run_id = NULL")
        db.commit()
    assert log(tracked) == run_id
    assert metric_rows(tracked) == figures
    assert traces(tracked) == spans


def test_a_turn_that_waits_for_approval_is_counted_when_it_has_ended(tracked: Held) -> None:
    waiting = tracked.say("drop the keys", "Waiting.", "awaiting_approval", [Step(tool="remove_track")])
    run = client(tracked).get_run(log(tracked))
    assert run.data.metrics["total/turns"] == 4
    assert "turn_05.plan_signature" not in run.data.params
    tracked.sessions.finish_turn(waiting.model_copy(update={"status": "done", "reply": "Nothing was changed."}))
    run = client(tracked).get_run(log(tracked))
    assert run.data.metrics["total/turns"] == 5
    assert run.data.params["turn_05.plan_signature"] == "remove_track"


def test_a_run_deleted_in_mlflow_is_made_anew(tracked: Held) -> None:
    first = log(tracked)
    client(tracked).delete_run(first)
    second = log(tracked)
    assert second != first
    assert client(tracked).get_run(second).data.metrics["total/turns"] == 4


def test_a_changed_environment_is_noted_and_the_first_one_kept(tracked: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    from evaluation import tracking

    before = client(tracked).get_run(log(tracked)).data.params["environment.python"]
    monkeypatch.setattr(tracking, "environment", lambda settings: {"python": "CPython 9.9"})
    data = client(tracked).get_run(log(tracked)).data
    assert data.params["environment.python"] == before
    assert data.tags["loopcopilot.environment_changed"] == "environment.python"


def test_a_secret_in_the_environment_is_in_no_byte_that_is_written(
    tracked: Held, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = "sk-planted-3f9a7c51e2"
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    monkeypatch.setenv("OPENAI_API_KEY", secret)
    for name in ("USER", "LOGNAME", "USERNAME", "HOSTNAME"):
        monkeypatch.setenv(name, "mallory-planted")
    log(tracked, graph_picture=mermaid())
    written = [path for path in tracked.settings.home.rglob("*") if path.is_file()]
    assert len(written) > 30
    for path in written:
        content = path.read_bytes()
        assert secret.encode() not in content, path
        assert b"mallory-planted" not in content, path
    for path in artifacts(tracked).rglob("*"):
        assert path.is_dir() or str(tmp_path).encode() not in path.read_bytes(), path
    assert list(elsewhere.iterdir()) == []


def test_a_locked_store_is_a_result_within_seconds_and_is_logged_later(tracked: Held) -> None:
    with closing(sqlite3.connect(tracked.settings.home / "mlflow.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        began = time.monotonic()
        assert log_now(tracked.settings, tracked.sessions, tracked.store, tracked.session) is None
        assert time.monotonic() - began < 20
    mark = Pending(tracked.settings.home).get(tracked.session)
    assert mark is not None
    assert "locked" in str(mark.error)
    assert log_pending(tracked.settings, tracked.sessions, tracked.store)[tracked.session]
    assert Pending(tracked.settings.home).all() == []


@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1:9", "sqlite:////proc/none/mlflow.db", "sqlite:///{home}/other.db", "sqlite://"]
)
def test_a_store_that_is_away_or_something_else_raises_and_keeps_the_records(held: Held, uri: str) -> None:
    with closing(sqlite3.connect(held.settings.home / "other.db")) as db:
        db.execute("CREATE TABLE customers (name TEXT)")
    settings = held.settings.model_copy(update={"tracking_uri": uri.format(home=held.settings.home)})
    with pytest.raises(TrackingUnavailable) as caught:
        log_conversation(settings, held.sessions, held.store, held.session)
    assert "\n" not in str(caught.value)
    assert len(held.records) == 4


def test_an_address_with_a_password_stays_out_of_the_error(held: Held) -> None:
    settings = held.settings.model_copy(update={"tracking_uri": "http://ann:hunter2@127.0.0.1:9/"})
    assert log_now(settings, held.sessions, held.store, held.session) is None
    for path in held.settings.home.rglob("*.json"):
        assert b"hunter2" not in path.read_bytes()


def test_log_later_never_raises_and_says_why_it_cannot(held: Held) -> None:
    log_later(held.settings.model_copy(update={"tracking_uri": "sqlite://"}), held.session)
    mark = Pending(held.settings.home).get(held.session)
    assert mark is not None
    assert "in memory" in str(mark.error)
    (held.settings.home / "tracking" / "pending").rename(held.settings.home / "elsewhere")
    (held.settings.home / "tracking" / "pending").write_text("a file in the way")
    log_later(held.settings, held.session)


def test_tracking_off_writes_nothing(held: Held) -> None:
    settings = held.settings.model_copy(update={"tracking": False})
    assert log_now(settings, held.sessions, held.store, held.session) is None
    log_later(settings, held.session)
    assert not (held.settings.home / "tracking").exists()


def test_log_later_returns_at_once_and_the_run_appears(
    tracked: Held, waited: Callable[..., bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = tmp_path / "study" / "evaluation"  # somebody's own folder of that name must not be taken for ours
    trap.mkdir(parents=True)
    (trap / "__init__.py").write_text("raise SystemExit('the wrong package')")
    monkeypatch.chdir(trap.parent)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    log_later(tracked.settings, tracked.session)  # imports paid
    began = time.monotonic()
    log_later(tracked.settings, tracked.session)
    assert time.monotonic() - began < 0.5
    assert waited(lambda: not Pending(tracked.settings.home).all(), 120)
    assert tracked.sessions.run_id(tracked.session)
    assert (artifacts(tracked) / "graph.svg").is_file()
    assert waited(lambda: all(child.poll() is not None for child in background._children), 60)
    background._reap()


def test_processes_that_race_make_one_store(home: Path, empty_store: Path) -> None:
    code = (
        "import shutil, sys, time; from pathlib import Path; from evaluation.store_setup import prepare\n"
        "def create(path):\n"
        "    with (path.parent / 'made').open('a') as log: log.write('x')\n"
        "    time.sleep(0.5); shutil.copyfile(sys.argv[2], path)\n"
        "prepare(Path(sys.argv[1]), create)"
    )
    database = home / "mlflow.db"
    command = [sys.executable, "-c", code, str(database), str(empty_store)]
    racing = [subprocess.Popen(command, cwd=Path(__file__).parents[2], stderr=subprocess.PIPE) for _ in range(3)]
    for process in racing:
        _, errors = process.communicate(timeout=60)
        assert (process.returncode, errors) == (0, b"")
    assert (home / "made").read_text() == "x"
    assert database.read_bytes() == empty_store.read_bytes()
    assert not list(home.glob(".mlflow*"))


def test_a_half_made_store_is_never_taken_for_one(home: Path, empty_store: Path) -> None:
    home.mkdir()
    database = home / "mlflow.db"
    with pytest.raises(KeyboardInterrupt):
        prepare(database, lambda path: (path.write_bytes(empty_store.read_bytes()[:4096]), interrupt()))
    assert not database.exists()
    database.write_bytes(b"")
    prepare(database, lambda path: shutil.copyfile(empty_store, path))
    assert database.read_bytes() == empty_store.read_bytes()


def interrupt() -> None:
    raise KeyboardInterrupt


def test_standard_output_and_error_stay_silent(tracked: Held, capfd: pytest.CaptureFixture[str]) -> None:
    log(tracked)
    away = tracked.settings.model_copy(update={"tracking_uri": "http://127.0.0.1:9"})
    assert log_now(away, tracked.sessions, tracked.store, tracked.session) is None
    assert capfd.readouterr() == ("", "")


def test_conversations_share_a_store_and_an_experiment(tracked: Held, tmp_path: Path) -> None:
    other = next(iter(made := hold(tmp_path / "second")))
    try:
        shared = other.settings.model_copy(update={"tracking_uri": tracked.settings.tracking_uri})
        first = log_conversation(
            tracked.settings, tracked.sessions, tracked.store, tracked.session, experiment="../a study"
        )
        second = log_conversation(shared, other.sessions, other.store, other.session, experiment="../a study")
        experiment = client(tracked).get_experiment_by_name("../a study")
        assert {run.info.run_id for run in client(tracked).search_runs([experiment.experiment_id])} == {first, second}
        assert {path.name for path in (tracked.settings.home / "mlartifacts").glob("-a-study/*")} == {first, second}
    finally:
        next(made, None)


def test_sound_that_is_gone_from_disk_is_passed_over(tracked: Held) -> None:
    shutil.rmtree(tracked.settings.sessions)
    log(tracked)
    assert (artifacts(tracked) / "audio/revision-0001/mix.wav").is_file()  # from the artifact store
    assert not list(artifacts(tracked).glob("audio/*/stems/*"))


def ask(held: Held, *answers: dict[str, object]) -> None:
    """Append a turn in which a language model was asked."""
    record = held.say("a question", "An answer.", "done", [])
    for number, answer in enumerate(answers):
        prompt = {"messages": [{"role": "user", "content": "<table>"}], "model": "scripted"}
        held.sessions.exchanges.keep(held.session, Exchange(record.turn, number, "d", prompt, answer))
    usage = Usage(
        llm_calls=len(answers), input_tokens=40, output_tokens=2, tokens_estimated=True, seconds={"plan": 2.0}
    )
    note = PlanningNote(kind="fault", name="malformed_json", detail="line 1")
    held.sessions.finish_turn(record.model_copy(update={"usage": usage, "planning": [note]}))


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


def test_the_key_is_hidden_wherever_somebody_said_it(tracked: Held) -> None:
    key = "sk-planted-0123456789abcdef"
    complaint = {"error": {"kind": "server", "message": f"Incorrect API key provided: {key}"}}
    ask(tracked, complaint, {"text": f"I know {key}."})
    tracked.say(f"my key is {key}", f"Thanks for {key}.", "done", [])
    llm = tracked.settings.llm.model_copy(update={"api_key": SecretStr(key)})
    settings = tracked.settings.model_copy(update={"llm": llm})
    log_conversation(settings, tracked.sessions, tracked.store, tracked.session)
    files = [*artifacts(tracked).rglob("*"), *tracked.settings.home.glob("mlflow.db*")]
    assert [path for path in files if path.is_file() and key.encode() in path.read_bytes()] == []
    assert "Incorrect API key provided: [key]" in (artifacts(tracked) / "exchanges.jsonl").read_text()


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

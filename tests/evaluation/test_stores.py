"""A conversation is in the MLflow store once, however often it is logged, and what happens when the store is away."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from held import Held, hold, stem
from logged import artifacts, client, log, metric_rows, traces

from evaluation import background
from evaluation.pending import Pending
from evaluation.store_setup import TrackingUnavailable, prepare
from evaluation.tracking import log_conversation, log_later, log_now, log_pending
from state.plan import Step


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


def test_a_run_deleted_in_mlflow_is_made_anew(tracked: Held) -> None:
    first = log(tracked)
    client(tracked).delete_run(first)
    second = log(tracked)
    assert second != first
    assert client(tracked).get_run(second).data.metrics["total/turns"] == 4


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

"""Whole turns with a model in a worker: it plays, it dies in mid-call, it is stopped, it is not there."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile

from ensemble import registry
from ensemble.registry import Entry
from graph.conductor import Conductor
from graph.events import Event
from scripted import ScriptedPlanner, steps
from state.errors import SetupError
from state.settings import Settings
from state.strategy import Strategy
from state.turn import TurnRecord

ADAPTER = f"{Path(__file__).with_name('scripted_adapter.py')}:ScriptedModel"
ENTRY = Entry(
    "scripted", ("generate",), ADAPTER, ("no_such_package",), "none", "CC0-1.0", 0.1, "scripted",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripted model is in the registry, and its environment is this Python."""
    monkeypatch.setitem(registry.MODELS, "scripted", ENTRY)
    found = lambda environment, settings: Path(sys.executable)  # noqa: E731
    monkeypatch.setattr("ensemble.worker.environments.python_of", found)
    monkeypatch.setattr("ensemble.worker.client.python_of", found)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    folder = tmp_path / "weights"
    folder.mkdir()
    return folder


@pytest.fixture
def unbuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ensemble.worker.environments.python_of", lambda environment, settings: None)


def strategy(weights: Path, *, candidates: int = 1, fallback: bool = False) -> Strategy:
    seats = {"generate": {"model": "scripted", "weights": str(weights)}, "fallback": fallback}
    return Strategy.model_validate({"name": "seated", "candidates": candidates, "verifier": "none", "ensemble": seats})


def asked(description: str) -> ScriptedPlanner:
    loop = {"bpm": 120, "bars": 1, "description": description, "instruments": ["piano"]}
    return ScriptedPlanner([steps(("text_to_music", loop)), steps(("text_to_music", loop))])


class Watcher:
    """What was said while the turn was under way; does `then` when something of it begins with `when`."""

    def __init__(self, when: str = "", then: object = None) -> None:
        self.said: list[str] = []
        self._when, self._then = when, then

    def __call__(self, event: Event) -> None:
        message = str(getattr(event, "message", event))
        self.said.append(message)
        if self._when and self._when in message and callable(self._then):
            then, self._then = self._then, None
            then()


def mix(record: TurnRecord) -> np.ndarray:
    assert record.files is not None
    return soundfile.read(record.files.mix)[0]


def workers(weights: Path) -> list[int]:
    return [int(line) for line in (weights / "calls").read_text().splitlines()]


def test_a_model_in_a_worker_plays_all_takes_in_one_call(settings: Settings, weights: Path) -> None:
    with Conductor(settings, planner=asked("a tone"), strategy=strategy(weights, candidates=3)) as conductor:
        record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == "done", record.reply
    assert record.plan[0].backend == "scripted"
    assert len(workers(weights)) == 1
    assert len(mix(record)) == 2 * 44100


def test_a_worker_killed_in_mid_call_is_started_again_and_the_turn_ends_as_if_it_had_lived(
    settings: Settings, weights: Path, tmp_path: Path
) -> None:
    watcher = Watcher("step 3 of", lambda: os.kill(workers(weights)[-1], signal.SIGKILL))
    with Conductor(settings, planner=asked("brief"), strategy=strategy(weights), on_event=watcher) as conductor:
        record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == "done", record.reply
    assert len(set(workers(weights))) == 2
    assert any("signal 9; it is started again" in said for said in watcher.said)
    undisturbed = settings.model_copy(update={"home": tmp_path / "other"})
    with Conductor(undisturbed, planner=asked("brief"), strategy=strategy(weights)) as conductor:
        assert np.array_equal(mix(conductor.send(conductor.start(seed=1), "a loop")), mix(record))


def test_a_worker_that_dies_every_time_fails_the_turn_in_one_line_and_the_next_turn_goes_on(
    settings: Settings, weights: Path
) -> None:
    loops = [*asked("crash always").plans[:1], *asked("a tone").plans[:1]]
    with Conductor(settings, planner=ScriptedPlanner(loops), strategy=strategy(weights)) as conductor:
        session = conductor.start(seed=1)
        record = conductor.send(session, "a loop")
        assert record.status == "failed"
        assert record.error is not None
        assert "scripted's worker was ended by signal 9; its last words: about to fall" in record.error.message
        assert "\n" not in record.error.message
        assert record.gat is None
        assert conductor.send(session, "again").status == "done"


def test_cancelling_reaches_into_the_call(settings: Settings, weights: Path) -> None:
    conductor = Conductor(settings, planner=asked("slow"), strategy=strategy(weights))
    watcher = Watcher("of 400", lambda: conductor.cancel())
    conductor._on_event = watcher
    with conductor:
        session = conductor.start(seed=1)
        record = conductor.send(session, "a loop")
        assert record.status == "failed"
        assert record.error is not None
        assert record.error.kind == "cancelled"
    assert sum("of 400" in said for said in watcher.said) < 40


def test_cancelling_reaches_a_worker_that_loads(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ensemble.worker.client._GRACE_SECONDS", 0.3)
    endless = tmp_path / "endless"
    endless.mkdir()

    def cancel_while_loading() -> None:
        while not (endless / "loading").exists():
            time.sleep(0.02)
        conductor.cancel()

    with Conductor(settings, planner=asked("a tone"), strategy=strategy(endless)) as conductor:
        session = conductor.start(seed=1)
        threading.Thread(target=cancel_while_loading, daemon=True).start()
        record = conductor.send(session, "a loop")
    assert record.error is not None
    assert (record.status, record.error.kind) == ("failed", "cancelled")


def test_without_its_environment_the_strategy_is_refused_or_the_band_plays(
    settings: Settings, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ensemble.worker.environments.python_of", lambda environment, settings: None)
    with (
        Conductor(settings, planner=asked("a tone"), strategy=strategy(weights)) as conductor,
        pytest.raises(SetupError),
    ):
        conductor.send(conductor.start(seed=1), "a loop")
    with Conductor(settings, planner=asked("a tone"), strategy=strategy(weights, fallback=True)) as conductor:
        record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == "done", record.reply
    assert record.plan[0].backend != "scripted"


@pytest.mark.parametrize("fallback", [False, True])
def test_a_broken_environment_names_what_mends_it(
    settings: Settings, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fallback: bool
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\nexit 1\n")
    python.chmod(0o755)
    monkeypatch.setattr("ensemble.worker.environments.python_of", lambda environment, settings: python)
    monkeypatch.setattr("ensemble.worker.client.python_of", lambda environment, settings: python)
    with Conductor(settings, planner=asked("a tone"), strategy=strategy(weights, fallback=fallback)) as conductor:
        record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == ("done" if fallback else "failed")
    assert (
        "scripted cannot play: its environment 'scripted' is broken: its Python does not run (status 1); "
        "`loopcopilot worker install scripted --again` builds it anew"
    ) in record.reply


def test_a_worker_that_dies_before_it_speaks_names_what_mends_it_too(
    settings: Settings, weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\n[ $2 = -c ] || { echo no numpy to speak of >&2; exit 1; }\n")
    python.chmod(0o755)
    monkeypatch.setattr("ensemble.worker.environments.python_of", lambda environment, settings: python)
    monkeypatch.setattr("ensemble.worker.client.python_of", lambda environment, settings: python)
    with Conductor(settings, planner=asked("a tone"), strategy=strategy(weights)) as conductor:
        record = conductor.send(conductor.start(seed=1), "a loop")
    assert "is broken: its worker ended with status 1; its last words: no numpy to speak of; `loopcop" in record.reply


@pytest.mark.parametrize("verifier", ["clap", "both"])
def test_where_another_judges_for_a_scorer_that_is_not_here_the_reply_says_so_once(
    settings: Settings, unbuilt: None, verifier: str
) -> None:
    chosen = Strategy.model_validate(
        {"verifier": verifier, "scorer": "clap", "ensemble": {"score": "laion-clap", "fallback": True}, "candidates": 2}
    )
    loop = ("text_to_music", {"bpm": 120, "bars": 1, "instruments": ["piano"]})
    add, shift = ("add_track", {"instrument": "drums"}), ("shift_pitch", {"semitones": 2})
    planner = ScriptedPlanner([steps(loop, add), steps(shift)])
    with Conductor(settings, planner=planner, strategy=chosen) as conductor:
        session = conductor.start(seed=1)
        record = conductor.send(session, "a loop with drums")
        later = conductor.send(session, "two semitones up")
    told = "laion-clap is not here: its environment 'laion-clap' is not built. What can be measured was checked in its place."
    assert (record.status, later.status) == ("done", "done"), (record.reply, later.reply)
    assert record.reply.count(told) == 1
    assert {verdict.scorer for verdict in record.verdicts} == {"claims"}
    assert told not in later.reply, "its step says nothing that a sound could be scored against"

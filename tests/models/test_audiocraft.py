"""audiocraft in its own environment, driven for real with a tiny random model: `make test-models` builds both."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playing import home_with

from ensemble.capabilities import Sound, Work
from ensemble.registry import MODELS
from ensemble.worker.client import WorkerModel
from ensemble.worker.environments import python_of
from graph.conductor import Conductor
from graph.events import Event
from state.errors import Cancelled, ToolError
from state.settings import Settings
from state.strategy import Strategy

TINY = Path(__file__).with_name("tiny_audiocraft.py")


@pytest.fixture(scope="module")
def home(environments: Path) -> Settings:
    """Settings under which the environment is found."""
    return Settings.read({}, home=environments.parent)


@pytest.fixture(scope="module")
def python(home: Settings) -> Path:
    """audiocraft's Python."""
    found = python_of("audiocraft", home)
    assert found is not None, f"not built: loopcopilot worker install audiocraft --home {home.home}"
    return found


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory, python: Path) -> Path:
    """A folder with the melody model's weights, and the hub's cache that loading it needs."""
    folder = tmp_path_factory.mktemp("tiny-audiocraft")
    subprocess.run([str(python), str(TINY), str(folder), "--melody"], check=True, capture_output=True)
    return folder


@pytest.fixture(autouse=True)
def _hub(tiny: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tiny / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def made(weights: Path, home: Settings) -> WorkerModel:
    return WorkerModel(MODELS["audiocraft"], str(weights), device="cpu", precision="auto", settings=home)


@pytest.fixture(scope="module")
def model(tiny: Path, home: Settings) -> Iterator[WorkerModel]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HF_HUB_CACHE", str(tiny / "hub"))
        patch.setenv("HF_HUB_OFFLINE", "1")
        one = made(tiny / "weights", home)
        one.load()
    yield one
    one.unload()


def tone(frequency: float, seconds: float = 1.0) -> Sound:
    at = np.arange(round(seconds * 44100)) / 44100
    return Sound(0.3 * np.sin(2 * np.pi * frequency * at, dtype=np.float32)[np.newaxis].repeat(2, 0), 44100)


def close(one: Sound, other: Sound) -> bool:
    return bool(np.allclose(one.samples, other.samples, atol=1e-4))


def test_the_sheet_says_what_was_loaded(model: WorkerModel) -> None:
    assert (model.sheet.sample_rate, model.sheet.channels, model.sheet.licence) == (32000, 1, "CC-BY-NC 4.0")
    assert model.device == "cpu float32"
    assert model.memory_bytes > 100_000


def test_takes_are_as_long_as_asked_and_depend_on_text_and_seed_alone(model: WorkerModel) -> None:
    said: list[str] = []
    one, two = model.generate("lofi. bpm: 90.", 1.03, [1, 2], Work(said.append))
    assert one.samples.shape == (1, 33280)  # 52 frames of 20 ms
    assert np.isfinite(one.samples).all()
    assert not close(one, two)
    again = model.generate("lofi. bpm: 90.", 1.03, [1, 2], Work())
    assert [np.array_equal(a.samples, b.samples) for a, b in zip(again, (one, two), strict=True)] == [True, True]
    assert not close(one, model.generate("harsh noise, fast", 1.03, [1], Work())[0])
    assert "audiocraft: 2 takes on cpu float32" in said


def test_a_take_does_not_depend_on_its_neighbours_in_the_batch(model: WorkerModel) -> None:
    # A row alone is rounded otherwise than in a batch, which moves a draw about once in four hundred takes, and all after it.
    seeds = [3, 4, 5, 6, 7, 8]
    together = model.generate("lofi. bpm: 90.", 1.03, seeds, Work())
    alone = [model.generate("lofi. bpm: 90.", 1.03, [seed], Work())[0] for seed in seeds]
    assert sum(close(one, other) for one, other in zip(alone, together, strict=True)) >= len(seeds) - 1
    assert not any(close(together[0], other) for other in together[1:])


def test_a_continuation_hears_its_prompt_and_does_not_repeat_it(model: WorkerModel) -> None:
    one = model.continue_(tone(220), "drums", 1.0, [1], Work())[0]
    assert one.samples.shape == (1, 32000)
    assert not close(one, model.continue_(tone(1500), "drums", 1.0, [1], Work())[0])
    with pytest.raises(ToolError, match="a prompt of at least"):
        model.continue_(tone(220, 0.001), "drums", 1.0, [1], Work())


def test_an_arrangement_hears_its_melody(model: WorkerModel) -> None:
    one, two = model.rearrange(tone(440), "jazz", 1.0, [1, 2], Work())
    assert one.samples.shape == (1, 32000)
    assert not close(one, two)
    # Not told from another melody: a random Demucs, through which the melody goes, leaves nothing of its tones.
    assert not close(one, model.generate("jazz", 1.0, [1], Work())[0])


def test_longer_than_one_window_is_made_of_several(model: WorkerModel) -> None:
    assert model.generate("long", 31.0, [1], Work())[0].samples.shape == (1, 31 * 32000)


def test_it_stops_when_told(model: WorkerModel) -> None:
    said: list[str] = []
    with pytest.raises(Cancelled):
        model.generate("stop", 29.0, [1], Work(said.append, lambda: len(said) >= 3))
    assert len(said) < 20
    assert model.generate("go on", 0.5, [1], Work())


def test_it_stops_when_told_while_it_loads(tiny: Path, home: Settings) -> None:
    model = made(tiny / "weights", home)
    told: list[float] = []

    def soon() -> bool:
        told.append(time.monotonic())
        return told[-1] - told[0] > 1.0

    model.cancelled = soon
    began = time.monotonic()
    with pytest.raises(Cancelled):
        assert model.sheet
    assert time.monotonic() - began < 20
    assert model.memory_bytes == 0
    model.unload()


@pytest.mark.parametrize("wrong", ["missing", "truncated", "no tensors"])
def test_wrong_weights_are_one_clear_line(tiny: Path, tmp_path: Path, home: Settings, python: Path, wrong: str) -> None:
    folder = tmp_path / "weights"
    words = "there is no such file or folder"
    if wrong != "missing":
        folder.mkdir()
        for path in (tiny / "weights").iterdir():
            (folder / path.name).write_bytes(path.read_bytes())
    if wrong == "truncated":
        words = "a file is truncated or damaged"
        (folder / "state_dict.bin").write_bytes((folder / "state_dict.bin").read_bytes()[:5000])
    if wrong == "no tensors":
        words = "a file holds more than tensors"
        program = "import pathlib, sys, torch; torch.save({'xp.cfg': pathlib.PurePosixPath('x')}, sys.argv[1])"
        subprocess.run([str(python), "-c", program, str(folder / "state_dict.bin")], check=True)
    broken = made(folder, home)
    with pytest.raises(ToolError) as raised:
        broken.load()
    broken.unload()
    assert raised.value.message.startswith(f"audiocraft cannot use the weights '{folder}': {words}")
    assert "\n" not in raised.value.message


# Through the whole graph, by the command line

SHORT, LONG = "a 2-bar lofi loop at 120 bpm in C minor with piano", "a 32-bar lofi loop at 60 bpm in C minor with piano"


def written(tmp_path: Path, tiny: Path, environments: Path, text: str = SHORT) -> list[str]:
    """The command that plays one turn on the tiny model."""
    home = home_with(tmp_path / "home", environments)
    strategy = {
        "name": "audiocraft",
        "candidates": 2,
        "verifier": "none",
        "ensemble": {"generate": {"model": "audiocraft", "weights": str(tiny / "weights"), "device": "cpu"}},
    }
    (tmp_path / "strategy.yaml").write_text(json.dumps(strategy))
    turns = [{"text": text}]
    (tmp_path / "dialogue.yaml").write_text(json.dumps({"id": "one", "turns": turns}))
    command = [sys.executable, "-m", "loopcopilot", "play", str(tmp_path / "dialogue.yaml"), "--json", "--seed", "3"]
    return [
        *command,
        "--strategy",
        str(tmp_path / "strategy.yaml"),
        "--home",
        str(home),
        "--out",
        str(tmp_path / "out"),
    ]


def workers_of(parent: int) -> list[int]:
    """The living workers that a process has started."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            fields = (place / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and fields[0] != "Z" and b"boot.py" in (place / "cmdline").read_bytes():
                found.append(int(place.name))
        except (OSError, ValueError):
            continue
    return found


def killed_while_playing(command: list[str], most: int) -> tuple[dict[str, object], int, str, int]:
    """The turn's record, the exit status, standard error and how many workers were killed, each 4 s after it began."""
    playing = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "LOOPCOPILOT_TRACKING": "off"},
    )
    killed: set[int] = set()

    def kill() -> None:
        while playing.poll() is None and len(killed) < most:
            for worker in workers_of(playing.pid):
                if worker not in killed:
                    time.sleep(4.0)
                    os.kill(worker, signal.SIGKILL)
                    killed.add(worker)
            time.sleep(0.05)

    thread = threading.Thread(target=kill)
    thread.start()
    out, errors = playing.communicate(timeout=500)
    thread.join()
    return json.loads(out.splitlines()[-1]), playing.returncode, errors, len(killed)


def mix(record: dict[str, object]) -> np.ndarray:
    return soundfile.read(record["files"]["mix"])[0]  # type: ignore[index]


def test_a_worker_killed_in_mid_call_is_started_again_and_the_turn_ends_the_same(
    tiny: Path, tmp_path: Path, environments: Path
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    record, status, errors, killed = killed_while_playing(written(tmp_path / "a", tiny, environments), 1)
    assert (killed, status, record["status"]) == (1, 0, "done"), errors
    assert mix(record).shape == (4 * 44100, 2)
    whole, status, errors, _ = killed_while_playing(written(tmp_path / "b", tiny, environments), 0)
    assert (status, whole["status"]) == (0, "done"), errors
    assert np.array_equal(mix(record), mix(whole))


def test_a_worker_killed_every_time_fails_the_turn_in_one_line(tiny: Path, tmp_path: Path, environments: Path) -> None:
    record, status, errors, killed = killed_while_playing(written(tmp_path, tiny, environments), 99)
    assert (status, record["status"], record["gat"]) == (1, "failed", None)
    assert "audiocraft's worker was ended by signal 9" in record["error"]["message"]  # type: ignore[index]
    assert killed % 2 == 0
    assert "Traceback" not in errors


def test_cancelling_in_the_midst_of_generation_ends_the_turn_and_the_worker_plays_on(
    tiny: Path, settings: Settings
) -> None:
    others = workers_of(os.getpid())
    seat = {"model": "audiocraft", "weights": str(tiny / "weights"), "device": "cpu"}
    strategy = Strategy.model_validate({"verifier": "none", "ensemble": {"generate": seat}})
    stopped: list[float] = []

    def stop(event: Event) -> None:
        if not stopped and re.match(r"audiocraft: \d+\.\d of ", event.message or ""):
            stopped.append(time.monotonic())
            conductor.cancel()

    with Conductor(settings, strategy=strategy, on_event=stop) as conductor:
        session = conductor.start(seed=1)
        record = conductor.send(session, LONG)
        assert time.monotonic() - stopped[0] < 10
        assert record.error is not None
        assert (record.status, record.error.kind, record.gat) == ("failed", "cancelled", None)
        (worker,) = set(workers_of(os.getpid())) - set(others)
        assert conductor.send(session, SHORT).status == "done"
        assert set(workers_of(os.getpid())) - set(others) == {worker}, "its weights are still loaded"


@pytest.mark.parametrize("seconds", [2.0, 15.0], ids=["while it loads", "while it plays"])
def test_ctrl_c_ends_the_turn_within_seconds_and_leaves_no_worker(
    tiny: Path, tmp_path: Path, environments: Path, seconds: float
) -> None:
    playing = subprocess.Popen(
        written(tmp_path, tiny, environments, LONG),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "LOOPCOPILOT_TRACKING": "off"},
    )
    while not (workers := workers_of(playing.pid)):
        assert playing.poll() is None
        time.sleep(0.05)
    time.sleep(seconds)
    playing.send_signal(signal.SIGINT)
    stopped = time.monotonic()
    out, errors = playing.communicate(timeout=120)
    assert time.monotonic() - stopped < 30, "the music would take minutes"
    record = json.loads(out.splitlines()[-1])
    assert (playing.returncode, record["status"], record["error"]["kind"]) == (1, "failed", "cancelled"), errors
    assert not [worker for worker in workers if Path(f"/proc/{worker}").exists()]

"""A model in a worker behaves as one in this process, and its process may die, hang or be stopped."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ensemble.capabilities import Caption, Continue, Generate, Score, Separate, Sound, Work
from ensemble.worker.client import WorkerModel
from ensemble.worker.line import PipeLine
from state.errors import Cancelled, Refusal, SetupError, ToolError

Make = Callable[..., WorkerModel]


def calls(model: WorkerModel) -> list[int]:
    """The process of each call of generate."""
    return [int(line) for line in (Path(model.weights) / "calls").read_text().splitlines()]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.02)
    return true()


def test_every_call_goes_there_and_back(make: Make) -> None:
    model = make()
    assert all(isinstance(model, protocol) for protocol in (Generate, Continue, Caption, Score))
    assert model.memory_bytes == 0
    one, two = model.generate("a tone", 0.5, [3, 4], Work())
    assert (one.rate, one.samples.shape, one.samples.dtype) == (32000, (1, 16000), np.float32)
    assert not np.array_equal(one.samples, two.samples)
    assert np.array_equal(one.samples, model.generate("a tone", 0.5, [3], Work())[0].samples)
    assert (model.memory_bytes, model.device) == (1000, "cpu float32")
    assert (model.sheet.sample_rate, model.sheet.licence) == (32000, "CC0-1.0")
    ramp = Sound(np.arange(8, dtype=np.float32).reshape(2, 4), 44100)
    assert np.array_equal(model.continue_(ramp, "", 1.0, [1], Work())[0].samples, ramp.samples[:, ::-1])
    assert isinstance(model, Separate)
    assert model.sources == ("drums", "other")
    parts = model.separate(ramp, Work())
    assert np.array_equal(parts["drums"].samples + parts["other"].samples, ramp.samples)
    assert model.caption(ramp, Work()).endswith("«Ton»")
    assert model.score(ramp, ["four", "sevenths"], Work()) == [0.4, 0.8]
    assert len(set(calls(model))) == 1


def test_what_a_library_prints_does_not_reach_the_line(make: Make) -> None:
    assert len(make().generate("print", 0.1, [1], Work())) == 1


def test_progress_arrives_while_the_call_is_under_way(make: Make) -> None:
    said: list[str] = []
    stop = threading.Event()

    def progress(message: str) -> None:
        said.append(message)
        if len(said) > 3:
            stop.set()

    model = make()
    with pytest.raises(Cancelled):
        model.generate("slow", 0.1, [1], Work(progress, stop.is_set))
    assert said[0] == "starting scripted's worker"
    steps = [int(message.split()[1]) for message in said[1:]]  # some: not every step is worth a message
    assert steps == sorted(set(steps))
    assert len(steps) >= 3
    assert steps[-1] < 200
    # It was told, not ended: the same process plays on.
    model.generate("a tone", 0.1, [1], Work())
    assert len(set(calls(model))) == 1


def test_a_worker_that_does_not_stop_when_told_is_ended(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ensemble.worker.client._GRACE_SECONDS", 0.3)
    model, stop = make(), threading.Event()
    threading.Timer(1.0, stop.set).start()
    with pytest.raises(Cancelled):
        model.generate("hang", 0.1, [1], Work(cancelled=stop.is_set))
    assert wait_until(lambda: not alive(calls(model)[0]))


@pytest.mark.parametrize("call", ["sheet", "load", "sources"])
def test_stopping_reaches_a_worker_that_loads(
    make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, call: str
) -> None:
    monkeypatch.setattr("ensemble.worker.client._GRACE_SECONDS", 0.3)
    (tmp_path / "endless").mkdir()
    model = make(str(tmp_path / "endless"))
    model.cancelled = (tmp_path / "endless" / "loading").exists
    began = time.monotonic()
    with pytest.raises(Cancelled):
        model.load() if call == "load" else getattr(model, call)
    assert time.monotonic() - began < 30
    assert model._line is None


def test_a_worker_that_dies_in_a_call_is_started_again_once(make: Make) -> None:
    said: list[str] = []
    model = make()
    take = model.generate("crash once", 0.1, [5], Work(said.append))[0]
    assert len(set(calls(model))) == 2
    assert any("signal 9" in message and "started again" in message for message in said)
    assert np.array_equal(take.samples, model.generate("a tone", 0.1, [5], Work())[0].samples)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("crash always", "was ended by signal 9; its last words: about to fall"),
        ("exit", "ended with status 7; its last words: the accelerator is gone"),
    ],
)
def test_a_worker_that_dies_again_is_an_error_in_one_line(make: Make, text: str, words: str) -> None:
    model = make()
    with pytest.raises(ToolError) as raised:
        model.generate(text, 0.1, [1], Work())
    assert raised.value.message == f"scripted's worker {words} (in generate, twice)"
    assert len(calls(model)) == 2
    assert model.memory_bytes == 0
    assert len(model.generate("a tone", 0.1, [1], Work())) == 1


def test_a_worker_killed_from_outside_in_mid_call_makes_the_same_take(make: Make) -> None:
    model = make()
    killed: list[int] = []

    def progress(message: str) -> None:
        if message.startswith("step 2") and not killed:
            killed.append(calls(model)[-1])
            os.kill(killed[0], signal.SIGKILL)
        if killed and message.startswith("step 1 "):
            stop.set()

    stop = threading.Event()
    with pytest.raises(Cancelled):  # the second time it got as far as being asked to stop
        model.generate("slow", 0.1, [1], Work(progress, stop.is_set))
    assert len(set(calls(model))) == 2


def test_silence_for_too_long_ends_the_worker_and_says_what_grants_more(make: Make) -> None:
    model = make(timeout_seconds=1.5)
    with pytest.raises(ToolError, match=r"no sign of life for 1\.5 s in generate.*LOOPCOPILOT_WORKER_TIMEOUT_SECONDS"):
        model.generate("hang", 0.1, [1], Work())
    assert wait_until(lambda: not alive(calls(model)[0]))


def test_what_the_adapter_raises_keeps_its_kind(make: Make) -> None:
    model = make()
    with pytest.raises(ToolError, match=r"^scripted failed in generate: RuntimeError: out of memory$"):
        model.generate("raise", 0.1, [1], Work())
    with pytest.raises(Refusal, match="at most 30 s"):
        model.generate("refuse", 99.0, [1], Work())
    with pytest.raises(ToolError, match="not JSON"):
        model.score(Sound(np.zeros((1, 8), np.float32), 8000), ["nothing"], Work())
    assert len(set(calls(model))) == 1


def test_missing_weights_and_packages_are_told_as_the_adapter_tells_them(make: Make) -> None:
    with pytest.raises(ToolError, match=r"^ensemble: scripted: there are no weights 'absent'; name a folder$"):
        make("absent").load()
    with pytest.raises(SetupError, match="the package scripting is not installed"):
        make("unpackaged").load()


def test_unloading_ends_the_process_and_the_next_call_starts_one(make: Make) -> None:
    model = make()
    model.generate("a tone", 0.1, [1], Work())
    model.unload()
    assert model.memory_bytes == 0
    assert wait_until(lambda: not alive(calls(model)[0]))
    model.generate("a tone", 0.1, [1], Work())
    assert len(set(calls(model))) == 2


def test_a_forgotten_model_leaves_no_process_behind(make: Make, tmp_path: Path) -> None:
    line = PipeLine(Path(sys.executable), ["--adapter", "json:JSONDecoder", "--weights", "none"])
    pid = line.pid
    assert line.receive(20.0) is not None
    del line
    gc.collect()
    assert wait_until(lambda: not alive(pid))


def test_a_worker_ends_when_its_parent_is_killed(tmp_path: Path) -> None:
    program = (
        "import os, sys, time\n"
        "from pathlib import Path\n"
        "from ensemble.worker.line import PipeLine\n"
        "line = PipeLine(Path(sys.executable), ['--adapter', 'json:JSONDecoder', '--weights', 'none'])\n"
        "assert line.receive(20.0) is not None\n"
        "if os.fork() == 0:\n"
        "    time.sleep(30)  # a child of the parent's that holds the pipe open\n"
        "    os._exit(0)\n"
        "print(line.pid, flush=True)\n"
        "time.sleep(30)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        assert alive(worker)
        parent.kill()
        assert wait_until(lambda: not alive(worker))
        os.killpg(parent.pid, signal.SIGKILL)


def test_an_adapter_that_cannot_be_imported_is_one_line(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    model = make()
    model._arguments[1] = "no_such_module:Adapter"
    with pytest.raises(SetupError, match="no_such_module:Adapter cannot be imported: No module named"):
        model.load()


def test_a_python_that_is_not_there_is_one_line(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    model = make()
    monkeypatch.setattr("ensemble.worker.client.python_of", lambda environment, settings: Path("/no/python"))
    with pytest.raises(ToolError, match=r"could not be started .*No such file"):
        model.load()


def test_without_its_environment_the_command_is_named(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    model = make()
    monkeypatch.setattr("ensemble.worker.client.python_of", lambda environment, settings: None)
    with pytest.raises(SetupError, match="`loopcopilot worker install scripted` builds it"):
        model.load()

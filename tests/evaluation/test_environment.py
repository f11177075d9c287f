"""What is recorded of the environment where models are seated."""

from __future__ import annotations

import subprocess
import sys
import types
from dataclasses import replace
from importlib import metadata
from pathlib import Path

import pytest
from held import Held
from logged import client, log

from evaluation.environment import environment
from state.seating import Ensemble
from state.settings import Settings
from state.strategy import Strategy

SEATED = Ensemble.model_validate({"generate": "audiocraft", "separate": "demucs"})


def test_without_a_seat_nothing_of_models_is_recorded(settings: Settings) -> None:
    assert environment(settings, Ensemble()) == environment(settings)
    assert not {"threads", "accelerator", "package.torch"} & set(environment(settings))


def test_a_seat_brings_versions_and_the_number_of_threads(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    version = metadata.version
    installed = {"torch": "2.13.0+cpu", "demucs": "4.1.0"}
    monkeypatch.setattr(metadata, "version", lambda name: installed.get(name) or version(name))
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    site = settings.home / "environments" / "audiocraft" / "lib" / "python3.12" / "site-packages"
    for name, number in (("torch", "2.13.0"), ("audiocraft", "1.3.0"), ("numpy", "2.0")):
        (site / f"{name}-{number}.dist-info").mkdir(parents=True)
        (site / f"{name}-{number}.dist-info" / "METADATA").write_text(f"Name: {name}\nVersion: {number}\n")
    found = environment(settings.model_copy(update={"threads": 3}), SEATED)
    assert found["package.torch"] == "2.13.0+cpu"
    assert found["package.demucs"] == "4.1.0"
    assert found["worker.audiocraft.torch"] == "2.13.0"
    assert found["worker.audiocraft.audiocraft"] == "1.3.0"
    assert "worker.audiocraft.numpy" not in found
    assert found["threads"] == "3"
    assert "accelerator" not in found
    assert int(environment(settings.model_copy(update={"threads": None}), SEATED)["threads"]) >= 1


def test_the_accelerator_is_named_where_torch_is_loaded(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    has, name = types.SimpleNamespace(is_available=lambda: True), "NVIDIA H200"
    absent = types.SimpleNamespace(is_available=lambda: False)
    cuda = types.SimpleNamespace(is_available=lambda: True, get_device_name=lambda: name)
    for torch, told in (
        (types.SimpleNamespace(cuda=cuda), name),
        (types.SimpleNamespace(cuda=absent, backends=types.SimpleNamespace(mps=has)), "mps"),
        (types.SimpleNamespace(cuda=absent, backends=types.SimpleNamespace(mps=absent)), "none"),
    ):
        monkeypatch.setitem(sys.modules, "torch", torch)
        found = environment(settings, Ensemble.model_validate({"separate": "demucs"}))
        assert found["accelerator"] == told


@pytest.mark.parametrize(
    ("value", "threads"), [("4", 4), (" 2,1", 2), ("", None), ("0", None), ("-1", None), ("many", None)]
)
def test_threads_are_read_as_openmp_reads_them(value: str, threads: int | None) -> None:
    assert Settings.read({"OMP_NUM_THREADS": value}, home=Path("/nowhere")).threads == threads


def test_nothing_of_models_is_imported_for_it(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from evaluation.environment import environment\n"
        "from state.seating import Ensemble\n"
        "from state.settings import Settings\n"
        f"settings = Settings.read({{}}, home=Path({str(tmp_path)!r}))\n"
        "environment(settings, Ensemble.model_validate({'generate': 'audiocraft', 'separate': 'demucs'}))\n"
        "sys.exit(f'loaded {found}' if (found := {'torch', 'demucs', 'transformers'} & set(sys.modules)) else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_run_of_a_seated_strategy_holds_it_and_others_do_not(tracked: Held) -> None:
    session = tracked.sessions.create(7, Strategy(ensemble=SEATED))
    seated = replace(tracked, session=session.id)
    seated.say("a loop", "Done.", "done", [])
    logged = client(seated).get_run(log(seated)).data.params
    assert int(logged["environment.threads"]) >= 1
    assert "environment.threads" not in client(tracked).get_run(log(tracked)).data.params

"""The actor's side and ours of a worker placed by Ray, with Ray itself left out: a scripted one calls the actor directly."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ensemble.capabilities import Work
from ensemble.registry import MODELS
from ensemble.worker.client import WorkerModel
from ensemble.worker.placing import start_of
from state.errors import InputError, SetupError, ToolError
from state.settings import Settings


class ScriptedRay(types.ModuleType):
    """Actors in this process. Calls are made at once; `lost` lets every answer fail as when a machine is gone."""

    class exceptions:  # noqa: N801 - as Ray calls it
        RayError = type("RayError", (Exception,), {})
        GetTimeoutError = type("GetTimeoutError", (RayError,), {})

    def __init__(self) -> None:
        super().__init__("ray")
        self.options: dict[str, Any] = {}
        self.joined: dict[str, Any] | None = None
        self.cluster: Exception | None = None
        self.gpus = 0
        self.lost = False
        self.full = False
        self.killed: list[Any] = []

    def is_initialized(self) -> bool:
        return self.joined is not None

    def init(self, **given: Any) -> None:
        if self.cluster is not None:
            raise self.cluster
        folder = Path(given["runtime_env"]["working_dir"])
        assert (folder / "ensemble" / "worker" / "boot.py").is_file()
        assert (folder / "state" / "errors.py").is_file()
        self.joined = given

    def cluster_resources(self) -> dict[str, float]:
        return {"CPU": 2.0, **({"GPU": 1.0} if self.gpus else {})}

    def remote(self, kind: type) -> Any:
        def options(**chosen: Any) -> Any:
            self.options = chosen
            return types.SimpleNamespace(remote=lambda *given: _Actor(kind(*given)))

        return types.SimpleNamespace(options=options)

    def get(self, call: Callable[[], Any], timeout: float | None = None) -> Any:
        if self.full:
            raise self.exceptions.GetTimeoutError
        if self.lost:
            raise self.exceptions.RayError
        return call()

    def kill(self, actor: Any) -> None:
        self.killed.append(actor)
        actor.kept.close()


class _Actor:
    def __init__(self, kept: Any) -> None:
        self.kept = kept

    def __getattr__(self, name: str) -> Any:
        return types.SimpleNamespace(remote=lambda *given: lambda: getattr(self.kept, name)(*given))


@pytest.fixture
def ray(monkeypatch: pytest.MonkeyPatch) -> ScriptedRay:
    scripted = ScriptedRay()
    monkeypatch.setitem(sys.modules, "ray", scripted)
    return scripted


@pytest.fixture
def by_ray(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that place by Ray; every environment is this Python."""
    monkeypatch.setattr("ensemble.worker.environments.python_of", lambda environment, settings: Path(sys.executable))
    return settings.model_copy(update={"worker_placement": "ray"})


def placed(make: Callable[..., WorkerModel], settings: Settings, device: str = "cpu") -> WorkerModel:
    model = make()
    start = start_of(model._entry, device, settings)
    assert start is not None
    return WorkerModel(model._entry, model.weights, device="cpu", precision="float32", settings=settings, start=start)


def test_a_placed_worker_plays_and_dies_as_one_on_this_machine(
    make: Callable[..., WorkerModel], by_ray: Settings, ray: ScriptedRay
) -> None:
    model = placed(make, by_ray)
    assert ray.joined is not None
    assert ray.joined["address"] == "auto"
    assert len(model.generate("crash once", 0.1, [1, 2], Work())) == 2
    assert len(ray.killed) == 1
    with pytest.raises(ToolError, match="was ended by signal 9; its last words: about to fall"):
        model.generate("crash always", 0.1, [1], Work())
    model.unload()


def test_a_machine_that_is_lost_is_one_line(
    make: Callable[..., WorkerModel], by_ray: Settings, ray: ScriptedRay
) -> None:
    model = placed(make, by_ray)
    model.load()
    ray.lost = True
    said: list[str] = []
    with pytest.raises(ToolError, match=r"could not be placed \(RayError\) \(in generate, twice\)"):
        model.generate("a tone", 0.1, [1], Work(said.append))
    assert "was lost with its machine (RayError); it is started again" in said[0]


@pytest.mark.parametrize(("device", "gpus", "asked"), [("cpu", 1, 0), ("cuda", 0, 1), ("auto", 1, 1), ("auto", 0, 0)])
def test_an_accelerator_is_asked_for_where_the_model_shall_run_on_one(
    make: Callable[..., WorkerModel], by_ray: Settings, ray: ScriptedRay, device: str, gpus: int, asked: int
) -> None:
    ray.gpus = gpus
    placed(make, by_ray, device)
    assert ray.options == {"num_gpus": asked}


def test_a_cluster_without_room_is_one_line_and_is_asked_no_more(
    make: Callable[..., WorkerModel], by_ray: Settings, ray: ScriptedRay
) -> None:
    ray.full = True
    with pytest.raises(ToolError, match=r"could not be placed \(GetTimeoutError\) \(in load, twice\)"):
        placed(make, by_ray).load()
    assert len(ray.killed) == 2


def test_an_environment_that_is_not_on_that_machine_is_said(
    make: Callable[..., WorkerModel], by_ray: Settings, ray: ScriptedRay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ensemble.worker.environments.python_of", lambda environment, settings: Path("/no/python"))
    with pytest.raises(ToolError, match=r"could not be started .*/no/python"):
        placed(make, by_ray).load()


def test_workers_start_here_unless_the_setting_says_otherwise(settings: Settings) -> None:
    assert start_of(MODELS["audiocraft"], "auto", settings) is None
    assert Settings.read({"LOOPCOPILOT_WORKER_PLACEMENT": "ray"}, home=settings.home).worker_placement == "ray"
    with pytest.raises(InputError, match=r"LOOPCOPILOT_WORKER_PLACEMENT: Input should be 'here' or 'ray', got 'mars'"):
        Settings.read({"LOOPCOPILOT_WORKER_PLACEMENT": "mars"}, home=settings.home)


def test_what_is_missing_for_it_is_one_line(
    settings: Settings, by_ray: Settings, ray: ScriptedRay, monkeypatch: pytest.MonkeyPatch
) -> None:
    ray.cluster = ConnectionError("Could not find any running Ray instance. Please specify one.\nmore")
    with pytest.raises(
        SetupError, match=r"no Ray cluster can be reached .*running Ray instance.*`ray start --head`"
    ) as no:
        start_of(MODELS["audiocraft"], "auto", by_ray)
    assert "\n" not in no.value.message
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SetupError, match=r"the extra `ray`: pip install '\.\[ray\]'"):
        start_of(MODELS["audiocraft"], "auto", by_ray)
    monkeypatch.setattr("ensemble.worker.environments.python_of", lambda environment, settings: None)
    with pytest.raises(SetupError, match="`loopcopilot worker install audiocraft` builds it"):
        start_of(MODELS["audiocraft"], "auto", by_ray)

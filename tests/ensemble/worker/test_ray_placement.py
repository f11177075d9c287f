"""The actor's side and ours of a worker placed by Ray, with Ray itself left out: a scripted one calls the actor directly."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any

import pytest

from ensemble.capabilities import Work
from ensemble.registry import MODELS
from ensemble.worker.client import WorkerModel
from ensemble.worker.ray_placement import RayPlacement, runtime_packages
from state.errors import SetupError, ToolError
from state.settings import Settings


class ScriptedRay(types.ModuleType):
    """Actors in this process. Calls are made at once; `lost` lets every answer fail as when a machine is gone."""

    class exceptions:  # noqa: N801 - as Ray calls it
        RayError = type("RayError", (Exception,), {})

    def __init__(self) -> None:
        super().__init__("ray")
        self.options: dict[str, Any] = {}
        self.lost = False
        self.killed: list[Any] = []

    def is_initialized(self) -> bool:
        return True

    def remote(self, kind: type) -> Any:
        def options(**chosen: Any) -> Any:
            self.options = chosen
            return types.SimpleNamespace(remote=lambda *given: _Actor(kind(*given)))

        return types.SimpleNamespace(options=options)

    def get(self, call: Callable[[], Any]) -> Any:
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


def placed(make: Callable[..., WorkerModel], settings: Settings, **resources: Any) -> WorkerModel:
    model = make()
    start = RayPlacement(model._entry, python=sys.executable, **resources)
    return WorkerModel(model._entry, model.weights, device="cpu", precision="float32", settings=settings, start=start)


def test_a_placed_worker_plays_and_dies_as_one_on_this_machine(
    make: Callable[..., WorkerModel], settings: Settings, ray: ScriptedRay
) -> None:
    model = placed(make, settings, num_gpus=1)
    assert ray.options["num_gpus"] == 1
    assert "pip" not in ray.options["runtime_env"]
    assert len(model.generate("crash once", 0.1, [1, 2], Work())) == 2
    assert len(ray.killed) == 1
    with pytest.raises(ToolError, match="was ended by signal 9; its last words: about to fall"):
        model.generate("crash always", 0.1, [1], Work())
    model.unload()


def test_a_machine_that_is_lost_is_one_line(
    make: Callable[..., WorkerModel], settings: Settings, ray: ScriptedRay
) -> None:
    model = placed(make, settings)
    model.load()
    ray.lost = True
    with pytest.raises(ToolError, match="was lost with its machine"):
        model.generate("a tone", 0.1, [1], Work())


def test_the_runtime_environment_is_the_recipes(ray: ScriptedRay) -> None:
    RayPlacement(MODELS["audiocraft"])
    assert ray.options["runtime_env"]["pip"] == runtime_packages("audiocraft")
    assert "audiocraft==1.3.0" in ray.options["runtime_env"]["pip"]["packages"]


def test_without_ray_the_command_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(SetupError, match=r"loopcopilot\[ray\]"):
        RayPlacement(MODELS["audiocraft"])

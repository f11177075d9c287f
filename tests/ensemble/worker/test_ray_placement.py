"""The actor's side and ours of a worker placed by Ray, with Ray itself left out: a scripted one calls the actor directly."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import types
from collections.abc import Callable
from pathlib import Path
from socket import gethostname
from typing import Any

import pytest

from ensemble.capabilities import Work
from ensemble.players import Players
from ensemble.registry import MODELS
from ensemble.worker.client import WorkerModel
from ensemble.worker.environments import python_of
from ensemble.worker.host import home_there
from ensemble.worker.placing import start_of
from ensemble.worker.recipes import RECIPES, Recipe
from state.errors import Cancelled, InputError, ModelUnavailable, SetupError, ToolError
from state.home import home_of
from state.seating import Ensemble
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
            time.sleep(timeout or 0.0)
            raise self.exceptions.GetTimeoutError
        if self.lost:
            raise self.exceptions.RayError("long words\nthe node died\n")
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
    monkeypatch.setitem(RECIPES, "scripted", Recipe("scripted", (), (), 0.0, (3, 99), ""))  # type: ignore[index]
    monkeypatch.setattr("ensemble.worker.host.install", lambda *given, **more: Path(sys.executable))
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
    with pytest.raises(ToolError, match=r"could not be placed \(RayError: the node died\) \(in generate, twice\)"):
        model.generate("a tone", 0.1, [1], Work(said.append))
    assert f"was lost with its machine {gethostname()} (RayError); it is started again" in said[0]


@pytest.mark.parametrize(("device", "gpus", "asked"), [("cpu", 1, 0), ("cuda", 0, 1), ("auto", 1, 1), ("auto", 0, 0)])
def test_an_accelerator_is_asked_for_where_the_model_shall_run_on_one(
    make: Callable[..., WorkerModel], by_ray: Settings, ray: ScriptedRay, device: str, gpus: int, asked: int
) -> None:
    ray.gpus = gpus
    placed(make, by_ray.model_copy(update={"threads": None}), device)
    assert ray.options == {"num_gpus": asked}


def test_the_number_of_threads_travels(make: Callable[..., WorkerModel], by_ray: Settings, ray: ScriptedRay) -> None:
    placed(make, by_ray.model_copy(update={"threads": 4}))
    assert ray.options["runtime_env"] == {"env_vars": {"OMP_NUM_THREADS": "4"}}


def test_a_cluster_without_room_is_one_line_and_is_asked_no_more(
    make: Callable[..., WorkerModel], by_ray: Settings, ray: ScriptedRay
) -> None:
    ray.full = True
    soon = by_ray.model_copy(update={"worker_timeout_seconds": 0.5})
    with pytest.raises(ToolError, match=r"could not be placed: nothing was heard for 0\.5 s \(in load, twice\)"):
        placed(make, soon).load()
    assert len(ray.killed) == 2


def test_stopping_reaches_whoever_waits_for_room(
    make: Callable[..., WorkerModel], by_ray: Settings, ray: ScriptedRay
) -> None:
    ray.full = True
    asked: list[bool] = []
    model = placed(make, by_ray)
    model.cancelled = lambda: asked.append(True) or len(asked) > 3
    with pytest.raises(Cancelled):
        model.load()
    assert len(ray.killed) == 1


def test_a_python_that_does_not_run_there_is_said_with_the_machine(
    make: Callable[..., WorkerModel], by_ray: Settings, ray: ScriptedRay, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ensemble.worker.host.install", lambda *given, **more: Path("/no/python"))
    with pytest.raises(ToolError, match=rf"could not be started .*/no/python\) on {gethostname()}"):
        placed(make, by_ray).load()


@pytest.mark.parametrize("error", [SetupError("no space is left", field="x"), KeyError("no space is left")])
def test_an_environment_that_cannot_be_built_there_is_one_line_and_is_not_tried_twice(
    make: Callable[..., WorkerModel],
    by_ray: Settings,
    ray: ScriptedRay,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
) -> None:
    def fails(*given: Any, progress: Callable[[str], None], **more: Any) -> Path:
        progress("[1/2] a virtual environment")
        raise error

    monkeypatch.setattr("ensemble.worker.host.install", fails)
    said: list[str] = []
    with pytest.raises(ModelUnavailable, match=f"'scripted' cannot be built on {gethostname()}: .*no space") as raised:
        placed(make, by_ray).generate("a tone", 0.1, [1], Work(said.append))
    assert "\n" not in raised.value.message
    assert said[1:] == [f"environment scripted on {gethostname()}: [1/2] a virtual environment"]
    assert len(ray.killed) == 1


def forbidden(path: Path) -> bool:
    raise PermissionError(13, "Permission denied", str(path))


def test_a_machine_has_a_home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "me"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    shared, own = tmp_path / "shared", {"LOOPCOPILOT_HOME": str(tmp_path / "own")}
    assert home_there({}, shared) == home_of({})
    assert home_there(own, shared) == tmp_path / "own"
    shared.mkdir()
    assert home_there({}, shared) == shared
    assert home_there(own, shared) == tmp_path / "own"
    default = home_of({})
    with monkeypatch.context() as patch:
        patch.setattr(Path, "is_dir", forbidden)
        assert home_there({}, shared) == default
    assert default.is_relative_to(tmp_path)
    monkeypatch.setitem(sys.modules, "platformdirs", None)
    if sys.platform == "linux":
        assert home_of({}) == default


def test_a_machine_needs_nothing_of_ours_installed() -> None:
    ours = ("numpy", "pydantic", "platformdirs", "yaml")
    program = f"import sys; sys.modules.update(dict.fromkeys({ours})); import ensemble.worker.host"
    subprocess.run([sys.executable, "-c", program], check=True)


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


def test_a_cluster_that_does_not_answer_is_told_at_once(by_ray: Settings, ray: ScriptedRay) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and does not listen
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        for written in (address, f"ray://{address}"):
            there = Settings.read({"LOOPCOPILOT_WORKER_PLACEMENT": "ray", "RAY_ADDRESS": written}, home=by_ray.home)
            with pytest.raises(SetupError, match=rf"no Ray cluster can be reached \({written}: Connection refused\)"):
                start_of(MODELS["audiocraft"], "auto", there)
    assert by_ray.ray_address == "auto"
    assert start_of(MODELS["audiocraft"], "auto", by_ray) is not None


def test_a_relative_path_of_weights_travels_as_an_absolute_one(
    make: Callable[..., WorkerModel], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "weights" / "mine").mkdir(parents=True)
    for written in ("./weights/mine", "weights/mine", "../gone"):
        model = make(written)
        assert model.weights == written
        assert model._arguments[3] == str(Path(written).absolute())
    for written in ("~/mine", "/data/mine", "facebook/musicgen-small"):
        assert make(written)._arguments[3] == written


def test_the_environment_need_not_be_on_the_machine_of_the_conversation(by_ray: Settings, ray: ScriptedRay) -> None:
    assert python_of("audiocraft", by_ray) is None
    seats = Ensemble.model_validate({"generate": {"model": "audiocraft", "weights": "/only/there"}})
    assert Players(seats, by_ray).get("generate") is not None
    with pytest.raises(SetupError, match="its environment 'audiocraft' is not built"):
        Players(seats, by_ray.model_copy(update={"worker_placement": "here"}))

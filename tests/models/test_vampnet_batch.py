"""VampNet's takes are one batch, and each of them is what it would be alone. Where its environment was built."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from ensemble.capabilities import Sound, Work
from ensemble.registry import MODELS
from ensemble.worker.client import WorkerModel
from ensemble.worker.environments import python_of
from state.settings import Settings


@pytest.fixture(scope="module")
def home(environments: Path) -> Settings:
    return Settings.read({}, home=environments.parent)


@pytest.fixture(scope="module")
def python(home: Settings) -> Path:
    found = python_of("vampnet", home)
    if found is None:
        pytest.skip(
            "vampnet is installed from its repository alone, which not every machine reaches, into an environment of its own;"
            f" `loopcopilot worker install vampnet --home {home.home}` builds it"
        )
    return found


@pytest.fixture(scope="module")
def weights(python: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tiny-vampnet")
    program = Path(__file__).with_name("tiny_vampnet.py")
    subprocess.run([str(python), str(program), str(folder)], check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def model(weights: Path, home: Settings) -> Iterator[WorkerModel]:
    one = WorkerModel(MODELS["vampnet"], str(weights), device="cpu", precision="auto", settings=home)
    yield one
    one.unload()


def sound(seconds: float) -> Sound:
    count = round(seconds * 44100)
    noise = np.random.default_rng(0).standard_normal((1, count)) * 0.02
    return Sound((0.3 * np.sin(np.arange(count) * 0.05) + noise).astype(np.float32), 44100)


def close(one: Sound, other: Sound) -> bool:
    return bool(np.allclose(one.samples, other.samples, atol=1e-4))


def last_step(said: list[str]) -> int:
    """The highest number of a step that was told; not each is."""
    return max(int(found[1]) for line in said if (found := re.search(r"step (\d+)", line)))


def test_four_takes_are_filled_in_within_the_steps_of_one(model: WorkerModel) -> None:
    one: list[str] = []
    four: list[str] = []
    model.inpaint(sound(2), 0.5, 1.0, "", [1], Work(one.append))
    model.inpaint(sound(2), 0.5, 1.0, "", [1, 2, 3, 4], Work(four.append))
    assert last_step(four) < 2 * last_step(one)


@pytest.mark.parametrize("seconds", [1.0, 11.0])
def test_a_take_does_not_depend_on_its_neighbours(model: WorkerModel, seconds: float) -> None:
    whole = sound(seconds)
    varied = model.vary(whole, 0.7, [3, 1, 2], Work())
    filled = model.inpaint(whole, 0.3, seconds - 0.3, "", [3, 1, 2], Work())
    assert not any(close(takes[0], other) for takes in (varied, filled) for other in takes[1:])
    assert close(varied[2], model.vary(whole, 0.7, [2], Work())[0])
    assert close(varied[1], model.vary(whole, 0.7, [2, 1], Work())[1])
    assert close(filled[2], model.inpaint(whole, 0.3, seconds - 0.3, "", [2, 3], Work())[0])
    again = model.vary(whole, 0.7, [3, 1, 2], Work())
    assert all(np.array_equal(one.samples, other.samples) for one, other in zip(varied, again, strict=True))


def test_rows_are_what_upstream_makes_of_them_alone(python: Path, weights: Path) -> None:
    program = Path(__file__).with_name("vampnet_alone.py")
    done = subprocess.run([str(python), str(program), str(weights)], check=True, capture_output=True, text=True)
    found = json.loads(done.stdout.splitlines()[-1])
    assert sum(found["batches"]) == 5
    assert max(found["batches"]) >= 3, "together where upstream treats them alike"
    assert len(found["batches"]) == 2, "apart where it would not"
    # A rounding may tip a draw, and all that follows from it; here none does.
    assert found["different"] == [0] * 5
    assert found["heard"] < 1e-3

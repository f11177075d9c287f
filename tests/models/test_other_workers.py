"""laion-clap and VampNet in environments of their own, with random models, where these were built (`loopcopilot worker install`)."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from ensemble.capabilities import Sound, Work
from ensemble.registry import MODELS
from ensemble.worker.client import WorkerModel
from ensemble.worker.environments import python_of
from state.errors import ToolError
from state.settings import Settings


def built(name: str, home: Settings, program: str, folder: Path) -> None:
    """Run `program` of this folder in the environment `name`; skips where it is not built: it is optional, unlike audiocraft's."""
    python = python_of(name, home)
    if python is None:
        pytest.skip(
            f"{name} runs only in an environment of its own, whose pins fight these; `loopcopilot worker install {name} --home {home.home}` builds it"
        )
    command = [str(python), str(Path(__file__).with_name(program)), str(folder)]
    subprocess.run(command, check=True, capture_output=True)


@pytest.fixture(scope="module")
def home(environments: Path) -> Settings:
    return Settings.read({}, home=environments.parent)


def made(name: str, weights: Path, home: Settings) -> WorkerModel:
    return WorkerModel(MODELS[name], str(weights), device="cpu", precision="auto", settings=home)


def sound(seconds: float) -> Sound:
    count = round(seconds * 44100)
    noise = np.random.default_rng(0).standard_normal((2, count)) * 0.02
    return Sound((0.3 * np.sin(np.arange(count) * 0.05) + noise).astype(np.float32), 44100)


def test_laion_clap_scores_and_refuses_what_is_no_checkpoint(
    home: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    built("laion-clap", home, "tiny_laion_clap.py", tmp_path)
    model = made("laion-clap", tmp_path / "tiny.pt", home)
    one, two = model.score(sound(12), ["lofi", "a calm piano"], Work())
    assert -1 <= one <= 1
    assert one != two
    assert [one, two] == model.score(sound(12), ["lofi", "a calm piano"], Work())
    assert model.score(sound(1), ["lofi"], Work()) != [one]
    model.unload()
    (tmp_path / "cut.pt").write_bytes((tmp_path / "tiny.pt").read_bytes()[:100_000])
    broken = made("laion-clap", tmp_path / "cut.pt", home)
    with pytest.raises(ToolError, match="a file is truncated or damaged"):
        broken.load()
    broken.unload()


def test_vampnet_fills_a_hole_and_varies(home: Settings, tmp_path: Path) -> None:
    built("vampnet", home, "tiny_vampnet.py", tmp_path / "weights")
    model, whole = made("vampnet", tmp_path / "weights", home), sound(2)
    one, two = model.inpaint(whole, 0.5, 1.0, "", [1, 2], Work())
    assert one.samples.shape == (1, 88200)
    assert one.rate == 44100
    apart = np.abs(one.samples - two.samples)[0]
    assert apart[24_000:42_000].max() > 0.01
    assert apart[:15_000].max() < 0.01
    assert np.array_equal(two.samples, model.inpaint(whole, 0.5, 1.0, "", [2], Work())[0].samples)
    varied = model.vary(whole, 0.5, [1, 2], Work())
    assert [take.samples.shape for take in varied] == [(1, 88200)] * 2
    assert not np.array_equal(varied[0].samples, varied[1].samples)
    with pytest.raises(ToolError, match="there is nothing between"):
        model.inpaint(whole, 1.0, 1.0, "", [1], Work())
    model.unload()
    broken = made("vampnet", tmp_path, home)
    with pytest.raises(ToolError, match=r"coarse\.pth is not there"):
        broken.load()
    broken.unload()

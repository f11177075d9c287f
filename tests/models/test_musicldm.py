"""MusicLDM through diffusers, with tiny random weights. Few calls: each is 200 steps."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import tiny_musicldm

from ensemble.capabilities import Generate, Work
from ensemble.models.musicldm import STEPS, MusicLdm
from state.errors import Cancelled, ToolError


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_musicldm.build(tmp_path_factory.mktemp("musicldm"))


@pytest.fixture(scope="module")
def model(weights: Path) -> MusicLdm:
    return MusicLdm(str(weights), device="cpu")


def test_takes_are_as_long_as_asked_and_depend_on_their_own_seed_alone(model: MusicLdm) -> None:
    assert isinstance(model, Generate)
    told: list[str] = []
    first, second = model.generate("piano", 0.513, [1, 2], Work(progress=told.append))
    assert first.samples.shape == (1, 8208)
    assert first.rate == model.sheet.sample_rate == 16000
    assert np.isfinite(first.samples).all()
    assert float(np.abs(first.samples).max()) > 0.01
    assert np.abs(first.samples - second.samples).max() > 0.01
    assert told[-1] == f"musicldm: step {STEPS} of {STEPS}"
    (again,) = model.generate("piano", 0.513, [2], Work())
    assert np.abs(second.samples - again.samples).max() < 1e-4
    (same,) = model.generate("piano", 0.513, [2], Work())
    assert same.samples.tobytes() == again.samples.tobytes()
    (other,) = model.generate("loud drums. bpm: 120.", 0.513, [2], Work())
    assert np.abs(other.samples - again.samples).max() > 1e-4


def test_cancelling_stops_inside_the_loop(model: MusicLdm) -> None:
    told: list[str] = []
    with pytest.raises(Cancelled):
        model.generate("piano", 0.5, [1], Work(progress=told.append, cancelled=lambda: len(told) == 5))
    assert len(told) == 5


def test_too_long_is_refused(model: MusicLdm) -> None:
    with pytest.raises(ToolError, match="up to 30 s"):
        model.generate("piano", 31.0, [1], Work())


def test_memory_is_counted_and_given_back(weights: Path) -> None:
    model = MusicLdm(str(weights), device="cpu")
    model.load()
    assert 100_000 < model.memory_bytes < 10_000_000
    model.unload()
    assert model.memory_bytes == 0


def test_bad_weights_get_one_clear_line(weights: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    cut = tmp_path / "cut"
    shutil.copytree(weights, cut)
    file = cut / "unet" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:-999])
    lacking = tmp_path / "lacking"
    shutil.copytree(weights, lacking)
    file = lacking / "vae" / "diffusion_pytorch_model.safetensors"
    tensors = load_file(file)
    del tensors["decoder.conv_in.weight"]
    save_file(tensors, file, {"format": "pt"})
    without = tmp_path / "without"
    shutil.copytree(weights, without)
    (without / "vocoder" / "model.safetensors").unlink()
    kind = tmp_path / "kind"
    kind.mkdir()
    (kind / "model_index.json").write_text('{"_class_name": "AceStepPipeline"}')
    cases = (
        (cut, ""),
        (lacking, "decoder.conv_in.weight"),
        (without, ""),
        (kind, "'AceStepPipeline'"),
        (tmp_path / "none", "no such file or folder"),
    )
    for path, what in cases:
        with pytest.raises(ToolError) as caught:
            MusicLdm(str(path), device="cpu").load()
        line = str(caught.value)
        assert "\n" not in line
        assert "musicldm" in line
        assert str(path) in line
        assert what in line

"""Demucs, with tiny random weights in the hub's form and in the older one."""

from __future__ import annotations

import json
import random
import time
from pathlib import Path

import numpy as np
import pytest
import tiny_demucs

from ensemble.capabilities import Separate, Sound, Work
from ensemble.models.demucs import Demucs
from state.errors import Cancelled, SetupError, ToolError

WORK = Work()


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_demucs.build(tmp_path_factory.mktemp("demucs"))


@pytest.fixture(scope="module")
def model(weights: Path) -> Demucs:
    return Demucs(str(weights), device="cpu")


def noise(samples: int = 44_100 + 17) -> Sound:
    return Sound(np.random.default_rng(0).normal(0, 0.1, (2, samples)).astype(np.float32), 44_100)


def test_its_sources_are_known_before_it_is_loaded(weights: Path, tmp_path: Path) -> None:
    model = Demucs(str(weights))
    assert model.sources == ("drums", "bass", "other", "vocals")
    assert model.memory_bytes == 0
    assert isinstance(model, Separate)
    assert Demucs("htdemucs_6s").sources == tiny_demucs.SIX
    old = Demucs(str(tiny_demucs.build(tmp_path, form="th", sources=tiny_demucs.SIX)))
    assert old.sources == tiny_demucs.SIX
    assert old.memory_bytes > 0


def test_every_source_is_as_long_as_the_sound_and_equal_calls_give_equal_sources(model: Demucs) -> None:
    for samples in (44_117, 100, 1):
        found = model.separate(noise(samples), WORK)
        assert list(found) == list(model.sources)
        for name, source in found.items():
            assert (source.rate, source.samples.shape, source.samples.dtype) == (44_100, (2, samples), np.float32)
            assert np.isfinite(source.samples).all(), name
    random.seed(1)
    first = model.separate(noise(), WORK)
    random.seed(2)
    again = model.separate(noise(), WORK)
    assert all(np.array_equal(first[name].samples, again[name].samples) for name in first)


def test_silence_separates_to_silence(model: Demucs) -> None:
    found = model.separate(Sound(np.zeros((2, 3000), np.float32), 44_100), WORK)
    assert max(np.abs(source.samples).max() for source in found.values()) < 1e-6


@pytest.mark.parametrize("form", ["safetensors", "th"])
@pytest.mark.parametrize("count", [1, 2])
def test_it_separates_as_the_library_does(form: str, count: int, tmp_path: Path) -> None:
    import torch
    from demucs.apply import BagOfModels, apply_model
    from demucs.hf import load_safetensors_model
    from demucs.states import load_model

    folder = tiny_demucs.build(tmp_path, form=form, models=count)
    load = load_safetensors_model if form == "safetensors" else load_model
    bag = BagOfModels([load(path) for path in sorted(folder.glob("tiny*"))]).eval()
    mix = torch.from_numpy(noise().samples)
    reference = mix.mean(0)
    mean, spread = reference.mean(), reference.std() + 1e-8
    with torch.inference_mode():
        expected = (apply_model(bag, ((mix - mean) / spread)[None], shifts=0)[0] * spread + mean).numpy()
    found = Demucs(str(folder), device="cpu").separate(noise(), WORK)
    for index, source in enumerate(found.values()):
        np.testing.assert_allclose(source.samples, expected[index], atol=1e-6)


def test_it_tells_how_far_it_is_and_stops_between_two_segments(model: Demucs) -> None:
    said: list[str] = []
    model.separate(noise(88_200), Work(said.append))
    assert len(said) > 3
    assert said == sorted(said, key=lambda text: int(text.split()[-1].removesuffix("%")))
    calls = iter([False, False, True])
    with pytest.raises(Cancelled):
        model.separate(noise(441_000), Work(cancelled=lambda: next(calls)))


def test_it_unloads_and_loads_again(weights: Path) -> None:
    model = Demucs(str(weights), device="cpu")
    before = model.separate(noise(), WORK)
    held = model.memory_bytes
    assert held > 10_000
    assert model.device == "cpu float32"
    model.unload()
    assert model.memory_bytes == 0
    assert np.array_equal(model.separate(noise(), WORK)["bass"].samples, before["bass"].samples)
    assert model.memory_bytes == held


def test_other_audio_than_its_sheet_says_is_refused(model: Demucs) -> None:
    with pytest.raises(ToolError, match="2 channels at 44100 Hz"):
        model.separate(Sound(np.zeros((1, 500), np.float32), 44_100), WORK)
    with pytest.raises(SetupError, match="float32, not in bfloat16"):
        Demucs("htdemucs", precision="bfloat16")


def test_wrong_truncated_and_missing_weights_give_one_clear_line(weights: Path, tmp_path: Path) -> None:
    def broken(name: str, **files: bytes) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        for file in weights.iterdir():
            (folder / file.name).write_bytes(file.read_bytes())
        for file, content in files.items():
            (folder / file.replace("__", ".")).write_bytes(content)
        return folder

    whole = (weights / "tiny0.safetensors").read_bytes()
    empty = tmp_path / "empty"
    empty.mkdir()
    lacking = broken("lacking", htdemucs__yaml=b"models: [gone]")
    for folder, said in (
        ("no-such-model", "no such folder here and no model of that name"),
        (str(empty), "no .yaml"),
        (str(broken("list", htdemucs__yaml=b"- 1")), "names no models"),
        (str(lacking), "no gone.safetensors"),
        (str(broken("up", htdemucs__yaml=b"models: [../secret]")), "takes names of models"),
        (str(broken("cut", tiny0__safetensors=whole[: len(whole) // 2])), "truncated"),
        (str(broken("text", tiny0__safetensors=b"hello")), "truncated"),
    ):
        for ask in (lambda model: model.load(), lambda model: model.sources):
            with pytest.raises(ToolError, match=said) as error:
                ask(Demucs(folder, device="cpu"))
            assert "\n" not in error.value.message
    with pytest.raises(ToolError, match="cannot be had from a hub"):
        Demucs("htdemucs", device="cpu").load()


def test_a_file_makes_no_other_class_than_demucs_own(weights: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    (tmp_path / "htdemucs.yaml").write_text("models: [evil]")
    metadata = {"klass": "subprocess.Popen", "args": json.dumps([["touch", "gone-wrong"]]), "kwargs": "{}"}
    save_file({"x": torch.zeros(1)}, tmp_path / "evil.safetensors", metadata=metadata)
    for ask in (lambda model: model.load(), lambda model: model.sources):
        with pytest.raises(ToolError, match=r"names the class 'subprocess\.Popen'"):
            ask(Demucs(str(tmp_path), device="cpu"))
    (tmp_path / "evil.safetensors").unlink()
    torch.save({"klass": Path, "args": (), "kwargs": {}, "state": {}}, tmp_path / "evil.th")
    with pytest.raises(ToolError, match="is not unpickled"):
        Demucs(str(tmp_path), device="cpu").load()


def test_the_adapter_adds_next_to_nothing(weights: Path, model: Demucs) -> None:
    """The bound is loose: the figure itself is benchmarks/models.py's."""
    import torch
    from demucs.apply import apply_model

    sound = noise(5 * 44_100)
    model.load()
    with model.call() as bag:
        mix = torch.from_numpy(sound.samples)[None]

        def bare() -> None:
            with torch.inference_mode():
                apply_model(bag, mix, shifts=0)

        def ours() -> None:
            model.separate(sound, WORK)

        took = {}
        for call in (bare, ours):
            times = []
            for _ in range(4):
                began = time.process_time()
                call()
                times.append(time.process_time() - began)
            took[call.__name__] = min(times)
    assert took["ours"] < 1.25 * took["bare"], took

"""MusicGen through transformers, with tiny random weights."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import tiny_musicgen

from ensemble.capabilities import Continue, Generate, Sound, Work
from ensemble.models.musicgen import MusicGen
from state.errors import Cancelled, SetupError, ToolError

WORK = Work()


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_musicgen.build(tmp_path_factory.mktemp("musicgen"))


@pytest.fixture(scope="module")
def model(weights: Path) -> MusicGen:
    return MusicGen(str(weights), device="cpu")


def prompt(seconds: float, channels: int = 1) -> Sound:
    noise = np.random.default_rng(0).standard_normal((channels, round(seconds * 32000)))
    return Sound((0.1 * noise).astype(np.float32), 32000)


def close(one: Sound, other: Sound) -> bool:
    return one.samples.shape == other.samples.shape and float(np.abs(one.samples - other.samples).max()) < 1e-4


def test_it_serves_what_the_registry_says(model: MusicGen) -> None:
    assert isinstance(model, Generate)
    assert isinstance(model, Continue)


def test_nothing_is_loaded_before_it_is_needed_and_unloading_gives_the_memory_back(weights: Path) -> None:
    model = MusicGen(str(weights), device="cpu")
    assert model.memory_bytes == 0
    assert model.sheet.sample_rate == 32000
    assert model.device == "cpu float32"
    held = model.memory_bytes
    assert 100_000 < held < 10_000_000
    model.unload()
    assert model.memory_bytes == 0
    model.generate("piano", 0.1, [1], WORK)
    assert model.memory_bytes == held


def test_takes_last_at_least_as_long_as_asked_and_less_than_a_frame_more(model: MusicGen) -> None:
    for seconds in (0.02, 0.5, 1.01):
        (take,) = model.generate("piano", seconds, [1], WORK)
        assert take.rate == 32000
        assert 0 <= take.samples.shape[1] - seconds * 32000 < 640
        assert take.samples.dtype == np.float32
        assert np.isfinite(take.samples).all()


def test_equal_seeds_make_equal_takes(model: MusicGen) -> None:
    first = model.generate("piano", 0.5, [3, 2**60], WORK)
    again = model.generate("piano", 0.5, [3, 2**60], WORK)
    assert [take.samples.tobytes() for take in first] == [take.samples.tobytes() for take in again]


def test_a_take_does_not_depend_on_its_neighbours_in_the_batch(model: MusicGen) -> None:
    # A row alone is rounded otherwise than in a batch, which can move a draw now and then, and all after it.
    seeds = [5, 6, 7, 8]
    alone = [model.generate("piano", 0.5, [seed], WORK)[0] for seed in seeds]
    together = model.generate("piano", 0.5, seeds, WORK)
    assert sum(close(one, other) for one, other in zip(alone, together, strict=True)) >= len(seeds) - 1
    assert not any(close(together[0], other) for other in together[1:])


def test_no_seed_no_take(model: MusicGen) -> None:
    assert model.generate("piano", 0.5, [], WORK) == []


def test_the_text_matters(model: MusicGen) -> None:
    assert not close(*(model.generate(text, 0.5, [1], WORK)[0] for text in ("piano", "loud drums. bpm: 120.")))


def test_a_continuation_leaves_the_prompt_out_exactly(model: MusicGen) -> None:
    """What follows is what the library makes of the same codes after the prompt, sample for sample."""
    import torch

    heard = prompt(1.013)
    (take,) = model.continue_(heard, "bass", 0.5, [1], WORK)
    assert take.samples.shape == (1, 16000)
    kept = heard.samples.shape[1] // 640 * 640
    with model.call() as parts:
        audio = torch.from_numpy(heard.samples[None, :, -kept:].copy())
        codes = parts.model.audio_encoder.encode(audio).audio_codes
        bare = parts.model.audio_encoder.decode(codes, [None]).audio_values
    assert bare.shape[-1] == kept  # the codec neither pads nor delays: the cut is where the prompt ends


def test_a_continuation_depends_on_the_prompt(model: MusicGen) -> None:
    (after_noise,) = model.continue_(prompt(1.0), "bass", 0.5, [1], WORK)
    (after_silence,) = model.continue_(Sound(np.zeros((1, 32000), np.float32), 32000), "bass", 0.5, [1], WORK)
    assert not close(after_noise, after_silence)


def test_a_prompt_shorter_than_a_frame_is_refused(model: MusicGen) -> None:
    with pytest.raises(ToolError, match=r"at least 0\.02 s"):
        model.continue_(prompt(0.01), "bass", 0.5, [1], WORK)


def test_longer_than_a_window_is_made_by_continuation(tmp_path: Path) -> None:
    model = MusicGen(str(tiny_musicgen.build(tmp_path, ratios=(10, 10, 10, 8))), device="cpu")  # 4 frames a second
    first, second = model.generate("piano", 47.0, [1, 2], WORK)
    assert first.samples.shape == (1, 47 * 32000)
    assert not close(first, second)
    window = model.generate("piano", 30.0, [1, 2], WORK)[0]
    inside = 29 * 32000  # the seam's cross-fade lies in the window's last 20 ms
    assert close(Sound(first.samples[:, :inside], 32000), Sound(window.samples[:, :inside], 32000))
    (after,) = model.continue_(prompt(31.0), "piano", 25.0, [1], WORK)
    assert after.samples.shape == (1, 25 * 32000)


def test_stereo_weights_play_stereo(tmp_path: Path) -> None:
    model = MusicGen(str(tiny_musicgen.build(tmp_path, channels=2)), device="cpu")
    assert model.sheet.channels == 2
    (take,) = model.continue_(prompt(0.5, channels=2), "piano", 0.5, [1], WORK)
    assert take.samples.shape == (2, 16000)
    assert not np.array_equal(take.samples[0], take.samples[1])


def test_bfloat16_plays(weights: Path) -> None:
    model = MusicGen(str(weights), device="cpu", precision="bfloat16")
    (take,) = model.generate("piano", 0.5, [1], WORK)
    assert model.device == "cpu bfloat16"
    assert np.isfinite(take.samples).all()


def test_progress_is_told_and_cancelling_stops_inside_the_loop(model: MusicGen) -> None:
    told: list[str] = []
    model.generate("piano", 2.0, [1], Work(progress=told.append))
    assert len(told) >= 4
    assert "2.0 s" in told[-1]
    asked = 0

    def after_ten() -> bool:
        nonlocal asked
        asked += 1
        return asked > 10

    with pytest.raises(Cancelled):
        model.generate("piano", 2.0, [1], Work(cancelled=after_ten))
    assert asked == 11
    assert len(model.generate("piano", 0.1, [1], WORK)) == 1


def _without(weights: Path, folder: Path, *names: str) -> Path:
    shutil.copytree(weights, folder)
    for name in names:
        (folder / name).unlink()
    return folder


def _line(path: Path | str) -> str:
    with pytest.raises(ToolError) as caught:
        MusicGen(str(path), device="cpu").load()
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    assert "musicgen" in str(caught.value)
    return str(caught.value)


def test_missing_weights_get_one_clear_line(weights: Path, tmp_path: Path) -> None:
    assert "no such file or folder" in _line(tmp_path / "nowhere")
    assert "cannot be had from a hub" in _line("nobody/no-such-musicgen")
    _line(_without(weights, tmp_path / "a", "model.safetensors"))
    _line(_without(weights, tmp_path / "b", "config.json"))
    _line(_without(weights, tmp_path / "c", "tokenizer.json", "tokenizer_config.json"))


def test_truncated_weights_get_one_clear_line(weights: Path, tmp_path: Path) -> None:
    cut = _without(weights, tmp_path / "cut")
    file = cut / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-5000])
    _line(cut)


def test_wrong_weights_get_one_clear_line(weights: Path, tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    lacking = _without(weights, tmp_path / "lacking")
    tensors = load_file(lacking / "model.safetensors")
    del tensors["decoder.lm_heads.0.weight"]
    save_file(tensors, lacking / "model.safetensors", {"format": "pt"})
    assert "1 tensors are missing, such as decoder.lm_heads.0.weight" in _line(lacking)
    other = _without(weights, tmp_path / "other")
    tensors["decoder.lm_heads.0.weight"] = np.zeros((3, 5), np.float32)
    save_file(tensors, other / "model.safetensors", {"format": "pt"})
    assert "decoder.lm_heads.0.weight" in _line(other)
    kind = tmp_path / "kind"
    kind.mkdir()
    (kind / "config.json").write_text('{"model_type": "t5"}')
    assert "'t5', not of a 'musicgen'" in _line(kind)


def test_a_device_that_is_not_here_is_named(weights: Path) -> None:
    with pytest.raises(SetupError, match=r"there is .*cpu"):
        MusicGen(str(weights), device="cuda:17").load()
    with pytest.raises(SetupError, match="float16"):
        MusicGen(str(weights), device="cpu", precision="float16").load()

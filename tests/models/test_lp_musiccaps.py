"""LP-MusicCaps, with tiny random weights under the released checkpoint's names."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_lp_musiccaps

from ensemble.capabilities import Caption, Sound, Work
from ensemble.models.lp_musiccaps import LpMusicCaps, mel_filters
from state.errors import Cancelled, ToolError

WORK = Work()


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_lp_musiccaps.build(tmp_path_factory.mktemp("lp"))


@pytest.fixture(scope="module")
def model(weights: Path) -> LpMusicCaps:
    return LpMusicCaps(str(weights), device="cpu")


def noise(seconds: float) -> Sound:
    samples = np.random.default_rng(0).normal(0, 0.1, (1, round(seconds * 16_000)))
    return Sound(samples.astype(np.float32), 16_000)


def test_equal_audio_gives_equal_words_and_other_audio_others(model: LpMusicCaps) -> None:
    assert isinstance(model, Caption)
    words = model.caption(noise(3), WORK)
    assert words
    assert words == model.caption(noise(3), WORK)
    assert words != model.caption(Sound(noise(3).samples ** 3, 16_000), WORK)


def test_it_writes_as_the_authors_code_did_by_bart_s_own_settings(
    model: LpMusicCaps, monkeypatch: pytest.MonkeyPatch
) -> None:
    with model.call() as loaded:
        assert loaded.habits == {"no_repeat_ngram_size": 3, "early_stopping": True}
        written: list[list[int]] = []
        decode = loaded.tokenizer.batch_decode

        def noted(ids: Any, **how: Any) -> Any:
            written.extend(ids.tolist())
            return decode(ids, **how)

        monkeypatch.setattr(loaded.tokenizer, "batch_decode", noted)
        model.caption(noise(3), WORK)
    (ids,) = written
    triples = list(zip(ids, ids[1:], ids[2:], strict=False))
    assert len(triples) > 50
    assert len(set(triples)) == len(triples)


def test_a_remainder_is_heard_too(model: LpMusicCaps) -> None:
    ten = model.caption(noise(10), WORK)
    thirteen = model.caption(noise(13), WORK)
    assert thirteen.startswith(f"[0-10 s] {ten} [10-20 s] ")


def test_the_mel_filters_are_those_that_torchaudio_makes() -> None:
    from transformers.audio_utils import mel_filter_bank

    theirs = mel_filter_bank(513, 128, 0, 8000, 16_000, norm=None, mel_scale="htk")
    np.testing.assert_allclose(mel_filters().numpy(), theirs, atol=2e-3)


def test_the_front_end_computes_what_the_released_code_computes(model: LpMusicCaps) -> None:
    """Written out once more, from the released modules.py: the spectrogram's real part squared, decibels, six convolutions."""
    import torch
    from torch.nn.functional import conv1d, gelu

    from ensemble.models.lp_musiccaps import _heard

    samples = torch.from_numpy(noise(10).samples)
    with model.call() as loaded:
        front = loaded.front
        frames = torch.nn.functional.pad(samples, (512, 512), mode="reflect").unfold(1, 1024, 160)
        real = torch.fft.rfft(frames * torch.hann_window(1024)).real
        levels = 10 * torch.log10((real.square() @ front.filters).clamp(min=1e-10)).transpose(1, 2)
        expected = gelu(conv1d(levels, front.conv1.weight, front.conv1.bias, padding=1))
        for conv in front.conv_stack:
            expected = gelu(conv1d(expected, conv.weight, conv.bias, stride=2, padding=1))
        expected = expected.transpose(1, 2) + front.positional_embedding
        assert expected.shape == (1, 32, 16)
        torch.testing.assert_close(_heard(front, samples), expected, atol=2e-4, rtol=1e-3)


def test_every_form_of_a_checkpoint_gives_the_same_words(model: LpMusicCaps, weights: Path, tmp_path: Path) -> None:
    import torch

    words = model.caption(noise(2), WORK)
    safe = tiny_lp_musiccaps.build(tmp_path / "safe", form="model.safetensors")
    assert LpMusicCaps(str(safe), device="cpu").caption(noise(2), WORK) == words
    assert LpMusicCaps(str(weights / "transfer.pth"), device="cpu").caption(noise(2), WORK) == words
    several = tmp_path / "several"
    shutil.copytree(weights, several)
    package = torch.load(several / "transfer.pth", weights_only=True)
    package["state_dict"] = {f"module.{name}": value for name, value in package["state_dict"].items()}
    torch.save(package, several / "transfer.pth")
    assert LpMusicCaps(str(several), device="cpu").caption(noise(2), WORK) == words


def test_it_says_how_far_it_is_and_stops_while_it_writes(model: LpMusicCaps) -> None:
    said: list[str] = []
    model.caption(noise(2), Work(said.append))
    assert any("tokens so far" in line for line in said)
    asked = iter([False] * 5 + [True] * 100)
    with pytest.raises(Cancelled):
        model.caption(noise(2), Work(cancelled=lambda: next(asked)))


def test_wrong_truncated_and_missing_weights_give_one_clear_line(weights: Path, tmp_path: Path) -> None:
    import torch

    def copy(name: str) -> Path:
        return Path(shutil.copytree(weights, tmp_path / name))

    cut = copy("cut") / "transfer.pth"
    cut.write_bytes(cut.read_bytes()[:5000])
    lacking = copy("lacking") / "transfer.pth"
    package = torch.load(lacking, weights_only=True)
    del package["state_dict"]["bart.model.decoder.layers.0.fc1.weight"]
    torch.save(package, lacking)
    code = copy("code") / "transfer.pth"
    torch.save({"state_dict": {"x": Path()}}, code)
    nothing = copy("nothing")
    (nothing / "transfer.pth").unlink()
    shape = copy("shape") / "transfer.pth"
    package = torch.load(shape, weights_only=True)
    package["state_dict"]["audio_encoder.positional_embedding"] = torch.zeros(31, 16)
    torch.save(package, shape)
    for place, said in (
        (cut.parent, "truncated"),
        (lacking.parent, r"1 tensors are missing, such as bart\.model\.decoder\.layers\.0\.fc1\.weight"),
        (code.parent, "is not unpickled"),
        (nothing, "no checkpoint is in it"),
        (shape.parent, "positional_embedding|Error"),
        ("someone/not-here", "cannot be had from a hub"),
    ):
        with pytest.raises(ToolError, match=said) as error:
            LpMusicCaps(str(place), device="cpu").load()
        assert "\n" not in error.value.message
    with pytest.raises(ToolError, match="mono at 16000 Hz"):
        LpMusicCaps(str(weights), device="cpu").caption(Sound(np.zeros((2, 100), np.float32), 44_100), WORK)


def test_bfloat16_keeps_the_spectrogram_whole(weights: Path) -> None:
    model = LpMusicCaps(str(weights), device="cpu", precision="bfloat16")
    assert model.caption(noise(1), WORK)
    assert model.device == "cpu bfloat16"

"""Audio language models, with a tiny random Qwen2-Audio."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import tiny_captioner
import tiny_lp_musiccaps

from ensemble.capabilities import Caption, Sound, Work
from ensemble.models.captioner import Captioner
from state.errors import Cancelled, ToolError

WORK = Work()


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_captioner.build(tmp_path_factory.mktemp("captioner"))


@pytest.fixture(scope="module")
def model(weights: Path) -> Captioner:
    return Captioner(str(weights), device="cpu")


def noise(seconds: float, level: float = 0.1) -> Sound:
    samples = np.random.default_rng(0).normal(0, level, (1, round(seconds * 16_000)))
    return Sound(samples.astype(np.float32), 16_000)


def test_equal_audio_gives_equal_words_and_the_question_is_not_among_them(model: Captioner) -> None:
    assert isinstance(model, Caption)
    assert (model.sheet.sample_rate, model.sheet.channels, model.sheet.longest_seconds) == (16_000, 1, 30.0)
    words = model.caption(noise(2), WORK)
    assert words == model.caption(noise(2), WORK)
    assert "Describe this music" not in words


def test_the_audio_is_heard(model: Captioner) -> None:
    """The logits that the first word is picked from differ; the words of random weights may not."""
    heard = []
    with model.call() as loaded:
        for level in (0.01, 0.5):
            prompt = "<|audio_bos|><|AUDIO|><|audio_eos|> piano"
            given = loaded.processor(
                text=[prompt], audio=[noise(1, level).samples[0]], sampling_rate=16_000, return_tensors="pt"
            )
            heard.append(loaded.model(**given).logits[0, -1].numpy())
    assert np.abs(heard[0] - heard[1]).max() > 1e-4


def test_it_says_how_far_it_is_and_stops_while_it_writes(model: Captioner) -> None:
    asked = iter([False] * 3 + [True] * 200)
    with pytest.raises(Cancelled):
        model.caption(noise(1), Work(cancelled=lambda: next(asked)))


def test_what_is_longer_than_it_takes_is_refused(model: Captioner) -> None:
    with pytest.raises(ToolError, match="at most 30 s of mono at 16000 Hz"):
        model.caption(noise(31), WORK)


def test_wrong_truncated_and_missing_weights_give_one_clear_line(weights: Path, tmp_path: Path) -> None:
    cut = Path(shutil.copytree(weights, tmp_path / "cut"))
    whole = (cut / "model.safetensors").read_bytes()
    (cut / "model.safetensors").write_bytes(whole[: len(whole) // 2])
    other = tiny_lp_musiccaps.build(tmp_path / "other")
    for place in (cut, other, tmp_path / "not-here", "someone/not-here"):
        with pytest.raises(ToolError, match="captioner cannot use the weights") as error:
            Captioner(str(place), device="cpu").load()
        assert "\n" not in error.value.message

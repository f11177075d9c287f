"""LAION-CLAP through transformers, with tiny random weights."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import tiny_clap

from ensemble.capabilities import Score, Sound, Work
from ensemble.models.clap import Clap, windows
from state.errors import Cancelled, ToolError

WORK = Work()


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "fused"])
def model(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Clap:
    return Clap(str(tiny_clap.build(tmp_path_factory.mktemp("clap"), fused=request.param)), device="cpu")


def noise(seconds: float, rate: int = 48000, channels: int = 1) -> Sound:
    samples = np.random.default_rng(0).standard_normal((channels, round(seconds * rate)))
    return Sound((0.1 * samples).astype(np.float32), rate)


def test_it_serves_what_the_registry_says(model: Clap) -> None:
    assert isinstance(model, Score)
    assert (model.sheet.sample_rate, model.sheet.channels, model.sheet.deterministic) == (48000, 1, True)
    assert model.device == "cpu float32"


def test_a_score_a_text_each_a_cosine(model: Clap) -> None:
    one, other = model.score(noise(2.0), ["piano", "loud drums"], WORK)
    assert -1.0 <= one <= 1.0
    assert one != other
    assert model.score(noise(2.0), [], WORK) == []


def test_equal_sounds_score_equally_however_long_they_are(model: Clap) -> None:
    for seconds in (3.0, 12.5, 31.0):
        sound = noise(seconds)
        assert model.score(sound, ["piano"], WORK) == model.score(sound, ["piano"], WORK)


def test_a_text_scores_the_same_beside_longer_ones(model: Clap) -> None:
    sound = noise(2.0)
    (alone,) = model.score(sound, ["piano"], WORK)
    together, _ = model.score(sound, ["piano", "a long text about drums and bass " * 20], WORK)
    assert alone == pytest.approx(together, abs=1e-5)


def test_a_long_sound_scores_the_mean_of_its_windows(model: Clap) -> None:
    sound = noise(20.0)
    halves = [Sound(sound.samples[:, at : at + 480000], 48000) for at in (0, 480000)]
    apart = [model.score(half, ["piano"], WORK)[0] for half in halves]
    assert model.score(sound, ["piano"], WORK)[0] == pytest.approx(np.mean(apart), abs=1e-5)


def test_the_score_is_the_librarys_own_similarity(model: Clap) -> None:
    """One window of exactly 10 s, where the library crops nothing: its logits are scaled cosines."""
    import torch

    sound = noise(10.0)
    with model.call() as parts:
        given = parts.tokenizer(["piano"], return_tensors="pt")
        heard = parts.extractor(sound.samples[0], sampling_rate=48000, return_tensors="pt")
        said = parts.model(**given, input_features=heard["input_features"], is_longer=torch.zeros(1, 1).bool())
        cosine = float(said.logits_per_audio / parts.model.logit_scale_a.exp())
    assert model.score(sound, ["piano"], WORK)[0] == pytest.approx(cosine, abs=1e-5)


def test_other_rates_and_channels_are_brought_to_the_models(model: Clap) -> None:
    sound = noise(2.0)
    stereo = Sound(np.repeat(sound.samples, 2, axis=0), 48000)
    assert model.score(stereo, ["piano"], WORK) == pytest.approx(model.score(sound, ["piano"], WORK), abs=1e-5)
    assert len(model.score(noise(2.0, 44100, 2), ["piano"], WORK)) == 1


def test_windows_cover_the_audio_and_end_where_it_ends() -> None:
    audio = np.arange(25, dtype=np.float32)
    assert [list(cut[[0, -1]]) for cut in windows(audio, 10)] == [[0, 9], [8, 17], [15, 24]]
    assert [len(cut) for cut in windows(audio, 25)] == [25]
    assert [len(cut) for cut in windows(audio, 40)] == [25]


def test_cancelling_stops_between_windows(model: Clap) -> None:
    told: list[str] = []
    with pytest.raises(Cancelled):
        model.score(noise(95.0), ["piano"], Work(progress=told.append, cancelled=lambda: len(told) == 1))
    assert len(told) == 1


def test_audio_without_samples_is_refused(model: Clap) -> None:
    with pytest.raises(ToolError, match="without samples"):
        model.score(Sound(np.zeros((1, 0), np.float32), 48000), ["piano"], WORK)


def test_bad_weights_get_one_clear_line(tmp_path: Path) -> None:
    good = tiny_clap.build(tmp_path / "good")
    cut = tmp_path / "cut"
    shutil.copytree(good, cut)
    (cut / "model.safetensors").write_bytes((good / "model.safetensors").read_bytes()[:-999])
    wordless = tmp_path / "wordless"
    shutil.copytree(good, wordless)
    (wordless / "tokenizer.json").unlink()
    kind = tmp_path / "kind"
    kind.mkdir()
    (kind / "config.json").write_text('{"model_type": "musicgen"}')
    for path, what in (
        (cut, ""),
        (wordless, "tokenizer"),
        (kind, "'musicgen'"),
        (tmp_path / "none", "no such file or folder"),
    ):
        with pytest.raises(ToolError) as caught:
            Clap(str(path), device="cpu").load()
        line = str(caught.value)
        assert "\n" not in line
        assert line.startswith(f"weights: clap cannot use the weights {str(path)!r}")
        assert what in line

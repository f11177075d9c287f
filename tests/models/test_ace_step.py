"""ACE-Step 1.5 through diffusers, with tiny random weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tiny_ace_step
import torch

from ensemble.capabilities import Continue, Generate, Inpaint, Rearrange, Separate, Sound, Vary, Work
from ensemble.models import ace_step
from ensemble.models.ace_step import AceStep
from state.errors import Cancelled, ToolError

WORK = Work()


@pytest.fixture(scope="module")
def turbo(tmp_path_factory: pytest.TempPathFactory) -> AceStep:
    return AceStep(str(tiny_ace_step.build(tmp_path_factory.mktemp("turbo"))), device="cpu")


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> AceStep:
    return AceStep(str(tiny_ace_step.build(tmp_path_factory.mktemp("base"), version="base")), device="cpu")


@pytest.fixture
def two_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights without distilled guidance take 50 steps; what is asked here does not depend on their number."""
    monkeypatch.setattr(ace_step, "STEPS", 2)


def loop(seconds: float) -> Sound:
    samples = np.random.default_rng(0).standard_normal((2, round(seconds * 48000)))
    return Sound((0.1 * samples).astype(np.float32), 48000)


def apart(one: Sound, other: Sound) -> float:
    assert one.samples.shape == other.samples.shape
    return float(np.abs(one.samples - other.samples).max())


def test_it_serves_what_the_registry_says(turbo: AceStep) -> None:
    for protocol in (Generate, Continue, Rearrange, Inpaint, Vary, Separate):
        assert isinstance(turbo, protocol)
    assert (turbo.sheet.sample_rate, turbo.sheet.channels) == (48000, 2)


def test_takes_are_as_long_as_asked_and_depend_on_their_own_seed_alone(turbo: AceStep) -> None:
    told: list[str] = []
    first, second = turbo.generate("piano", 1.013, [1, 2], Work(progress=told.append))
    assert first.samples.shape == (2, 48624)
    assert np.isfinite(first.samples).all()
    assert apart(first, second) > 1e-3
    assert apart(turbo.generate("piano", 1.013, [2], WORK)[0], second) < 1e-4
    assert told[-1] == "ace-step: step 8 of 8"


def test_the_texts_tempo_and_key_reach_the_models_own_fields(turbo: AceStep, monkeypatch: pytest.MonkeyPatch) -> None:
    with turbo.call() as pipe:
        asked: list[dict[str, object]] = []
        encode = pipe.encode_prompt

        def heard(**given: object) -> object:
            asked.append(given)
            return encode(**given)

        monkeypatch.setattr(pipe, "encode_prompt", heard)
        turbo.generate("lofi. bpm: 92.5. key: Bb minor. instrument: piano", 1.0, [1], WORK)
        turbo.generate("lofi", 1.0, [1], WORK)
        turbo.rearrange(loop(12.0), "lofi", 12.0, [1], WORK)
    assert [given["audio_duration"] for given in asked] == [10.0, 10.0, 12.0]
    assert [(given["bpm"], given["keyscale"], given["timesignature"]) for given in asked] == [
        (92, "Bb minor", "4"),
        (None, None, None),
        (None, None, None),
    ]


def test_a_repaint_is_as_long_as_the_loop_and_repeatable(turbo: AceStep) -> None:
    sound = loop(3.0001)
    first, second = turbo.inpaint(sound, 1.0, 2.0, "drums", [1, 2], WORK)
    assert first.samples.shape == sound.samples.shape
    assert apart(first, second) > 1e-4
    torch_state_moves_on = turbo.inpaint(sound, 1.0, 2.0, "drums", [1, 2], WORK)
    assert first.samples.tobytes() == torch_state_moves_on[0].samples.tobytes()
    (other_span,) = turbo.inpaint(sound, 0.5, 1.0, "drums", [1], WORK)
    assert apart(first, other_span) > 1e-6
    with pytest.raises(ToolError, match="repaint 2 to 4 s of 3"):
        turbo.inpaint(sound, 2.0, 4.0, "drums", [1], WORK)


def test_it_plays_on_from_a_prompt_and_returns_what_is_new_alone(
    turbo: AceStep, monkeypatch: pytest.MonkeyPatch
) -> None:
    with turbo.call() as pipe:
        masks: list[torch.Tensor] = []
        heard: list[Any] = []
        build, prepare = pipe._build_chunk_mask, pipe.prepare_src_latents
        monkeypatch.setattr(pipe, "_build_chunk_mask", lambda **given: masks.append(build(**given)) or masks[-1])
        monkeypatch.setattr(
            pipe, "prepare_src_latents", lambda **given: heard.append(given.get("src_audio")) or prepare(**given)
        )
        prompt = loop(2.013)
        first, second = turbo.continue_(prompt, "drums. bpm: 120", 3.001, [1, 2], WORK)
    frames = 2.013 * 25 // 1
    assert first.samples.shape == (2, 144_048)
    assert apart(first, second) > 1e-4
    assert np.array_equal(first.samples, turbo.continue_(prompt, "drums. bpm: 120", 3.001, [1, 2], WORK)[0].samples)
    assert masks[0][0, :, 0].tolist() == [0.0] * int(frames) + [1.0] * (250 - int(frames)), (
        "what is heard is not played anew"
    )
    known = int(frames) * 1920
    np.testing.assert_array_equal(heard[0][..., :known].reshape(2, -1).numpy(), prompt.samples[:, -known:])
    assert not heard[0][..., known:].any()
    (other,) = turbo.continue_(Sound(prompt.samples[:, ::-1].copy(), 48_000), "drums. bpm: 120", 3.001, [1], WORK)
    assert apart(first, other) > 1e-6, "the prompt is heard"


def test_what_it_plays_on_from_leaves_room(turbo: AceStep) -> None:
    assert turbo.continue_(loop(12.0), "", 2.0, [1], WORK)[0].samples.shape == (2, 96_000)
    with pytest.raises(ToolError, match=r"a prompt of at least 0\.04 s"):
        turbo.continue_(loop(0.03), "", 2.0, [1], WORK)
    with pytest.raises(ToolError, match="up to 600 s at once, not 601 s"):
        turbo.continue_(loop(1.0), "", 600.0, [1], WORK)


def test_what_it_adds_is_known_before_it_is_loaded(tmp_path: Path) -> None:
    for version, adds in (("turbo", ()), ("sft", ()), ("base", ace_step.SOURCES)):
        model = AceStep(str(tiny_ace_step.build(tmp_path / version, version=version)), device="cpu")
        assert model.adds == adds
        assert not model.memory_bytes
    (tmp_path / "base" / "transformer" / "config.json").unlink()
    with pytest.raises(ToolError, match="ace-step cannot use the weights"):
        _ = AceStep(str(tmp_path / "base"), device="cpu").adds


def test_covers_and_variations_have_the_length_that_is_asked(turbo: AceStep) -> None:
    sound = loop(3.0)
    (cover,) = turbo.rearrange(sound, "rock", 4.5, [1], WORK)
    assert cover.samples.shape == (2, 216000)
    near, free = (turbo.vary(sound, amount, [1], WORK)[0] for amount in (0.0, 1.0))
    assert near.samples.shape == sound.samples.shape
    assert apart(near, free) > 1e-6


def test_the_source_is_heard(turbo: AceStep) -> None:
    silence = Sound(np.zeros((2, 144000), np.float32), 48000)
    assert (
        apart(
            turbo.rearrange(loop(3.0), "rock", 3.0, [1], WORK)[0], turbo.rearrange(silence, "rock", 3.0, [1], WORK)[0]
        )
        > 1e-6
    )


def test_tracks_need_the_base_weights(turbo: AceStep) -> None:
    with pytest.raises(ToolError, match=r"not taught to extract.*base-diffusers"):
        turbo.separate(loop(1.0), WORK)
    with pytest.raises(ToolError, match="not taught to lego"):
        turbo.lego(loop(1.0), "bass", "funk", [1], WORK)


@pytest.mark.usefixtures("two_steps")
def test_base_weights_extract_every_track_and_add_one(base: AceStep) -> None:
    sound = loop(2.5)
    found = base.separate(sound, WORK)
    assert tuple(found) == base.sources
    assert {track.samples.shape for track in found.values()} == {sound.samples.shape}
    (added,) = base.lego(sound, "bass", "funk", [1], WORK)
    assert added.samples.shape == sound.samples.shape
    with pytest.raises(ToolError, match="no track 'kazoo'"):
        base.lego(sound, "kazoo", "funk", [1], WORK)


def test_cancelling_stops_inside_the_loop(turbo: AceStep) -> None:
    told: list[str] = []
    with pytest.raises(Cancelled):
        turbo.generate("piano", 1.0, [1], Work(progress=told.append, cancelled=lambda: len(told) == 3))
    assert len(told) == 3


def test_bad_weights_get_one_clear_line(tmp_path: Path) -> None:
    folder = tiny_ace_step.build(tmp_path / "cut")
    file = folder / "transformer" / "diffusion_pytorch_model.safetensors"
    file.write_bytes(file.read_bytes()[:-999])
    for path in (folder, tmp_path / "none"):
        with pytest.raises(ToolError) as caught:
            AceStep(str(path), device="cpu").load()
        line = str(caught.value)
        assert "\n" not in line
        assert str(path) in line

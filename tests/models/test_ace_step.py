"""ACE-Step 1.5 through diffusers, with tiny random weights."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tiny_ace_step

from ensemble.capabilities import Generate, Inpaint, Rearrange, Separate, Sound, Vary, Work
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
    for protocol in (Generate, Rearrange, Inpaint, Vary, Separate):
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
    assert [(given["bpm"], given["keyscale"], given["timesignature"]) for given in asked] == [
        (92, "Bb minor", "4"),
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

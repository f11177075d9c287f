"""What no model can work on is refused in one clear line, not in a library's words."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ensemble.capabilities import Sound, Work
from ensemble.models.ace_step import AceStep
from ensemble.models.captioner import Captioner
from ensemble.models.clap import Clap
from ensemble.models.demucs import Demucs
from ensemble.models.lp_musiccaps import LpMusicCaps
from ensemble.models.musicgen import MusicGen
from ensemble.models.musicldm import MusicLdm
from state.errors import ModelUnavailable, ToolError

KINDS: dict[str, Any] = {
    "ace_step": AceStep,
    "captioner": Captioner,
    "clap": Clap,
    "demucs": Demucs,
    "lp_musiccaps": LpMusicCaps,
    "musicgen": MusicGen,
    "musicldm": MusicLdm,
}
CALLS: dict[str, Callable[[Any, Sound], object]] = {
    "ace_step": lambda model, sound: model.vary(sound, 0.5, [1], Work()),
    "captioner": lambda model, sound: model.caption(sound, Work()),
    "clap": lambda model, sound: model.score(sound, ["a"], Work()),
    "demucs": lambda model, sound: model.separate(sound, Work()),
    "lp_musiccaps": lambda model, sound: model.caption(sound, Work()),
    "musicgen": lambda model, sound: model.continue_(sound, "rock", 1.0, [1], Work()),
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Any]:
    folder, made = tmp_path_factory.mktemp("weights"), dict[str, Any]()

    def of(name: str) -> Any:
        if name not in made:
            made[name] = KINDS[name](str(import_module(f"tiny_{name}").build(folder / name)), device="cpu")
        return made[name]

    return of


def sound_for(model: Any, seconds: float, value: float = 0.0) -> Sound:
    sheet = model.sheet
    samples = 0.1 * np.random.default_rng(0).standard_normal((sheet.channels, round(seconds * sheet.sample_rate)))
    samples[:, 100:110] += value
    return Sound(samples.astype(np.float32), sheet.sample_rate)


@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("name", CALLS)
def test_what_is_no_sound_is_refused(model: Callable[[str], Any], name: str, value: float) -> None:
    with pytest.raises(ToolError) as caught:
        CALLS[name](model(name), sound_for(model(name), 1.0, value))
    assert str(caught.value) == f"{model(name).name} was given what is no sound: not every sample is a number"


@pytest.mark.parametrize("name", CALLS)
def test_a_sound_without_samples_is_refused(model: Callable[[str], Any], name: str) -> None:
    with pytest.raises(ToolError) as caught:
        CALLS[name](model(name), sound_for(model(name), 0.0))
    assert str(caught.value) == f"{model(name).name} was given a sound without samples"


@pytest.mark.parametrize("seconds", [1 / 48_000, 0.001, 0.01, 0.05])
@pytest.mark.parametrize("name", CALLS)
def test_a_sound_that_is_hardly_there_is_worked_on_or_refused_in_one_clear_line(
    model: Callable[[str], Any], name: str, seconds: float
) -> None:
    sound = sound_for(model(name), max(seconds, 1 / model(name).sheet.sample_rate))
    made, said = None, ""
    try:
        made = CALLS[name](model(name), sound)
    except ToolError as error:
        said = str(error)
    assert made or (f"{model(name).name} needs" in said and "\n" not in said)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), 1.0])
@pytest.mark.parametrize("name", ["ace_step", "musicgen", "musicldm"])
def test_no_more_is_made_than_the_sheet_says(model: Callable[[str], Any], name: str, seconds: float) -> None:
    longest = model(name).sheet.longest_seconds
    seconds = longest + 1 if seconds == 1.0 else seconds
    with pytest.raises(ToolError) as caught:
        model(name).generate("rock", seconds, [1], Work())
    assert str(caught.value) == f"{model(name).name} makes up to {longest:g} s at once, not {seconds:g} s"


@pytest.mark.parametrize("weights", ["/no/such", "./x", "../x", "~/no/such/x", "a/b/c"])
@pytest.mark.parametrize("name", [name for name in KINDS if name != "demucs"])
def test_a_path_that_is_not_there_is_said_to_be_none(name: str, weights: str) -> None:
    with pytest.raises(ToolError) as caught:
        KINDS[name](weights, device="cpu").load()
    said = str(caught.value)
    assert "there is no such file or folder" in said
    assert "Repo" not in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("ace_step", "transformer/diffusion_pytorch_model.safetensors"),
        ("demucs", "*.safetensors"),
        ("lp_musiccaps", "transfer.pth"),
        ("musicgen", "model.safetensors"),
    ],
)
def test_whoever_is_seated_is_known_from_the_failure(name: str, file: str, tmp_path: Path) -> None:
    """Whichever part or file is wrong: the one who is seated with these weights cannot play."""
    folder = import_module(f"tiny_{name}").build(tmp_path / "cut")
    wrong = next(folder.glob(file))
    wrong.write_bytes(wrong.read_bytes()[:-999])
    model = KINDS[name](str(folder), device="cpu")
    with pytest.raises(ModelUnavailable) as caught:
        model.load()
    assert (caught.value.model, caught.value.weights) == (model.name, str(folder))


def test_a_name_at_the_hub_is_looked_for_there() -> None:
    with pytest.raises(ToolError, match="cannot be had from a hub"):
        MusicGen("nobody/no-such-model", device="cpu").load()


def test_a_home_is_found(model: Callable[[str], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(Path(model("clap").weights).parent))
    tilde = Clap(f"~/{Path(model('clap').weights).name}", device="cpu")
    tilde.load()
    assert tilde.memory_bytes

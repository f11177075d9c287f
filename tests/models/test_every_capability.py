"""Every tool that a model can serve, through the whole graph by `loopcopilot play`, with tiny random weights.

The weights are loaded by the adapters as real ones are. What random weights play would pass no verification, so no verifier
is at work here; where the score itself is what is driven, a turn may end as `partial`, and that is said there. Each dialogue
is held twice, in two homes: equal seeds give equal samples. The run fails when a capability was driven zero times (conftest).
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playing import DRIVEN, RATE, Record, Seated, content, driven, dry, home_with, play

from ensemble.worker.environments import python_of
from sound import drum_loop, residual_db, tune, write
from state.settings import Settings

Weights = Callable[..., str]
LOOP = {"text": "a 2-bar rock loop with guitar and drums, 120 bpm"}


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    """Tiny weights by the name of their builder (tests/models/tiny_NAME.py), built once a process."""
    folder, built = tmp_path_factory.mktemp("weights"), dict[str, str]()

    def of(name: str, **options: Any) -> str:
        key = "-".join([name, *map(str, options.values())])
        if key not in built:
            built[key] = str(import_module(f"tiny_{name}").build(folder / key, **options))
        return built[key]

    return of


@pytest.fixture
def drums(tmp_path: Path) -> Path:
    return write(tmp_path / "beat.wav", drum_loop(120, 2))


@pytest.fixture
def song(tmp_path: Path) -> Path:
    return write(tmp_path / "song.wav", tune(120, 2))


class Twice:
    """Holds a dialogue in two homes, compares all that sounded, and says what was driven."""

    def __init__(self, folder: Path, environments: Path, say: Callable[[str, object], None]) -> None:
        self.first, self._second = folder / "first", folder / "second"
        self._environments = environments
        self._say = say

    def __call__(self, seated: Seated, *turns: dict[str, str], driving: set[str], **more: Any) -> list[Record]:
        """The records of the first time. `driving`: 'capability model tool' of what must have been driven."""
        records = play(home_with(self.first, self._environments), seated, turns, **more)
        called = driven(records, seated)
        assert set(called) >= driving, [(record["reply"], record["plan"]) for record in records]
        again = play(home_with(self._second, self._environments), seated, turns, **more)
        for one, other in zip(records, again, strict=True):
            assert content(one) == content(other), f"another sound the second time: {one['request']}"
            assert one["reply"] == other["reply"]
        for call in called:
            self._say(DRIVEN, call)
        return records


@pytest.fixture
def twice(tmp_path: Path, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]) -> Twice:
    return Twice(tmp_path, pytestconfig.getoption("--environments") / "environments", record_property)


@pytest.fixture
def worker(tmp_path: Path, pytestconfig: pytest.Config) -> Callable[..., Path]:
    """Runs tests/models/tiny_NAME.py in the environment of the worker NAME; returns the folder that it wrote."""
    home = Settings.read({}, home=pytestconfig.getoption("--environments"))

    def write_with(name: str, *arguments: str, needed: bool = False) -> Path:
        python = python_of(name, home)
        if python is None and not needed:
            pytest.skip(
                f"{name} runs only in an environment of its own, whose pins fight these; `loopcopilot worker install {name} --home {home.home}` builds it"
            )
        assert python is not None, f"the environment {name!r} is not built in {home.home}; `make test-models` builds it"
        folder, here = tmp_path / name, Path(__file__)
        program = here.with_name(f"tiny_{name.replace('-', '_')}.py")
        path = {**os.environ, "PYTHONPATH": str(here.parents[2])}
        subprocess.run(
            [str(python), str(program), str(folder), *arguments], check=True, capture_output=True, timeout=900, env=path
        )
        return folder

    return write_with


def test_musicgen_makes_loops_and_adds_to_them(weights: Weights, twice: Twice, drums: Path) -> None:
    tiny, demucs = weights("musicgen"), weights("demucs")
    seated = Seated({"generate": ("musicgen", tiny), "continue": ("musicgen", tiny), "separate": ("demucs", demucs)})
    loop, more, other, around = twice(
        seated,
        LOOP,
        {"text": "add a bass"},
        {"text": "a new 2-bar loop that feels like 'Hey Jude'"},
        {"text": "Generate a rock music with guitar based on this drum", "attach": str(drums)},
        driving={
            "generate musicgen text_to_music",
            "generate musicgen impression_to_music",
            "continue musicgen add_track",
            "separate demucs add_track",
            "continue musicgen drum_to_music",
            "separate demucs drum_to_music",
        },
    )
    (stem,) = loop["gat"]["stems"]
    kept, added = more["gat"]["stems"]
    assert kept["audio"] == stem["audio"], "what was there is as it was"
    assert added["backend"] == "musicgen"
    assert stem["licence"] == "CC-BY-NC 4.0"
    assert added["licence"] == "CC-BY-NC 4.0; MIT", "of who played it, and of who took it out"
    assert "Played by musicgen (musicgen) on cpu float32; its weights are CC-BY-NC 4.0." in loop["reply"]
    assert other["gat"]["mix"] != loop["gat"]["mix"]
    beat = next(stem for stem in around["gat"]["stems"] if stem["backend"] == "upload")
    assert residual_db(dry(twice.first, around, beat["name"]).T, drum_loop(120, 2)) < -60, "the beat that was given"


def test_musicldm_makes_a_loop(weights: Weights, twice: Twice) -> None:
    seated = Seated({"generate": ("musicldm", weights("musicldm"))})
    (loop,) = twice(seated, LOOP, driving={"generate musicldm text_to_music"})
    assert loop["gat"]["stems"][0]["licence"].startswith("CC-BY-NC")


def test_demucs_takes_recordings_apart(weights: Weights, twice: Twice, song: Path) -> None:
    seated = Seated({"separate": ("demucs", weights("demucs"))})
    _, without, _, alone = twice(
        seated,
        {"text": "Describe this music", "attach": str(song)},
        {"text": "Remove the bass from this music"},
        {"text": "undo"},
        {"text": "Extract the bass from this music"},
        driving={"separate demucs remove_track", "separate demucs extract_track"},
    )
    rest = dry(twice.first, without, without["gat"]["stems"][0]["name"])
    part = dry(twice.first, alone, alone["gat"]["stems"][0]["name"])
    assert residual_db((rest + part).T, tune(120, 2)) < -60, "the part and the rest are the recording"


@pytest.mark.parametrize(("model", "tiny"), [("lp-musiccaps", "lp_musiccaps"), ("captioner", "captioner")])
def test_a_captioner_says_what_it_hears(weights: Weights, twice: Twice, song: Path, model: str, tiny: str) -> None:
    seated = Seated({"caption": (model, weights(tiny))})
    (told,) = twice(seated, {"text": "Describe this music", "attach": str(song)}, driving={f"caption {model} describe"})
    assert "not measured" in told["reply"]


def test_clap_scores_what_the_band_plays(weights: Weights, twice: Twice) -> None:
    seated = Seated({"score": ("clap", weights("clap"))}, {"verifier": "clap", "scorer": "clap"})
    (loop,) = twice(
        seated,
        LOOP,
        driving={"score clap text_to_music"},
        expected=("done", "partial", "failed"),  # random weights find that nothing fits anything
    )
    assert all(-1.001 <= verdict["clap"] <= 1.001 for verdict in loop["verdicts"])


def test_ace_step_makes_loops_and_works_on_them(weights: Weights, twice: Twice) -> None:
    tiny = weights("ace_step")
    seats = ("generate", "rearrange", "inpaint", "vary", "separate")
    seated = Seated(dict.fromkeys(seats, ("ace-step", tiny)))
    loop, renewed, _, varied, other = twice(
        seated,
        LOOP,
        {"text": "Re-generate the 1-2s part of the music loop"},
        {"text": "undo"},
        {"text": "make a variation of it"},
        {"text": "Rearrange this music audio to jazz with saxophone solo"},
        driving={
            "generate ace-step text_to_music",
            "inpaint ace-step regenerate_span",
            "vary ace-step vary",
            "rearrange ace-step rearrange",
        },
    )
    _outside_is_as_it_was(twice.first, loop, renewed, RATE, 2 * RATE)
    assert varied["gat"]["mix"] != loop["gat"]["mix"]
    assert varied["gat"]["duration_seconds"] == loop["gat"]["duration_seconds"]
    assert other["gat"]["bpm"] == pytest.approx(120, rel=0.005)


def test_ace_step_takes_recordings_apart_with_its_base_weights(weights: Weights, twice: Twice, song: Path) -> None:
    seated = Seated({"separate": ("ace-step", weights("ace_step", version="base"))})
    twice(
        seated,
        {"text": "Remove the bass from this music", "attach": str(song)},
        driving={"separate ace-step remove_track"},
    )


def test_ace_step_plays_on_from_what_is_there(weights: Weights, twice: Twice, drums: Path) -> None:
    seated = Seated({"continue": ("ace-step", weights("ace_step")), "separate": ("demucs", weights("demucs"))})
    loop, more, around = twice(
        seated,
        LOOP,
        {"text": "add a bass"},
        {"text": "Generate a rock music with guitar based on this drum", "attach": str(drums)},
        driving={
            "continue ace-step add_track",
            "separate demucs add_track",
            "continue ace-step drum_to_music",
            "separate demucs drum_to_music",
        },
    )
    assert more["gat"]["stems"][:-1] == loop["gat"]["stems"], "what was there is as it was"
    assert "was taken out of what was played by demucs" in more["reply"]
    assert around["gat"]["stems"][-1]["backend"] == "ace-step"


def test_ace_step_adds_a_track_of_its_own_with_its_base_weights(weights: Weights, twice: Twice) -> None:
    seated = Seated({"continue": ("ace-step", weights("ace_step", version="base"))})
    loop, more = twice(seated, LOOP, {"text": "add a saxophone"}, driving={"continue ace-step add_track"})
    assert more["gat"]["stems"][:-1] == loop["gat"]["stems"], "what was there is as it was"
    added = more["gat"]["stems"][-1]
    assert (added["backend"], added["licence"]) == ("ace-step", "MIT")
    assert "played the saxophone alone, as its track 'woodwinds'" in more["reply"]
    assert "taken out" not in more["reply"]


def test_audiocraft_plays_in_its_own_environment(worker: Callable[..., Path], twice: Twice, drums: Path) -> None:
    folder = worker("audiocraft", "--melody", needed=True)
    tiny = str(folder / "weights")
    seated = Seated(dict.fromkeys(("generate", "continue", "rearrange"), ("audiocraft", tiny)))
    loop, more, _, other = twice(
        seated,
        LOOP,
        {"text": "add drums"},
        {"text": "Generate a rock music with guitar based on this drum", "attach": str(drums)},
        {"text": "Rearrange this music audio to jazz with saxophone solo"},
        driving={
            "generate audiocraft text_to_music",
            "continue audiocraft add_track",
            "continue audiocraft drum_to_music",
            "rearrange audiocraft rearrange",
        },
        HF_HUB_CACHE=str(folder / "hub"),
    )
    assert more["gat"]["stems"][0]["audio"] == loop["gat"]["stems"][0]["audio"], "what was there is as it was"
    assert other["gat"]["bpm"] == pytest.approx(120, rel=0.005)


def test_vampnet_plays_in_its_own_environment(worker: Callable[..., Path], twice: Twice) -> None:
    seated = Seated(dict.fromkeys(("inpaint", "vary"), ("vampnet", str(worker("vampnet")))))
    loop, renewed, _, varied = twice(
        seated,
        LOOP,
        {"text": "Re-generate the 1-2s part of the music loop"},
        {"text": "undo"},
        {"text": "make a variation of it"},
        driving={"inpaint vampnet regenerate_span", "vary vampnet vary"},
    )
    _outside_is_as_it_was(twice.first, loop, renewed, RATE, 2 * RATE)
    assert varied["gat"]["duration_seconds"] == loop["gat"]["duration_seconds"]


def test_laion_clap_scores_in_its_own_environment(worker: Callable[..., Path], twice: Twice) -> None:
    folder = worker("laion-clap")
    seated = Seated({"score": ("laion-clap", str(folder / "tiny.pt"))}, {"verifier": "clap", "scorer": "clap"})
    twice(
        seated,
        LOOP,
        driving={"score laion-clap text_to_music"},
        expected=("done", "partial", "failed"),  # random weights find that nothing fits anything
        HF_HUB_CACHE=str(folder / "hub"),
    )


def _outside_is_as_it_was(home: Path, before: Record, after: Record, start: int, end: int) -> None:
    """Every stem is the same, sample for sample, outside `start`..`end`, and another one inside."""
    for stem in before["gat"]["stems"]:
        old, new = dry(home, before, stem["name"]), dry(home, after, stem["name"])
        assert old.shape == new.shape
        assert np.array_equal(old[:start], new[:start])
        assert np.array_equal(old[end:], new[end:])
        assert not np.array_equal(old[start:end], new[start:end])

from dataclasses import replace

import numpy as np
import pytest

from ensemble.band.band import BuiltInBand
from ensemble.chains.separate import remainder, separated
from ensemble.tools.tool import Batch, Stage
from scripted_ears import ScriptedSeparator
from state.artifacts import ArtifactStore
from state.errors import Cancelled, ToolError

RATE = 44_100


@pytest.fixture
def stage(tmp_path):
    return Stage(ArtifactStore(tmp_path), BuiltInBand(), 7, None)


def noise(samples=RATE + 7):
    return np.random.default_rng(1).normal(0, 0.1, (2, samples)).astype(np.float32)


def test_every_source_has_the_length_of_the_recording_at_any_rate_of_the_model(stage):
    audio = noise()
    for rate, channels in ((44_100, 2), (48_000, 2), (16_000, 1)):
        found = separated(audio, ScriptedSeparator(rate, channels), stage)
        assert {name: part.shape for name, part in found.items()} == dict.fromkeys(found, audio.shape)
        assert all(part.dtype == np.float32 for part in found.values())


def test_what_is_taken_and_what_is_left_are_the_recording_again(stage):
    audio = noise()
    found = separated(audio, ScriptedSeparator(48_000), stage)
    rest = remainder(audio, found["drums"], found["bass"])
    assert np.abs(rest + found["drums"] + found["bass"] - audio).max() < 1e-6


def test_candidates_of_one_attempt_share_one_call(stage):
    model, batch = ScriptedSeparator(), Batch([1, 2, 3])
    audio = noise()
    takes = [separated(audio, model, replace(stage, seed=seed, batch=batch)) for seed in (1, 2, 3)]
    assert model.calls == 1
    assert all(np.array_equal(take["bass"], takes[0]["bass"]) for take in takes)
    separated(audio[:, ::-1].copy(), model, replace(stage, seed=1, batch=batch))
    assert model.calls == 2


def test_a_source_of_another_length_or_of_no_numbers_is_an_error(stage):
    assert separated(noise(), ScriptedSeparator(lost=3), stage)["bass"].shape == (2, RATE + 7)
    with pytest.raises(ToolError, match="returned 39107 samples for 44107"):
        separated(noise(), ScriptedSeparator(lost=5000), stage)
    broken = noise()
    broken[0, 5] = np.nan
    with pytest.raises(ToolError, match="no sound"):
        separated(broken, ScriptedSeparator(), stage)


def test_a_separation_is_stopped_by_the_user(stage):
    with pytest.raises(Cancelled):
        separated(noise(), ScriptedSeparator(), replace(stage, cancelled=lambda: True))

"""Where the first bar begins in what a model played."""

from __future__ import annotations

import numpy as np
import pytest
from scripted_player import ScriptedPlayer

from ensemble.capabilities import Work
from ensemble.chains.downbeat import downbeat
from ensemble.listen.sound import Sound
from ensemble.models.audio import to_house


def played(script, seconds=9.0, seed=3):
    player = ScriptedPlayer(script, device="cpu", precision="auto")
    return to_house(player.generate("", seconds, [seed], Work())[0])


@pytest.mark.parametrize("bpm", [90, 120, 140])
@pytest.mark.parametrize("lead", [0.0, 0.1, 0.7, 1.3])
def test_the_first_bar_is_found_behind_a_pick_up(bpm, lead):
    found = downbeat(Sound(played(f"bpm={bpm},lead={lead}")), bpm, "4/4", latest=3 * 44_100) / 44_100
    assert found == pytest.approx(lead, abs=0.03)


def test_it_lies_no_later_than_there_is_sound_for():
    assert downbeat(Sound(played("bpm=120,lead=1.3")), 120, "4/4", latest=4_410) <= 4_410


def test_silence_and_what_is_too_short_begin_where_they_begin():
    assert downbeat(Sound(np.zeros((2, 88_200), np.float32)), 120, "4/4", latest=1_000) == 0
    assert downbeat(Sound(played("bpm=120,lead=0.7", seconds=1.0)), 120, "4/4", latest=1_000) == 0

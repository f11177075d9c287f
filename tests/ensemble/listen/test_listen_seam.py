"""The loop point: clicks and cut tails are found, drum hits on beat one are not taken for them."""

from __future__ import annotations

import numpy as np
import pytest
from synthetic import RATE, Audio, beat, chords, melody, pad, silence, stereo

from ensemble.listen.checks import check
from ensemble.listen.seam import flat_tops, measure_seam
from ensemble.listen.sound import Sound
from state.verdict import Expectation


def seam(audio: Audio) -> str:
    return check(Expectation(name="seam", value=True), audio).status


@pytest.mark.parametrize("bpm", [72, 97.3, 128, 170])
def test_a_drum_loop_closes_without_a_click(bpm: float) -> None:
    assert seam(beat(bpm)) == "passed"


def test_a_hit_that_starts_at_full_level_on_beat_one_is_no_click() -> None:
    hit = np.cos(2 * np.pi * 180 * np.arange(6000) / RATE) * np.exp(-np.arange(6000) / 1200) * 0.7
    result = np.zeros(2 * RATE)
    for quarter in range(4):
        result[quarter * RATE // 2 : quarter * RATE // 2 + 6000] += hit
    assert seam(stereo(result)) == "passed"


def test_tones_that_close_exactly_pass_and_cut_ones_click() -> None:
    closed = pad(3)
    assert seam(closed) == "passed"
    quarter_period = RATE // 4 // 220
    for cut in (quarter_period, RATE // 3):
        audio = closed[:, :-cut]
        if abs(float(audio[0, -1] - audio[0, 0])) > 0.05:
            assert seam(audio) == "failed"


@pytest.mark.parametrize("jump", [0.05, 0.128, 0.4])
def test_a_step_in_quiet_music_clicks(jump: float) -> None:
    tone = pad(3)
    ramp = np.linspace(0, jump, tone.shape[1])
    assert seam(tone + stereo(ramp)) == "failed"


def test_a_small_step_does_not_click() -> None:
    tone = pad(3)
    assert seam(tone + stereo(np.linspace(0, 0.003, tone.shape[1]))) == "passed"


def test_a_click_in_one_channel_is_enough() -> None:
    tone = pad(3)
    tone[1] += np.linspace(0, 0.2, tone.shape[1], dtype=np.float32)
    assert seam(tone) == "failed"


def test_a_cut_tail_is_found_even_when_it_does_not_step() -> None:
    audio = melody([60, 64, 67, 72], each=1)
    swell = np.zeros(RATE)
    swell[-RATE // 2 :] = np.sin(2 * np.pi * 300 * np.arange(RATE // 2) / RATE) * np.linspace(0, 0.6, RATE // 2)
    cut = np.concatenate([np.zeros(RATE // 4), audio[0], swell])
    cut[-60:] *= np.linspace(1, 0, 60)
    assert measure_seam(Sound(stereo(cut))).cut
    assert seam(stereo(cut)) == "failed"


def test_chords_that_end_before_the_loop_does_pass() -> None:
    assert seam(chords([(48, 60, 64, 67), (53, 65, 69, 72)])) == "passed"


def test_silence_has_no_seam() -> None:
    assert seam(silence(2)) == "unmeasurable"


def test_flat_tops_are_counted_in_runs() -> None:
    tone = np.sin(2 * np.pi * 50 * np.arange(RATE) / RATE)
    assert flat_tops(stereo(tone)) == 0
    clipped = flat_tops(stereo(np.clip(tone, -0.95, 0.95)))
    assert clipped == pytest.approx(200, abs=4)  # 50 periods, two sides, two channels

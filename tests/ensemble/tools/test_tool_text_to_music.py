import numpy as np
import pytest
from tools_ear import chroma, pulse_score, residual_db, rms_db, share_between

from state.errors import Refusal


def test_the_loop_has_what_was_asked_and_says_where_it_is_from(loop, first):
    assert (loop.bpm, loop.key, loop.bars, loop.genre) == (120, "G minor", 2, "hip hop")
    assert loop.stem_names == ["keys", "bass", "drums"]
    assert loop.duration_seconds == 4.0
    asked = {"bpm", "key", "bars", "genre", "instruments", "duration_seconds"}
    assert {name for name, source in loop.sources.items() if source == "asked"} == asked
    assert loop.sources["chords"] == "inferred"
    assert first.seed == 7


def test_the_sound_has_the_tempo_the_scale_and_the_parts(hall, loop):
    mix = hall.mix(loop)
    assert mix.shape == (2, 4 * 44100)
    assert -22 < rms_db(mix) < -6
    assert np.abs(mix).max() < 1
    assert pulse_score(mix, 120) > 0.1
    pitched = hall.dry(loop, "keys") + hall.dry(loop, "bass")
    outside = chroma(pitched)[[1, 4, 6, 8, 11]].sum()  # not in G minor: C# E F# G# B
    assert outside < 0.2
    assert share_between(hall.dry(loop, "bass"), 30, 300) > 0.5
    assert share_between(hall.dry(loop, "drums"), 3000, 20000) > share_between(hall.dry(loop, "bass"), 3000, 20000)


def test_the_stems_sum_to_the_mix_before_mastering(hall, loop):
    from ensemble.tools.mixing import mix_down

    stems = mix_down(loop, hall.stage).stems
    total = sum(stems.values()) * 10 ** (loop.master_gain_db / 20)
    assert residual_db(hall.mix(loop), total) < -60


def test_the_loop_point_does_not_click(hall, loop):
    mix = hall.mix(loop).astype(np.float64)
    twice = np.concatenate([mix, mix], axis=1)
    steps = np.abs(np.diff(twice, axis=1)).max(axis=0)
    middle = mix.shape[1]
    assert steps[middle - 1] <= np.quantile(steps, 0.9999)


def test_the_same_seed_gives_the_same_bits_and_another_seed_another_loop(hall, loop):
    wish = {
        "description": "a dusty hip hop loop",
        "genre": "hip hop",
        "bpm": 120,
        "key": "G minor",
        "bars": 2,
        "instruments": ["keys", "bass", "drums"],
    }
    assert hall.play("text_to_music", **wish).gat == loop
    other = hall.play("text_to_music", seed=8, **wish).gat
    assert {stem.audio for stem in other.stems}.isdisjoint({stem.audio for stem in loop.stems})


def test_a_loop_of_drums_alone_is_in_no_key(hall):
    made = hall.play("text_to_music", bpm=140, bars=1, instruments=["drums"], genre="house").gat
    assert made.key is None
    assert made.chords == ()
    assert "key" not in made.sources


def test_what_the_planner_guessed_is_not_called_asked(hall):
    made = hall.foresee("text_to_music", bpm=90, mood="calm", bars=1, inferred=["mood"])
    assert made.sources["mood"] == "inferred"
    assert made.sources["bpm"] == "asked"


def test_a_length_that_did_not_fit_whole_bars_is_not_called_asked(hall):
    made = hall.foresee("text_to_music", bpm=120, duration_seconds=9)
    assert made.duration_seconds == made.bars * 2
    assert made.sources["duration_seconds"] == "inferred"
    assert hall.foresee("text_to_music", bpm=120, duration_seconds=8).sources["duration_seconds"] == "asked"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"bpm": 900}, "30 to 300"),
        ({"bpm": 30, "bars": 64}, "512 seconds; a loop can last up to 300"),
        ({"key": "H minor"}, "not a key"),
        ({"chords": ["Xm"]}, "not a chord"),
        ({"instruments": ["drums"], "without": ["drums"]}, "Which instrument"),
    ],
)
def test_what_cannot_be_is_refused(hall, arguments, words):
    with pytest.raises(Refusal, match=words):
        hall.foresee("text_to_music", **arguments)


def test_an_instrument_that_nobody_plays_is_refused_with_a_way_out(hall):
    with pytest.raises(Refusal, match="General MIDI"):
        hall.foresee("text_to_music", instruments=["didgeridoo", "drums"])


def test_two_of_a_kind_get_names_of_their_own(hall):
    made = hall.play("text_to_music", bars=1, bpm=120, genre="rock", instruments=["violin", "violin"]).gat
    assert made.stem_names == ["violin", "violin 2"]
    assert made.stems[0].audio != made.stems[1].audio


def test_a_new_loop_promises_what_can_be_heard(first):
    promised = {(item.name, item.stem) for item in first.expectations}
    assert {("bpm", None), ("key", None), ("duration_seconds", None), ("audible", None), ("seam", None)} <= promised
    assert {("sounding", name) for name in ("keys", "bass", "drums")} <= promised
    assert [item.value for item in first.expectations if item.name == "has"] == ["drums", "bass"]

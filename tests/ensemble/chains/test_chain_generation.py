"""Text and impressions to music by a seated model: one call, the table's tempo, key and exact length."""

from __future__ import annotations

import numpy as np
import pytest
from scripted_player import LICENCE

from state.errors import ToolError

WISH = {"description": "a pop loop", "genre": "pop", "bpm": 120, "key": "C major", "bars": 4}


def seats(script="", capability="generate"):
    return {capability: {"model": "scripted", "weights": script or "plain"}}


def test_the_model_is_told_the_attributes_behind_the_description(studio, log):
    studio.play("text_to_music", seats=seats(), **WISH, mood="happy", instruments=["piano", "theremin"])
    assert log.texts() == ["a pop loop. happy. bpm: 120. key: C major. instrument: piano, theremin"]


def test_what_shall_not_play_is_not_written(studio, log):
    studio.play("text_to_music", seats=seats(), **WISH, without=["drums"])
    assert "drums" not in log.texts()[0]


def test_a_loop_is_one_recorded_stem_of_exactly_its_bars(studio):
    take = studio.play("text_to_music", seats=seats(), **WISH)
    (stem,) = take.gat.stems
    assert (stem.name, stem.instrument, stem.backend, stem.licence) == ("music", "recording", "scripted", LICENCE)
    assert (take.gat.samples, take.backend, take.gat.chords) == (8 * 44_100, "scripted", ())
    assert take.notes[-1] == f"Played by scripted (plain) on here; its weights are {LICENCE}."
    checks = studio.checks(take)
    assert {name for name, check in checks.items() if check.status == "failed"} == set()
    assert checks["bpm"].status == checks["key"].status == "passed"


@pytest.mark.parametrize("bpm", [107, 116, 123, 134])
def test_a_tempo_that_is_missed_is_stretched(studio, bpm):
    take = studio.play("text_to_music", seats=seats(f"bpm={bpm}"), **WISH)
    (note,) = (note for note in take.notes if "stretched" in note)
    assert float(note.split("played at ")[1].split(" bpm")[0]) == pytest.approx(bpm, rel=0.003)
    checks = studio.checks(take)
    assert checks["bpm"].status == checks["bars"].status == "passed"


def test_a_tempo_too_far_off_is_left_to_the_verifier(studio):
    take = studio.play("text_to_music", seats=seats("bpm=150"), **WISH)
    assert not any("stretched" in note for note in take.notes)
    assert studio.checks(take)["bpm"].status == "failed"


@pytest.mark.parametrize(
    ("key", "moved"), [("D major", "2 semitones down"), ("A major", "3 semitones up"), ("B minor", "2")]
)
def test_a_key_that_is_missed_is_shifted(studio, key, moved):
    take = studio.play("text_to_music", seats=seats(f"key={key}"), **WISH)
    assert any(moved in note for note in take.notes), take.notes
    assert studio.checks(take)["key"].status == "passed"


def test_a_key_too_far_off_is_left_to_the_verifier(studio):
    take = studio.play("text_to_music", seats=seats("key=E major"), **WISH)
    assert not any("shifted" in note for note in take.notes)
    assert studio.checks(take)["key"].status == "failed"


def test_a_loop_longer_than_the_model_plays_is_repeated(studio, log):
    take = studio.play("text_to_music", seats=seats("longest=5"), **WISH)
    assert log.calls[0][2] <= 5
    audio = studio.dry(take, "music")
    np.testing.assert_array_equal(audio[:, : 4 * 44_100], audio[:, 4 * 44_100 :])
    assert "scripted played 2 bars, which are repeated to fill 4." in take.notes


def test_the_loop_closes_without_a_jump(studio):
    audio = studio.dry(studio.play("text_to_music", seats=seats("bpm=110"), **WISH), "music")
    steps = np.abs(np.diff(audio, axis=1)).max(axis=0)
    assert np.abs(audio[:, 0] - audio[:, -1]).max() <= np.quantile(steps, 0.999)


def test_candidates_are_one_call(studio, log):
    # The key and the tempo are left to the band, which settles them by the seed: the model is told the same for all.
    takes = studio.takes("text_to_music", count=3, seats=seats(), description="something slow", bars=2)
    assert [(verb, seeds) for verb, _, _, seeds in log.calls] == [("generate", (11, 12, 13))]
    assert len({take.gat.mix for take in takes}) == 3
    again = studio.takes("text_to_music", count=3, seats=seats(), description="something slow", bars=2)
    assert [take.gat.mix for take in again] == [take.gat.mix for take in takes]


def test_drums_alone_are_a_drum_recording_in_no_key(studio):
    take = studio.play("text_to_music", seats=seats(), description="a beat", bpm=120, bars=2, instruments=["drums"])
    assert [(stem.name, stem.instrument) for stem in take.gat.stems] == [("drums", "drum recording")]
    assert take.gat.key is None
    assert not any("shifted" in note for note in take.notes)


def test_chords_by_name_are_not_promised(studio):
    take = studio.play("text_to_music", seats=seats(), **WISH, chords=["C", "F", "G", "C"])
    assert take.gat.chords == ()
    assert any("not promised" in note for note in take.notes)


def test_drums_that_were_asked_for_are_listened_for(studio):
    take = studio.play("text_to_music", seats=seats(), **WISH, instruments=["piano", "drums", "bass"])
    wanted = [item.value for item in take.expectations if item.name == "has"]
    assert wanted == ["drums", "bass"]


def test_an_impression_is_read_and_told(studio, log):
    take = studio.play("impression_to_music", seats=seats(), impression="rain at night")
    assert (take.backend, take.gat.stem_names) == ("scripted", ["music"])
    assert "rain at night" in log.texts()[0]
    assert "rain at night" in take.notes[0]


@pytest.mark.parametrize("script", ["broken=1", "short_of=1", "fails=1"])
def test_what_is_no_sound_fails_once_for_all_takes_in_one_line(studio, log, script):
    from ensemble.tools.registry import parse
    from ensemble.tools.tool import Batch, replace
    from state.plan import Step

    called, parsed = parse(Step(tool="text_to_music", arguments=WISH))
    stage = replace(studio.seat(**seats(script)), batch=Batch([1, 2]))
    for seed in (1, 2):
        with pytest.raises(ToolError, match="scripted") as raised:
            called.perform(parsed, None, replace(stage, seed=seed))
        assert "\n" not in str(raised.value)
    assert len(log.calls) == 1


def test_a_rearrangement_keeps_the_frame_and_hears_the_mix(studio, loop, log):
    take = studio.play(
        "rearrange", loop, seats=seats("key=G minor,bpm=125", "rearrange"), genre="jazz", instruments=["piano"]
    )
    verb, text, _, _, melody = log.calls[0]
    assert (verb, melody) == ("rearrange", 4.0)
    assert text.endswith("jazz. bpm: 120. key: G minor. instrument: piano")
    assert (take.gat.bpm, take.gat.key, take.gat.chords, take.gat.genre) == (120, "G minor", loop.chords, "jazz")
    assert [(stem.name, stem.backend) for stem in take.gat.stems] == [("piano", "scripted")]
    checks = studio.checks(take, loop)
    assert {name for name, check in checks.items() if check.status == "failed"} == set()

import math

import numpy as np
import pytest
from tools_ear import notes_in, onset_strength, shift_semitones

from state.errors import Refusal


@pytest.mark.parametrize(("arguments", "bpm"), [({"factor": 1.2}, 144), ({"bpm": 90}, 90), ({"factor": 0.93}, 111.6)])
def test_the_same_notes_over_the_same_bars_at_another_tempo(hall, loop, arguments, bpm):
    made = hall.play("change_speed", loop, **arguments).gat
    assert made.bpm == pytest.approx(bpm)
    assert made.bars == loop.bars
    assert (made.key, made.chords) == (loop.key, loop.chords)
    assert hall.mix(made).shape[1] == round(2 * 4 * 60 / bpm * 44100)
    for name in loop.stem_names:
        assert notes_in(hall.score(made, name)) == notes_in(hall.score(loop, name))
        assert made.stem(name).gain_db == loop.stem(name).gain_db
    assert abs(shift_semitones(hall.dry(loop, "bass"), hall.dry(made, "bass"))) <= 0.25


def test_the_hits_fall_at_the_new_tempo(hall, loop):
    made = hall.play("change_speed", loop, bpm=150).gat
    before, after = (onset_strength(hall.dry(table, "drums")) for table in (loop, made))
    stretched = np.interp(np.linspace(0, len(after) - 1, len(before)), np.arange(len(after)), after)
    assert np.corrcoef(before, stretched)[0, 1] > np.corrcoef(before[: len(after)], after)[0, 1]


def test_there_and_back_is_the_loop_itself(hall, loop):
    there = hall.play("change_speed", loop, bpm=96).gat
    back = hall.play("change_speed", there, bpm=120).gat
    assert [stem.audio for stem in back.stems] == [stem.audio for stem in loop.stems]
    assert back.duration_seconds == loop.duration_seconds


def test_a_recording_is_stretched_at_its_pitch(hall, chords):
    upload = hall.upload(chords, bpm=100, bars=2, key="A minor", chords=("Am", "C"))
    made = hall.play("change_speed", hall.table_of(upload), bpm=125).gat
    sound = hall.dry(made, "recording")
    assert sound.shape[1] == round(chords.shape[1] * 100 / 125)
    assert abs(shift_semitones(chords, sound)) <= 0.25


def test_as_on_tape_the_pitch_moves_too(hall, loop):
    factor = 2 ** (3 / 12)
    made = hall.play("change_speed", loop, factor=factor, keep_pitch=False).gat
    assert made.key == "Bb minor"
    assert abs(shift_semitones(hall.dry(loop, "bass"), hall.dry(made, "bass")) - 3) <= 0.25
    before = {(key, tick) for _, key, tick in notes_in(hall.score(loop, "bass"))}
    assert {(key - 3, tick) for _, key, tick in notes_in(hall.score(made, "bass"))} == before


def test_between_two_keys_the_stems_are_recordings_and_it_is_said(hall, loop):
    take = hall.play("change_speed", loop, factor=1.1, keep_pitch=False)
    assert [stem.score for stem in take.gat.stems] == [None, None, None]
    assert "recordings from here on" in " ".join(take.notes)
    moved = shift_semitones(hall.dry(loop, "bass"), hall.dry(take.gat, "bass"))
    assert moved == pytest.approx(12 * math.log2(1.1), abs=0.3)


def test_without_a_pulse_only_a_factor_makes_sense(hall, chords):
    table = hall.table_of(hall.upload(chords))
    with pytest.raises(Refusal, match="No pulse was measured"):
        hall.foresee("change_speed", table, bpm=100)
    made = hall.play("change_speed", table, factor=2).gat
    assert made.bpm is None
    assert made.samples == chords.shape[1] // 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"factor": 4}, "480 bpm is out of reach.*30 and 300"),
        ({"bpm": 900}, "900 bpm is out of reach"),
        ({"bpm": 120}, "at 120 bpm already"),
        ({"factor": 0.2}, "24 bpm"),
    ],
)
def test_what_cannot_be_is_refused(hall, loop, arguments, words):
    with pytest.raises(Refusal, match=words):
        hall.foresee("change_speed", loop, **arguments)

import numpy as np
import pytest
from tools_ear import chroma, notes_in, onset_strength

from state.errors import Refusal


def test_a_variation_is_different_and_still_the_same_loop(hall, loop):
    made = hall.play("vary", loop).gat
    for name in ("bpm", "key", "chords", "bars", "duration_seconds", "genre"):
        assert getattr(made, name) == getattr(loop, name)
    for stem, old in zip(made.stems, loop.stems, strict=True):
        assert stem.audio != old.audio
        assert (stem.name, stem.instrument, stem.gain_db, stem.pan) == (old.name, old.instrument, old.gain_db, old.pan)
    one, two = chroma(hall.dry(loop, "keys")), chroma(hall.dry(made, "keys"))
    assert np.corrcoef(one, two)[0, 1] > 0.5
    one, two = onset_strength(hall.dry(loop, "drums")), onset_strength(hall.dry(made, "drums"))
    assert np.corrcoef(one, two)[0, 1] > 0.3


def test_only_the_named_stem_is_varied(hall, loop):
    made = hall.play("vary", loop, stems=["keys"]).gat
    assert made.stem("bass") == loop.stem("bass")
    assert made.stem("drums") == loop.stem("drums")
    assert made.stem("keys").audio != loop.stem("keys").audio


def test_more_bars_repeat_the_music_and_fewer_cut_it(hall, loop):
    longer = hall.play("vary", loop, bars=4).gat
    assert (longer.bars, longer.duration_seconds) == (4, 8.0)
    assert longer.chords == (*loop.chords, *loop.chords)
    sound = hall.dry(longer, "drums").astype(np.float64)
    half = sound.shape[1] // 2
    assert np.corrcoef(sound[0, :half], sound[0, half:])[0, 1] > 0.95
    first = {(key, tick) for _, key, tick in notes_in(hall.score(loop, "bass"))}
    assert first <= {(key, tick) for _, key, tick in notes_in(hall.score(longer, "bass"))}
    shorter = hall.play("vary", loop, bars=1).gat
    assert shorter.duration_seconds == 2.0
    assert len(shorter.chords) == len(loop.chords) // 2


def test_half_time_is_the_drummers_matter(hall, loop):
    made = hall.play("vary", loop, feel="half_time").gat
    assert made.stem("keys") == loop.stem("keys")
    assert made.stem("bass") == loop.stem("bass")
    assert made.stem("drums").audio != loop.stem("drums").audio


def test_busier_has_more_notes(hall, loop):
    sparse, busy = (hall.play("vary", loop, stems=["drums"], density=word).gat for word in ("sparse", "busy"))
    assert len(notes_in(hall.score(busy, "drums"))) > len(notes_in(hall.score(sparse, "drums")))


def test_a_recording_becomes_a_new_loop_with_what_was_measured(hall, chords):
    table = hall.table_of(hall.upload(chords, bpm=100, bars=2, key="A minor", chords=("Am", "C")))
    take = hall.play("vary", table)
    made = take.gat
    assert (made.bpm, made.key, made.bars, made.chords) == (100, "A minor", 2, ("Am", "C"))
    assert made.duration_seconds == table.duration_seconds
    assert all(stem.score for stem in made.stems)
    assert "A recording has no notes to vary" in take.notes[0]
    pitched = sum(hall.audio(stem.audio) for stem in made.stems if "kit" not in stem.instrument)
    assert chroma(pitched)[[0, 2, 4, 5, 7, 9, 11]].sum() > 0.75


def test_beside_played_stems_a_recording_stays_and_it_is_said(hall, chords):
    table = hall.table_of(hall.upload(chords, bpm=100, bars=2, key="A minor", chords=("Am", "C")))
    both = hall.play("add_track", table, instrument="piano").gat
    take = hall.play("vary", both)
    assert take.gat.stem("recording") == both.stem("recording")
    assert take.gat.stem("piano").audio != both.stem("piano").audio
    assert "stayed unvaried" in take.notes[0]
    with pytest.raises(Refusal, match="no notes to vary in the recording"):
        hall.foresee("vary", both, stems=["recording"])


def test_the_length_it_has_is_said(hall, loop):
    with pytest.raises(Refusal, match="2 bars already"):
        hall.foresee("vary", loop, bars=2)


def test_half_time_needs_drums_and_says_so(hall, loop):
    without = hall.play("remove_track", loop, stems=["drums"]).gat
    for feel, words in (("half_time", "half time"), ("double_time", "double time")):
        with pytest.raises(Refusal, match=f"There are no drums in this loop to play {words}"):
            hall.foresee("vary", without, feel=feel)
    with pytest.raises(Refusal, match="It is the drums that play half time"):
        hall.foresee("vary", loop, feel="half_time", stems=["bass"])


def test_recorded_drums_have_no_notes_to_play_at_half_time(hall, clicks):
    table = hall.table_of(hall.upload(clicks, bpm=100, bars=2, instrument="drum recording"), "drums")
    both = hall.play("add_track", table, instrument="piano").gat
    with pytest.raises(Refusal, match="The drums came as recorded sound"):
        hall.foresee("vary", both, feel="half_time")

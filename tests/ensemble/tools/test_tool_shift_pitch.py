import numpy as np
import pytest
from tools_ear import notes_in, rms_db, shift_semitones

from state.errors import Refusal


@pytest.mark.parametrize(("semitones", "key"), [(-5, "D minor"), (3, "Bb minor")])
def test_everything_pitched_moves_and_drums_stay(hall, loop, semitones, key):
    made = hall.play("shift_pitch", loop, semitones=semitones).gat
    assert made.key == key
    assert made.stem("drums") == loop.stem("drums")
    assert made.duration_seconds == loop.duration_seconds
    for name in ("keys", "bass"):
        assert abs(shift_semitones(hall.dry(loop, name), hall.dry(made, name)) - semitones) <= 0.5
        moved = {(key_, tick) for _, key_, tick in notes_in(hall.score(made, name))}
        assert moved == {(key_ + semitones, tick) for _, key_, tick in notes_in(hall.score(loop, name))}
        assert made.stem(name).gain_db == loop.stem(name).gain_db


def test_chords_move_with_the_key(hall, loop):
    from ensemble.band.theory import parse_chord

    made = hall.foresee("shift_pitch", loop, semitones=-5)
    for before, after in zip(loop.chords, made.chords, strict=True):
        assert (parse_chord(after).root - parse_chord(before).root) % 12 == 7
        assert parse_chord(after).quality == parse_chord(before).quality


def test_up_and_down_again_is_the_loop_itself(hall, loop):
    there = hall.play("shift_pitch", loop, semitones=4).gat
    back = hall.play("shift_pitch", there, semitones=-4).gat
    assert [stem.audio for stem in back.stems] == [stem.audio for stem in loop.stems]
    assert (back.key, back.chords) == (loop.key, loop.chords)


def test_to_a_key_goes_the_shorter_way(hall, loop):
    take = hall.play("shift_pitch", loop, to_key="E minor")
    assert take.gat.key == "E minor"
    assert next(item.value for item in take.expectations if item.name == "transposed") == -3


def test_one_stem_moves_alone_and_the_loop_keeps_its_key(hall, loop):
    made = hall.play("shift_pitch", loop, semitones=12, stems=["keys"]).gat
    assert (made.key, made.chords) == (loop.key, loop.chords)
    assert made.stem("bass") == loop.stem("bass")
    notes = [key for _, key, _ in notes_in(hall.score(made, "keys"))]
    assert np.mean(notes) - np.mean([key for _, key, _ in notes_in(hall.score(loop, "keys"))]) == pytest.approx(
        12, abs=1
    )


def test_a_recording_is_shifted_as_sound(hall, chords):
    upload = hall.upload(chords, bpm=100, bars=2, key="A minor", chords=("Am", "C"))
    made = hall.play("shift_pitch", hall.table_of(upload), semitones=2).gat
    assert (made.key, made.chords) == ("B minor", ("Bm", "D"))
    sound = hall.dry(made, "recording")
    assert abs(shift_semitones(chords, sound) - 2) <= 0.25
    assert abs(rms_db(sound) - rms_db(chords)) < 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"semitones": 0}, "changes nothing"),
        ({"semitones": 36}, "farthest shift is 24 semitones"),
        ({"to_key": "G major"}, "cannot make it major.*rearrange"),
        ({"to_key": "G minor"}, "in G minor already"),
        ({"to_key": "H minor"}, "not a key"),
        ({"semitones": 2, "stems": ["drums"]}, "drums have no key"),
        ({"semitones": 2, "stems": ["tuba"]}, "no tuba in this loop; it has"),
    ],
)
def test_what_cannot_be_is_refused(hall, loop, arguments, words):
    with pytest.raises(Refusal, match=words):
        hall.foresee("shift_pitch", loop, **arguments)


def test_an_unknown_key_cannot_be_aimed_from(hall, chords):
    with pytest.raises(Refusal, match="No key is known"):
        hall.foresee("shift_pitch", hall.table_of(hall.upload(chords)), to_key="D minor")


def test_notes_below_what_speakers_play_are_shifted_exactly_and_said(hall, loop):
    take = hall.play("shift_pitch", loop, semitones=-24)
    moved = [key for _, key, _ in notes_in(hall.score(take.gat, "bass"))]
    assert min(moved) == min(key for _, key, _ in notes_in(hall.score(loop, "bass"))) - 24 < 23
    assert [note for note in take.notes if "31 Hz" in note] == [
        "The lowest notes of the bass now lie below 31 Hz, deeper than most speakers play."
    ]
    assert hall.play("shift_pitch", loop, semitones=-2).notes == ()
    high = hall.play("shift_pitch", hall.play("shift_pitch", loop, semitones=24, stems=["keys"]).gat, semitones=24)
    assert any("The highest notes of the keys now lie above 4.2 kHz" in note for note in high.notes)

import pytest
from tools_ear import notes_in, rms_db

from state.errors import Refusal


def test_another_instrument_plays_the_same_part(hall, loop):
    made = hall.play("replace_track", loop, stem="keys", instrument="violin").gat
    assert made.stem_names == ["violin", "bass", "drums"]
    assert made.stems[1:] == loop.stems[1:]
    old, new = loop.stem("keys"), made.stem("violin")
    assert (new.gain_db, new.pan, new.effects) == (old.gain_db, old.pan, old.effects)
    before, after = hall.score(loop, "keys"), hall.score(made, "violin")
    onsets = {tick for _, _, tick in notes_in(before)}
    assert {tick for _, _, tick in notes_in(after)} <= onsets
    classes = {key % 12 for _, key, _ in notes_in(before)}
    assert {key % 12 for _, key, _ in notes_in(after)} <= classes
    assert rms_db(hall.dry(made, "violin")) > -40


def test_one_kit_for_another(hall, loop):
    made = hall.play("replace_track", loop, stem="drums", instrument="brush kit").gat
    new = made.stems[2]
    assert new.instrument == "brush kit"
    assert new.audio != loop.stem("drums").audio
    assert made.stems[:2] == loop.stems[:2]
    ticks = {tick for _, _, tick in notes_in(hall.stage.store.file(new.score))}
    assert ticks == {tick for _, _, tick in notes_in(hall.score(loop, "drums"))}


def test_a_recording_is_replaced_by_a_new_part_and_it_is_said(hall, chords):
    table = hall.table_of(hall.upload(chords, bpm=100, bars=2, key="A minor", chords=("Am", "C")))
    take = hall.play("replace_track", table, stem="recording", instrument="strings")
    assert take.gat.stem_names == ["strings"]
    assert "no notes to take over" in take.notes[0]
    level = rms_db(hall.dry(take.gat, "strings")) + take.gat.stems[0].gain_db
    assert abs(level - rms_db(chords)) < 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"stem": "drums", "instrument": "piano"}, "cannot play the part of the drums"),
        ({"stem": "bass", "instrument": "drums"}, "cannot play the part of the bass"),
        ({"stem": "harp", "instrument": "piano"}, "no harp in this loop; it has"),
        ({"stem": "bass", "instrument": "kazoo orchestra of doom"}, "Nobody in the band"),
    ],
)
def test_what_cannot_be_is_refused(hall, loop, arguments, words):
    with pytest.raises(Refusal, match=words):
        hall.foresee("replace_track", loop, **arguments)


def test_the_instrument_that_is_there_already_is_said(hall, loop):
    with pytest.raises(Refusal, match="already"):
        hall.foresee("replace_track", loop, stem="bass", instrument=loop.stem("bass").instrument)

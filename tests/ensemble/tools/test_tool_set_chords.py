import pytest
from tools_ear import chroma, notes_in

from state.errors import Refusal


def test_every_pitched_part_follows_the_new_chords_and_drums_stay(hall, loop):
    made = hall.play("set_chords", loop, chords=["Cm", "F"]).gat
    assert made.chords == ("Cm", "F")
    assert made.sources["chords"] == "asked"
    assert made.stem("drums") == loop.stem("drums")
    for bar, members in enumerate(((0, 3, 7), (5, 9, 0))):
        half = slice(bar * 88200, (bar + 1) * 88200)
        heard = chroma(hall.dry(made, "keys")[:, half])
        assert heard[list(members)].sum() > 0.55
        assert heard[list(members)].sum() > chroma(hall.dry(loop, "keys")[:, half])[list(members)].sum()


def test_the_rhythm_stays(hall, loop):
    made = hall.play("set_chords", loop, chords=["Eb", "Bb"]).gat
    for name in ("keys", "bass"):
        before = {tick for _, _, tick in notes_in(hall.score(loop, name))}
        assert {tick for _, _, tick in notes_in(hall.score(made, name))} == before


def test_a_short_progression_is_repeated(hall, loop):
    assert hall.foresee("set_chords", loop, chords=["Gm7"]).chords == ("Gm7", "Gm7")
    assert hall.foresee("set_chords", loop, chords=["Gm", "Cm", "D7", "Gm"]).chords == ("Gm", "Cm", "D7", "Gm")


def test_chords_from_elsewhere_take_the_key_with_them_and_it_is_said(hall, loop):
    take = hall.play("set_chords", loop, chords=["A", "E"])
    assert take.gat.key in {"A major", "E major"}
    assert take.gat.sources["key"] == "inferred"
    assert "that is the loop's key now" in take.notes[0]
    asked = hall.foresee("set_chords", loop, chords=["A", "E"], key="A mixolydian")
    assert (asked.key, asked.sources["key"]) == ("A mixolydian", "asked")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"chords": ["Gm", "H7"]}, "'H7' is not a chord"),
        ({"chords": ["Gm", "Cm", "D7"]}, "3 chords do not spread evenly over 2 bars; give 2 or 4"),
        ({"chords": ["Gm"], "key": "X minor"}, "not a key"),
    ],
)
def test_what_cannot_be_is_refused(hall, loop, arguments, words):
    with pytest.raises(Refusal, match=words):
        hall.foresee("set_chords", loop, **arguments)


def test_a_recording_has_no_notes_to_move(hall, chords):
    table = hall.table_of(hall.upload(chords, bpm=100, bars=2, key="A minor", chords=("Am", "C")))
    with pytest.raises(Refusal, match="plays chords from notes"):
        hall.foresee("set_chords", table, chords=["Dm"])
    both = hall.play("add_track", table, instrument="strings").gat
    take = hall.play("set_chords", both, chords=["Dm", "G"])
    assert take.gat.stem("recording") == both.stem("recording")
    assert "recording kept the old harmony" in take.notes[0]

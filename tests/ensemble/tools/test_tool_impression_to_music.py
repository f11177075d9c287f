import pytest
from tools_ear import rms_db

from ensemble.tools.impression import read
from state.errors import Refusal


def test_a_title_is_read_with_its_choir(hall):
    take = hall.play("impression_to_music", impression="Hey Jude's choral part", bars=1)
    made = take.gat
    assert (made.key, made.bpm) == ("F major", 74)
    assert "choir" in made.stem_names
    assert {made.sources[field] for field in ("key", "bpm", "mood", "genre", "instruments")} == {"inferred"}
    assert "Hey Jude" in made.description
    assert take.notes[0].startswith("I read 'Hey Jude's choral part' as")
    assert rms_db(hall.dry(made, "choir")) > -40


def test_what_was_said_wins_over_what_was_read(hall):
    made = hall.foresee("impression_to_music", impression="rain at night", bpm=140, genre="house", bars=1)
    assert (made.bpm, made.genre) == (140, "house")
    assert made.sources["bpm"] == made.sources["genre"] == "asked"
    assert made.sources["mood"] == "inferred"


def test_an_impression_that_says_nothing_is_called_a_guess(hall):
    take = hall.play("impression_to_music", impression="xyzzy", bars=1, instruments=["piano"])
    assert "this is a guess" in take.notes[0]


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ("Blue Danube", "time_signature", "3/4"),
        ("a haunted castle", "mood", "scary"),
        ("sunset on the beach", "genre", "chillout"),
        ("ICE", "mood", "cold"),
        ("nice", "mood", None),
    ],
)
def test_words_are_read_whole_and_whatever_their_case(words, field, value):
    assert getattr(read(words), field) == value


def test_every_player_and_key_of_the_data_is_known(hall):
    from ensemble.band.instruments import resolve
    from ensemble.band.theory import parse_key
    from ensemble.tools.impression import _table

    for kind, rows in _table().items():
        for row in rows:
            assert kind in ("titles", "sounds", "scenes", "feelings")
            assert all(resolve(player) for player in row.get("instruments", ())), row
            assert parse_key(row.get("key", "C major"))
            assert 30 <= row.get("bpm", 100) <= 300


def test_an_unplayable_wish_beside_an_impression_is_refused(hall):
    with pytest.raises(Refusal):
        hall.foresee("impression_to_music", impression="rain", instruments=["didgeridoo"])

import numpy as np
import pytest
from tools_ear import chroma, rms_db

from state.errors import Refusal


def test_a_loop_grows_around_an_uploaded_beat(hall, clicks):
    upload = hall.upload(clicks, "beat.wav", bpm=100, bars=2, instrument="drum recording")
    table = hall.table_of(upload, "drums")
    take = hall.play("drum_to_music", table, uploads=[upload], genre="rock", instruments=["guitar"], key="E minor")
    made = take.gat
    assert made.stems[0] == table.stems[0]
    assert (made.bpm, made.bars, made.key, made.genre) == (100, 2, "E minor", "rock")
    assert made.duration_seconds == upload.duration_seconds
    assert (made.sources["bpm"], made.sources["key"]) == ("measured", "asked")
    assert len(made.stems) == 2
    guitar = made.stems[1]
    assert chroma(hall.audio(guitar.audio))[[0, 2, 4, 6, 7, 9, 11]].sum() > 0.7
    drums, strings = rms_db(clicks), rms_db(hall.audio(guitar.audio)) + guitar.gain_db
    assert abs(drums - strings) < 12
    kicks = hall.mix(made)[:, :4410]
    assert rms_db(kicks) > -40


def test_an_upload_not_yet_in_the_table_becomes_the_drums(hall, clicks):
    upload = hall.upload(clicks, "beat.wav", bpm=100, bars=2, instrument="drum recording")
    made = hall.play("drum_to_music", None, uploads=[upload], source="beat.wav", genre="funk").gat
    assert made.stem("drums").audio == upload.audio
    assert np.array_equal(hall.dry(made, "drums"), clicks)
    assert len(made.stems) > 1
    assert not any(stem.instrument.endswith("kit") for stem in made.stems)


def test_the_loops_own_drums_are_kept_and_the_rest_is_new(hall, loop):
    take = hall.play("drum_to_music", loop, instruments=["organ", "bass"], seed=11)
    made = take.gat
    assert made.stem("drums") == loop.stem("drums")
    assert made.stem_names == ["drums", "organ", "bass"]
    assert made.stem("bass").audio != loop.stem("bass").audio
    assert (made.bpm, made.bars) == (loop.bpm, loop.bars)
    assert any(item.name == "preserved" and item.value == ["drums"] for item in take.expectations)


def test_more_than_drums_in_the_file_is_said(hall, chords):
    upload = hall.upload(chords, "beat.wav", bpm=100, bars=2)
    take = hall.play("drum_to_music", None, uploads=[upload], instruments=["bass"], key="A minor")
    assert any("More than drums was heard" in note for note in take.notes)


def test_what_cannot_be_is_refused(hall, loop, clicks):
    with pytest.raises(Refusal, match="no drums to build on"):
        hall.foresee("drum_to_music", None)
    with pytest.raises(Refusal, match="The bass is not drums"):
        hall.foresee("drum_to_music", loop, source="bass")
    with pytest.raises(Refusal, match="No steady beat"):
        hall.foresee("drum_to_music", None, uploads=[hall.upload(clicks, "beat.wav", instrument="drum recording")])
    with pytest.raises(Refusal, match="drums are there already"):
        hall.foresee("drum_to_music", loop, instruments=["drums"])

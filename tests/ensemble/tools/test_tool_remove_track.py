import pytest
from tools_ear import residual_db, rms_db

from state.errors import Refusal


def test_a_removed_stem_leaves_nothing_behind_and_takes_nothing_with_it(hall, loop):
    made = hall.play("remove_track", loop, stems=["keys"]).gat
    assert made.stem_names == ["bass", "drums"]
    assert made.stems == loop.stems[1:]
    gain = 10 ** (made.master_gain_db / 20)
    left = sum(hall.dry(made, stem.name) * 10 ** (stem.gain_db / 20) for stem in made.stems) * gain
    assert all(stem.pan == 0 for stem in made.stems)
    assert residual_db(hall.mix(made), left) < -80


def test_all_but_one_and_the_words_people_use(hall, loop):
    made = hall.play("remove_track", loop, keep=["the bass"]).gat
    assert made.stem_names == ["bass"]
    assert rms_db(hall.mix(made)) > -60


def test_the_kept_stems_are_promised(hall, loop):
    take = hall.play("remove_track", loop, stems=["drums"])
    promised = {item.name: item.value for item in take.expectations}
    assert promised["removed"] == "drums"
    assert promised["preserved"] == ["keys", "bass"]


def test_a_stem_that_is_not_there_is_refused_with_those_that_are(hall, loop):
    with pytest.raises(Refusal, match="no violin in this loop; it has keys, bass and drums"):
        hall.foresee("remove_track", loop, stems=["violin"])


def test_the_last_stem_stays(hall, loop):
    with pytest.raises(Refusal, match="nothing of the loop"):
        hall.foresee("remove_track", loop, stems=["keys", "bass", "drums"])
    muted = loop.with_stem(loop.stem("bass").model_copy(update={"muted": True}))
    with pytest.raises(Refusal, match="only muted stems"):
        hall.foresee("remove_track", muted, keep=["bass"])


def test_a_family_word_means_all_its_members(hall, loop):
    two = hall.play("add_track", hall.play("add_track", loop, instrument="violin").gat, instrument="cello").gat
    assert hall.foresee("remove_track", two, stems=["strings"]).stem_names == loop.stem_names


@pytest.mark.parametrize("arguments", [{"stems": ["vocals"]}, {"keep": ["vocals"]}, {"stems": ["drums", "vocals"]}])
def test_a_voice_in_a_recording_needs_a_separation_model(hall, chords, arguments):
    table = hall.table_of(hall.upload(chords, bpm=100, bars=2, key="A minor"))
    with pytest.raises(Refusal, match="vocals out of the recording needs a source-separation model"):
        hall.foresee("remove_track", table, **arguments)


def test_keeping_the_drums_of_a_recording_draws_them_out(hall, clicks):
    table = hall.table_of(hall.upload(clicks, bpm=100, bars=2))
    muted = table.with_stem(table.stem("recording").model_copy(update={"muted": True}))
    for loop in (table, muted):
        made = hall.play("remove_track", loop, keep=["drums"]).gat
        assert [(stem.name, stem.instrument, stem.muted) for stem in made.stems] == [("drums", "drum recording", False)]


def test_a_recording_that_is_called_drums_is_the_drums(hall, clicks):
    table = hall.table_of(hall.upload(clicks, bpm=100, bars=2), "drums")
    both = hall.play("add_track", table, instrument="piano").gat
    assert hall.foresee("remove_track", both, stems=["drums"]).stem_names == ["piano"]
    assert hall.foresee("extract_track", both, stems=["drums"]).stems == (both.stem("drums"),)


def test_drums_come_out_of_one_recording_at_a_time(hall, clicks, chords):
    table = hall.table_of(hall.upload(chords, bpm=100, bars=2))
    two = table.with_stem(table.stems[0].model_copy(update={"name": "second"}))
    with pytest.raises(Refusal, match="there are 2: recording and second"):
        hall.foresee("remove_track", two, stems=["drums"])

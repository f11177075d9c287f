from io import BytesIO

import mido
import pytest
from tools_ear import chroma, notes_in, pulse_score, rms_db

from ensemble.tools.melody import chords_in
from state.errors import Refusal


@pytest.fixture(scope="module")
def song(hall, loop):
    return hall.play("add_track", loop, instrument="flute").gat


def test_another_style_keeps_tempo_key_chords_and_melody(hall, song):
    take = hall.play("rearrange", song, genre="jazz")
    made = take.gat
    for name in ("bpm", "key", "chords", "bars", "time_signature", "duration_seconds"):
        assert getattr(made, name) == getattr(song, name)
    assert (made.genre, made.sources["genre"]) == ("jazz", "asked")
    assert {stem.audio for stem in made.stems}.isdisjoint({stem.audio for stem in song.stems} - {song.stems[-1].audio})
    assert notes_in(hall.score(made, "flute")) == [
        (channel, key, tick) for channel, key, tick in notes_in(hall.score(song, "flute"))
    ]
    assert pulse_score(hall.mix(made), 120) > 0.05


def test_a_soloist_takes_the_melody(hall, song):
    made = hall.play("rearrange", song, genre="jazz", solo="saxophone").gat
    solo = next(stem for stem in made.stems if "sax" in stem.instrument)
    before = [(key % 12, tick) for _, key, tick in notes_in(hall.score(song, "flute"))]
    after = [(key % 12, tick) for _, key, tick in notes_in(hall.stage.store.file(solo.score))]
    assert len(set(before) & set(after)) >= 0.8 * len(before)
    assert "flute" not in made.stem_names


def test_a_solo_where_there_was_no_melody_is_composed(hall, loop):
    made = hall.play("rearrange", loop, genre="jazz", solo="trumpet").gat
    assert rms_db(hall.dry(made, "trumpet")) > -40


def test_into_another_mode_the_same_degrees_are_played(hall, loop):
    made = hall.play("rearrange", loop, key="G major").gat
    assert made.key == "G major"
    assert made.chords == chords_in(loop.chords, "G minor", "G major")
    pitched = sum(hall.audio(stem.audio) for stem in made.stems if "kit" not in stem.instrument)
    assert chroma(pitched)[[0, 2, 4, 6, 7, 9, 11]].sum() > 0.75


@pytest.mark.parametrize(
    ("chords", "before", "after", "expected"),
    [
        (["Dm", "Bb", "F", "C"], "D minor", "D major", ("D", "Bm", "F#m", "C#dim")),
        (["Cmaj7", "Am7", "Dm7", "G7"], "C major", "C minor", ("Cm7", "Abmaj7", "Dm7b5", "Gm7")),
        (["C", "G"], "C major", "D major", ("D", "A")),
    ],
)
def test_chords_keep_their_degrees(chords, before, after, expected):
    assert chords_in(chords, before, after) == expected


def test_another_metre_keeps_the_bars_and_says_that_the_melody_goes(hall, song):
    take = hall.play("rearrange", song, time_signature="3/4")
    assert (take.gat.time_signature, take.gat.bars, take.gat.duration_seconds) == ("3/4", 2, 3.0)
    assert any("melody of the flute is not kept" in note for note in take.notes)


def test_a_recording_is_played_anew_and_what_is_lost_is_said(hall, chords):
    table = hall.table_of(hall.upload(chords, bpm=100, bars=2, key="A minor", chords=("Am", "C")))
    take = hall.play("rearrange", table, genre="jazz", solo="saxophone")
    made = take.gat
    assert (made.bpm, made.key, made.chords) == (100, "A minor", ("Am", "C"))
    assert "recording" not in made.stem_names
    assert any("not transcribed" in note for note in take.notes)
    assert made.sources["key"] == "measured"


def test_a_key_that_is_none_is_refused(hall, loop):
    with pytest.raises(Refusal, match="not a key"):
        hall.foresee("rearrange", loop, key="sad")


def test_a_new_mood_keeps_the_balance_and_the_effects_that_were_set_up(hall, song):
    quiet = hall.play("adjust_track", song, stems=["flute"], gain_db=-9, pan=0.7).gat
    wet = hall.play("add_effect", quiet, stems=["flute"], effects=[{"kind": "delay"}]).gat
    sad = hall.play("rearrange", wet, mood="sad", instruments=list(wet.stem_names)).gat
    old, new = wet.stem("flute"), sad.stem("flute")
    assert (new.gain_db, new.pan, new.effects) == (old.gain_db, old.pan, old.effects)
    elsewhere = hall.play("rearrange", wet, genre="jazz", instruments=list(wet.stem_names)).gat.stem("flute")
    assert elsewhere.effects == ()


def test_a_mood_that_came_with_the_old_style_goes_with_it(hall, loop):
    sources = {**loop.sources, "mood": "inferred"}
    guessed = loop.revised(mood="funky", sources=sources)
    made = hall.foresee("rearrange", guessed, genre="jazz")
    assert (made.mood != "funky", made.sources["mood"]) == (True, "inferred")
    assert hall.foresee("rearrange", guessed, time_signature="3/4").mood == "funky"
    asked = loop.revised(mood="gloomy", sources={**sources, "mood": "asked"})
    made = hall.foresee("rearrange", asked, genre="jazz")
    assert (made.mood, made.sources["mood"]) == ("gloomy", "asked")


@pytest.mark.parametrize("named", [True, False])
def test_a_new_mood_keeps_the_very_instruments(hall, loop, named):
    """Drums that were a brush kit are one still, whether or not the stems are named; another kit can be asked for."""
    brushed = hall.play("replace_track", loop, stem="drums", instrument="brush kit").gat
    drums = next(stem.name for stem in brushed.stems if stem.instrument == "brush kit")
    more = {"instruments": list(brushed.stem_names)} if named else {}
    sad = hall.play("rearrange", brushed, mood="sad", **more).gat
    assert [stem.instrument for stem in sad.stems if stem.name == drums] == ["brush kit"]
    assert _program(hall.score(sad, drums)) == _program(hall.score(brushed, drums))
    jazz = hall.play("rearrange", brushed, mood="sad", instruments=["jazz kit"]).gat
    assert "brush kit" not in [stem.instrument for stem in jazz.stems]


def _program(score):
    tracks = mido.MidiFile(file=BytesIO(score)).tracks
    return {message.program for track in tracks for message in track if message.type == "program_change"}

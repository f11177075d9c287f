"""Recordings taken apart by a seated separation model (scripted here; the real one: tests/models)."""

from dataclasses import replace

import numpy as np
import pytest
from tools_ear import residual_db

from ensemble.tools.splitting import BACKEND
from scripted_ears import ScriptedSeparator, Seated
from sound import tune
from state.errors import Refusal, ToolError


@pytest.fixture
def model():
    return ScriptedSeparator()


@pytest.fixture
def studio(hall, model):
    return replace_stage(hall, model)


def replace_stage(hall, model):
    made = type(hall)(hall.folder)
    made.stage = replace(hall.stage, players=Seated(separate=model))
    return made


@pytest.fixture(scope="module")
def song():
    time = np.arange(4 * 44_100) / 44_100
    low = 0.2 * np.sin(2 * np.pi * 80 * time)
    return (tune(120, 2)[:, : len(time)] * 0.5 + low).astype("f4")


@pytest.fixture
def table(hall, song):
    return hall.table_of(hall.upload(song, bpm=120, bars=2, key="A minor"))


def test_a_source_goes_and_what_stays_is_the_recording_without_it(studio, table, song):
    take = studio.play("remove_track", table, stems=["the vocals"])
    (stem,) = take.gat.stems
    assert (stem.name, stem.instrument, stem.backend) == ("recording", "recording", "scripted")
    assert take.backend == "scripted"
    voice = studio.dry(studio.play("extract_track", table, stems=["voice"]).gat, "vocals")
    assert np.abs(studio.audio(stem.audio) + voice - song).max() < 1e-6
    assert any("taken out of the recording by scripted (by-ear; weights under MIT)" in note for note in take.notes)


def test_several_sources_become_stems_of_their_own(studio, table):
    made = studio.play("extract_track", table, stems=["drums", "bass"]).gat
    assert [(stem.name, stem.instrument) for stem in made.stems] == [
        ("drums", "drum recording"),
        ("bass", "recording"),
    ]
    left = studio.play("remove_track", made, stems=["the bass"]).gat
    assert left.stem_names == ["drums"]
    assert left.stem("drums") == made.stem("drums")


def test_keeping_a_source_is_extracting_it(studio, table):
    kept = studio.play("remove_track", table, keep=["bass"]).gat
    assert kept.stem("bass").audio == studio.play("extract_track", table, stems=["bass"]).gat.stem("bass").audio


def test_the_band_s_stems_beside_a_recording_stay_as_they_are(studio, table):
    both = studio.play("add_track", table, instrument="piano").gat
    made = studio.play("remove_track", both, stems=["vocals"]).gat
    assert made.stem("piano") == both.stem("piano")
    assert made.stem("recording").audio != both.stem("recording").audio
    assert studio.foresee("remove_track", both, stems=["piano"]).stem_names == ["recording"]


def test_what_the_model_cannot_tell_apart_is_refused_with_what_it_can(studio, table):
    for tool in ("remove_track", "extract_track"):
        with pytest.raises(Refusal, match="cannot take guitar out of the recording: it tells apart drums, bass, other"):
            studio.foresee(tool, table, stems=["guitar", "drums"])


def test_one_recording_at_a_time(studio, table):
    two = table.with_stem(table.stems[0].model_copy(update={"name": "second"}))
    with pytest.raises(Refusal, match="Vocals can be drawn out of one recording, and there are 2"):
        studio.foresee("remove_track", two, stems=["vocals"])


def test_a_source_that_is_not_in_the_recording_is_an_error_and_nothing_changes(studio, table):
    for tool in ("remove_track", "extract_track"):
        with pytest.raises(ToolError, match="scripted hears no other in the recording"):
            studio.play(tool, table, stems=["other"])
    take = studio.play("extract_track", table, stems=["bass", "other"])
    assert take.gat.stem_names == ["bass", "other"]
    assert any("It hears no other in it" in note for note in take.notes)


def test_drums_are_still_drawn_out_by_their_attack_where_the_model_knows_no_drums(hall, table):
    studio = replace_stage(hall, ScriptedSeparator(sources=("bass", "vocals")))
    take = studio.play("extract_track", table, stems=["drums"])
    assert take.backend == BACKEND


def test_without_a_recording_no_model_is_asked_for(hall, loop):
    class Nobody:
        def get(self, capability):
            raise AssertionError(capability)

    hall = replace_stage(hall, None)
    hall.stage = replace(hall.stage, players=Nobody())
    assert hall.foresee("remove_track", loop, stems=["keys"]).stem_names == ["bass", "drums"]


def test_the_sources_of_a_whole_recording_sum_to_it(studio, table, song):
    made = studio.play("extract_track", table, stems=["drums", "bass", "vocals", "other"]).gat
    assert residual_db(sum(studio.audio(stem.audio) for stem in made.stems), song) < -100

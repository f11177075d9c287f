"""Who made a sound, and under which licences, stays known while something of it is heard."""

from __future__ import annotations

import pytest

OLD, NEW = "CC-BY-NC 4.0", "MIT"


def seat(licence, script=""):
    return {"model": "scripted", "weights": f"key=G minor,licence={licence},{script}"}


@pytest.fixture
def recording(studio):
    """One stem that a model played."""
    wish = {"genre": "pop", "bpm": 120, "key": "G minor", "bars": 2}
    return studio.play("text_to_music", seats={"generate": seat(OLD)}, **wish).gat


@pytest.mark.parametrize(
    ("tool", "capability", "arguments"),
    [
        ("regenerate_span", "inpaint", {"start_seconds": 1, "end_seconds": 1.2}),
        ("vary", "vary", {}),
        ("rearrange", "rearrange", {"genre": "jazz"}),
    ],
)
def test_what_is_made_of_a_sound_keeps_its_licence(studio, recording, tool, capability, arguments):
    once = studio.play(tool, recording, seats={capability: seat(NEW)}, **arguments).gat
    assert [stem.licence for stem in once.stems] == [f"{OLD}; {NEW}"]
    again = studio.play(tool, once, seats={capability: seat(OLD)}, **arguments).gat
    assert [stem.licence for stem in again.stems] == [f"{OLD}; {NEW}"]


def test_of_a_rearrangement_those_bear_that_are_heard(studio, recording):
    (stem,) = recording.stems
    muted = stem.model_copy(update={"name": "second", "muted": True, "licence": "CC0"})
    other = stem.model_copy(update={"name": "third", "licence": "CC-BY 4.0"})
    loop = recording.revised(stems=(stem, muted, other))
    take = studio.play("rearrange", loop, seats={"rearrange": seat(NEW)}, genre="jazz")
    assert [stem.licence for stem in take.gat.stems] == [f"{OLD}; CC-BY 4.0; {NEW}"]


def test_what_the_band_played_adds_none(studio, loop):
    take = studio.play("vary", loop, seats={"vary": seat(NEW)}, stems=["keys"])
    assert [stem.licence for stem in take.gat.stems] == [NEW, None, None]


def test_a_part_out_of_a_continuation_names_who_played_and_who_took_it_out(studio, loop):
    seats = {"continue": seat(OLD), "separate": seat(NEW)}
    added = studio.play("add_track", loop, seats=seats, instrument="bass").gat.stems[-1]
    around = studio.play("drum_to_music", loop, seats=seats, key="G minor").gat.stems[-1]
    assert (added.licence, around.licence) == (f"{OLD}; {NEW}", f"{OLD}; {NEW}")
    drums = studio.play("add_track", loop, seats={"continue": seat(OLD)}, instrument="drums").gat.stems[-1]
    assert drums.licence == OLD


def test_a_split_names_both_and_no_path(studio, recording, tmp_path):
    weights = tmp_path / "tiny,licence=MIT"
    weights.mkdir()
    seats = {"separate": {"model": "scripted", "weights": str(weights)}}
    take = studio.play("extract_track", recording, seats=seats, stems=["bass"])
    assert take.gat.stems[0].licence == f"{OLD}; {NEW}"
    assert "by scripted (tiny,licence=MIT; weights under MIT)" in take.notes[0]
    assert str(tmp_path) not in take.notes[0]


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("shift_pitch", {"semitones": 2}),
        ("change_speed", {"factor": 1.1}),
        ("change_speed", {"factor": 1.1, "keep_pitch": False}),
    ],
)
def test_who_played_a_recording_stays_who_played_it(studio, recording, loop, tool, arguments):
    take = studio.play(tool, recording, **arguments)
    (stem,) = take.gat.stems
    assert (stem.backend, stem.licence, stem.tool) == ("scripted", OLD, tool)
    assert take.backend == "band", "the step itself was the band's"
    assert {stem.backend for stem in studio.play(tool, loop, **arguments).gat.stems} == {"band"}

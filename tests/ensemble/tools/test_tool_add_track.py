import numpy as np
import pytest
from tools_ear import chroma, residual_db, rms_db, share_between, sides

from state.errors import Refusal


def test_a_new_stem_sounds_in_the_mix_and_no_other_is_touched(hall, loop):
    made = hall.play("add_track", loop, instrument="clarinet", dynamics="soft").gat
    assert made.stem_names == [*loop.stem_names, "clarinet"]
    assert made.stems[:3] == loop.stems
    before = hall.mix(loop) * 10 ** ((made.master_gain_db - loop.master_gain_db) / 20)
    rest = hall.mix(made) - before
    clarinet = hall.dry(made, "clarinet")
    assert -30 < rms_db(rest) - rms_db(hall.mix(made)) < 0
    assert residual_db(rest, clarinet * np.sqrt(np.mean(rest**2) / np.mean(clarinet**2))) < -25 or made.stems[-1].pan
    outside = chroma(clarinet)[[1, 4, 6, 8, 11]].sum()
    assert outside < 0.2


def test_what_is_asked_of_the_new_stem_is_heard(hall, loop):
    plain = hall.play("add_track", loop, instrument="flute").gat
    placed = hall.play(
        "add_track", loop, instrument="flute", gain_db=-6, pan=1, effects=[{"kind": "lowpass", "cutoff_hz": 400}]
    ).gat
    assert placed.stem("flute").gain_db == pytest.approx(plain.stem("flute").gain_db - 6)
    rest = hall.mix(placed) - hall.mix(loop) * 10 ** ((placed.master_gain_db - loop.master_gain_db) / 20)
    assert sides(rest) < -20
    assert share_between(rest, 2000, 20000) < 0.05
    assert placed.stem("flute").audio == plain.stem("flute").audio


def test_a_solo_stands_in_front(hall, loop):
    plain = hall.play("add_track", loop, instrument="tenor sax").gat.stems[-1]
    solo = hall.play("add_track", loop, instrument="tenor sax", solo=True).gat.stems[-1]
    assert solo.gain_db > plain.gain_db
    assert solo.audio != plain.audio


def test_a_second_one_of_its_kind_is_numbered_and_plays_its_own_part(hall, loop):
    made = hall.play("add_track", loop, instrument="bass").gat
    assert made.stem_names[-1] == "bass 2"
    assert made.stem("bass 2").audio != made.stem("bass").audio


def test_what_nobody_plays_is_refused(hall, loop):
    with pytest.raises(Refusal, match=r"'didgeridoo'.*General MIDI"):
        hall.foresee("add_track", loop, instrument="didgeridoo")
    with pytest.raises(Refusal, match="sings"):
        hall.foresee("add_track", loop, instrument="lead vocals")


def test_adding_needs_a_loop(hall):
    with pytest.raises(Refusal, match="no loop to add to yet"):
        hall.foresee("add_track", None, instrument="flute")


def test_an_upload_is_laid_over_the_loop_at_its_tempo_and_length(hall, loop, clicks):
    upload = hall.upload(clicks, "My Beat!.wav", bpm=100, bars=2, instrument="drum recording")
    take = hall.play("add_track", loop, uploads=[upload], instrument="my beat!")
    added = take.gat.stems[-1]
    assert (added.name, added.instrument, added.score) == ("drums 2", "drum recording", None)
    assert any("stretched from 100 to 120 bpm" in note for note in take.notes)
    assert take.gat.stems[:3] == loop.stems
    sound = hall.audio(added.audio).astype(np.float64)
    hits = [rms_db(sound[:, beat * 22050 : beat * 22050 + 4410]) for beat in range(8)]
    assert min(hits) > rms_db(sound) - 3  # a thump on every beat of the new tempo
    level = rms_db(sound) + added.gain_db
    assert abs(level - rms_db(hall.dry(loop, "drums")) - loop.stem("drums").gain_db) < 6


def test_an_upload_without_a_pulse_is_cut_to_the_loop_and_said_so(hall, loop):
    noise = np.random.default_rng(1).normal(0, 0.05, (2, 44100 * 6)).astype(np.float32)
    upload = hall.upload(noise, "rain.wav")
    take = hall.play("add_track", loop, uploads=[upload], instrument="rain.wav")
    assert take.gat.stem_names[-1] == "rain"
    assert "cut to the loop's 2 bars" in " ".join(take.notes)
    assert np.array_equal(hall.dry(take.gat, "rain")[:, :100_000], noise[:, :100_000])


def test_a_part_beside_a_recording_is_as_loud_as_it_should_be(hall, chords):
    for factor in (1.0, 0.05):
        upload = hall.upload(chords * np.float32(factor), bpm=100, bars=2, key="A minor", chords=("Am", "C"))
        table = hall.table_of(upload)
        made = hall.play("add_track", table, instrument="bass").gat
        assert made.stems[0] == table.stems[0]
        bass = rms_db(hall.dry(made, "bass")) + made.stem("bass").gain_db
        assert abs(bass - rms_db(hall.dry(made, "recording"))) < 10


def test_a_recording_without_a_pulse_cannot_be_played_along_with(hall, chords):
    table = hall.table_of(hall.upload(chords))
    with pytest.raises(Refusal, match="No steady pulse"):
        hall.foresee("add_track", table, instrument="bass")


def test_only_the_new_stem_is_played(hall, loop):
    from dataclasses import replace

    from ensemble.band.band import BuiltInBand
    from ensemble.tools.registry import parse
    from state.plan import Step

    class ScriptedBand(BuiltInBand):
        """The band, and how often it was asked to play."""

        played = 0

        def render(self, part, bpm, samples):
            self.played += 1
            return super().render(part, bpm, samples)

    band = ScriptedBand()
    stage = replace(hall.stage, band=band)
    for tool, arguments, times in (
        ("add_track", {"instrument": "organ"}, 1),
        ("remove_track", {"stems": ["keys"]}, 0),
        ("adjust_track", {"stems": ["keys"], "gain_db": -2}, 0),
        ("add_effect", {"effects": [{"kind": "reverb"}]}, 0),
        ("shift_pitch", {"semitones": 1}, 2),
    ):
        called, parsed = parse(Step(tool=tool, arguments=arguments))
        band.played = 0
        called.perform(parsed, loop, stage)
        assert band.played == times, tool


def test_stopping_ends_the_work(hall, loop):
    from dataclasses import replace

    from ensemble.tools.registry import parse
    from state.errors import Cancelled
    from state.plan import Step

    called, parsed = parse(Step(tool="add_track", arguments={"instrument": "organ"}))
    with pytest.raises(Cancelled):
        called.perform(parsed, loop, replace(hall.stage, cancelled=lambda: True))

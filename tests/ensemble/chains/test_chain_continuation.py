"""Drums to music and a track more: what a model plays on is taken apart and laid beside stems that stay."""

from __future__ import annotations

import numpy as np
import pytest
from scripted_player import LICENCE

from state.errors import Refusal

CONTINUE = {"model": "scripted", "weights": "key=G minor"}
SEPARATE = {"model": "scripted", "weights": "sources=drums bass other vocals"}


def test_drums_become_music_around_the_same_drums(studio, loop, log):
    take = studio.play("drum_to_music", loop, seats={"continue": CONTINUE}, key="G minor", genre="pop")
    drums, music = take.gat.stems
    assert drums == loop.stem("drums")
    assert (music.name, music.instrument, music.backend, music.score) == ("music", "recording", "scripted", None)
    assert (take.gat.bpm, take.gat.bars, take.gat.samples) == (loop.bpm, loop.bars, loop.samples)
    assert [call[0] for call in log.calls] == ["continue"]
    assert log.calls[0][4] == 4.0, "the prompt is the whole bars of the drums"
    assert "instrument: drums," in log.texts()[0]
    assert any("without a separation model" in note for note in take.notes)
    assert studio.checks(take, loop)["preserved"].status == "passed"


def test_the_new_drums_are_taken_out_by_the_seated_model(studio, loop, log):
    seats = {"continue": CONTINUE, "separate": SEPARATE}
    take = studio.play("drum_to_music", loop, seats=seats, key="G minor", genre="pop")
    assert [call[0] for call in log.calls] == ["continue", "separate"]
    assert any("taken out of it by scripted" in note for note in take.notes)


def test_the_prompt_leaves_room_for_what_follows(studio, loop, log):
    weights = {"model": "scripted", "weights": "key=G minor,longest=6.5"}
    take = studio.play("drum_to_music", loop, seats={"continue": weights}, key="G minor")
    _, _, seconds, _, prompt = log.calls[0]
    assert prompt == pytest.approx(2.0)
    assert seconds == pytest.approx(4.5)
    assert take.gat.samples == loop.samples


def test_added_drums_are_a_stem_beside_untouched_ones(studio, loop, log):
    pair = loop.revised(stems=loop.stems[:2])
    take = studio.play("add_track", pair, seats={"continue": CONTINUE}, instrument="drums")
    assert take.gat.stems[:2] == pair.stems
    drums = take.gat.stems[2]
    assert (drums.name, drums.instrument, drums.backend, take.backend) == (
        "drums",
        "drum recording",
        "scripted",
        "scripted",
    )
    assert (take.gat.key, take.gat.chords) == (pair.key, pair.chords)
    assert log.texts()[0].endswith("instrument: electric piano, electric bass, drums")
    checks = studio.checks(take, pair)
    assert checks["preserved"].status == checks["unchanged"].status == checks["added"].status == "passed"


def test_candidates_of_a_track_are_one_call(studio, loop, log):
    takes = studio.takes("add_track", loop, count=3, seats={"continue": CONTINUE}, instrument="congas")
    assert [call[3] for call in log.calls] == [(11, 12, 13)]
    assert len({take.gat.stems[-1].audio for take in takes}) == 3


def test_only_drums_can_be_had_without_a_separation_model(studio, loop):
    for call in (studio.play,):
        with pytest.raises(Refusal, match="no separation model is seated to take the saxophone out"):
            call("add_track", loop, seats={"continue": CONTINUE}, instrument="saxophone")


def test_the_band_adds_what_cannot_be_taken_out_where_it_may(studio, loop):
    take = studio.play("add_track", loop, seats={"continue": CONTINUE, "fallback": True}, instrument="saxophone")
    plain = studio.play("add_track", loop, instrument="saxophone")
    assert take.gat == plain.gat
    assert any("no separation model" in note and "The band played it." in note for note in take.notes)


def test_a_separated_part_says_what_else_it_holds(studio, loop):
    seats = {"continue": CONTINUE, "separate": SEPARATE}
    bass = studio.play("add_track", loop.revised(stems=loop.stems[::2]), seats=seats, instrument="bass")
    assert bass.gat.stem("bass").audio != loop.stem("bass").audio
    assert not any("also holds" in note for note in bass.notes)
    voice = studio.play("add_track", loop, seats=seats, instrument="vocals", gain_db=-3, pan=0.5)
    assert voice.gat.stem("vocals").pan == 0.5
    sax = studio.play("add_track", loop, seats=seats, instrument="saxophone")
    assert any("also holds what was played anew of electric piano" in note for note in sax.notes)


def test_a_source_that_the_model_has_not_is_asked_about(studio, loop):
    seats = {"continue": CONTINUE, "separate": {"model": "scripted", "weights": "sources=drums vocals"}}
    with pytest.raises(Refusal, match="tells apart drums and vocals"):
        studio.play("add_track", loop, seats=seats, instrument="saxophone")


def test_the_manner_is_told(studio, loop, log):
    seats = {"continue": CONTINUE, "separate": SEPARATE}
    studio.play("add_track", loop, seats=seats, instrument="trumpet", density="busy", solo=True)
    assert "a dusty hip hop loop, with a busy trumpet solo" in log.texts()[0]


ALONE = {"model": "scripted", "weights": "key=G minor,adds=drums bass guitar keyboard woodwinds"}


@pytest.mark.parametrize(
    ("word", "track"), [("saxophone", "woodwinds"), ("organ", "keyboard"), ("bass", "bass"), ("drums", "drums")]
)
def test_a_track_that_the_model_plays_alone_needs_no_separation(studio, loop, log, word, track):
    take = studio.play("add_track", loop, seats={"continue": ALONE}, instrument=word, density="busy")
    assert [(call[0], call[2], call[4]) for call in log.calls] == [("lego", pytest.approx(4.0), track)]
    assert log.texts()[0].startswith(f"a busy {word}")
    assert log.texts()[0].endswith(f"instrument: {word}")
    assert take.gat.stems[:3] == loop.stems
    added = take.gat.stems[3]
    assert (added.backend, added.licence, added.score, take.backend) == ("scripted", LICENCE, None, "scripted")
    assert any(f"played the {word} alone, as its track {track!r}" in note for note in take.notes)
    assert not any("taken out" in note for note in take.notes)
    checks = studio.checks(take, loop)
    assert checks["preserved"].status == checks["unchanged"].status == "passed"


def test_a_track_that_it_was_not_taught_is_taken_out_of_what_it_plays_on(studio, loop, log):
    seats = {"continue": ALONE, "separate": SEPARATE}
    studio.play("add_track", loop, seats=seats, instrument="trumpet")
    assert [call[0] for call in log.calls] == ["continue", "separate"]
    with pytest.raises(Refusal, match="to take the trumpet out"):
        studio.play("add_track", loop, seats={"continue": ALONE}, instrument="trumpet")


def test_candidates_of_a_track_alone_are_one_call(studio, loop, log):
    takes = studio.takes("add_track", loop, count=2, seats={"continue": ALONE}, instrument="bass")
    assert [call[3] for call in log.calls] == [(11, 12)]
    assert len({take.gat.stems[-1].audio for take in takes}) == 2


def test_a_recording_without_a_pulse_is_not_played_on(studio, loop):
    still = loop.revised(bpm=None, bars=None)
    with pytest.raises(Refusal, match="No steady pulse"):
        studio.play("add_track", still, seats={"continue": CONTINUE}, instrument="drums")


def test_a_continuation_at_another_tempo_is_in_time(studio, loop):
    fast = {"continue": {"model": "scripted", "weights": "key=G minor,bpm=129"}}
    pair = loop.revised(stems=loop.stems[:2])
    take = studio.play("add_track", pair, seats=fast, instrument="drums")
    assert any("stretched to 120" in note for note in take.notes)
    same = studio.play("add_track", pair, seats={"continue": CONTINUE}, instrument="drums")
    one, two = (np.abs(studio.dry(each, "drums")).mean(axis=0) for each in (take, same))
    spectra = np.fft.rfft(one - one.mean()), np.fft.rfft(two - two.mean())
    shift = int(np.fft.irfft(np.conj(spectra[0]) * spectra[1]).argmax())
    assert min(shift, len(one) - shift) / 44_100 < 0.02

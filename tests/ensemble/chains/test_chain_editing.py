"""Variation and a span filled: each stem's own sound, nothing else."""

from __future__ import annotations

import numpy as np
import pytest
from scripted_player import LICENCE

from state.errors import Refusal


def seats(capability, script=""):
    return {capability: {"model": "scripted", "weights": script or "plain"}}


def level_db(audio):
    return 10 * np.log10(np.square(audio, dtype=np.float64).mean())


def test_a_varied_stem_keeps_its_place_and_level(studio, loop):
    take = studio.play("vary", loop, seats=seats("vary"), stems=["keys"])
    keys, old = take.gat.stem("keys"), loop.stem("keys")
    assert (keys.instrument, keys.score, keys.backend, keys.licence) == ("recording", None, "scripted", LICENCE)
    assert (keys.gain_db, keys.pan, keys.effects) == (old.gain_db, old.pan, old.effects)
    assert take.gat.stems[1:] == loop.stems[1:]
    assert level_db(studio.dry(take, "keys")) == pytest.approx(level_db(studio.store.audio(old.audio)), abs=0.5)
    checks = studio.checks(take, loop)
    assert checks["varied"].status == checks["preserved"].status == "passed"


def test_all_stems_are_varied_each_by_itself(studio, loop, log):
    take = studio.play("vary", loop, seats=seats("vary"))
    assert [call[0] for call in log.calls] == ["vary"] * 3
    assert [stem.instrument for stem in take.gat.stems] == ["recording", "recording", "drum recording"]


def test_what_is_longer_than_the_model_takes_is_varied_in_joined_pieces(studio, loop, log):
    take = studio.play("vary", loop, seats=seats("vary", "longest=2.5"), stems=["bass"], amount=0.1)
    assert [call[2] for call in log.calls] == [pytest.approx(2.02)] * 2
    old, new = studio.store.audio(loop.stem("bass").audio), studio.dry(take, "bass")
    bar = loop.samples // 2
    steps = np.quantile(np.abs(np.diff(new, axis=1)), 0.9999)
    for seam in (0, bar):
        around = np.take(new, np.arange(seam - 40, seam + 900), axis=1, mode="wrap")
        assert np.abs(np.diff(around, axis=1)).max() <= 2 * steps
    assert np.corrcoef(old.mean(axis=0), new.mean(axis=0))[0, 1] > 0.9


@pytest.mark.parametrize("arguments", [{"bars": 4}, {"density": "busy"}, {"feel": "swing", "stems": ["drums"]}])
def test_what_only_notes_can_do_is_the_bands(studio, loop, log, arguments):
    take = studio.play("vary", loop, seats=seats("vary"), **arguments)
    assert log.calls == []
    assert take.gat == studio.play("vary", loop, **arguments).gat


def test_a_span_is_filled_and_every_other_sample_stays(studio, loop, log):
    take = studio.play(
        "regenerate_span", loop, seats=seats("inpaint"), start_seconds=1.5, end_seconds=2.25, stems=["keys"]
    )
    first, last = round(1.5 * 44_100), round(2.25 * 44_100)
    for old, new in ((loop.mix, take.gat.mix), (loop.stem("keys").audio, take.gat.stem("keys").audio)):
        one, two = studio.store.audio(old), studio.store.audio(new)
        changed = (one != two).any(axis=0)
        if old != loop.mix:  # the mix may ring on where a stem has reverb; these stems have none before the master
            assert not changed[:first].any()
            assert not changed[last:].any()
        assert changed[first:last].mean() > 0.9
    _, text, heard, _, start, end = log.calls[0]
    assert (heard, start, end) == (pytest.approx(4.0), 1.5, 2.25)
    assert text.endswith("instrument: electric piano")
    checks = studio.checks(take, loop)
    assert checks["span"].status == checks["preserved"].status == "passed"
    assert take.gat.master_gain_db == loop.master_gain_db


def test_the_seams_of_a_span_do_not_click(studio, loop):
    take = studio.play("regenerate_span", loop, seats=seats("inpaint"), start_bar=2, stems=["bass"])
    old, new = studio.store.audio(loop.stem("bass").audio), studio.dry(take, "bass")
    first = loop.samples // 2
    assert np.abs(new[:, first] - old[:, first]).max() < 0.02
    assert np.abs(new[:, -1] - old[:, -1]).max() < 0.02


def test_a_model_of_short_breath_hears_what_stands_around_the_span(studio, loop, log):
    take = studio.play(
        "regenerate_span", loop, seats=seats("inpaint", "longest=2"), start_seconds=0, end_seconds=0.5, stems=["drums"]
    )
    _, _, heard, _, start, end = log.calls[0]
    assert (heard, start, end) == (pytest.approx(2.0), pytest.approx(0.75, abs=1e-3), pytest.approx(1.25, abs=1e-3))
    assert studio.checks(take, loop)["span"].status == "passed"


def test_a_span_longer_than_the_model_fills_is_asked_about(studio, loop):
    with pytest.raises(Refusal, match=r"At most 1\.6 seconds"):
        studio.play("regenerate_span", loop, seats=seats("inpaint", "longest=2"), start_seconds=0, end_seconds=1.9)


def test_a_span_needs_no_pulse(studio, loop):
    still = loop.revised(bpm=None, bars=None)
    take = studio.play("regenerate_span", still, seats=seats("inpaint"), start_seconds=1, end_seconds=2, stems=["keys"])
    assert studio.checks(take, still)["span"].status == "passed"


def test_candidates_of_a_span_are_one_call_a_stem(studio, loop, log):
    takes = studio.takes("regenerate_span", loop, count=2, seats=seats("inpaint"), start_bar=1)
    assert [call[3] for call in log.calls] == [(11, 12)] * 3
    assert len({take.gat.mix for take in takes}) == 2

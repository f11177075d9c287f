import numpy as np
import pytest
from tools_ear import rms_db

from state.errors import Refusal


def changed(one, other):
    """First and last-plus-one sample that differ."""
    different = np.flatnonzero((one != other).any(axis=0))
    return (int(different[0]), int(different[-1]) + 1) if len(different) else None


def test_every_sample_outside_the_span_is_the_same(hall, loop):
    take = hall.play("regenerate_span", loop, start_seconds=1.3, end_seconds=2.6)
    start, end = round(1.3 * 44100), round(2.6 * 44100)
    different = 0
    for name in loop.stem_names:
        where = changed(hall.dry(loop, name), hall.dry(take.gat, name))
        if where is not None:
            assert start <= where[0] < where[1] <= end
            different += 1
    assert different >= 2
    mixes = changed(hall.mix(loop), hall.mix(take.gat))
    assert mixes is not None
    assert start <= mixes[0] < mixes[1] <= end
    assert take.gat.master_gain_db == loop.master_gain_db


def test_only_the_named_stem_is_renewed_between_bars(hall, loop):
    made = hall.play("regenerate_span", loop, start_bar=2, stems=["bass"]).gat
    assert made.stem("keys") == loop.stem("keys")
    assert made.stem("drums") == loop.stem("drums")
    start, end = changed(hall.dry(loop, "bass"), hall.dry(made, "bass"))
    assert 2 * 44100 <= start < end <= 4 * 44100
    assert made.stem("bass").gain_db == loop.stem("bass").gain_db


def test_the_level_inside_stays_near_that_before(hall, loop):
    made = hall.play("regenerate_span", loop, start_seconds=1, end_seconds=3, stems=["keys"]).gat
    before, after = (hall.dry(table, "keys")[:, 44100 : 3 * 44100] for table in (loop, made))
    assert abs(rms_db(before) - rms_db(after)) < 6


def test_the_edges_do_not_click(hall, loop):
    made = hall.play("regenerate_span", loop, start_seconds=1.3, end_seconds=2.6).gat
    sound = hall.mix(made).astype(np.float64)
    steps = np.abs(np.diff(sound, axis=1)).max(axis=0)
    for edge in (1.3, 2.6):
        at = round(edge * 44100)
        assert steps[at - 3 : at + 3].max() <= np.quantile(steps, 0.9995)


def test_inside_a_recording_the_band_takes_over_and_it_is_said(hall, chords):
    table = hall.table_of(hall.upload(chords, bpm=100, bars=2, key="A minor", chords=("Am", "C")))
    take = hall.play("regenerate_span", table, start_seconds=1, end_seconds=2)
    made = hall.dry(take.gat, "recording")
    start, end = changed(chords, made)
    assert 44100 <= start < end <= 2 * 44100
    assert abs(rms_db(made[:, 44100:88200]) - rms_db(chords[:, 44100:88200])) < 3
    assert "has no notes, so inside the span the band plays" in take.notes[0]


def test_inside_a_drum_recording_the_band_drums(hall, clicks):
    table = hall.table_of(hall.upload(clicks, bpm=100, bars=2, instrument="drum recording"), "drums")
    take = hall.play("regenerate_span", table, start_bar=2)
    start, end = changed(clicks, hall.dry(take.gat, "drums"))
    assert clicks.shape[1] // 2 <= start < end <= clicks.shape[1]
    assert "in its place: drums" in take.notes[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"start_seconds": 3, "end_seconds": 5}, r"The loop is 4\.00 seconds long, so there is no 3 to 5 s"),
        ({"start_seconds": 4}, "no 4 to"),
        ({"start_bar": 3}, "2 bars, so there is no bar 3"),
        ({"start_seconds": 1, "end_seconds": 1.05}, "shorter than"),
        ({"start_bar": 1, "stems": ["tuba"]}, "no tuba"),
    ],
)
def test_a_span_outside_the_loop_is_refused(hall, loop, arguments, words):
    with pytest.raises(Refusal, match=words):
        hall.foresee("regenerate_span", loop, **arguments)


def test_a_rounded_end_is_the_end_of_the_loop(hall, loop):
    take = hall.play("regenerate_span", loop, start_seconds=3, end_seconds=4.2, stems=["bass"])
    assert next(item.value for item in take.expectations if item.name == "span") == [3 * 44100, 4 * 44100]

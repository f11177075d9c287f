import numpy as np
import pytest
from tools_ear import residual_db

from sound import tune
from state.errors import Refusal


def test_only_the_named_stems_are_left(hall, loop):
    take = hall.play("extract_track", loop, stems=["drums"])
    made = take.gat
    assert made.stems == (loop.stem("drums"),)
    gain = 10 ** ((made.stem("drums").gain_db + made.master_gain_db) / 20)
    assert residual_db(hall.mix(made), hall.dry(loop, "drums") * gain) < -80
    assert [item.value for item in take.expectations if item.name == "removed"] == ["keys", "bass"]


def test_separating_a_recording_says_what_it_would_take(hall, chords):
    table = hall.table_of(hall.upload(chords, bpm=100, bars=2, key="A minor"))
    with pytest.raises(Refusal, match="needs a source-separation model, and none is at work here"):
        hall.foresee("extract_track", table, stems=["vocals"])


def test_what_is_not_there_or_all_there_is_is_refused(hall, loop):
    with pytest.raises(Refusal, match="no vocals in this loop; it has keys, bass and drums"):
        hall.foresee("extract_track", loop, stems=["vocals"])
    with pytest.raises(Refusal, match="nothing but keys, bass and drums already"):
        hall.foresee("extract_track", loop, stems=["keys", "bass", "drums"])


def test_drums_are_drawn_out_of_a_recording_and_the_two_halves_are_the_whole(hall):
    song = (tune(110, 2) * 0.8).astype("f4")
    table = hall.table_of(hall.upload(song, bpm=110, bars=2, key="A minor"))
    take = hall.play("extract_track", table, stems=["drums"])
    (drums,) = take.gat.stems
    assert (drums.name, drums.instrument) == ("drums", "drum recording")
    rest = hall.play("remove_track", table, stems=["drums"]).gat.stem("recording")
    struck, left = hall.audio(drums.audio), hall.audio(rest.audio)
    assert residual_db(struck + left, song) < -100
    assert high_share(struck) > 3 * high_share(song) > 9 * high_share(left)
    assert any("without a separation model" in note for note in take.notes)


def high_share(audio):
    """Share of the energy above 4 kHz, where only the snare and the hat of the song are."""
    power = np.abs(np.fft.rfft(audio.mean(axis=0))) ** 2
    return power[round(4000 * audio.shape[1] / 44_100) :].sum() / power.sum()

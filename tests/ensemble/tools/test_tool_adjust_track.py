import numpy as np
import pytest
from tools_ear import residual_db, rms_db, sides

from state.errors import Refusal


def part(hall, gat, name):
    """One stem as it stands in the mix, before mastering, by the design's law: the dry take at its gain (pan 0)."""
    stem = gat.stem(name)
    return hall.audio(stem.audio) * 10 ** (stem.gain_db / 20)


def test_a_gain_changes_one_stem_by_so_many_decibels(hall, loop):
    made = hall.play("adjust_track", loop, stems=["bass"], gain_db=-6).gat
    assert made.stem("keys") == loop.stem("keys")
    assert made.stem("bass").audio == loop.stem("bass").audio
    one, two = hall.mix(loop) / 10 ** (loop.master_gain_db / 20), hall.mix(made) / 10 ** (made.master_gain_db / 20)
    lost = one - two
    expected = part(hall, loop, "bass") * (1 - 10 ** (-6 / 20))
    assert residual_db(lost, expected) < -50


def test_pan_moves_the_sound(hall, loop):
    muted = hall.play("adjust_track", loop, stems=["drums"], solo=True).gat
    left = hall.play("adjust_track", muted, stems=["drums"], pan=-1).gat
    assert sides(hall.mix(left)) > 20
    right = hall.play("adjust_track", muted, stems=["drums"], pan=1).gat
    assert sides(hall.mix(right)) < -20


def test_mute_and_unmute(hall, loop):
    quiet = hall.play("adjust_track", loop, stems=["keys", "bass"], mute=True).gat
    gain = 10 ** (quiet.master_gain_db / 20)
    assert residual_db(hall.mix(quiet), part(hall, quiet, "drums") * gain) < -80
    again = hall.play("adjust_track", quiet, stems=["keys", "bass"], mute=False).gat
    assert again.stems == loop.stems


def test_solo_mutes_the_others(hall, loop):
    take = hall.play("adjust_track", loop, stems=["bass"], solo=True)
    assert [stem.muted for stem in take.gat.stems] == [True, False, True]
    gain = 10 ** (take.gat.master_gain_db / 20)
    assert residual_db(hall.mix(take.gat), part(hall, take.gat, "bass") * gain) < -80
    assert [(item.name, item.stem) for item in take.expectations][:2] == [("muted", "keys"), ("muted", "drums")]


def test_the_whole_mix_goes_down_by_so_many_decibels(hall, loop):
    made = hall.play("adjust_track", loop, gain_db=-3).gat
    assert made.stems == loop.stems
    assert rms_db(hall.mix(made)) - rms_db(hall.mix(loop)) == pytest.approx(-3, abs=0.01)


def test_the_whole_mix_goes_up_only_as_far_as_it_does_not_clip(hall, loop):
    quiet = hall.play("adjust_track", loop, gain_db=-6).gat
    take = hall.play("adjust_track", quiet, gain_db=20)
    assert 0.5 < np.abs(hall.mix(take.gat)).max() <= 1
    assert "before it clips" in take.notes[0]
    rise = rms_db(hall.mix(take.gat)) - rms_db(hall.mix(quiet))
    promised = next(item.value for item in take.expectations if item.name == "gain_db")
    assert promised == pytest.approx(rise, abs=0.05)


def test_a_mix_at_its_ceiling_asks_what_to_do(hall, loop):
    top = hall.play("adjust_track", hall.play("adjust_track", loop, gain_db=-6).gat, gain_db=20).gat
    with pytest.raises(Refusal, match="as loud as it can be"):
        hall.foresee("adjust_track", top, gain_db=1)


def test_a_fader_ends(hall, loop):
    take = hall.play("adjust_track", loop, stems=["drums"], gain_db=20)
    take = hall.play("adjust_track", take.gat, stems=["drums"], gain_db=24)
    assert take.gat.stem("drums").gain_db == 24
    assert any("end of the fader" in note for note in take.notes)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"mute": True}, "Which stem shall I mute"),
        ({"solo": True}, "Which stem shall I solo"),
        ({"stems": ["keys", "bass", "drums"], "mute": True}, "nothing to hear"),
        ({"stems": ["oboe"], "gain_db": 3}, "no oboe in this loop; it has keys, bass and drums"),
    ],
)
def test_what_cannot_be_is_refused(hall, loop, arguments, words):
    with pytest.raises(Refusal, match=words):
        hall.foresee("adjust_track", loop, **arguments)


def test_what_cannot_be_heard_yet_is_said(hall, loop):
    quiet = hall.play("adjust_track", loop, stems=["keys"], mute=True).gat
    take = hall.play("adjust_track", quiet, stems=["keys"], gain_db=3)
    assert take.gat.stem("keys").gain_db == loop.stem("keys").gain_db + 3
    assert "Keys are muted, so the change cannot be heard yet." in take.notes
    assert not any("muted" in note for note in hall.play("adjust_track", loop, stems=["keys"], gain_db=3).notes)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"stems": ["bass"], "gain_db": 0}, "0 dB changes nothing"),
        ({"gain_db": 0}, "0 dB changes nothing"),
        ({"stems": ["bass"], "pan": 0}, "The bass is in the middle already"),
        ({"stems": ["drums"], "mute": False}, "The drums are not muted"),
        ({"stems": ["bass", "drums"], "pan": 0}, "The bass and drums are in the middle already"),
    ],
)
def test_what_changes_nothing_is_refused(hall, loop, arguments, words):
    with pytest.raises(Refusal, match=words):
        hall.foresee("adjust_track", loop, **arguments)


def test_a_second_mute_or_solo_or_push_against_the_end_is_refused(hall, loop):
    alone = hall.foresee("adjust_track", loop, stems=["bass"], solo=True)
    with pytest.raises(Refusal, match="Nothing but the bass sounds already"):
        hall.foresee("adjust_track", alone, stems=["bass"], solo=True)
    with pytest.raises(Refusal, match="The keys are muted already"):
        hall.foresee("adjust_track", alone, stems=["keys"], mute=True)
    top = loop.with_stem(loop.stem("bass").model_copy(update={"gain_db": 24.0, "pan": -0.5}))
    with pytest.raises(Refusal, match=r"The bass is at the end of the fader already, \+24 dB"):
        hall.foresee("adjust_track", top, stems=["bass"], gain_db=2)
    with pytest.raises(Refusal, match="The bass is 50% to the left already"):
        hall.foresee("adjust_track", top, stems=["bass"], pan=-0.5)

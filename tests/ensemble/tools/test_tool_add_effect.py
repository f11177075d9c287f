import numpy as np
import pytest
from tools_ear import residual_db, rms_db, share_between

from state.errors import Refusal


def rendered(hall, gat, name):
    """What one stem adds to the mix, found by muting it: the mix without it is taken from the mix."""
    from ensemble.tools.mixing import mix_down

    return mix_down(gat, hall.stage).stems[name]


def test_a_lowpass_on_one_stem_takes_its_highs_and_nobody_elses(hall, loop):
    made = hall.play("add_effect", loop, effects=[{"kind": "lowpass", "cutoff_hz": 500}], stems=["drums"]).gat
    assert made.stem("drums").audio == loop.stem("drums").audio
    assert made.stem("keys") == loop.stem("keys")
    assert made.stem("bass") == loop.stem("bass")
    before, after = (share_between(rendered(hall, table, "drums"), 3000, 20000) for table in (loop, made))
    assert after < before / 20
    gain = 10 ** ((made.master_gain_db - loop.master_gain_db) / 20)
    rest = hall.mix(made) - hall.mix(loop) * gain
    drums = rendered(hall, made, "drums") - rendered(hall, loop, "drums")
    assert residual_db(rest, drums * 10 ** (made.master_gain_db / 20)) < -40


def test_reverb_on_the_mix_fills_the_gaps(hall, clicks):
    table = hall.table_of(hall.upload(clicks, bpm=100, bars=2, instrument="drum recording"), "drums")
    made = hall.play("add_effect", table, effects=[{"kind": "reverb", "room_size": 0.8, "wet": 0.5}]).gat
    assert made.stems == table.stems
    assert made.mix_effects[0].kind == "reverb"
    gaps = [slice(round((beat + 0.45) * 26460), round((beat + 0.5) * 26460)) for beat in range(0, 8, 2)]

    def gap_db(audio):
        return rms_db(np.concatenate([audio[:, gap] for gap in gaps], axis=1)) - rms_db(audio)

    assert gap_db(hall.mix(made)) > gap_db(hall.mix(table)) + 3


def test_one_of_a_kind_is_replaced_and_another_appended(hall, loop):
    once = hall.foresee("add_effect", loop, effects=[{"kind": "reverb", "wet": 0.1}, {"kind": "delay"}], stems=["keys"])
    twice = hall.foresee(
        "add_effect", once, effects=[{"kind": "reverb", "wet": 0.6}, {"kind": "chorus"}], stems=["keys"]
    )
    chain = twice.stem("keys").effects
    assert [effect.kind for effect in chain] == ["reverb", "delay", "chorus"]
    assert chain[0].wet == 0.6


def test_taking_an_effect_off_brings_the_dry_sound_back(hall, loop):
    wet = hall.play("add_effect", loop, effects=[{"kind": "distortion", "drive_db": 10}], stems=["bass"]).gat
    assert residual_db(rendered(hall, loop, "bass"), rendered(hall, wet, "bass")) > -30
    dry = hall.play("add_effect", wet, remove=["distortion"], stems=["bass"]).gat
    assert dry.stems == loop.stems
    assert np.array_equal(rendered(hall, dry, "bass"), rendered(hall, loop, "bass"))


def test_an_effect_that_is_not_there_cannot_be_taken_off(hall, loop):
    with pytest.raises(Refusal, match="no reverb on the mix; there are no effects there"):
        hall.foresee("add_effect", loop, remove=["reverb"])
    wet = hall.foresee("add_effect", loop, effects=[{"kind": "delay"}], stems=["keys"])
    with pytest.raises(Refusal, match="no reverb on keys; only delay"):
        hall.foresee("add_effect", wet, remove=["reverb"], stems=["keys"])


def test_what_is_on_the_chain_already_is_a_question_and_not_a_failed_check(hall, loop):
    low = {"kind": "lowpass", "cutoff_hz": 900}
    wet = hall.foresee("add_effect", loop, effects=[low], stems=["keys"])
    with pytest.raises(Refusal, match="The keys have that low-pass already; a lower or higher cutoff"):
        hall.foresee("add_effect", wet, effects=[low], stems=["keys"])
    mixed = hall.foresee("add_effect", loop, effects=[{"kind": "reverb"}])
    with pytest.raises(Refusal, match="The mix has that reverb already; more or less of it"):
        hall.foresee("add_effect", mixed, effects=[{"kind": "reverb"}])
    assert hall.foresee("add_effect", wet, effects=[{**low, "cutoff_hz": 700}], stems=["keys"]) != wet


def test_only_what_is_new_is_promised_to_be_heard(hall, loop):
    wet = hall.play("add_effect", loop, effects=[{"kind": "reverb"}], stems=["keys"]).gat
    take = hall.play("add_effect", wet, effects=[{"kind": "reverb"}, {"kind": "delay"}], stems=["keys", "bass"])
    promised = {(item.stem, item.value) for item in take.expectations if item.name == "effect"}
    assert promised == {("keys", "delay"), ("bass", "reverb"), ("bass", "delay")}

"""What tools promise can be measured, and holds on what they make."""

import pytest

from ensemble.listen.verify import verify
from ensemble.tools.registry import TOOLS
from ensemble.tools.tool import PENDING
from state.errors import Refusal

CALLS = [
    ("add_track", {"instrument": "clarinet"}),
    ("add_track", {"instrument": "congas", "pan": -0.5}),
    ("remove_track", {"stems": ["keys"]}),
    ("replace_track", {"stem": "keys", "instrument": "marimba"}),
    ("regenerate_span", {"start_seconds": 1, "end_seconds": 3}),
    ("shift_pitch", {"semitones": -5}),
    ("shift_pitch", {"semitones": 12, "stems": ["bass"]}),
    ("change_speed", {"factor": 0.9}),
    ("change_speed", {"factor": 1.1, "keep_pitch": False}),
    ("add_effect", {"effects": [{"kind": "reverb"}], "stems": ["keys"]}),
    ("add_effect", {"effects": [{"kind": "lowpass", "cutoff_hz": 900}]}),
    ("add_effect", {"effects": [{"kind": "distortion"}]}),
    ("adjust_track", {"stems": ["bass"], "gain_db": -5}),
    ("adjust_track", {"stems": ["keys"], "pan": 0.8}),
    ("adjust_track", {"stems": ["drums"], "solo": True}),
    ("adjust_track", {"gain_db": -4}),
    ("set_chords", {"chords": ["Cm", "Gm"]}),
    ("extract_track", {"stems": ["bass", "drums"]}),
    ("rearrange", {"genre": "jazz"}),
    ("vary", {}),
    ("vary", {"bars": 4}),
    ("drum_to_music", {"instruments": ["organ", "bass"]}),
    ("impression_to_music", {"impression": "rain at night", "bars": 2}),
]


@pytest.mark.parametrize(("tool", "arguments"), CALLS)
def test_no_promise_is_broken(hall, loop, tool, arguments):
    take = hall.play(tool, loop, **arguments)
    checks = verify(take, loop, hall.stage.store, hall.stage.band)
    assert len(checks) == len(take.expectations) >= 2
    assert [check for check in checks if check.status == "failed"] == []
    assert any(check.status == "passed" for check in checks)


def test_a_stem_that_was_meddled_with_breaks_the_promise(hall, loop):
    take = hall.play("add_track", loop, instrument="flute")
    spoilt = take.gat.with_stem(take.gat.stem("bass").model_copy(update={"gain_db": -1.0}))
    checks = verify(take.model_copy(update={"gat": spoilt}), loop, hall.stage.store, hall.stage.band)
    assert "preserved" in {check.name for check in checks if check.status == "failed"}


def test_whole_plans_can_be_foreseen_without_a_sound(hall):
    table = hall.foresee("text_to_music", genre="jazz", bpm=110, key="D minor", bars=4)
    assert table.mix == PENDING
    steps = [
        ("add_track", {"instrument": "flute"}),
        ("shift_pitch", {"semitones": 2}),
        ("set_chords", {"chords": ["Em", "Am"]}),
        ("change_speed", {"bpm": 90}),
        ("vary", {"bars": 8}),
        ("regenerate_span", {"start_bar": 7}),
        ("adjust_track", {"gain_db": 1}),
        ("replace_track", {"stem": "flute", "instrument": "oboe"}),
        ("rearrange", {"genre": "funk", "solo": "trumpet"}),
        ("drum_to_music", {}),
        ("describe", {}),
        ("extract_track", {"stems": ["drums"]}),
    ]
    for tool, arguments in steps:
        table = hall.foresee(tool, table, **arguments)
    assert (table.bpm, table.bars, table.stem_names) == (90, 8, ["drums"])


def test_every_tool_that_needs_a_loop_asks_for_one(hall):
    least = {
        "add_track": {"instrument": "flute"},
        "remove_track": {"stems": ["bass"]},
        "replace_track": {"stem": "bass", "instrument": "tuba"},
        "regenerate_span": {"start_bar": 1},
        "shift_pitch": {"semitones": 1},
        "change_speed": {"factor": 2},
        "add_effect": {"effects": [{"kind": "delay"}]},
        "adjust_track": {"gain_db": 1},
        "set_chords": {"chords": ["C"]},
        "extract_track": {"stems": ["bass"]},
    }
    for name, tool in TOOLS.items():
        if tool.needs_loop:
            with pytest.raises(Refusal, match="There is no loop to"):
                hall.foresee(name, None, **least.get(name, {}))


def test_what_was_too_faint_or_too_alike_is_mended():
    from state.verdict import Check

    def mended(tool, arguments, failed):
        parsed = TOOLS[tool].arguments.model_validate(arguments)
        return TOOLS[tool].repair(parsed, [Check(name=failed, status="failed")])

    assert mended("add_track", {"instrument": "flute"}, "added").gain_db == 4
    assert mended("vary", {}, "varied").amount == pytest.approx(0.7)
    wet = {"effects": [{"kind": "reverb", "wet": 0.1}]}
    assert mended("add_effect", wet, "effect").effects[0].wet == pytest.approx(0.25)
    assert mended("add_effect", wet, "clipping").effects[0].wet == 0.1


def clipping(take, before, hall):
    checks = verify(take, before, hall.stage.store, hall.stage.band)
    return next(check for check in checks if check.name == "clipping")


@pytest.mark.parametrize("kind", ["distortion", "bitcrush"])
def test_flat_tops_are_no_fault_of_a_sound_that_is_meant_to_have_them(hall, loop, kind):
    setting = {"distortion": {"drive_db": 40}, "bitcrush": {"bits": 2}}[kind]
    crushed = hall.play("add_effect", loop, effects=[{"kind": kind, **setting}], stems=["bass"]).gat
    alone = hall.play("adjust_track", crushed, stems=["bass"], solo=True)
    found = clipping(alone, crushed, hall)
    assert (found.status, found.expected) == ("passed", "true peak <= 0 dBTP")
    other = hall.play("adjust_track", crushed, stems=["bass"], mute=True)
    assert clipping(other, crushed, hall).expected == "true peak <= 0 dBTP, no flat tops"


def test_a_flattened_mix_must_still_keep_its_peak(hall, loop):
    take = hall.play("add_effect", loop, effects=[{"kind": "distortion", "drive_db": 40}])
    assert clipping(take, loop, hall).status == "passed"
    hot = hall.stage.store.put_audio(hall.mix(take.gat) * 4)
    spoilt = take.model_copy(update={"gat": take.gat.revised(mix=hot)})
    assert clipping(spoilt, loop, hall).status == "failed"


def test_every_check_says_what_it_expected(hall, first, loop):
    for take, before in ((first, None), (hall.play("shift_pitch", loop, semitones=2), loop)):
        checks = verify(take, before, hall.stage.store, hall.stage.band)
        assert [check.name for check in checks if check.expected is None] == []

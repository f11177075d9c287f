import subprocess
import sys

import pytest

from ensemble.tools.registry import ALL, TOOLS, parse
from state.errors import InputError
from state.plan import Step

TABLE = [
    "text_to_music",
    "drum_to_music",
    "impression_to_music",
    "rearrange",
    "vary",
    "add_track",
    "remove_track",
    "replace_track",
    "regenerate_span",
    "shift_pitch",
    "change_speed",
    "add_effect",
    "adjust_track",
    "set_chords",
    "extract_track",
    "describe",
    "undo",
    "export",
]


def test_every_tool_of_the_design_is_there_in_its_order():
    assert list(TOOLS) == TABLE
    for name, tool in TOOLS.items():
        assert tool.name == name
        assert tool.summary.endswith(".")
        assert tool.contract.changes
        assert tool.contract.preserves


def test_no_tool_takes_fields_that_it_does_not_know():
    for name, tool in TOOLS.items():
        schema = tool.arguments.model_json_schema()
        assert schema["additionalProperties"] is False, name


def test_an_unknown_tool_names_those_that_exist():
    with pytest.raises(InputError, match=r"there is no tool 'sing'.*text_to_music"):
        ALL.get("sing")


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("undo", {"steps": 0}, r"undo\.steps: .*greater than or equal to 1, got 0"),
        ("undo", {"steps": 1, "revision": 1}, "undo: give at most one of steps and revision"),
        ("change_speed", {}, "change_speed: give exactly one of factor .* and bpm"),
        ("change_speed", {"factor": 2, "bpm": 90}, "exactly one"),
        ("change_speed", {"bpm": -9}, r"change_speed\.bpm: .*greater than 0, got -9"),
        ("shift_pitch", {"semitones": True}, r"shift_pitch\.semitones: .*integer.*, got True"),
        ("shift_pitch", {"semitones": "2"}, r"shift_pitch\.semitones: .*integer.*, got '2'"),
        ("adjust_track", {"stems": ["bass"], "gain_db": True}, r"adjust_track\.gain_db: .*number.*, got True"),
        ("adjust_track", {"stems": ["bass"], "mute": "yes"}, r"adjust_track\.mute: .*boolean.*, got 'yes'"),
        ("shift_pitch", {"semitones": 2.5}, r"shift_pitch\.semitones: .*integer.*, got 2.5"),
        ("shift_pitch", {}, "exactly one of semitones"),
        ("add_track", {}, r"add_track\.instrument: is missing; give name or synonym of what to add"),
        (
            "add_track",
            {"instrumnt": "flute"},
            r"add_track\.instrumnt: there is no such field; add_track takes instrument",
        ),
        ("add_effect", {"effects": [{"kind": "fuzz"}]}, "'fuzz' is no effect; there are 'reverb'"),
        ("add_effect", {"effects": [{"kind": "reverb", "wet": 3}]}, "wet: .*less than or equal to 1, got 3"),
        ("add_effect", {}, "add_effect: give effects to put on"),
        ("remove_track", {}, "remove_track: give exactly one of stems"),
        ("adjust_track", {"stems": ["bass"]}, "at least one of gain_db, pan, mute and solo"),
        ("regenerate_span", {"start_seconds": 1, "start_bar": 1}, "either start_seconds and end_seconds or start_bar"),
        ("regenerate_span", {"start_seconds": 3, "end_seconds": 2}, "end_seconds must come after"),
        ("regenerate_span", {"start_bar": 3, "end_bar": 2}, "end_bar must not come before"),
        ("vary", {"amount": 0}, "an amount of 0 changes nothing"),
        ("extract_track", {"stems": []}, "extract_track.stems"),
    ],
)
def test_a_bad_call_is_refused_in_one_line_that_names_the_field(tool, arguments, words):
    with pytest.raises(InputError, match=words) as caught:
        parse(Step(tool=tool, arguments=arguments))
    assert "\n" not in str(caught.value)
    assert "pydantic" not in str(caught.value)


def test_importing_the_registry_loads_no_audio_package():
    code = (
        "import sys, ensemble.tools.registry; "
        "print([name for name in ('numpy', 'pedalboard', 'symusic', 'soundfile', 'soxr', 'yaml') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_whole_number_may_be_written_with_a_point():
    _, arguments = parse(Step(tool="shift_pitch", arguments={"semitones": 2.0}))
    assert arguments.semitones == 2
    _, arguments = parse(Step(tool="add_effect", arguments={"effects": [{"kind": "delay", "beats": 1}]}))
    assert arguments.effects[0].beats == 1.0

"""The text that a step's takes are scored against."""

from __future__ import annotations

from typing import Any

import pytest

from nodes.asked import asked
from state.gat import GlobalAttributeTable, Stem
from state.plan import Step


def stem(name: str, instrument: str, **more: Any) -> Stem:
    return Stem(name=name, instrument=instrument, audio="a", tool="t", seed=1, backend="band", **more)


BEFORE = GlobalAttributeTable(
    revision=1,
    bpm=92.5,
    key="D minor",
    bars=4,
    duration_seconds=10.0,
    genre="soul",
    mood="warm",
    stems=(stem("keys", "electric piano 1"), stem("drums", "jazz kit", muted=True), stem("voice", "recording")),
    mix="m",
)


@pytest.mark.parametrize(
    ("tool", "arguments", "text"),
    [
        (
            "text_to_music",
            {
                "description": "a love song.",
                "bpm": 120.0,
                "key": "C major",
                "instruments": ["piano", "violin"],
                "bars": 4,
            },
            "a love song. bpm: 120. key: C major. bars: 4. instruments: piano, violin",
        ),
        ("text_to_music", {"genre": "house", "without": ["drums", "bass"]}, "house. without drums or bass"),
        ("rearrange", {"genre": "jazz", "solo": "saxophone"}, "jazz. instruments: saxophone"),
        ("impression_to_music", {"impression": "rain at night"}, "rain at night"),
        ("remove_track", {"stems": ["keys"]}, "without keys"),
        ("remove_track", {"keep": ["keys"]}, "instruments: keys"),
        ("replace_track", {"stem": "keys", "instrument": "organ"}, "instruments: organ. without keys"),
        ("extract_track", {"stems": ["drums"]}, "instruments: drums"),
        ("change_speed", {"bpm": 100}, "bpm: 100"),
        ("shift_pitch", {"to_key": "A minor"}, "key: A minor"),
        # What says nothing about the sound as a whole has no text.
        ("shift_pitch", {"semitones": 3}, ""),
        ("vary", {}, ""),
        ("adjust_track", {"stems": ["keys"], "gain_db": 3}, ""),
        # A tool from outside is read by the names of its arguments.
        ("my_tool", {"description": "a hum", "amount": 3}, "a hum"),
    ],
)
def test_a_step_asks_for_what_its_arguments_say(tool: str, arguments: dict[str, Any], text: str) -> None:
    assert asked(Step(tool=tool, arguments=arguments), BEFORE) == text


def test_an_added_track_is_asked_for_together_with_what_is_there() -> None:
    step = Step(tool="add_track", arguments={"instrument": "clarinet"})
    assert asked(step, BEFORE) == "soul. warm. bpm: 92.5. key: D minor. instruments: electric piano 1, clarinet"
    assert asked(step, None) == "instruments: clarinet"

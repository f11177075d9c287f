from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stub_prompts import calls, planned, without

from ensemble.tools.registry import TOOLS
from state.take import Upload

READ: list[tuple[str, list[tuple[str, dict[str, Any]]]]] = [
    ("rearrange it to jazz", [("rearrange", {"genre": "jazz"})]),
    ("vary the bass", [("vary", {"stems": ["bass"]})]),
    ("something that feels like rain at night", [("impression_to_music", {"impression": "rain at night"})]),
    ("add a flute and an oboe", [("add_track", {"instrument": "flute"}), ("add_track", {"instrument": "oboe"})]),
    ("remove the drums and the bass", [("remove_track", {"stems": ["drums", "bass"]})]),
    ("remove everything but the drums", [("remove_track", {"keep": ["drums"]})]),
    ("replace the rhodes with strings", [("replace_track", {"stem": "electric piano", "instrument": "strings"})]),
    ("redo bars 1-2 of the bass", [("regenerate_span", {"start_bar": 1, "end_bar": 2, "stems": ["bass"]})]),
    ("redo seconds 0.5-1.5", [("regenerate_span", {"start_seconds": 0.5, "end_seconds": 1.5})]),
    ("down a fourth", [("shift_pitch", {"semitones": -5})]),
    ("change the key to F minor", [("shift_pitch", {"to_key": "F minor"})]),
    ("a little faster", [("change_speed", {"factor": 1.1})]),
    ("speed it up by a factor of 1.25", [("change_speed", {"factor": 1.25})]),
    ("make it 100 bpm", [("change_speed", {"bpm": 100.0})]),
    ("put some reverb on the drums", [("add_effect", {"effects": [{"kind": "reverb"}], "stems": ["drums"]})]),
    ("make the bass louder", [("adjust_track", {"gain_db": 3.0, "stems": ["bass"]})]),
    ("pan the bass hard left", [("adjust_track", {"stems": ["bass"], "pan": -1.0})]),
    ("mute the drums", [("adjust_track", {"stems": ["drums"], "mute": True})]),
    ("use the chords Dm7 G7 C", [("set_chords", {"chords": ["Dm7", "G7", "C"]})]),
    ("extract the drums", [("extract_track", {"stems": ["drums"]})]),
    ("put a soft clarinet on top", [("add_track", {"instrument": "clarinet", "dynamics": "soft"})]),
    ("add a loud flute over it", [("add_track", {"instrument": "flute", "dynamics": "loud"})]),
    ("lose the bass, and a bit faster", [("remove_track", {"stems": ["bass"]}), ("change_speed", {"factor": 1.1})]),
    ("no, the one before", [("undo", {"steps": 1})]),
    ("describe it", [("describe", {})]),
    ("go back two steps", [("undo", {"steps": 2})]),
    ("export it", [("export", {})]),
    (
        "add a flute, then put some reverb on the drums and take it down 2 semitones",
        [
            ("add_track", {"instrument": "flute"}),
            ("add_effect", {"effects": [{"kind": "reverb"}], "stems": ["drums"]}),
            ("shift_pitch", {"semitones": -2}),
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), READ, ids=[text for text, _ in READ])
def test_an_instruction_becomes_its_calls(text: str, expected: list[tuple[str, dict[str, Any]]]) -> None:
    assert calls(text) == expected


def test_a_description_becomes_a_loop_with_all_that_was_said() -> None:
    ((tool, given),) = calls("a 2-bar lofi loop at 84 bpm in D minor with rhodes, bass and drums", None)
    given.pop("description")
    assert (tool, given) == (
        "text_to_music",
        {"genre": "lofi", "bpm": 84.0, "key": "D minor", "bars": 2, "instruments": ["rhodes", "bass", "drums"]},
    )


FULL = {"genre": "lofi", "bpm": 80.0, "key": "C major", "bars": 2, "instruments": ["piano", "bass", "drums"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a lofi loop with piano, bass and drums, 80 bpm, C major, 2 bars", FULL),
        ("a lofi loop, 2 bars, 80 bpm, C major, piano, bass and drums", FULL),
        ("a lofi loop in C major at 80 bpm, 2 bars, with piano, bass and drums", FULL),
        ("a bossa nova with nylon guitar and flute", {"genre": "bossa nova", "instruments": ["nylon guitar", "flute"]}),
        ("a dark loop", {"mood": "dark"}),
    ],
)
def test_what_is_said_of_a_loop_is_told_apart(text: str, expected: dict[str, Any]) -> None:
    ((tool, given),) = calls(text, None)
    assert given.pop("description") == text.lower()
    assert (tool, given) == ("text_to_music", expected)


def test_a_loop_is_built_around_drums_that_the_prompt_shows() -> None:
    beat = Upload(name="beat.wav", original="o", audio="a", duration_seconds=4.0, bars=2, instrument="drum recording")
    for text in ("build a rock loop on this drum", "generate rock music with guitar based on this drum"):
        ((tool, given),) = calls(text, None, uploads=[beat])
        assert (tool, given["genre"], given["source"]) == ("drum_to_music", "rock", "beat.wav")
        assert given.get("instruments") == (["guitar"] if "guitar" in text else None)
        assert planned(text, None, uploads=[beat], offered=without("drum_to_music")).question is not None
        assert planned(text, None).question is not None


def test_an_edit_without_a_loop_asks_for_one() -> None:
    assert "no loop yet" in str(planned("add a clarinet", None).question)


def test_what_the_dialect_does_not_know_is_asked_about_or_left_unmet() -> None:
    assert "sing me a song" in str(planned("sing me a song").question)
    reply = planned("add a flute and sing me a song")
    assert [call.tool for call in reply.calls] == ["add_track"]
    assert "sing me a song" in reply.unmet[0]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    texts=st.lists(
        st.sampled_from([text for text, _ in READ] + ["remove it", "20 bpm faster", "sing"]), min_size=1, max_size=5
    ),
    hidden=st.sets(st.sampled_from(sorted(TOOLS)), max_size=6),
    prompt=st.sampled_from(["plan", "react", "react_tools", "critic"]),
    sees_gat=st.booleans(),
)
def test_only_what_is_offered_is_used_and_one_kind_of_reply_is_given(
    texts: list[str], hidden: set[str], prompt: str, sees_gat: bool
) -> None:
    reply = planned(", then ".join(texts), prompt=prompt, sees_gat=sees_gat, offered=without(*hidden))
    assert [bool(reply.calls), bool(reply.answer), bool(reply.question)].count(True) == 1
    for call in reply.calls:
        assert call.tool not in hidden
        assert set(call.arguments) <= set(TOOLS[call.tool].arguments.model_fields)

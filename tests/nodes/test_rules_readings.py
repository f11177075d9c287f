"""What each piece of a message does, and what is done of a message in which orders stand in the midst of talk."""

from __future__ import annotations

import pytest
import rules_tables

from nodes.planners.rules.moods import Mood, mood_of, taken_apart
from nodes.planners.rules.planner import RulesPlanner
from state.plan import Plan


@pytest.mark.parametrize(
    ("said", "mood"),
    [
        ("drop the bass by 3 dB", "order"),
        ("so maybe could we have it in A minor", "order"),
        ("I'd drop just that one an octave", "order"),
        ("everything else could come down a bit", "order"),
        ("up a fourth", "order"),
        ("swizzle everything", "order"),
        ("what key is it in?", "question"),
        ("my singer can't quite get up there", "statement"),
        ("The keys sound like they stand in a closet", "statement"),
        ("from 4 to 7 seconds it kind of wanders off", "statement"),
        ("I want to study what the cello does", "statement"),
        ("thinking out loud here", "statement"),
        ("haha you know what", "aside"),
        ("before I forget", "clause"),
        ("if you don't mind me asking", "clause"),
        ("75 bpm", "fragment"),
        ("with piano and bass", "fragment"),
        ("everything up a whole step", "fragment"),
    ],
)
def test_a_piece_is_known_by_how_it_begins(said: str, mood: Mood) -> None:
    assert mood_of(said) == mood


def test_pieces_are_cut_at_signs_and_conjunctions_and_cover_the_message() -> None:
    text = 'it\'s so gloomy, but make it like "Rain, Rain" - please'
    pieces = taken_apart(text)
    assert [piece.said for piece in pieces] == ["it's so gloomy", 'but make it like "Rain, Rain"', "please"]
    assert "".join(text[piece.start : piece.end] for piece in pieces) == text


def planned(text: str, table: str = "trio") -> Plan:
    return RulesPlanner().plan(rules_tables.situation(table).request(text))


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("my singer can't get up there, poor thing, so bring it all down a whole tone", ["shift_pitch"]),
        ("the clarinet came out well, a bit of a show off, mind you, drop the bass by 2 dB", ["adjust_track"]),
        ("the bass is far too loud, and add a harp", ["adjust_track", "add_track"]),
        ("my boss says it's too slow, and add a harp", ["change_speed", "add_track"]),
    ],
)
def test_talk_is_left_out_and_complaints_are_not(text: str, steps: list[str]) -> None:
    assert [step.tool for step in planned(text).steps] == steps


def test_what_an_order_points_at_is_named_by_the_talk_before_it() -> None:
    (step,) = planned("The keys sound like they stand in a closet haha. Can we put a bit of reverb on them?").steps
    assert (step.tool, step.arguments["stems"]) == ("add_effect", ["keys"])
    (step,) = planned("until 2 seconds it's lovely, from 4 to 6 seconds it wanders off, write that bit again").steps
    assert (step.tool, step.arguments["start_seconds"]) == ("regenerate_span", 4.0)


@pytest.mark.parametrize(
    "text",
    [
        "the plinky plonky thing is too much. can you turn it down?",  # nobody knows what that is
        "the snorkle is missing, add a harp",  # a complaint that nothing is done about
        "swizzle everything then add a harp",  # an order that nobody knows
        "I sent you a voice memo, turn it into a ballad",  # no file is here
        "somewhere it stumbles badly, redo that bit",  # where?
    ],
)
def test_what_is_left_open_is_asked(text: str) -> None:
    plan = planned(text)
    assert plan.question, plan.steps

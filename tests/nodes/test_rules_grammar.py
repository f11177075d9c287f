"""The parts of the grammar by themselves: splitting, amounts, spans and references."""

from __future__ import annotations

import pytest
from rules_tables import situation

from nodes.planners.rules.clauses import split
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.amounts import amount
from nodes.planners.rules.words.references import find
from nodes.planners.rules.words.speech import clause
from nodes.planners.rules.words.spelling import respelled


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("down a fourth, and a little slower", ["down a fourth", "a little slower"]),
        ("turn the bass up and the drums down", ["turn the bass up", "turn the drums down"]),
        ("remove the drums, the bass and the keys", ["remove the drums, the bass and the keys"]),
        ("remove the drums and add a shaker, then pan it left", ["remove the drums", "add a shaker", "pan it left"]),
        ("add a bass and a soft clarinet on top", ["add a bass and a soft clarinet on top"]),
        ("could you please make it louder, thanks", ["make it louder"]),
        ("between 3 and 5 seconds", ["between 3 and 5 seconds"]),
        ("drum and bass", ["drum and bass"]),
        ("remove keys add piano", ["remove keys", "add piano"]),
        ("make it slower but keep the drums", ["make it slower", "keep the drums"]),
    ],
)
def test_messages_split_into_instructions_and_lists_stay_whole(message: str, parts: list[str]) -> None:
    assert [part.text for part in split(clause(message))] == parts


@pytest.mark.parametrize(
    ("words", "unit", "value"),
    [
        ("down a fourth", "semitones", 5),
        ("up two and a half steps", "semitones", 5),
        ("a minor third", "semitones", 3),
        ("half a step", "semitones", 1),
        ("three octaves", "semitones", 36),
        ("by 10 %", "percent", 10),
        ("-3 dB", "db", -3),
        ("a hundred and twenty bpm", "bpm", 120),
        ("one twenty bpm", "bpm", 120),
        ("ninety five beats per minute", "bpm", 95),
        ("twice as loud", "times", 2),
        ("1.2x", "times", 1.2),
        ("a couple of bars", "bars", 2),
    ],
)
def test_amounts_have_units(words: str, unit: str, value: float) -> None:
    found = amount(clause(words), unit)  # type: ignore[arg-type]
    assert found is not None
    assert found.value == pytest.approx(value)


@pytest.mark.parametrize("words", ["a second guitar", "the third bar", "the fourth track"])
def test_an_ordinal_is_no_amount(words: str) -> None:
    assert amount(clause(words), "semitones", "seconds") is None


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("the last bar", {"start_bar": 4, "end_bar": 4}),
        ("the first two bars", {"start_bar": 1, "end_bar": 2}),
        ("bars 2 to 3", {"start_bar": 2, "end_bar": 3}),
        ("the second half", {"start_bar": 3, "end_bar": 4}),
        ("the 3-5s part", {"start_seconds": 3.0, "end_seconds": 5.0}),
        ("from 1 to 2.5 seconds", {"start_seconds": 1.0, "end_seconds": 2.5}),
        ("the last 2 seconds", {"start_seconds": 6.0, "end_seconds": 8.0}),
        ("the penultimate bar", {"start_bar": 3, "end_bar": 3}),
    ],
)
def test_spans_of_a_loop_of_four_bars_and_eight_seconds(words: str, wanted: dict[str, float]) -> None:
    span = spans.find(clause(words), 4, 8.0)
    assert span is not None
    assert span.arguments == wanted


def test_a_change_of_tempo_is_no_span() -> None:
    assert spans.find(clause("from 86 to 92 bpm"), 4, 8.0) is None


@pytest.mark.parametrize(
    ("table", "words", "stems"),
    [
        ("trio", "the keyboard", ["keys"]),
        ("trio", "everything but the keys", ["bass", "drums"]),
        ("trio", "bass and drums", ["bass", "drums"]),
        ("clarinet", "the one you just added", ["clarinet"]),
        ("clarinet", "it", ["clarinet"]),
        ("clarinet", "the rest", ["keys", "bass", "drums"]),
        ("clarinet", "the melody", ["clarinet"]),
        ("strings", "the strings", ["violin", "cello"]),
        ("loud_duo", "the louder of the two", ["piano"]),
        ("loud_duo", "the quieter one", ["guitar"]),
        ("loud_duo", "both", ["piano", "guitar"]),
        ("band", "the guitar solo", ["guitar"]),
        ("trio", "the kick", ["drums"]),
    ],
)
def test_references_to_stems(table: str, words: str, stems: list[str]) -> None:
    found = find(clause(words), Scene.of(situation(table).request(words)))
    assert sorted(found.stems) == sorted(stems)


def test_what_is_not_there_is_named() -> None:
    scene = Scene.of(situation("trio").request(""))
    assert find(clause("the trombone"), scene).missing == ("trombone",)
    assert find(clause("the zorgophone"), scene).missing == ("zorgophone",)


def test_slips_of_the_keyboard_are_repaired_in_words_of_instruction() -> None:
    assert respelled(clause("remvoe teh drums, trasnpose it")).words == (
        "remove",
        "the",
        "drums",
        ",",
        "transpose",
        "it",
    )

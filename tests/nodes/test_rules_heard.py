"""What is named reaches a step, or the planner asks: attributes beside a verb, figures of effects, complaints, vague words."""

from __future__ import annotations

from typing import Any

import pytest
from rules_scoring import held_out, requests
from rules_tables import CLARINET, KEYS, FakeRevisions, situation, table

from nodes.planners.planner import PlanRequest
from nodes.planners.rules.planner import RulesPlanner
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk.complaints import complains
from nodes.planners.rules.words.speech import clause
from state.gat import GlobalAttributeTable
from state.plan import Plan


def plan(text: str, table_: str = "trio") -> Plan:
    return RulesPlanner().plan(situation(table_).request(text))


@pytest.mark.parametrize(
    ("text", "signature", "named"),
    [
        ("again but in E flat major at 95", "rearrange > change_speed", {"key": "Eb major", "bpm": 95.0}),
        ("make it reggae at 75 bpm", "rearrange > change_speed", {"genre": "reggae", "bpm": 75.0}),
        ("in D minor at 100 bpm", "shift_pitch > change_speed", {"to_key": "D minor", "bpm": 100.0}),
        ("8 bars at 120 bpm", "vary > change_speed", {"bars": 8, "bpm": 120.0}),
        ("make the chords Am F C G at 100 bpm", "set_chords > change_speed", {"bpm": 100.0}),
        (
            "make it a reggae in 3/4 at 100 bpm with 8 bars in A minor",
            "rearrange > vary > change_speed",
            {"genre": "reggae", "time_signature": "3/4", "key": "A minor", "bars": 8, "bpm": 100.0},
        ),
        ("set the bass to -3 dB and 20% left", "adjust_track", {"gain_db": -3.0, "pan": -0.2}),
    ],
)
def test_every_attribute_beside_the_verb_reaches_a_step(text: str, signature: str, named: dict[str, Any]) -> None:
    made = plan(text)
    assert made.signature == signature
    said = {name: value for step in made.steps for name, value in step.arguments.items()}
    assert {name: said.get(name) for name in named} == named


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("redo the last bar at 90 bpm", "90 bpm"),
        ("swap the keys for a piano at -3 dB", "-3 dB"),
        ("mute the drums for 2 bars", "2 bars"),
        ("mute the keys by 20%", "20%"),
        ("turn the bass down 3 dB at 100 bpm", "3 dB"),
    ],
)
def test_what_reaches_no_step_is_asked_about_by_name(text: str, words: str) -> None:
    made = plan(text)
    assert not made.steps
    assert made.question is not None
    assert f"'{words}'" in made.question


def test_the_guard_raises_no_false_alarms() -> None:
    for case in requests():
        if not held_out(case) and "question" not in case["tools"]:
            question = plan(case["text"], case["table"]).question or ""
            assert not question.startswith("I understood the rest"), case["text"]


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("low-pass the drums at 800 hertz", {"kind": "lowpass", "cutoff_hz": 800}),
        ("cut everything below 200 Hz on the keys", {"kind": "highpass", "cutoff_hz": 200}),
        ("filter out everything above 2k", {"kind": "lowpass", "cutoff_hz": 2000}),
        ("hi-cut at 4 kHz on the keys", {"kind": "lowpass", "cutoff_hz": 4000}),
        ("high pass the keys at 2.5k", {"kind": "highpass", "cutoff_hz": 2500}),
        ("dip the keys by 3 dB at 400 Hz", {"kind": "eq", "mid_db": -3}),
        ("boost 8 kHz on the keys by 2 dB", {"kind": "eq", "high_db": 2}),
        ("3:1 compression on the drums", {"kind": "compressor", "ratio": 3}),
        ("compress the bass 6 to 1, threshold minus 18", {"kind": "compressor", "ratio": 6, "threshold_db": -18}),
        ("delay of an eighth note on the keys, 20 percent wet", {"kind": "delay", "beats": 0.5, "wet": 0.2}),
        (
            "quarter note delay on the keys with 40% feedback",
            {"kind": "delay", "beats": 1, "feedback": 0.4, "wet": 0.3},
        ),
        ("300 ms delay on the keys", {"kind": "delay", "beats": 0.43}),
        ("6 bit crush on the drums", {"kind": "bitcrush", "bits": 6}),
        ("distortion with 20 dB drive on the bass", {"kind": "distortion", "drive_db": 20}),
        ("reverb on the keys at 15% and delay at 30%", {"kind": "delay", "wet": 0.3}),
    ],
)
def test_figures_of_effects_are_kept(text: str, fields: dict[str, Any]) -> None:
    effects = [effect for step in plan(text).steps for effect in step.arguments.get("effects", [])]
    assert any({name: effect.get(name) for name in fields} == fields for effect in effects), effects


@pytest.mark.parametrize(
    "text",
    ["low-pass the keys at 50 kHz", "raise the bass by 30 dB", "change the key to Z minor", "2 bit crush, 40 dB up"],
)
def test_figures_out_of_bounds_are_asked_about_and_never_clamped(text: str) -> None:
    assert plan(text).question


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("the last two bars are boring, redo them", 3, 4),
        ("the second half sounds empty, do it again", 3, 4),
        ("bar 3 sounds weird. redo it please", 3, 3),
        ("I don't like bars 2 and 3, make new ones", 2, 3),
        ("the ending is dull, can you try something else there", 4, 4),
        ("the first bar doesn't work, give me another one", 1, 1),
    ],
)
def test_a_complaint_about_a_span_and_its_instruction_are_one_wish(text: str, first: int, last: int) -> None:
    made = plan(text)
    assert made.signature == "regenerate_span"
    assert (made.steps[0].arguments["start_bar"], made.steps[0].arguments["end_bar"]) == (first, last)


@pytest.mark.parametrize(
    ("text", "signature", "stems"),
    [
        ("the drums are too loud, turn them down", "adjust_track", ["drums"]),
        ("I don't like the bass, try another one", "vary", ["bass"]),
        ("the bass is boring, make it more interesting", "vary", ["bass"]),
        ("bro the drums r trash change em", "vary", ["drums"]),
    ],
)
def test_a_complaint_about_a_stem_says_what_it_means(text: str, signature: str, stems: list[str]) -> None:
    made = plan(text)
    assert (made.signature, made.steps[0].arguments["stems"]) == (signature, stems)


def test_praise_is_no_complaint() -> None:
    assert complains(clause("the bass is off"))
    assert not complains(clause("the bass is lovely"))


@pytest.mark.parametrize(("text", "bpm"), [("a little slower", 80.0), ("slower", 73.0), ("a touch faster", 92.0)])
def test_vague_words_of_tempo_give_whole_bpm(text: str, bpm: float) -> None:
    assert plan(text).steps[0].arguments == {"bpm": bpm}


@pytest.mark.parametrize(
    ("text", "factor"),
    [("double the tempo", 2.0), ("half the tempo", 0.5), ("10% faster", 1.1), ("faster by a quarter", 1.25)],
)
def test_factors_that_were_said_stay_exact(text: str, factor: float) -> None:
    assert plan(text).steps[0].arguments == {"factor": factor}


@pytest.mark.parametrize(
    ("text", "drums"),
    [
        ("an energetic drum and bass loop with reese bass, pads and lead at 174", True),
        ("dnb with reese bass and pads", True),
        ("a groove with bass and clavinet", True),
        ("drum and bass with pads and bass, no drums", False),
        ("a house loop with piano and bass", False),
    ],
)
def test_drums_belong_where_the_style_or_the_beat_says_so(text: str, drums: bool) -> None:
    assert ("drums" in plan(text, "none").steps[0].arguments["instruments"]) is drums


def test_a_mood_in_the_users_own_word_is_no_guess() -> None:
    arguments = plan("a dusty hip hop loop", "none").steps[0].arguments
    assert arguments["mood"] == "dusty"
    assert "mood" not in arguments.get("inferred", [])
    assert "mood" not in plan("a hip hop loop, not dusty", "none").steps[0].arguments


class CountingRevisions(FakeRevisions):
    """Counts what is loaded."""

    loaded = 0

    def revision(self, number: int) -> GlobalAttributeTable | None:
        self.loaded += 1
        return super().revision(number)


def _long(turns: int) -> tuple[PlanRequest, CountingRevisions]:
    tables = [
        table(KEYS),
        *(table(KEYS, CLARINET, revision=n, parent=n - 1, bpm=60.0 + n % 90) for n in range(2, turns + 1)),
    ]
    revisions = CountingRevisions(tables)
    return PlanRequest("mute the one you just added", tables[-1], revisions), revisions


def test_looking_back_costs_the_same_late_in_a_session() -> None:
    late, revisions = _long(200)
    assert Scene.of(late).newest == ("clarinet",)
    assert revisions.loaded <= 10
    assert RulesPlanner().plan(late).steps[0].arguments["stems"] == ["clarinet"]

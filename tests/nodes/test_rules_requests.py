"""The planner against requests of many people's style: the share it gets right, on what it was developed on and on what
was held out (a quarter, by a hash of the text)."""

from __future__ import annotations

import time

import pytest
from rules_scoring import held_out, requests, score, score_talks
from rules_tables import situation

from ensemble.tools.registry import parse
from nodes.planners.rules.planner import RulesPlanner

CASES = requests()


@pytest.mark.parametrize("held", [False, True], ids=["development", "held out"])
def test_requests_become_acceptable_plans(held: bool) -> None:
    found = score(case for case in CASES if held_out(case) is held)
    wrong = "" if held else "\n" + "\n".join(found.wrong)  # held-out failures stay unseen while developing
    shares = (
        f"{found.sequence:.3f} of {found.requests} sequences, {found.attribute:.3f} of {found.attributes} attributes"
    )
    print(shares)  # noqa: T201 - the figure is what the test is for
    assert found.sequence >= 0.95, shares + wrong
    assert found.attribute >= 0.90, shares + wrong


def test_conversations_of_five_turns_become_acceptable_plans() -> None:
    found = score_talks(requests("talks.yaml"))
    assert found.requests >= 55
    assert found.sequence >= 0.95, "\n".join(found.wrong)
    assert found.attribute >= 0.90, "\n".join(found.wrong)


def test_there_are_enough_requests_of_every_kind() -> None:
    tools = {tool for case in CASES for sequence in case["tools"] for tool in sequence.split(" > ")}
    assert len(CASES) >= 250
    assert len([case for case in CASES if held_out(case)]) >= len(CASES) / 6
    assert tools >= {
        "text_to_music", "drum_to_music", "impression_to_music", "rearrange", "vary", "add_track", "remove_track", "replace_track",
        "regenerate_span", "shift_pitch", "change_speed", "add_effect", "adjust_track", "set_chords", "extract_track", "describe",
        "undo", "export", "question", "answer",
    }  # fmt: skip


def test_every_plan_is_valid_and_says_one_thing() -> None:
    planner = RulesPlanner()
    for case in CASES:
        plan = planner.plan(situation(case["table"]).request(case["text"]))
        said = [bool(plan.steps), plan.answer is not None, plan.question is not None]
        assert sum(said) == 1, f"{case['text']!r}: {plan}"
        for step in plan.steps:
            parse(step)


def test_equal_requests_give_equal_plans() -> None:
    one, other = RulesPlanner(), RulesPlanner()
    for case in CASES[::7]:
        assert one.plan(situation(case["table"]).request(case["text"])) == other.plan(
            situation(case["table"]).request(case["text"])
        )


def test_planning_costs_less_than_ten_milliseconds_of_cpu() -> None:
    planner = RulesPlanner()
    planner.plan(situation("trio").request("make it a bit louder"))  # the lexicon is read once
    planned = [(planner, situation(case["table"]).request(case["text"])) for case in CASES]
    start = time.process_time()
    for planner, request in planned:
        planner.plan(request)
    assert (time.process_time() - start) / len(planned) < 0.010


FORMS = [
    "please {}", "{} please", "hey, {}, thanks!", "now {}", "ok cool, now {}", "{}!", "actually, {}", "um {}", "nice, but {}", "alright, {}",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_politeness_changes_nothing(form: str) -> None:
    planner = RulesPlanner()
    for case in CASES[::5]:
        if held_out(case) or not case["text"]:
            continue
        meant = planner.plan(situation(case["table"]).request(case["text"]))
        if not meant.steps or "again" in case["text"]:
            continue
        said = form.format(case["text"].rstrip(".!?"))
        assert planner.plan(situation(case["table"]).request(said)).signature == meant.signature, said


def test_a_voice_is_named_as_missing_beside_what_can_be_played() -> None:
    plan = RulesPlanner().plan(situation("none").request("a pop song with vocals, piano and drums"))
    assert plan.signature == "text_to_music"
    assert any(sentence.startswith("There is no voice in the band") for sentence in plan.unmet)

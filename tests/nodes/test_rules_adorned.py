"""Words around an order change nothing of what is done: the same plan, whatever politeness, reaction or aside stands beside it.

No labels are needed: a request and the same request among neutral words must come to the same steps.
"""

from __future__ import annotations

import random

import pytest
import rules_tables
from rules_scoring import requests

from nodes.planners.rules.planner import RulesPlanner
from state.plan import Plan

BEFORE = (
    "hmm, ", "ok, ", "nice! ", "great, ", "tell you what, ", "go ahead and ", "good start. ", "not bad. ", "ooh. ", "here's an idea: ", "that's better. ", "one more thing: ",
    "we're getting there. ", "could you please ", "I'd like you to ", "how about we ", "would it be possible to ",
)  # fmt: skip
AFTER = (
    " please", ", thanks", " though", " if you can", ", if it's not too much trouble", ", what do you think?", ". Let me know what you think.", ", that would be great", ", then I'm happy",
    ", just to see how it sounds", ". I'm curious how it sounds.", ", nothing else", " mate", ", leave the rest alone", ". Everything else stays as it is.", ", would you?", ", I think",
)  # fmt: skip
MILDLY = (", but not too much", ", nothing drastic", ", easy does it", ", don't overdo it", ", just a hair")
VERBS = ("add", "remove", "mute", "turn", "pan", "take", "put", "make", "swap", "transpose", "slow", "redo", "move")
PLANNER = RulesPlanner()


def _orders() -> list[tuple[str, str]]:
    """A third of the orders in requests.yaml that are short, begin with a verb and are understood."""
    found = [
        (case["text"][0].lower() + case["text"][1:], case["table"])
        for case in requests()
        if case["table"] != "none"
        and case["text"].lower().startswith(tuple(f"{verb} " for verb in VERBS))
        and len(case["text"].split()) <= 8
        and not set(case["text"]) & set(".!?,;")
    ]
    return random.Random(7).sample(found, len(found) // 3)


def _planned(text: str, table: str) -> Plan:
    return PLANNER.plan(rules_tables.situation(table).request(text))


def _steps(plan: Plan) -> list[tuple[str, dict[str, object]]]:
    return [
        (made.tool, {name: value for name, value in made.arguments.items() if name not in ("description", "question")})
        for made in plan.steps
        if not plan.question
    ]


@pytest.mark.parametrize("beside", [*BEFORE, *AFTER])
def test_neutral_words_change_nothing(beside: str) -> None:
    wrong = []
    for text, table in _orders():
        plain = _steps(_planned(text, table))
        said = f"{beside}{text}" if beside in BEFORE else f"{text}{beside}"
        if plain and _steps(_planned(said, table)) != plain:
            wrong.append(said)
    assert not wrong


@pytest.mark.parametrize("beside", MILDLY)
def test_a_mild_change_goes_the_same_way(beside: str) -> None:
    """'turn the keys up, but not too much' is louder, by no more than 'turn the keys up'."""
    wrong = []
    for text, table in _orders():
        plain = _planned(text, table).steps
        moved = [made.arguments.get("gain_db") or made.arguments.get("semitones") for made in plain]
        if len(plain) != 1 or not moved[0] or any(sign.isdigit() for sign in text):
            continue
        mild = _planned(f"{text}{beside}", table)
        there = [made.arguments.get("gain_db") or made.arguments.get("semitones") or 0 for made in mild.steps]
        if mild.question or len(there) != 1 or not 0 < there[0] / moved[0] <= 1:
            wrong.append(f"{text}{beside}")
    assert not wrong


def test_neutral_words_alone_are_talk() -> None:
    for said in ("thanks", "nice work", "ok"):
        assert not _planned(said, "trio").steps

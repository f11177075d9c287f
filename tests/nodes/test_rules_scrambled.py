"""Halves of known requests put together at random, with titles and signs thrown in: whatever comes out is planned, never a crash."""

from __future__ import annotations

import random

import rules_scoring
import rules_tables

from nodes.planners.rules.planner import RulesPlanner

JOINTS = (", ", ". ", " but ", " and ", " - ", " ")
THROWN_IN = (
    '"Hey Jude"',
    "'Blue Moon'",
    '"rain, rain"',
    "(the old one)",
    "...",
    "?!",
    "C#m7",
    "100%",
    "-3 dB",
    '"',
    "to",
)


def test_scrambled_requests_get_a_plan_an_answer_or_a_question() -> None:
    cases = [*rules_scoring.requests(), *rules_scoring.requests("faults.yaml")]
    tables = sorted({case["table"] for case in cases})
    chance = random.Random(11)
    planner = RulesPlanner()
    for _ in range(1500):
        one, other = (chance.choice(cases)["text"].split(" ") for _ in range(2))
        words = [*one[: chance.randint(0, len(one))], *other[chance.randint(0, len(other)) :]]
        words.insert(chance.randint(0, len(words)), chance.choice(THROWN_IN))
        half = chance.randint(0, len(words))
        text = chance.choice(JOINTS).join((" ".join(words[:half]), " ".join(words[half:])))
        plan = planner.plan(rules_tables.situation(chance.choice(tables)).request(text))
        assert plan.steps or plan.answer or plan.question, text

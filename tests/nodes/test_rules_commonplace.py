"""The commonest orders are not reworded: what the planner leaves out for them would change nothing in any row of their words."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import rules_scoring
import rules_tables

from nodes.planners.rules.plain.commonplace import WORDS, is_commonplace
from nodes.planners.rules.plain.plainly import in_the_grammars_words, plainly
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.speech import clause

DATA = Path(__file__).with_name("data")
ROWS = 2500


@pytest.mark.parametrize("table", ["trio", "band", "clarinet", "slowed"])
def test_no_row_of_plain_words_is_reworded(table: str) -> None:
    chance = random.Random(table)
    situation = rules_tables.situation(table)
    words = [
        *sorted(WORDS),
        *(2 * [word for name in Scene.of(situation.request("louder")).names for word in name.split()]),
    ]
    for _ in range(ROWS):
        text = " ".join(chance.choice(words) for _ in range(chance.randint(1, 6)))
        scene = Scene.of(situation.request(text))
        before = dict(vars(scene))
        message = clause(text)
        assert is_commonplace(message, scene), text
        assert in_the_grammars_words(message, scene) == message, text
        assert vars(scene) == before, text


def test_known_requests_of_plain_words_are_not_reworded() -> None:
    found = 0
    for case in (*rules_scoring.requests("requests.yaml"), *rules_scoring.requests("faults.yaml")):
        scene = Scene.of(rules_tables.situation(case["table"]).request(case["text"]))
        message = clause(case["text"])
        if scene.exists and message.words and is_commonplace(message, scene):
            found += 1
            assert in_the_grammars_words(message, scene) == message, case["text"]
    assert found > 20


def test_what_is_said_in_other_words_is_reworded() -> None:
    scene = Scene.of(rules_tables.situation("band").request("ditch the keys"))
    assert not is_commonplace(clause("give the piano the boot"), scene)
    assert plainly(clause("give the piano the boot"), scene).text == "remove the piano"

"""What cannot be kept is not taken into a strategy, and one row that cannot be read harms no other."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from state.errors import LoopCopilotError, SessionUnreadable, StrategyError
from state.sessions import SessionStore
from state.strategy import Strategy, load_strategy

HALF = '"half \\ud83d"'


@pytest.mark.parametrize(
    ("content", "field"),
    [
        *(
            (line.replace("X", number), field)
            for number in (".inf", ".nan", "-.inf")
            for line, field in (
                ("budget: {seconds: X}", "budget.seconds"),
                ("verifier: clap\nthresholds: {score: X}", "thresholds.score"),
                ("planner: {kind: react, temperature: X}", "planner.temperature"),
                ("planner: {kind: noisy, planner: rules, rates: {drop_step: X}}", "planner.rates.drop_step"),
                ("planner: {kind: 'm:P', options: {a: [{b: X}]}}", "planner.options"),
            )
        ),
        (f"name: {HALF}", "name"),
        (f"planner: {{kind: react, prompt: {HALF}}}", "planner.prompt"),
        (f"planner: {{kind: 'm:P', options: {{a: {HALF}}}}}", "planner.options"),
        ("planner: {kind: 'm:P', options: {since: 2020-01-01}}", "planner.options"),
        (f"ensemble: {{generate: {{model: musicgen, weights: {HALF}}}}}", "ensemble.generate.weights"),
    ],
)
def test_what_json_cannot_carry_is_refused_by_its_field(tmp_path: Path, content: str, field: str) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(StrategyError) as caught:
        load_strategy(str(path))
    assert caught.value.field == field
    assert "\n" not in str(caught.value)
    str(caught.value).encode()


@pytest.mark.parametrize("section", [{"budget": {"seconds": float("inf")}}, {"thresholds": {"score": float("nan")}}])
def test_nor_is_it_taken_from_python(section: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="finite number"):
        Strategy.model_validate(section)


def test_a_session_that_cannot_be_read_is_named_and_passed_over(tmp_path: Path) -> None:
    store = SessionStore(tmp_path / "s.sqlite")
    for name in ("good", "bad", "worse"):
        store.create(1, Strategy(), name=name)
    db = sqlite3.connect(tmp_path / "s.sqlite")
    db.execute("UPDATE sessions SET strategy = json_set(strategy, '$.budget.seconds', NULL) WHERE id = 'bad'")
    db.execute("UPDATE sessions SET strategy = 'no JSON' WHERE id = 'worse'")
    db.commit()
    told: list[LoopCopilotError] = []
    assert [session.id for session in store.sessions(told.append)] == ["good"]
    assert [str(error).split(":")[1] for error in told] == [
        " session 'worse' cannot be read",
        " session 'bad' cannot be read",
    ]
    assert "budget.seconds" in str(told[1])
    with pytest.raises(SessionUnreadable, match="'bad' cannot be read"):
        store.get("bad")


@pytest.mark.parametrize("number", [10**24, 2**63, 0, -1])
def test_a_revision_of_any_number_can_be_asked_for(tmp_path: Path, number: int) -> None:
    store = SessionStore(tmp_path / "s.sqlite")
    session = store.create(1, Strategy()).id
    assert store.revision(session, number) is None
    with pytest.raises(LoopCopilotError, match="there is no revision"):
        store.move_head(session, number)
    with pytest.raises(LoopCopilotError, match="no ended turn"):
        store.fork(session, number)

"""What counts in a strategy's hash, and what would count without doing anything."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from state.errors import StrategyError
from state.strategy import Strategy, load_strategy


def hashed(planner: Any) -> str:
    return Strategy.model_validate({"planner": planner}).hash


def own(**options: Any) -> dict[str, Any]:
    return {"kind": "asking:AskingPlanner", "options": options}


def noisy(planner: Any) -> dict[str, Any]:
    return {"kind": "noisy", "planner": planner}


@pytest.mark.parametrize("wrapped", [lambda planner: planner, noisy, lambda planner: noisy(noisy(planner))])
def test_the_oracles_plans_are_an_input_and_what_others_call_plans_counts(wrapped: Any) -> None:
    played = {"kind": "oracle", "plans": [[{"tool": "vary", "arguments": {}}]]}
    assert hashed(wrapped("oracle")) == hashed(wrapped(played))
    assert hashed(wrapped(own(plans=1))) != hashed(wrapped(own(plans=2)))
    assert hashed(wrapped(own(deep={"plans": 1}))) != hashed(wrapped(own(deep={"plans": 2})))


def test_the_code_is_said_beside_the_hash_and_is_not_in_the_fields() -> None:
    assert Strategy(candidates=2).code == Strategy().code
    assert Strategy(candidates=2).hash != Strategy().hash
    assert Strategy.model_validate({"planner": own()}).code != Strategy().code


def refused(tmp_path: Path, content: str) -> StrategyError:
    path = tmp_path / "mine.yaml"
    path.write_text(content, "utf-8")
    with pytest.raises(StrategyError) as caught:
        load_strategy(str(path))
    return caught.value


@pytest.mark.parametrize(
    ("content", "field", "says"),
    [
        ("tools: add_track", "tools", "must be a list of tool names"),
        ("tools: [add_track, 3]", "tools", "must be a list of tool names"),
        ("tools: []", "tools", "is an empty list"),
        ("tools: [undo, add_track, undo]", "tools", "names undo more than once"),
        ("planner: {kind: single_shot, prompt: ''}", "planner.prompt", "is empty"),
        ("planner: {kind: single_shot, prompt: {file: empty.md}}", "planner.prompt", "is empty"),
        ("candidates: true", "candidates", "must be a number, got True"),
        ("budget: {seconds: yes}", "budget.seconds", "must be a number"),
        ("verifier: clap\nthresholds: {score: true}", "thresholds.score", "must be a number"),
        ("planner: {kind: vote, votes: true}", "planner.votes", "must be a number"),
        ("planner: {kind: noisy, planner: rules, rates: {drop_step: true}}", "planner.rates.drop_step", "a number"),
        ("planner: {kind: react, structured: text}", "planner.structured", "no such field"),
        ("planner: {kind: react_tools, structured: auto}", "planner.structured", "no such field"),
        ("planner: {kind: 'asking:AskingPlanner', prompt: v1}", "planner.prompt", "no such field"),
        ("planner: {kind: oracle, sees_gat: false}", "planner.sees_gat", "no such field"),
        ("planner: {kind: liar, history: 1}", "planner.history", "no such field"),
        ("thresholds: {score: 0.2}", "thresholds.score", "does nothing with verifier attributes"),
        ("verifier: none\nthresholds: {score: 0.2}", "thresholds.score", "does nothing with verifier none"),
        ("scorer: 'numpy:mean'", "scorer", "does nothing with verifier attributes"),
        ("verifier: none\nscorer: clap", "scorer", "does nothing with verifier none"),
        ("retry: {kind: none, attempts: 5}", "retry.attempts", "there is one attempt"),
        ("planner: rules\nretry: {kind: replan}", "retry.kind", "rules does not"),
    ],
)
def test_what_is_none_and_what_would_do_nothing_is_refused_by_its_field(
    tmp_path: Path, content: str, field: str, says: str
) -> None:
    (tmp_path / "empty.md").write_text(" \n", "utf-8")
    error = refused(tmp_path, content)
    assert (error.field, says in error.message) == (field, True), str(error)


def test_without_another_attempt_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("retry: {kind: none}")
    (tmp_path / "b.yaml").write_text("retry: {kind: none, attempts: 1}")
    one, other = (load_strategy(str(tmp_path / name)) for name in ("a.yaml", "b.yaml"))
    assert (one.retry.attempts, one.hash) == (1, other.hash)


@pytest.mark.parametrize(
    "content",
    [
        "budget: {llm_calls: 3}",  # shared by strategies, whatever they spend
        "verifier: none\ncandidates: 6\nretry: {kind: resample, attempts: 4}",  # a tool that fails is given another try
        "scorer: claims",  # what it is anyway
    ],
)
def test_what_strategies_share_is_taken(tmp_path: Path, content: str) -> None:
    (tmp_path / "mine.yaml").write_text(content)
    load_strategy(str(tmp_path / "mine.yaml"))

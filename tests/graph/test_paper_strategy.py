"""The strategy that reproduces the paper, and what a take's choice under it looks like."""

from __future__ import annotations

import pytest

from ensemble.tools.registry import TOOLS, Toolbox
from graph.conductor import Conductor
from scripted import LOOP, ScriptedPlanner, steps
from state.planning import ReactChoice
from state.settings import Settings
from state.strategy import load_strategy, shipped


def test_it_has_the_papers_twelve_tasks_and_nothing_more() -> None:
    strategy = load_strategy("paper")
    assert strategy.tools is not None
    tasks = [tool.paper_task for tool in Toolbox.of(strategy.tools)]
    assert len(tasks) == len(set(tasks)) == 12
    assert set(strategy.tools) == {name for name, tool in TOOLS.items() if tool.paper_task is not None}


def test_it_plans_as_the_released_code_did() -> None:
    planner = load_strategy("paper").planner
    assert isinstance(planner, ReactChoice)
    assert (planner.temperature, planner.sees_gat, planner.examples) == (0, False, False)


def test_six_takes_are_made_and_the_score_chooses_without_failing_any(settings: Settings) -> None:
    strategy = load_strategy("paper")
    assert (strategy.retry.kind, strategy.thresholds.score, strategy.approval) == ("none", None, "never")
    said: list[str] = []
    conductor = Conductor(
        settings,
        strategy=strategy,
        planner=ScriptedPlanner([steps(LOOP)]),
        on_event=lambda event: said.append(event.message or ""),
    )
    record = conductor.send(conductor.start(seed=1), "a hip hop loop")
    assert record.status == "done", record.reply
    assert [message for message in said if message.startswith("take ")] == [f"take {n}" for n in range(1, 7)]
    (verdict,) = record.verdicts
    assert (verdict.scorer, verdict.checks, verdict.passed) == ("claims", [], True)
    assert verdict.clap == 1.0


@pytest.mark.parametrize("name", ["do_nothing", "liar", "random_tool", "oracle", "noisy"])
def test_each_kind_of_the_laboratory_ships_under_its_name(name: str) -> None:
    assert shipped()[name].planner.kind == name

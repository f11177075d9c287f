"""A planner from outside that fails: the turn ends with a record in one line, whatever was raised."""

from __future__ import annotations

from typing import Any

import pytest

from graph.conductor import Conductor
from nodes.planners.exchange import Unsupported
from nodes.planners.planner import PlanRequest
from state.errors import InputError, Refusal, StrategyError
from state.plan import Plan
from state.settings import Settings
from state.strategy import Strategy


class Failing:
    """Raises what it was given; the strategy can name it too."""

    name = "failing"

    def __init__(self, error: BaseException | None = None, returns: Any = None) -> None:
        self.error, self.returns = error, returns

    def plan(self, request: PlanRequest) -> Plan:
        if self.error is not None:
            raise self.error
        answer: Plan = self.returns
        return answer


class Exits:
    name = "exits"

    def plan(self, request: PlanRequest) -> Plan:
        raise SystemExit(7)


ERRORS = [
    RuntimeError("boom\nover two lines"),
    SystemExit(7),
    GeneratorExit(),
    AssertionError(),
    RecursionError("too deep"),
    Unsupported("no such form"),
    InputError("wrong", field="x"),
    Refusal("cannot"),
    StrategyError("none"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_whatever_it_raises_ends_the_turn_and_nothing_else(settings: Settings, error: BaseException) -> None:
    with Conductor(settings, planner=Failing(error)) as conductor:
        record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.error is not None
    assert (record.status, record.error.kind) == ("failed", "planner")
    assert "\n" not in record.error.message
    assert record.error.message.startswith(f"the planner failing failed: {type(error).__name__}")
    assert "test_own_planner_faults.py, line" in record.error.message
    assert not (settings.home / "faults").exists()


@pytest.mark.parametrize("noisy", [False, True])
def test_one_that_the_strategy_names_does_not_end_the_process(settings: Settings, noisy: bool) -> None:
    planner: Any = "test_own_planner_faults:Exits"
    strategy = Strategy.model_validate({"planner": {"kind": "noisy", "planner": planner} if noisy else planner})
    with Conductor(settings, strategy=strategy) as conductor:
        record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.error is not None
    assert record.error.kind == "planner"
    assert "SystemExit: 7" in record.error.message


def test_a_person_who_ends_the_process_is_obeyed(settings: Settings) -> None:
    with Conductor(settings, planner=Failing(KeyboardInterrupt())) as conductor, pytest.raises(KeyboardInterrupt):
        conductor.send(conductor.start(seed=1), "a loop")


@pytest.mark.parametrize("returned", [None, [], "add a flute"])
def test_what_is_no_plan_is_told(settings: Settings, returned: Any) -> None:
    with Conductor(settings, planner=Failing(returns=returned)) as conductor:
        record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.error is not None
    assert (record.status, record.error.kind) == ("failed", "planner")

"""Which planner a strategy names. Each is imported only when it is chosen."""

from __future__ import annotations

from typing import Any

from nodes.planners.planner import Planner
from state.errors import StrategyError
from state.planning import (
    DoNothingChoice,
    HybridChoice,
    LiarChoice,
    NoisyChoice,
    OracleChoice,
    OwnChoice,
    PlanExecuteChoice,
    RandomToolChoice,
    ReactChoice,
    ReactToolsChoice,
    ReflectChoice,
    RulesChoice,
    SingleShotChoice,
    VoteChoice,
)
from state.strategy import Strategy


def planner_of(strategy: Strategy) -> Planner:
    """The planner of `strategy`. Raises StrategyError when one from outside cannot be had."""
    return _planner(strategy.planner)


def _planner(choice: Any) -> Planner:
    match choice:
        case RulesChoice():
            from nodes.planners.rules.planner import RulesPlanner

            return RulesPlanner()
        case SingleShotChoice():
            from nodes.planners.single_shot import SingleShot

            return SingleShot(choice)
        case PlanExecuteChoice():
            from nodes.planners.plan_execute import PlanExecute

            return PlanExecute(choice)
        case ReactChoice():
            from nodes.planners.react import React

            return React(choice)
        case ReactToolsChoice():
            from nodes.planners.react_tools import ReactTools

            return ReactTools(choice)
        case ReflectChoice():
            from nodes.planners.reflect import Reflect

            return Reflect(choice)
        case VoteChoice():
            from nodes.planners.vote import Vote

            return Vote(choice)
        case HybridChoice():
            from nodes.planners.hybrid import Hybrid

            return Hybrid(choice)
        case DoNothingChoice():
            from nodes.planners.laboratory.do_nothing import DoNothing

            return DoNothing()
        case LiarChoice():
            from nodes.planners.laboratory.liar import Liar

            return Liar()
        case RandomToolChoice():
            from nodes.planners.laboratory.random_tool import RandomTool

            return RandomTool()
        case OracleChoice():
            from nodes.planners.laboratory.oracle import Oracle

            return Oracle(choice)
        case NoisyChoice():
            from nodes.planners.laboratory.noisy import Noisy

            return Noisy(_planner(choice.planner), choice.rates)
        case OwnChoice():
            return _from_outside(choice)
    raise StrategyError(f"there is no planner {choice!r}", field="planner.kind")


def _from_outside(choice: OwnChoice) -> Planner:
    from state.references import in_one_line, load

    made = load(choice.kind, "planners", field="planner.kind")
    try:
        planner: Planner = made(**choice.options) if callable(made) else made
    except (Exception, SystemExit) as error:  # noqa: BLE001 - code that is not ours may raise anything
        raise StrategyError(f"{choice.kind} cannot be made: {in_one_line(error)}", field="planner.options") from None
    if not callable(getattr(planner, "plan", None)):
        raise StrategyError(f"{choice.kind} makes no planner: it has no method 'plan'", field="planner.kind")
    return planner

"""Which planner a strategy names."""

from __future__ import annotations

from nodes.planners.planner import Planner
from state.strategy import Strategy


def planner_of(strategy: Strategy) -> Planner:
    """The planner of `strategy`, imported only when it is chosen."""
    match strategy.planner:
        case "rules":
            from nodes.planners.rules.planner import RulesPlanner

            return RulesPlanner()

"""The plans that a dialogue expects, handed to the strategies that play them."""

from __future__ import annotations

from typing import Any

from evaluation.dialogue import Dialogue
from state.errors import InputError, StrategyError
from state.plan import Step
from state.planning import NoisyChoice, OracleChoice
from state.strategy import Strategy


def with_plans(strategy: Strategy, dialogue: Dialogue) -> Strategy:
    """`strategy` with the dialogue's plans where an oracle, noisy or not, has none of its own; else as it is.

    Raises StrategyError, before anything is played, naming the first turn without a plan, or the first step that is no
    call of a tool that the strategy allows.
    """
    planner = strategy.planner
    while isinstance(planner, NoisyChoice):
        planner = planner.planner
    if not isinstance(planner, OracleChoice) or planner.plans is not None:
        return strategy
    _check(strategy, dialogue)
    plans = tuple(turn.plan for turn in dialogue.turns)
    return strategy.model_copy(update={"planner": _filled(strategy.planner, plans)})


def _check(strategy: Strategy, dialogue: Dialogue) -> None:
    from ensemble.tools.registry import Toolbox

    tools = Toolbox.of(strategy.tools)
    for index, turn in enumerate(dialogue.turns):
        field = f"turns[{index}].plan"
        if turn.plan is None:
            raise StrategyError(
                f"is missing; {strategy.name} plays the plan that a dialogue expects of every turn: a list of steps such"
                " as [{tool: add_track, arguments: {instrument: clarinet}}], or [] for nothing",
                field=field,
            )
        for number, step in enumerate(turn.plan):
            try:
                tools.parse(Step(tool=step.tool, arguments=step.arguments))
            except InputError as error:
                raise StrategyError(str(error), field=f"{field}[{number}]") from None


def _filled(planner: Any, plans: Any) -> Any:
    if isinstance(planner, NoisyChoice):
        return planner.model_copy(update={"planner": _filled(planner.planner, plans)})
    return planner.model_copy(update={"plans": plans})

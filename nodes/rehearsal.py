"""Walk through a plan on paper before anything is played.

Every step is checked against the table as it would then be, so that an impossible third step asks instead of leaving
half a change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ensemble.tools.registry import Toolbox
from ensemble.tools.tool import Stage, require_loop
from state.gat import GlobalAttributeTable
from state.plan import Step
from state.seeds import take_seed


def too_many(steps: int, done: int, limit: int) -> str | None:
    """What is wrong with a plan of so many `steps` after those that were `done`; None where a turn may have them."""
    if done + steps <= limit:
        return None
    counted = f"{steps} {'more ' if done else ''}step{'' if steps == 1 else 's'}{f' after {done}' if done else ''}"
    return f"that is {counted}, and a turn has at most {limit}"


def rehearse(
    steps: Sequence[Step],
    gat: GlobalAttributeTable | None,
    stage: Stage,
    tools: Toolbox,
    *,
    seed: int,
    turn: int,
    first: int = 0,
) -> list[GlobalAttributeTable | None]:
    """The table as it would be after each step; `first` is the index of `steps[0]` in the turn's plan.

    Raises Refusal (impossible on the table as it would then be) or InputError (no such tool, arguments out of bounds);
    the error's `field` starts with the step's number when the plan has several.
    """
    tables: list[GlobalAttributeTable | None] = []
    for index, step in enumerate(steps, start=first):
        tool, arguments = tools.parse(step)
        if tool.needs_loop:
            gat = require_loop(gat, tool.name.replace("_", " "))
        gat = tool.foresee(arguments, gat, replace(stage, seed=take_seed(seed, turn, index, 1, 0)))
        tables.append(gat)
    return tables

"""An instruction and the call that carries it out, or why it cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from evaluation.stub.calls import Ask, Call
from evaluation.stub.dialect import arranging, asking, balancing, making, moving
from evaluation.stub.offers import Offers
from evaluation.stub.world import World

Maker = Callable[[re.Match[str], World, Offers], Call]


@dataclass(frozen=True)
class Instruction:
    """One clause as understood: `tools` may carry it out, `call` says how."""

    clause: str
    tools: tuple[str, ...]
    match: re.Match[str]
    make: Maker
    needs_loop: bool = True

    def call(self, world: World, offers: Offers) -> Call:
        """The call on the world as it is shown. Raises Ask or Unable."""
        if self.needs_loop and world.loop is False and not world.uploads:
            raise Ask("There is no loop yet. What shall I make first?")
        return self.make(self.match, world, offers)


RULES: list[tuple[str, tuple[str, ...], Maker, bool]] = [
    *asking.RULES,
    *making.RULES,
    *moving.RULES,
    *balancing.RULES,
    *arranging.RULES,
]
"""(pattern, tools, maker, whether a loop is needed), the more special ones first."""

_COMPILED = [(re.compile(pattern), tools, make, needs) for pattern, tools, make, needs in RULES]


def understood(clause: str) -> Instruction | None:
    """The instruction of `clause`; None for what the dialect does not know."""
    for pattern, tools, make, needs in _COMPILED:
        match = pattern.fullmatch(clause)
        if match is not None:
            return Instruction(clause, tools, match, make, needs)
    return None

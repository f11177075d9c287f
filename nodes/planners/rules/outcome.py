"""What a matcher makes of a clause: steps, an answer, a question, a part that cannot be had, or nothing to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.speech import Clause
from state.plan import Step


@dataclass(frozen=True)
class Outcome:
    """At most one of `steps`, `answer` and `question` counts, in the order question, steps, answer.

    None of them: the clause was understood and asks for nothing ('don't touch the bass').
    """

    steps: tuple[Step, ...] = ()
    answer: str | None = None
    question: str | None = None
    unmet: tuple[str, ...] = ()


Matcher = Callable[[Clause, Scene], Outcome | None]
"""Looks at one clause; None where it is not about this matcher's verbs."""


def step(tool: str, **arguments: Any) -> Step:
    """A step with the arguments that are set; None and empty values are left to the tool's defaults."""
    return Step(
        tool=tool, arguments={name: value for name, value in arguments.items() if value not in (None, (), [], "")}
    )


def do(*steps: Step, unmet: tuple[str, ...] = ()) -> Outcome:
    return Outcome(steps=steps, unmet=unmet)


def ask(question: str) -> Outcome:
    return Outcome(question=question)


def say(answer: str) -> Outcome:
    return Outcome(answer=answer)


UNDERSTOOD = Outcome()
"""Understood, nothing to do."""

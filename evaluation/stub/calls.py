"""What the stub decides: calls of tools, an answer or a question."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any


@dataclass(frozen=True)
class Call:
    """One call of an offered tool."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)

    def with_arguments(self, **changes: Any) -> Call:
        """This call with other arguments; None takes one away."""
        merged = {**self.arguments, **changes}
        return replace(self, arguments={name: value for name, value in merged.items() if value is not None})


@dataclass(frozen=True)
class Reply:
    """What is to be answered, whatever the form: exactly one of `calls`, `answer` and `question` is filled."""

    calls: tuple[Call, ...] = ()
    answer: str | None = None
    question: str | None = None
    unmet: tuple[str, ...] = ()

    def plan(self) -> dict[str, Any]:
        """The plan as one JSON object."""
        return {
            "steps": [{"tool": call.tool, "arguments": call.arguments} for call in self.calls],
            "answer": self.answer,
            "question": self.question,
            "unmet": list(self.unmet),
        }


class Ask(Exception):
    """The instruction cannot be carried out as it stands; the message is the question."""


class Unable(Exception):
    """No offered tool reaches this part of the request; the message is a full sentence."""

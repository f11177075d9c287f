"""A plan: the tools to call, in order, with their arguments; or an answer; or a question."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

StepStatus = Literal["pending", "passed", "failed", "skipped", "superseded"]


class Step(BaseModel):
    """One call of one tool, and what became of it."""

    model_config = ConfigDict(extra="forbid")

    tool: str
    arguments: dict[str, Any] = Field(default_factory=dict)
    status: StepStatus = "pending"
    attempts: int = 0
    backend: str = ""
    seconds: float = 0.0


class Plan(BaseModel):
    """What a planner decided.

    Exactly one of these holds: there are `steps`; or `answer` says something that needs no tool; or `question` asks
    the user for what is missing (then nothing is changed, whatever else is set).
    """

    model_config = ConfigDict(extra="forbid")

    steps: list[Step] = Field(default_factory=list)
    answer: str | None = None
    question: str | None = None
    unmet: list[str] = Field(
        default_factory=list,
        description="parts of the request that no tool can reach, each a full sentence; the turn is then partial",
    )
    complete: bool = Field(True, description="false: an incremental planner wants to be called again after these steps")

    @property
    def signature(self) -> str:
        """The tool sequence, e.g. 'shift_pitch > change_speed'; 'question' or 'answer' without steps."""
        if self.steps and not self.question:
            return " > ".join(step.tool for step in self.steps)
        return "question" if self.question else "answer"

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


class PlanningNote(BaseModel):
    """Something about how a plan came to be that a study wants to know and a reply does not say."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["fault", "spoilt", "form", "vote", "reflection"] = Field(
        description="fault: a model's answer could not be used; spoilt: a laboratory planner erred on purpose; form: how"
        " the plan's form was asked for; vote: the votes; reflection: what the critic changed"
    )
    name: str = Field(description="which one, e.g. 'malformed_json', 'drop_step', 'json_schema'")
    detail: str = ""


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
    grounded: bool = Field(
        True, description="false: `answer` is a model's own words, which nothing here has checked; the reply says so"
    )
    complete: bool = Field(True, description="false: an incremental planner wants to be called again after these steps")

    @property
    def signature(self) -> str:
        """The tool sequence, e.g. 'shift_pitch > change_speed'; 'question' or 'answer' without steps."""
        if self.steps and not self.question:
            return " > ".join(step.tool for step in self.steps)
        return "question" if self.question else "answer"

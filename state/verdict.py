"""What listening found: expectations, checks and the verdict on a take."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

CheckStatus = Literal["passed", "failed", "unmeasurable"]


class Expectation(BaseModel):
    """Something that must be true of a take, to be measured on its audio."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="the check, e.g. 'bpm', 'key', 'bars', 'has', 'lacks', 'seam', 'preserved'")
    value: Any = None
    stem: str | None = Field(None, description="the stem it is measured on; null for the mix")


class Check(BaseModel):
    """An expectation and what was measured. Unmeasurable is neither a pass nor a fail."""

    model_config = ConfigDict(extra="forbid")

    name: str
    expected: Any = None
    measured: Any = None
    status: CheckStatus


class Verdict(BaseModel):
    """All checks of one attempt at one step; it passes when none failed."""

    model_config = ConfigDict(extra="forbid")

    step: int = Field(ge=0, description="index into the turn's plan")
    attempt: int = Field(ge=1)
    passed: bool
    scorer: str | None = None
    clap: float | None = None
    checks: list[Check] = Field(default_factory=list)

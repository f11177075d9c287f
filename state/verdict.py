"""What listening found: expectations, checks and the verdict on a take."""

from __future__ import annotations

import math
from collections.abc import Sequence
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


def kept(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """One verdict a step, in order: of the take that was kept. That is the one with the fewest failed checks, of equals the one
    with the highest score, of equals the first; one where no take was made only where none was made at all."""
    best: dict[int, Verdict] = {}
    for verdict in verdicts:
        other = best.get(verdict.step)
        if other is None or _rank(verdict) < _rank(other):
            best[verdict.step] = verdict
    return [best[step] for step in sorted(best)]


def _rank(verdict: Verdict) -> tuple[bool, int, float]:
    """The least is the best."""
    failed = sum(check.status == "failed" for check in verdict.checks)
    nothing = [check.name for check in verdict.checks] == ["tool"] and failed > 0
    return nothing, failed, math.inf if verdict.clap is None else -verdict.clap

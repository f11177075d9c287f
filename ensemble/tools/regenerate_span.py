from __future__ import annotations

from pydantic import Field

from ensemble.tools.tool import Arguments


class RegenerateSpanArguments(Arguments):
    """Arguments of `regenerate_span`."""

    start_seconds: float | None = Field(None, ge=0)
    end_seconds: float | None = Field(None, gt=0)
    start_bar: int | None = Field(None, ge=1, description="first bar, counted from 1")
    end_bar: int | None = Field(None, ge=1, description="last bar, included")
    stems: list[str] = Field(default_factory=list, description="stems to renew; empty for all")

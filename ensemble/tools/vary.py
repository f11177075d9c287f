from __future__ import annotations

from pydantic import Field

from ensemble.protocols import Density, Feel
from ensemble.tools.tool import Arguments


class VaryArguments(Arguments):
    """Arguments of `vary`."""

    stems: list[str] = Field(default_factory=list, description="stems to vary; empty for all")
    amount: float = Field(0.5, ge=0, le=1, description="0 the same notes, 1 as free as a variation may be")
    feel: Feel | None = None
    density: Density | None = None
    bars: int | None = Field(None, ge=1, le=64, description="a new length in bars; the music is repeated or cut")

from __future__ import annotations

from pydantic import Field

from ensemble.protocols import Feel
from ensemble.tools.tool import Arguments


class RearrangeArguments(Arguments):
    """Arguments of `rearrange`."""

    genre: str | None = Field(None, description="the new style")
    mood: str | None = None
    instruments: list[str] = Field(
        default_factory=list, description="instruments of the new arrangement; default by genre"
    )
    without: list[str] = Field(default_factory=list)
    solo: str | None = Field(None, description="an instrument that takes a solo")
    time_signature: str | None = Field(None, description="a new metre, e.g. '3/4'")
    key: str | None = Field(None, description="a new mode on the tonic, e.g. 'D major' for a loop in D minor")
    feel: Feel | None = None

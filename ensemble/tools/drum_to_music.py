from __future__ import annotations

from pydantic import Field

from ensemble.tools.tool import Arguments


class DrumToMusicArguments(Arguments):
    """Arguments of `drum_to_music`."""

    source: str | None = Field(
        None, description="drum stem's or upload's name; default the newest upload, else the loop's drums"
    )
    description: str = Field("", max_length=2000)
    genre: str | None = None
    mood: str | None = None
    key: str | None = Field(None, description="tonic and mode, e.g. 'E minor'")
    chords: list[str] = Field(default_factory=list)
    instruments: list[str] = Field(default_factory=list, description="what to build around the drums; default by genre")
    without: list[str] = Field(default_factory=list)
    inferred: list[str] = Field(default_factory=list, description="fields above that were guessed rather than said")

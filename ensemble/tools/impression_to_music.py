from __future__ import annotations

from pydantic import Field

from ensemble.protocols import Feel
from ensemble.tools.tool import Arguments


class ImpressionToMusicArguments(Arguments):
    """Arguments of `impression_to_music`."""

    impression: str = Field(min_length=1, max_length=500, description="the title, scene or feeling")
    description: str = Field("", max_length=2000, description="what the user asked for, in their words")
    genre: str | None = Field(None, description="the user's word, e.g. 'lofi', 'techno', 'bossa nova'")
    mood: str | None = Field(None, description="e.g. 'calm', 'dark', 'happy'")
    bpm: float | None = Field(None, ge=30, le=300, description="quarter notes a minute")
    key: str | None = Field(None, description="tonic and mode, e.g. 'G minor'")
    time_signature: str | None = Field(None, description="e.g. '4/4', '3/4', '6/8'")
    bars: int | None = Field(None, ge=1, le=64)
    duration_seconds: float | None = Field(None, gt=0, le=240, description="rounded to whole bars")
    chords: list[str] = Field(
        default_factory=list, description="plain symbols such as 'Dm7', one a bar, or evenly spread"
    )
    instruments: list[str] = Field(
        default_factory=list, description="names or synonyms, one stem each, e.g. 'keys', 'bass', 'drums'"
    )
    without: list[str] = Field(default_factory=list, description="instruments or families to leave out")
    feel: Feel | None = None
    inferred: list[str] = Field(default_factory=list, description="fields above that were guessed rather than said")

"""A candidate take: the table as one step would leave it, and what must be heard in it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from state.gat import GlobalAttributeTable
from state.verdict import Expectation


class Take(BaseModel):
    """What a tool returned for one seed. It holds artifact ids, never audio.

    `gat` keeps the revision number of the table that the turn started from (or of the revision that an undo went back
    to); the commit gives it its own.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    gat: GlobalAttributeTable | None
    expectations: tuple[Expectation, ...] = ()
    backend: str = "band"
    seed: int
    notes: tuple[str, ...] = Field((), description="full sentences the user must be told, e.g. what was trimmed")
    answer: str | None = Field(None, description="text of a tool that answers, such as describe")
    exported: tuple[str, ...] = Field((), description="absolute paths that the tool wrote for the user")


class Upload(BaseModel):
    """An attached file after it was decoded, analysed and stored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(description="the file's base name: data, never a path to open")
    original: str = Field(description="artifact id of the file's bytes as they came")
    audio: str = Field(
        description="artifact id of the samples, (2, samples) at 44.1 kHz, fitted to whole bars if it has a pulse"
    )
    duration_seconds: float
    bpm: float | None = None
    time_signature: str = "4/4"
    bars: int | None = None
    key: str | None = None
    chords: tuple[str, ...] = ()
    instrument: str = Field("recording", description="'recording', or 'drum recording' when only drums were heard")
    caption: str = Field("", description="what was measured, in words; then a captioning model's words, marked as such")
    words: str = Field("", description="what a captioning model said of it, as it said it; empty where none is seated")
    fault: str = Field("", description="why a seated captioning model did not describe it; empty where it did")
    notes: tuple[str, ...] = ()

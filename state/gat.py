"""The Global Attribute Table (paper, section 3.2): what is true of the loop, as immutable revisions."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from state.effects import Effect

SCHEMA_VERSION = 1
SAMPLE_RATE = 44_100
"""Hz of every artifact that holds audio and of every file written."""

Source = Literal["asked", "inferred", "measured"]

TEMPO_RANGE = (30.0, 300.0)
"""Quarter notes a minute that the table may hold."""


class Stem(BaseModel):
    """One instrument's part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, description="unique in the table and stable through edits, e.g. 'bass', 'guitar 2'")
    instrument: str = Field(
        description="General MIDI name in lower case, e.g. 'electric bass (finger)'; 'recording' for an upload"
    )
    audio: str = Field(description="artifact id of the dry take, (2, samples) at 44.1 kHz")
    score: str | None = Field(
        None, description="artifact id of its MIDI; null for what has no score, such as an upload"
    )
    gain_db: float = Field(0.0, ge=-60, le=24)
    pan: float = Field(0.0, ge=-1, le=1, description="-1 left, 1 right")
    muted: bool = False
    effects: tuple[Effect, ...] = ()
    tool: str = Field(description="the tool that made the take")
    seed: int = Field(description="the seed that the take was made with")
    backend: str = Field(description="who played: 'band', 'upload', or a model's name")
    licence: str | None = Field(None, description="of the weights of the model that played; null where none did")


class GlobalAttributeTable(BaseModel):
    """One revision of the table. It is never changed, only succeeded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = SCHEMA_VERSION
    revision: int = Field(ge=1)
    parent: int | None = Field(None, ge=1, description="the revision this one was made from; null for the first")
    bpm: float | None = Field(None, ge=30, le=300, description="quarter notes a minute; null without a pulse")
    key: str | None = Field(None, description="tonic and mode, e.g. 'D minor', 'F# mixolydian'")
    time_signature: str = Field("4/4", pattern=r"^\d{1,2}/(2|4|8|16)$")
    bars: int | None = Field(None, ge=1, description="whole bars; null without a pulse")
    duration_seconds: float = Field(gt=0)
    genre: str | None = None
    mood: str | None = None
    chords: tuple[str, ...] = Field((), description="plain symbols such as 'Dm7', spread evenly over the bars")
    description: str = ""
    stems: tuple[Stem, ...] = ()
    mix: str = Field(description="artifact id of the mastered mix, (2, samples) at 44.1 kHz")
    mix_effects: tuple[Effect, ...] = ()
    master_gain_db: float = 0.0
    sources: dict[str, Source] = Field(default_factory=dict, description="attribute -> how it came to be known")

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = [stem.name for stem in self.stems]
        if len(set(names)) != len(names):
            raise ValueError(f"stem names must be unique, got {names}")
        return self

    @property
    def samples(self) -> int:
        """Length of every stem and of the mix, in samples at 44.1 kHz."""
        return round(self.duration_seconds * SAMPLE_RATE)

    @property
    def stem_names(self) -> list[str]:
        return [stem.name for stem in self.stems]

    def stem(self, name: str) -> Stem | None:
        """The stem of that name, or None."""
        return next((stem for stem in self.stems if stem.name == name), None)

    def revised(self, **changes: Any) -> GlobalAttributeTable:
        """A validated copy with `changes`; `revision` and `parent` are set by the commit, not here."""
        return GlobalAttributeTable.model_validate({**dict(self), **changes})

    def with_stem(self, stem: Stem) -> GlobalAttributeTable:
        """A copy in which `stem` stands in place of the one of its name, or last."""
        if self.stem(stem.name) is None:
            return self.revised(stems=(*self.stems, stem))
        return self.revised(stems=tuple(stem if old.name == stem.name else old for old in self.stems))


def quarters_per_bar(time_signature: str) -> float:
    """Quarter notes in one bar: 4.0 for '4/4', 3.0 for '3/4' and '6/8'."""
    upper, lower = time_signature.split("/")
    return int(upper) * 4 / int(lower)


def loop_seconds(bars: int, bpm: float, time_signature: str) -> float:
    """Duration of `bars` whole bars in seconds."""
    return bars * quarters_per_bar(time_signature) * 60.0 / bpm

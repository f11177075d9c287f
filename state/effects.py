"""Typed effects: what may stand in a stem's or the mix's chain, with units and bounds.

A chain is an ordered list; equal chains on equal audio give equal samples.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class _Effect(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reverb(_Effect):
    """Room around the sound."""

    kind: Literal["reverb"] = "reverb"
    room_size: float = Field(0.5, ge=0, le=1)
    damping: float = Field(0.5, ge=0, le=1)
    wet: float = Field(0.25, ge=0, le=1)


class Delay(_Effect):
    """Echoes at a musical distance."""

    kind: Literal["delay"] = "delay"
    beats: float = Field(0.75, gt=0, le=8, description="quarter notes")
    feedback: float = Field(0.35, ge=0, le=0.9)
    wet: float = Field(0.3, ge=0, le=1)


class Chorus(_Effect):
    """Slightly detuned copies."""

    kind: Literal["chorus"] = "chorus"
    rate_hz: float = Field(1.0, gt=0, le=10)
    depth: float = Field(0.25, ge=0, le=1)
    wet: float = Field(0.5, ge=0, le=1)


class Phaser(_Effect):
    """Moving notches."""

    kind: Literal["phaser"] = "phaser"
    rate_hz: float = Field(0.5, gt=0, le=10)
    depth: float = Field(0.5, ge=0, le=1)
    wet: float = Field(0.5, ge=0, le=1)


class Tremolo(_Effect):
    """Level that pulses in time."""

    kind: Literal["tremolo"] = "tremolo"
    beats: float = Field(0.5, gt=0, le=8)
    depth: float = Field(0.5, ge=0, le=1)


class LowPass(_Effect):
    """Takes the highs away: muffled, dark, warm."""

    kind: Literal["lowpass"] = "lowpass"
    cutoff_hz: float = Field(2000.0, ge=40, le=20000)


class HighPass(_Effect):
    """Takes the lows away: thin, telephone-like."""

    kind: Literal["highpass"] = "highpass"
    cutoff_hz: float = Field(200.0, ge=20, le=10000)


class Equalizer(_Effect):
    """Three bands: a low shelf at 150 Hz, a bell at 1 kHz, a high shelf at 6 kHz."""

    kind: Literal["eq"] = "eq"
    low_db: float = Field(0.0, ge=-24, le=24)
    mid_db: float = Field(0.0, ge=-24, le=24)
    high_db: float = Field(0.0, ge=-24, le=24)


class Compressor(_Effect):
    """Evens out the level."""

    kind: Literal["compressor"] = "compressor"
    threshold_db: float = Field(-20.0, ge=-60, le=0)
    ratio: float = Field(4.0, ge=1, le=20)


class Distortion(_Effect):
    """Overdrive."""

    kind: Literal["distortion"] = "distortion"
    drive_db: float = Field(15.0, ge=0, le=40)


class Bitcrush(_Effect):
    """Coarse sampling: old sampler, video game."""

    kind: Literal["bitcrush"] = "bitcrush"
    bits: float = Field(8.0, ge=2, le=16)


Effect = Annotated[
    Reverb | Delay | Chorus | Phaser | Tremolo | LowPass | HighPass | Equalizer | Compressor | Distortion | Bitcrush,
    Field(discriminator="kind"),
]

EffectKind = Literal[
    "reverb",
    "delay",
    "chorus",
    "phaser",
    "tremolo",
    "lowpass",
    "highpass",
    "eq",
    "compressor",
    "distortion",
    "bitcrush",
]

"""Typed effects: what may stand in a stem's or the mix's chain, with units and bounds.

A chain is an ordered list; equal chains on equal audio give equal samples.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from state.briefs import briefly


class _Effect(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Reverb(_Effect):
    """Room around the sound."""

    kind: Literal["reverb"] = "reverb"
    room_size: float = Field(
        0.5, ge=0, le=1, description="size of the room: 0 a closet, 1 a cathedral", json_schema_extra=briefly()
    )
    damping: float = Field(
        0.5,
        ge=0,
        le=1,
        description="how fast the highs die away: 0 as slowly as the rest, 1 at once",
        json_schema_extra=briefly(),
    )
    wet: float = Field(
        0.25,
        ge=0,
        le=1,
        description="level of the reverberation beside the dry sound, at 0.5 as strong as it",
        json_schema_extra=briefly(),
    )


class Delay(_Effect):
    """Echoes at a musical distance."""

    kind: Literal["delay"] = "delay"
    beats: float = Field(
        0.75, gt=0, le=8, description="time between echoes in quarter notes", json_schema_extra=briefly("quarter notes")
    )
    feedback: float = Field(
        0.35, ge=0, le=0.9, description="level of each echo against the one before it", json_schema_extra=briefly()
    )
    wet: float = Field(
        0.3,
        ge=0,
        le=1,
        description="level of all echoes together against the dry sound",
        json_schema_extra=briefly(),
    )


class Chorus(_Effect):
    """Slightly detuned copies."""

    kind: Literal["chorus"] = "chorus"
    rate_hz: float = Field(
        1.0, gt=0, le=10, description="cycles of the detuning a second, in hertz", json_schema_extra=briefly()
    )
    depth: float = Field(0.25, ge=0, le=1, description="how far the copies are detuned", json_schema_extra=briefly())
    wet: float = Field(
        0.5,
        ge=0,
        le=1,
        description="level of the copies against the dry sound",
        json_schema_extra=briefly(),
    )


class Phaser(_Effect):
    """Moving notches."""

    kind: Literal["phaser"] = "phaser"
    rate_hz: float = Field(
        0.5, gt=0, le=10, description="sweeps of the notches a second, in hertz", json_schema_extra=briefly()
    )
    depth: float = Field(0.5, ge=0, le=1, description="how far the notches sweep", json_schema_extra=briefly())
    wet: float = Field(
        0.5,
        ge=0,
        le=1,
        description="level of the filtered sound against the dry one",
        json_schema_extra=briefly(),
    )


class Tremolo(_Effect):
    """Level that pulses in time."""

    kind: Literal["tremolo"] = "tremolo"
    beats: float = Field(
        0.5, gt=0, le=8, description="length of one pulse in quarter notes", json_schema_extra=briefly()
    )
    depth: float = Field(
        0.5,
        ge=0,
        le=1,
        description="how far the level falls between pulses, 1 to silence",
        json_schema_extra=briefly(),
    )


class LowPass(_Effect):
    """Takes the highs away: muffled, dark, warm."""

    kind: Literal["lowpass"] = "lowpass"
    cutoff_hz: float = Field(
        2000.0,
        ge=40,
        le=20000,
        description="frequency in hertz above which sound is taken away",
        json_schema_extra=briefly(),
    )


class HighPass(_Effect):
    """Takes the lows away: thin, telephone-like."""

    kind: Literal["highpass"] = "highpass"
    cutoff_hz: float = Field(
        200.0,
        ge=20,
        le=10000,
        description="frequency in hertz below which sound is taken away",
        json_schema_extra=briefly(),
    )


class Equalizer(_Effect):
    """Three bands: a low shelf at 150 Hz, a bell at 1 kHz, a high shelf at 6 kHz."""

    kind: Literal["eq"] = "eq"
    low_db: float = Field(
        0.0, ge=-24, le=24, description="gain in decibels of the lows, below 150 Hz", json_schema_extra=briefly()
    )
    mid_db: float = Field(
        0.0, ge=-24, le=24, description="gain in decibels of the mids, around 1 kHz", json_schema_extra=briefly()
    )
    high_db: float = Field(
        0.0, ge=-24, le=24, description="gain in decibels of the highs, above 6 kHz", json_schema_extra=briefly()
    )


class Compressor(_Effect):
    """Evens out the level."""

    kind: Literal["compressor"] = "compressor"
    threshold_db: float = Field(
        -20.0,
        ge=-60,
        le=0,
        description="level in decibels of full scale above which sound is turned down",
        json_schema_extra=briefly(),
    )
    ratio: float = Field(
        4.0,
        ge=1,
        le=20,
        description="decibels above the threshold that go in for each decibel that comes out",
        json_schema_extra=briefly(),
    )


class Distortion(_Effect):
    """Overdrive."""

    kind: Literal["distortion"] = "distortion"
    drive_db: float = Field(
        15.0,
        ge=0,
        le=40,
        description="how hard it is overdriven: gain in decibels into saturation, whatever the sound's own level",
        json_schema_extra=briefly(),
    )


class Bitcrush(_Effect):
    """Coarse sampling: old sampler, video game."""

    kind: Literal["bitcrush"] = "bitcrush"
    bits: float = Field(
        8.0, ge=2, le=16, description="resolution in bits; fewer are coarser", json_schema_extra=briefly()
    )


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

"""Models that hear, without torch: a separator that knows where each part lies in the spectrum, and a captioner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ensemble.capabilities import Sheet, Sound, Work

EDGES = {"bass": (0, 200), "vocals": (200, 3000), "drums": (3000, 1e9), "other": (1e9, 1e9)}
"""Hz."""


@dataclass
class ScriptedSeparator:
    """Splits by frequency; what it returns sums to what it was given. `other` is silent."""

    rate: int = 44_100
    channels: int = 2
    name: str = "scripted"
    weights: str = "by-ear"
    sources: tuple[str, ...] = ("drums", "bass", "other", "vocals")
    lost: int = 0
    """Samples that it loses at the end."""
    calls: int = 0

    @property
    def sheet(self) -> Sheet:
        return Sheet(self.rate, self.channels, 60.0, True, "MIT")

    def separate(self, sound: Sound, work: Work) -> Mapping[str, Sound]:
        assert (sound.rate, sound.samples.shape[0]) == (self.rate, self.channels)
        self.calls += 1
        work.report("separating")
        length = sound.samples.shape[1]
        spectrum = np.fft.rfft(sound.samples, axis=1)
        frequency = np.fft.rfftfreq(length, 1 / self.rate)
        made = {}
        for name in self.sources:
            low, high = EDGES[name]
            part = np.fft.irfft(spectrum * ((frequency >= low) & (frequency < high)), length, axis=1)
            made[name] = Sound(part.astype(np.float32)[:, : length - self.lost], self.rate)
        return made


@dataclass
class ScriptedCaptioner:
    """Says what it was told to say."""

    words: str = "A calm piano piece."
    name: str = "scripted"
    weights: str = "by-ear"
    device: str = "here"
    longest: float = 2.0
    heard: list[Sound] = field(default_factory=list)

    @property
    def sheet(self) -> Sheet:
        return Sheet(16_000, 1, self.longest, True, "MIT")

    def caption(self, sound: Sound, work: Work) -> str:
        work.report("writing")
        self.heard.append(sound)
        return self.words


class Seated:
    """Stands where Players stands."""

    def __init__(self, **players: object) -> None:
        self._players = players
        self.missing: dict[str, str] = {}

    def get(self, capability: str) -> object | None:
        return self._players.get(capability)

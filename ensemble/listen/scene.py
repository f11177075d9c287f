"""A take beside what was before it: tables, artifacts and renderings, each made at most once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ensemble.listen.analyse import Heard
from ensemble.listen.sound import level_db
from ensemble.protocols import Mixdown, Mixer, MixStem
from state.artifacts import ArtifactStore
from state.gat import GlobalAttributeTable, Stem

if TYPE_CHECKING:
    from state.artifacts import Audio


class Scene:
    """What the checks of one take look at."""

    def __init__(
        self, after: GlobalAttributeTable, before: GlobalAttributeTable | None, store: ArtifactStore, band: Mixer
    ) -> None:
        self.after = after
        self.before = before
        self.store = store
        self._band = band
        self._heard: dict[str, Heard] = {}
        self._rendered: dict[tuple[bool, str], Audio] = {}
        self._mixdown: Mixdown | None = None

    def heard(self, stem: str | None = None) -> Heard:
        """The take's mix, or the dry take of one of its stems."""
        return self.artifact(self.after.mix if stem is None else self._stem(self.after, stem).audio)

    def artifact(self, name: str) -> Heard:
        """Artifact `name` and what was measured of it."""
        if name not in self._heard:
            self._heard[name] = Heard(self.store.audio(name))
        return self._heard[name]

    def rendered(self, name: str, *, after: bool = True) -> Audio:
        """Stem `name` with its effects, gain and pan; silence when muted. Shape (2, samples)."""
        key = (after, name)
        if key not in self._rendered:
            table = self.after if after else self.before
            assert table is not None
            stem = self._mix_stem(self._stem(table, name))
            self._rendered[key] = self._band.mix([stem], table.bpm, (), 0.0, strict=True).stems[name]
        return self._rendered[key]

    def mixdown(self) -> Mixdown:
        """The mix that the take's table describes, made anew from its stems."""
        if self._mixdown is None:
            table = self.after
            self._mixdown = self._band.mix(
                [self._mix_stem(stem) for stem in table.stems],
                table.bpm,
                table.mix_effects,
                table.master_gain_db,
                strict=True,
            )
            self._rendered.update({(True, name): audio for name, audio in self._mixdown.stems.items()})
        return self._mixdown

    def share_db(self, name: str) -> float:
        """Level of a rendered stem against the sum of all, dB."""
        stems = self.mixdown().stems
        whole = np.sum(list(stems.values()), axis=0)
        return level_db(stems[name]) - max(level_db(whole), -120.0)

    def residual_db(self) -> float:
        """What is left of the take's mix when the mix of its stems is taken out of it, against the mix, dB; 0 where the
        lengths differ."""
        mix, made = self.heard().sound.audio, self.mixdown().mix
        if mix.shape != made.shape:
            return 0.0
        return level_db(mix - made) - max(level_db(mix), -120.0)

    def _stem(self, table: GlobalAttributeTable, name: str) -> Stem:
        stem = table.stem(name)
        assert stem is not None
        return stem

    def _mix_stem(self, stem: Stem) -> MixStem:
        return MixStem(stem.name, self.store.audio(stem.audio), stem.gain_db, stem.pan, stem.muted, stem.effects)

"""The built-in band: who plays where no model does. Parts are imported when they are first needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ensemble.protocols import Brief, Character, Dynamics, Mixdown, MixStem, Role, Settled, Wish

if TYPE_CHECKING:
    from ensemble.band.score import Part
    from state.artifacts import Audio


class BuiltInBand:
    """`ensemble.protocols.Band` on a SoundFont: composes, plays, balances and masters.

    `soundfont` is a .sf2 file in place of the one that comes with the package pretty_midi.
    """

    name = "band"

    def __init__(self, soundfont: Path | None = None) -> None:
        self.soundfont = soundfont

    def settle(self, wish: Wish, seed: int) -> Settled:
        from ensemble.band.composer import settle

        return settle(wish, seed)

    def compose(
        self,
        instrument: str,
        brief: Brief,
        seed: int,
        *,
        character: Character = Character(),
        beside: Mapping[str, Part] = {},
    ) -> Part:
        from ensemble.band.composer import compose

        return compose(instrument, brief, seed, character=character, beside=beside)

    def vary(self, part: Part, instrument: str, brief: Brief, seed: int, amount: float) -> Part:
        from ensemble.band.composer import vary

        return vary(part, instrument, brief, seed, amount)

    def regenerate(
        self,
        part: Part,
        instrument: str,
        brief: Brief,
        seed: int,
        start: float,
        end: float,
        beside: Mapping[str, Part] = {},
    ) -> Part:
        from ensemble.band.composer import regenerate

        return regenerate(part, instrument, brief, seed, start, end, beside)

    def reharmonise(self, part: Part, instrument: str, before: Brief, after: Brief) -> Part:
        from ensemble.band.composer import reharmonise

        return reharmonise(part, instrument, before, after)

    def transpose(self, part: Part, instrument: str, semitones: int) -> Part:
        from ensemble.band.composer import transpose

        return transpose(part, instrument, semitones)

    def adapt(self, part: Part, instrument: str, before: str) -> Part:
        from ensemble.band.composer import adapt

        return adapt(part, instrument, before)

    def extend(self, part: Part, before: Brief, after: Brief) -> Part:
        from ensemble.band.composer import extend

        return extend(part, before, after)

    def render(self, part: Part, bpm: float, samples: int) -> Audio:
        from ensemble.band.render import render

        return render(part, bpm, samples, soundfont=self.soundfont)

    def render_span(self, before: Audio, part: Part, bpm: float, start: int, end: int) -> Audio:
        from ensemble.band.render import render_span

        return render_span(before, part, bpm, start, end, soundfont=self.soundfont)

    def stretch(self, audio: Audio, samples: int) -> Audio:
        from ensemble.band.stretch import stretch

        return stretch(audio, samples)

    def shift(self, audio: Audio, semitones: float) -> Audio:
        from ensemble.band.stretch import shift

        return shift(audio, semitones)

    def resample(self, audio: Audio, samples: int) -> Audio:
        from ensemble.band.stretch import resample

        return resample(audio, samples)

    def balance(
        self, instrument: str, role: Role | None, dynamics: Dynamics, among: Sequence[str] = ()
    ) -> tuple[float, float]:
        from ensemble.band.mixer import balance

        return balance(instrument, role, dynamics, among)

    def mix(
        self,
        stems: Sequence[MixStem],
        bpm: float | None,
        mix_effects: Sequence[object] = (),
        master_gain_db: float | None = None,
        *,
        strict: bool = False,
    ) -> Mixdown:
        from ensemble.band.mixer import mix

        return mix(stems, bpm, mix_effects, master_gain_db, strict=strict)

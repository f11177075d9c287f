"""The built-in composer: the functions of `ensemble.protocols.Composer`, each pure and deterministic."""

from __future__ import annotations

from collections.abc import Mapping

from ensemble.band.adapt import adapt, extend, transpose
from ensemble.band.arrange import write
from ensemble.band.frame import frame_of, instrument_of
from ensemble.band.reharmonise import reharmonise
from ensemble.band.rework import regenerate, vary
from ensemble.band.score import Part
from ensemble.band.settle import settle
from ensemble.protocols import Brief, Character

__all__ = ["adapt", "compose", "extend", "regenerate", "reharmonise", "settle", "transpose", "vary"]


def compose(
    instrument: str,
    brief: Brief,
    seed: int,
    *,
    character: Character = Character(),
    beside: Mapping[str, Part] = {},
) -> Part:
    """A part for `instrument` (a General MIDI name) that fits `beside`, the other stems' parts by stem name.

    Raises Refusal for an instrument, key, chord or metre that is none.
    """
    return write(frame_of(brief), instrument_of(instrument), seed, character, beside)

"""Which stems of a table a word means, and which of them have no pitch."""

from __future__ import annotations

from collections.abc import Sequence

from ensemble.listen.checks import measurable_word
from state.gat import Stem


def matching(word: str, stems: Sequence[Stem]) -> list[Stem]:
    """The stems that `word` ('drums', 'the keys', 'strings') refers to."""
    from ensemble.band.instruments import matches

    return [
        stem
        for stem in stems
        if matches(word, stem.name, stem.instrument) or (measurable_word(word) == "drums" and is_drums(stem))
    ]


def is_drums(stem: Stem) -> bool:
    """True for kits, hand percussion and recordings in which only drums were heard: they are never transposed."""
    if stem.instrument == "drum recording":
        return True
    from ensemble.band.instruments import INSTRUMENTS

    instrument = INSTRUMENTS.get(stem.instrument)
    return instrument is not None and instrument.is_drum

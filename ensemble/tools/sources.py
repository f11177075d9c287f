"""Which of the sources that a separation model tells apart people mean by a word."""

from __future__ import annotations

from collections.abc import Sequence

_SUNG = frozenset(
    [
        "vocals",
        "vocal",
        "voice",
        "voices",
        "vox",
        "singer",
        "singers",
        "singing",
        "sung",
        "acapella",
        "acappella",
        "rap",
        "rapper",
        "rapping",
        "vocalist",
        "vocalists",
        "lyrics",
    ]
)
_REST = frozenset({"other", "others", "the rest", "rest", "everything else", "other instruments"})
_FAMILIES = {"bass": ("bass",), "guitar": ("guitar",), "piano": ("piano", "keyboard")}
"""Family of instruments -> the names that models give it."""


def meant(words: Sequence[str], sources: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(the `sources` that `words` mean, in the model's order, the words that mean none of them)."""
    found = {word: _source(word, sources) for word in words}
    unknown = tuple(word for word, source in found.items() if source is None)
    return tuple(source for source in sources if source in found.values()), unknown


def stem_name(source: str) -> str:
    """A source's name as a stem's: 'backing_vocals' -> 'backing vocals'."""
    return source.replace("_", " ")


def _source(word: str, sources: Sequence[str]) -> str | None:
    plain = word.strip().casefold().removeprefix("the ").strip()
    by_name = {stem_name(source): source for source in sources}
    for name in (plain, f"{plain}s", plain.removesuffix("s")):
        if name in by_name:
            return by_name[name]
    if plain in _REST:
        return by_name.get("other")
    # "male vocals", "her voice": what stands before it does not make it another source.
    if plain.split()[-1:] and plain.split()[-1] in _SUNG and "pad" not in plain:
        return by_name.get("vocals")
    return _instrument(plain, by_name)


def _instrument(word: str, by_name: dict[str, str]) -> str | None:
    """A source for an instrument's word; a part of the kit or hand percussion is no source of its own."""
    from ensemble.band.instruments import resolve

    choice = resolve(word)
    if choice is None:
        return None
    if choice.stem == "drums":
        return by_name.get("drums")
    names = _FAMILIES.get(choice.instrument.family, ())
    return next((by_name[name] for name in names if name in by_name), None)

"""What a title, scene or feeling suggests: attributes that are inferred, never asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from ensemble.band.instruments import resolve
from nodes.planners.rules.attributes import read

_DATA = Path(__file__).parent / "lexicon" / "impressions.yaml"
_DEFAULT = {"genre": "pop", "mood": "nostalgic"}


@cache
def _cues() -> list[tuple[str, dict[str, Any]]]:
    """(word or phrase, what it suggests), longest first."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    rows: list[dict[str, Any]] = yaml.load(_DATA.read_text("utf-8"), Loader=loader)  # noqa: S506 - both are safe loaders
    found = [(str(cue), row["suggests"]) for row in rows for cue in row["cues"]]
    return sorted(found, key=lambda item: -len(item[0]))


def _held(word: str, words: list[str]) -> bool:
    """Whether an instrument is among others already, by whatever name."""
    chosen = resolve(word)
    return any((other := resolve(held)) is not None and chosen is not None and other.stem == chosen.stem for held in words)


def associate(impression: str) -> dict[str, Any]:
    """Genre, mood, bpm and instruments that the words suggest; the most specific cue wins for each."""
    said = read(impression)
    found: dict[str, Any] = {}
    if said.genre:
        found["genre"] = said.genre
    if said.mood:
        found["mood"] = said.mood
    if said.instruments:
        found["instruments"] = [mention.words for mention in said.instruments]
    padded = " " + "".join(c if c.isalnum() else " " for c in impression.lower()) + " "
    padded = " ".join(padded.split()).join("  ")
    for cue, suggested in _cues():
        if f" {cue}" in padded:
            for name, value in suggested.items():
                if name == "instruments" and name in found:
                    found[name] += [word for word in value if not _held(word, found[name])]
                found.setdefault(name, value)
    return {**{name: value for name, value in _DEFAULT.items() if not found}, **found}

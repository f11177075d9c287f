"""Reading an impression: a title, a scene or a feeling becomes attributes of a loop, by the words in impressions.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

_KINDS = ("titles", "scenes", "feelings")
_FIELDS = ("genre", "mood", "bpm", "key", "time_signature")


@dataclass(frozen=True)
class Reading:
    """What an impression suggests. None or empty: nothing in it speaks of that."""

    words: tuple[str, ...] = ()
    """The words that were understood, in the order of their kinds."""
    genre: str | None = None
    mood: str | None = None
    bpm: float | None = None
    key: str | None = None
    time_signature: str | None = None
    instruments: tuple[str, ...] = ()
    """Who plays a title."""
    sounds: tuple[str, ...] = ()
    """Who is heard besides, such as a choir."""


def read(*texts: str) -> Reading:
    """The reading of all `texts` together, titles before scenes before feelings; in each, the longest word first."""
    plain = f" {_plain(' '.join(texts))} "
    found = [entry for kind in _KINDS for entry in _found(kind, plain)]
    sounds = _found("sounds", plain)
    values: dict[str, Any] = {}
    for _, row in found:
        for field in (*_FIELDS, "instruments"):
            if row.get(field) is not None:
                values.setdefault(field, row[field])
    values["instruments"] = tuple(values.get("instruments", ()))
    values["sounds"] = tuple(dict.fromkeys(player for _, row in sounds for player in row["instruments"]))
    words = tuple(dict.fromkeys(word for word, _ in [*found, *sounds]))
    if "bpm" in values:
        values["bpm"] = float(values["bpm"])
    return Reading(words=words, **values)


def _found(kind: str, plain: str) -> list[tuple[str, dict[str, Any]]]:
    hits = []
    for row in _table()[kind]:
        spoken = [word for word in row["words"] if f" {_plain(word)} " in plain]
        if spoken:
            hits.append((max(spoken, key=len), row))
    return sorted(hits, key=lambda hit: -len(hit[0]))


def _plain(word: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", str(word).casefold()))


@lru_cache(maxsize=1)
def _table() -> dict[str, list[dict[str, Any]]]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = Path(__file__).with_name("impressions.yaml").read_text("utf-8")
    table: dict[str, list[dict[str, Any]]] = yaml.load(content, Loader=loader)  # noqa: S506 - both are safe loaders
    return table

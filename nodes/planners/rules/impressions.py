"""What a title, scene or feeling suggests: attributes that are inferred, never asked for."""

from __future__ import annotations

from typing import Any

from ensemble.band.instruments import resolve
from ensemble.tools import impression as associations
from nodes.planners.rules.attributes import read

_FIELDS = ("genre", "mood", "bpm", "key", "time_signature")


def associate(impression: str) -> dict[str, Any]:
    """Attributes that the words suggest: what they say outright first, then what they are associated with."""
    said, suggested = read(impression), associations.read(impression)
    found: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(said, name) or getattr(suggested, name)
        if value is not None:
            found[name] = value
    players: list[str] = []
    for word in (*(mention.words for mention in said.instruments), *suggested.sounds, *suggested.instruments):
        if not _held(word, players):
            players.append(word)
    return found | ({"instruments": players} if players else {})


def _held(word: str, words: list[str]) -> bool:
    """Whether an instrument is among others already, by whatever name."""
    chosen = resolve(word)
    return chosen is not None and any(
        (held := resolve(other)) is not None and held.stem == chosen.stem for other in words
    )

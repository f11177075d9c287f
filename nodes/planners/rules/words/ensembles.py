"""Ensembles: 'a piano trio' is three players, 'a string quartet' four. See lexicon/ensembles.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from ensemble.band.instruments import matches, resolve
from nodes.planners.rules.words.attributes import Mention, Reading
from nodes.planners.rules.words.lexicon import genre_parent
from nodes.planners.rules.words.tokens import Span

_FILE = Path(__file__).parent.parent / "lexicon" / "ensembles.yaml"


@dataclass(frozen=True)
class Ensemble:
    """An ensemble where it was named."""

    players: tuple[str, ...]
    span: Span


@cache
def _known() -> dict[str, dict[str, str]]:
    rows: list[dict[str, str]] = yaml.safe_load(_FILE.read_text("utf-8"))
    return {words: row for row in rows for words in row["words"].split(", ")}


@cache
def _pattern() -> re.Pattern[str]:
    longest = sorted(_known(), key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(longest)})\b", re.IGNORECASE)


def named_in(reading: Reading) -> Ensemble | None:
    """The ensemble that the text names, or None."""
    found = _pattern().search(reading.text)
    if found is None:
        return None
    row = _known()[found[0].lower()]
    style = genre_parent(reading.genre) if reading.genre else None
    return Ensemble(tuple(row.get(style or "", row["players"]).split(", ")), found.span())


def seats(reading: Reading) -> list[str]:
    """Who plays where an ensemble is named: its members, those who were named besides in their chairs or beside them, and
    nobody who was refused. Empty without one, and where all its members are named one by one ('a trio of ...')."""
    ensemble = named_in(reading)
    if ensemble is None:
        return []
    start, end = ensemble.span
    beside = [mention for mention in reading.instruments if mention.span[1] <= start or mention.span[0] >= end]
    if len(beside) >= len(ensemble.players):
        return [mention.words for mention in beside]
    seated = list(ensemble.players)
    for mention in beside:
        chair = next((at for at, word in enumerate(seated) if _same_chair(word, mention)), None)
        if (
            chair is None
            and reading.text[start:end].lower().startswith("jazz ")
            and len(seated) <= len(ensemble.players)
        ):
            chair = next(
                (
                    at
                    for at, word in enumerate(seated)
                    if word not in _RHYTHM and not reading.text[start:end].lower().count(word)
                ),
                None,
            )
        if chair is None:
            seated.append(mention.words)
        else:
            seated[chair] = mention.words
    refused = [word.words for word in reading.without]
    return [word for word in seated if not _is_one_of(word, refused)]


_RHYTHM = frozenset({"upright bass", "bass", "drums"})
"""Who stays when a jazz trio 'with vibraphone' seats somebody else in front."""


def _same_chair(word: str, mention: Mention) -> bool:
    choice = resolve(word)
    if choice is None:
        return False
    one, other = choice.instrument, mention.choice.instrument
    if one.role in {"bass", "drums"} or other.role in {"bass", "drums"}:
        return one.role == other.role
    return choice.stem == mention.choice.stem or matches(mention.words, choice.stem, one.name)


def _is_one_of(word: str, refused: list[str]) -> bool:
    choice = resolve(word)
    return choice is not None and any(matches(gone, choice.stem, choice.instrument.name) for gone in refused)

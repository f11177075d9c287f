"""What words mean: the data of lexicon/*.yaml and of the band's instruments, as one table of phrases.

A phrase may mean several things ("solo" is a role and a manner), so the table holds meanings by kind:

    genre, hint      canonical genre; a hint is an adjective ("jazzy")
    mood             canonical mood
    effect           Sound: a chain of typed effects; `named` for nouns ("reverb"), not for adjectives ("muffled")
    tempo            "very slow" .. "very fast";  metre "3/4";  feel "swing", "half_time", "double_time", "straight"
    dynamics, density, register, solo, pan           how a part is played
    role, neutral    nouns that follow an instrument ("melody", "part")
    instrument       a word that ensemble.band.instruments.resolve understands; absent: one that the band lacks, by the nearest that it has
    singing, instrumental, negator, unless, adding, whole, making, degree, nothing    see mentions.yaml

Public: meanings() -> the table, spell(word), genre_tempo, genre_metre, mood_implies, tempo_bpm, genres(), moods().
Tables are built on first use.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter

from ensemble.band import moods as band_moods
from ensemble.band.instruments import vocabulary
from nodes.planners.rules.words.tokens import PhraseTable, Speller, tokenise
from state.effects import Effect

Meanings = Mapping[str, Any]
_FOLDER = Path(__file__).parent.with_name("lexicon")
_SIMPLE = re.compile(r"(?!n )[a-z0-9]+(?: (?!n )[a-z0-9]+)*")
_EFFECT: TypeAdapter[Any] = TypeAdapter(Effect)


@dataclass(frozen=True)
class Sound:
    """What a word for a sound means. `named`: an effect by name, not a description of its sound."""

    effects: tuple[Effect, ...]
    named: bool


@lru_cache(maxsize=8)
def _data(name: str) -> dict[str, Any]:
    """One file of the lexicon; every scalar is a string ("no" and "on" are words here)."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    loaded: dict[str, Any] = yaml.load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"), Loader=loader)  # noqa: S506
    return loaded


def _listed(words: str | None) -> list[str]:
    """A list of words from its one line."""
    return words.split(", ") if words else []


def phrase(words: str) -> str:
    """`words` as a key of the table: normal forms joined by single spaces."""
    if _SIMPLE.fullmatch(words):
        return words
    return " ".join(token.norm for token in tokenise(words))


def _entries() -> Iterator[tuple[str, str, Any]]:
    for genre, row in _data("genres").items():
        if genre == "adjectives":
            yield from ((word, "hint", name) for name, words in row.items() for word in _listed(words))
        else:
            yield from ((word, "genre", genre) for word in (genre, *_listed(row.get("words"))))
            yield from ((word, "genre", kind) for kind, words in _kinds(row) for word in words)
    for mood, row in band_moods.vocabulary().items():
        yield from ((word, "mood", mood) for word in (mood, *_listed(row.get("words")), *_listed(row.get("names"))))
    sounds = _data("sounds")
    for part, named in (("nouns", True), ("adjectives", False)):
        for row in sounds[part]:
            chain = Sound(tuple(_EFFECT.validate_python(_numbers(effect)) for effect in row["chain"]), named)
            yield from ((word, "effect", chain) for word in _listed(row["words"]))
    yield from (
        (word, "degree", float(factor)) for factor, words in sounds["degrees"].items() for word in _listed(words)
    )
    frames = _data("frames")
    for tempo, row in frames["tempos"].items():
        yield from ((word, "tempo", tempo) for word in (tempo, *_listed(row["words"])))
    yield from ((word, "term", float(bpm)) for bpm, words in frames["terms"].items() for word in _listed(words))
    for kind, section in (("metre", "metres"), ("feel", "feels"), ("dynamics", "dynamics"), ("density", "density")):
        yield from (
            (word, kind, value) for value, words in frames[section].items() for word in (value, *_listed(words))
        )
    for kind, section in (("register", "register"), ("role", "roles"), ("pan", "pans")):
        yield from ((word, kind, value) for value, words in frames[section].items() for word in _listed(words))
    yield from ((word, kind, value) for kind in ("register",) for value in frames[kind] for word in (value,))
    yield from ((word, kind, True) for kind in ("solo", "neutral") for word in _listed(frames[kind]))
    mentions = _data("mentions")
    for kind in ("nothing", "singing", "instrumental", "negator", "unless", "adding", "whole", "making"):
        yield from ((word, kind, word) for word in _listed(mentions["negators" if kind == "negator" else kind]))
    yield from ((word, "absent", nearest) for nearest, words in mentions["absent"].items() for word in _listed(words))
    yield from ((word, "without", target) for word, target in mentions["less"].items())
    yield from ((word, "weak", True) for word in _listed(mentions["weak"]))


def _kinds(row: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    """The kinds of a genre, each with its spellings ("chillhop = chill hop")."""
    for entry in _listed(row.get("kinds")):
        words = entry.split(" = ")
        yield words[0], words


def _numbers(effect: dict[str, str]) -> dict[str, Any]:
    return {name: value if name == "kind" else float(value) for name, value in effect.items()}


@lru_cache(maxsize=1)
def meanings() -> PhraseTable[Meanings]:
    """Every phrase and what it means, by kind."""
    table: dict[str, dict[str, Any]] = {}
    for words in vocabulary():
        table[words] = {"instrument": words}
    for words, kind, value in _entries():
        table.setdefault(phrase(words), {}).setdefault(kind, value)
    for words, row in table.items():
        if "instrument" in row and "genre" not in row and " " in words and (genre := _genre_within(words, table)):
            row["hint"] = genre
    return PhraseTable(table.items())


def _genre_within(words: str, table: Mapping[str, Meanings]) -> str | None:
    """The genre that an instrument's words begin with ("trap drums", "bossa nova guitar"), or None."""
    parts = words.split(" ")
    for length in range(len(parts) - 1, 0, -1):
        row = table.get(" ".join(parts[:length]), {})
        if "genre" in row or "hint" in row:
            found: str = row["genre"] if "genre" in row else row["hint"]
            return found
    return None


@lru_cache(maxsize=1)
def _speller() -> Speller:
    known = {word for entry in meanings() for word in entry.split(" ")}
    return Speller(_listed(_data("spelling")["repair"]), known.union(_listed(_data("spelling")["correct"])))


@lru_cache(maxsize=4096)
def spell(word: str) -> str:
    """`word` in normal form with one slip repaired, where it is long and nobody knows it."""
    same: str | None = _data("spelling")["same"].get(word)
    return same or _speller().repair(word)


def genres() -> tuple[str, ...]:
    """Canonical genres, without their kinds."""
    return tuple(name for name in _data("genres") if name != "adjectives")


@lru_cache(maxsize=1)
def _parents() -> dict[str, str]:
    rows = ((name, row) for name, row in _data("genres").items() if name != "adjectives")
    return {kind: name for name, row in rows for kind in (name, *(kind for kind, _ in _kinds(row)))}


def genre_parent(genre: str) -> str | None:
    """The canonical genre that `genre` is a kind of ("minimal techno" -> "techno"), or None for an unknown one."""
    return _parents().get(genre)


def moods() -> tuple[str, ...]:
    """Canonical moods."""
    return tuple(band_moods.vocabulary())


def genre_tempo(genre: str) -> tuple[float, float, float] | None:
    """A slow, the usual and a fast tempo of a genre or of its parent, bpm; None for an unknown one."""
    row = _data("genres").get(genre_parent(genre) or "")
    if row is None:
        return None
    slow, usual, fast = (float(bpm) for bpm in _listed(row["bpm"]))
    return slow, usual, fast


def genre_metre(genre: str) -> str | None:
    """The time signature that a genre implies, where it is not 4/4."""
    metre: str | None = _data("genres").get(genre_parent(genre) or "", {}).get("metre")
    return metre


@lru_cache(maxsize=1)
def _mood_names() -> frozenset[str]:
    rows = band_moods.vocabulary().values()
    return frozenset(phrase(word) for row in rows for word in _listed(row.get("names")))


def mood_word(said: str, mood: str) -> str:
    """How the table spells a mood: as it was said ("mellow"), but a noun or a comparative ("sadness", "darker") as the mood."""
    return mood if said in _mood_names() else said


def mood_within(genre: str) -> str | None:
    """The mood that a genre's own name speaks of besides its kind ("dark ambient"), or None."""
    first, _, kind = genre.partition(" ")
    return first if first in _MOODS_OF_GENRES and "genre" in (meanings().get(kind) or {}) else None


_MOODS_OF_GENRES = frozenset(["dark", "emotional", "epic", "happy", "sad", "uplifting"])


def mood_implies(mood: str) -> Mapping[str, str]:
    """What a canonical mood implies: any of mode, tempo, dynamics, density."""
    return band_moods.implied(mood)


def tempo_bpm(tempo: str, genre: str | None = None) -> float:
    """The bpm that a tempo word ("slow") stands for, within the genre's range where one is known."""
    place = {"very slow": 0, "slow": 0, "relaxed": 0, "medium": 1, "fast": 2, "very fast": 2}[tempo]
    usual = genre_tempo(genre) if genre else None
    return usual[place] if usual else float(_data("frames")["tempos"][tempo]["bpm"])


@lru_cache(maxsize=1)
def _adjectives() -> frozenset[str]:
    return frozenset(_listed(_data("mentions")["adjectives"]))


@lru_cache(maxsize=1)
def _plain() -> frozenset[str]:
    return frozenset(_listed(_data("mentions")["plain"]))


@lru_cache(maxsize=1)
def _pairs() -> frozenset[str]:
    return frozenset(_listed(_data("mentions")["pairs"]))


def two_players(words: str) -> str | None:
    """The first of two instruments that `words` may name in a list without commas, or None."""
    return words.rpartition(" ")[0] if words in _pairs() else None


def is_plain(word: str) -> bool:
    """Whether `word` carries no attribute, such as an article or "please"."""
    return word in _plain()


def is_adjective(word: str) -> bool:
    """Whether `word` may stand between an article and an instrument without changing which one is meant."""
    return word in _adjectives()

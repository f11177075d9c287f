"""What the built-in band can play, and the words by which musicians call for it.

The list is General MIDI: 128 programs, the common drum kits and the hand percussion of the drum map. All data stand
in instruments.yaml, in five kinds: what there is (programs, kits, percussion), the stems' names with their words, the
groups that a word refers to ("horns"), the styles by which a genre picks ("keys" in lofi), and the stand-ins.

    resolve("rhodes")             -> Choice("electric piano", electric piano 1)
    resolve("keys", "lofi")       -> Choice("keys", electric piano 1);  resolve("keys", "rock") -> rock organ
    resolve("hi-hats")            -> Choice("drums", standard kit)
    resolve("ukulele")            -> Choice("ukulele", acoustic guitar (nylon), stand_in=True)
    resolve("didgeridoo")         -> None
    matches("the guitars", "electric guitar 2", "overdriven guitar") -> True

Words are compared in lower case with hyphens, articles and plurals set aside. A General MIDI name, a stem name ("bass 2")
and every synonym are words. Keys are MIDI keys, 60 = middle C.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ensemble.protocols import Role

DRUM_KEYS = (35, 81)
"""Lowest and highest key of the General MIDI drum map."""


@dataclass(frozen=True)
class Instrument:
    """One instrument of the band. `program` is 0..127, or the kit's program when `is_drum`."""

    name: str
    """General MIDI name in lower case; kits and percussion by their own names ("808 kit", "congas")."""
    program: int
    is_drum: bool
    family: str
    role: Role
    """What it does in a loop unless asked otherwise."""
    low: int
    high: int
    """Comfortable range, MIDI keys, both included."""
    pitches: tuple[int, ...] = ()
    """For percussion: its keys of the drum map, lowest sounding first."""


@dataclass(frozen=True)
class Choice:
    """A stem's short canonical name and what plays it."""

    stem: str
    instrument: Instrument
    stand_in: bool = False
    """True where the band lacks what was asked for and the nearest instrument takes its place."""


def _load() -> dict[str, Any]:
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)  # every scalar a string; libyaml where it is built in
    text = Path(__file__).with_name("instruments.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.load(text, Loader=loader)  # noqa: S506 - it makes strings only
    return loaded


_DATA = _load()


def _listed(words: str | None) -> list[str]:
    """A list of words from its one line: the file is read four times faster than with lists of its own."""
    return words.split(", ") if words else []


def _instruments() -> dict[str, Instrument]:
    found = {
        name: Instrument(name, number, False, family, role, int(low), int(high))
        for number, (name, family, role, low, high) in enumerate(_DATA["programs"])
    }
    for name, program in _DATA["kits"].items():
        found[name] = Instrument(name, int(program), True, "drums", "drums", *DRUM_KEYS)
    for name, keys in _DATA["percussion"].items():
        pitches = tuple(int(key) for key in keys)
        found[name] = Instrument(name, 0, True, "percussion", "percussion", min(pitches), max(pitches), pitches=pitches)
    return found


INSTRUMENTS: dict[str, Instrument] = _instruments()
"""Everything that the band has, by name, in the order of General MIDI: programs, kits, percussion."""

_ARTICLES = frozenset(["a", "an", "the", "some", "my", "your", "our", "this", "that", "these", "those"])
_TOKEN = re.compile(r"[^\W_]+")
_NUMBERED = re.compile(r"^(.*\D) (\d{1,2})$")


@lru_cache(maxsize=4096)
def normalised(words: str) -> str:
    """`words` as they stand in the index: lower case, no accents or hyphens, no leading article."""
    plain = unicodedata.normalize("NFKD", words.lower()).encode("ascii", "ignore").decode()
    tokens = _TOKEN.findall(plain.replace("'s", "").replace("'", "").replace("+", " and ").replace("&", " and "))
    while len(tokens) > 1 and tokens[0] in _ARTICLES:
        tokens.pop(0)
    return " ".join(tokens)


@dataclass(frozen=True)
class _Entry:
    stem: str
    instrument: str
    styles: Mapping[str, str]
    stand_in: bool = False


def _plural(word: str) -> str:
    return f"{word}es" if word.endswith(("x", "ch", "sh")) else f"{word}s"


@lru_cache(maxsize=1)
def _index() -> dict[str, _Entry]:
    """Every word of the band in normal form, singular and plural. What is listed outright wins over what is derived."""
    listed: dict[str, _Entry] = {}
    for stem, row in _DATA["stems"].items():
        usual = _Entry(stem, row["plays"], row.get("styles", {}))
        for word in (stem, *_listed(row.get("words"))):
            listed.setdefault(normalised(str(word)), usual)
        for instrument, words in row.get("variants", {}).items():
            exact = _Entry(stem, instrument, {})
            for word in (instrument, *_listed(words)):
                listed.setdefault(normalised(str(word)), exact)
    for instrument, row in _DATA["stand_ins"].items():
        for stem, *others in (names.split(" = ") for names in _listed(row)):
            entry = _Entry(stem, instrument, {}, stand_in=True)
            for word in (stem, *others):
                listed.setdefault(normalised(word), entry)
    for name, stem in _homes().items():
        # A General MIDI name means that instrument, whatever a word or a style would choose
        listed[normalised(name)] = _Entry(stem, name, {})
    derived = {
        _plural(word): entry for word, entry in listed.items() if not word.endswith("s") and _plural(word) not in listed
    }
    return {**derived, **listed}


def _homes() -> dict[str, str]:
    """Instrument name -> the stem name that it usually bears."""
    homes: dict[str, str] = {name: name for name in INSTRUMENTS if name in _DATA["stems"]}
    for stem, row in _DATA["stems"].items():
        for name in (row["plays"], *row.get("variants", {})):
            homes.setdefault(name, stem)
    return homes


def vocabulary() -> Iterable[str]:
    """Every word and phrase that `resolve` understands, in normal form, plurals included."""
    return _index().keys()


@lru_cache(maxsize=256)
def styles_of(genre: str | None) -> tuple[str, ...]:
    """The styles that a genre's name calls up, the most specific first: "deep house" -> ("house",)."""
    if not genre:
        return ()
    padded = f" {normalised(genre)} "
    found = [
        (len(word), -order, style)
        for order, (style, words) in enumerate(_DATA["styles"].items())
        for word in _listed(words)
        if f" {word} " in padded
    ]
    return tuple(dict.fromkeys(style for _, _, style in sorted(found, reverse=True)))


@lru_cache(maxsize=1024)
def resolve(words: str, genre: str | None = None) -> Choice | None:
    """The stem name and instrument that `words` call for, or None when they name nothing that the band has.

    `genre` settles words that leave the choice open ("keys", "guitar", "bass", "drums"). A number after the words
    ("guitar 2") is set aside.
    """
    phrase = normalised(words)
    entry = _index().get(phrase)
    if entry is None:
        numbered = _NUMBERED.match(phrase)
        entry = _index().get(numbered[1]) if numbered else None
    if entry is None:
        return None
    name = next((entry.styles[style] for style in styles_of(genre) if style in entry.styles), entry.instrument)
    return Choice(entry.stem, INSTRUMENTS[name], entry.stand_in)


@lru_cache(maxsize=1)
def _groups() -> dict[str, frozenset[str]]:
    """Group word in normal form -> names of the instruments that it refers to."""
    groups: dict[str, frozenset[str]] = {}
    for word, members in _DATA["groups"].items():
        names: set[str] = set()
        for member in _listed(members):
            family = member.removeprefix("f:")
            names.update(
                (i.name for i in INSTRUMENTS.values() if i.family == family) if family != member else (member,)
            )
        groups[normalised(word)] = frozenset(names)
    return groups


def group(words: str) -> frozenset[str]:
    """Names of the instruments that `words` may refer to in a table: members of a family or what they choose.

    "the strings" -> violin, cello, string ensemble 1 ...; "clarinet" -> clarinet; unknown words -> empty.
    """
    phrase = normalised(words)
    groups = _groups()
    for key in (phrase, phrase.removesuffix("s"), f"{phrase}s"):
        if key in groups:
            return groups[key]
    entry = _index().get(phrase)
    if entry is None:
        return frozenset()
    own = frozenset((entry.instrument, *entry.styles.values()))
    return own | groups.get(normalised(entry.stem), frozenset()) if entry.styles else own


def matches(words: str, stem_name: str, instrument_name: str) -> bool:
    """Whether `words` ("the piano", "guitars", "horns", "guitar 2") can refer to that stem of the table.

    A number pins one stem; a family's word refers to every member; a synonym refers to the instrument it chooses
    and to the stem of that name.
    """
    phrase, name = normalised(words), normalised(stem_name)
    if not phrase:
        return False
    if phrase == name:
        return True
    numbered, own = _NUMBERED.match(phrase), _NUMBERED.match(name)
    if numbered and normalised(numbered[1]) in _index() and phrase not in _index():
        return False
    base = own[1] if own else name
    if base in (phrase, phrase.removesuffix("s"), f"{phrase}s"):
        return True
    entry = _index().get(phrase)
    if entry is not None and not entry.styles and phrase in (normalised(entry.stem), entry.instrument):
        return instrument_name == entry.instrument or instrument_name in group(words)
    if instrument_name in group(words):
        return True
    return entry is not None and normalised(entry.stem) == base and phrase not in _groups()


def unique_stem(name: str, taken: Iterable[str]) -> str:
    """`name`, or the first of "name 2", "name 3" ... that is not taken."""
    used = set(taken)
    candidate, number = name, 1
    while candidate in used:
        number += 1
        candidate = f"{name} {number}"
    return candidate

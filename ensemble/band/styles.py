"""What the band knows of styles, and the nearest style for any word. The data stand in styles.yaml."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from ensemble.band.theory import SCALES

_MODAL: dict[str, tuple[tuple[str, ...], ...]] = {
    "dorian": (("i7", "IV7", "i7", "IV7"), ("i7", "bIII", "IV", "i7"), ("i7", "ii7", "i7", "bVII")),
    "phrygian": (("i", "bII", "i", "bvii"), ("i", "bII", "bIII", "bII"), ("i", "bVI", "bII", "i")),
    "lydian": (("Imaj7", "II", "Imaj7", "II"), ("I", "II", "vii", "I"), ("Imaj7", "iii7", "II", "Imaj7")),
    "mixolydian": (("I", "bVII", "IV", "I"), ("I7", "bVII", "I7", "IV"), ("I", "v7", "IV", "I")),
    "locrian": (("idim", "bII", "bV", "idim"), ("im7b5", "bVI", "bV", "bvii7")),
}
"""Progressions that keep a mode's colour, for styles that have none of their own in it."""


@dataclass(frozen=True)
class Style:
    """One style; the grids' signs are explained at the top of styles.yaml."""

    name: str
    words: tuple[str, ...]
    tempo: tuple[float, float, float]
    """Lowest, highest and usual bpm."""
    metre: str
    tonics: tuple[str, ...]
    mode: str
    mood: str
    swing: tuple[float, float]
    """Unit in quarters, and the share of its first half."""
    late: float
    """Quarters by which the snare lies behind the beat."""
    level: float
    """Factor on velocities."""
    crash: bool
    rolls: bool
    riff: bool
    instruments: tuple[str, ...]
    progressions: dict[str, tuple[tuple[str, ...], ...]]
    twelve: dict[str, tuple[str, ...]]
    drums: tuple[dict[str, str], ...]
    fills: tuple[str, ...]
    percussion: tuple[str, ...]
    bass: dict[str, Any]
    keys: tuple[str, ...]
    strum: tuple[str, ...]
    voicing: str
    arp: dict[str, Any]
    lead: dict[str, Any]

    def progressions_in(self, mode: str) -> tuple[tuple[str, ...], ...]:
        """Progressions as numerals for `mode`, or for the nearer of major and minor."""
        if mode in self.progressions:
            return self.progressions[mode]
        if mode in _MODAL:
            return _MODAL[mode]
        return self.progressions["minor" if 3 in SCALES[mode] else "major"]


@lru_cache(1)
def styles() -> dict[str, Style]:
    """Every style by name, in the order of the file."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is built in
    text = Path(__file__).with_name("styles.yaml").read_text(encoding="utf-8")
    data: dict[str, dict[str, Any]] = yaml.load(text, Loader=loader)  # noqa: S506 - both are safe loaders
    return {name: _style(name, entry) for name, entry in data.items()}


def _style(name: str, entry: dict[str, Any]) -> Style:
    low, high, usual = entry["tempo"]
    unit, share = entry["swing"]
    return Style(
        name=name,
        words=tuple(str(word) for word in entry["words"]),
        tempo=(float(low), float(high), float(usual)),
        metre=entry.get("metre", "4/4"),
        tonics=tuple(entry["tonics"].split()),
        mode=entry["mode"],
        mood=entry["mood"],
        swing=(float(unit), float(share)),
        late=float(entry.get("late", 0.0)),
        level=float(entry.get("level", 1.0)),
        crash=bool(entry["crash"]),
        rolls=bool(entry.get("rolls", False)),
        riff=bool(entry.get("riff", False)),
        instruments=tuple(entry["instruments"]),
        progressions={mode: tuple(tuple(p.split()) for p in ps) for mode, ps in entry["progressions"].items()},
        twelve={mode: tuple(numerals.split()) for mode, numerals in entry.get("twelve", {}).items()},
        drums=tuple(entry["drums"]),
        fills=tuple(entry["fills"]),
        percussion=tuple(entry["percussion"]),
        bass=entry["bass"],
        keys=tuple(entry["keys"]),
        strum=tuple(entry["strum"]),
        voicing=entry["voicing"],
        arp=entry["arp"],
        lead=entry["lead"],
    )


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9&]+", text.lower().replace("'", " ")))


@lru_cache(1)
def _words() -> tuple[tuple[str, str], ...]:
    """(plain word, style), longest first, so that 'jazz waltz' wins over 'jazz'."""
    pairs = [(_plain(word), style.name) for style in styles().values() for word in (style.name, *style.words)]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@lru_cache(512)
def find_style(text: str | None) -> Style | None:
    """The style that `text` names, or None. 'dark melodic techno' names techno: the longest known word, then the last."""
    if not text:
        return None
    padded = f" {_plain(text)} "
    best: tuple[int, int, str] | None = None
    for word, name in _words():
        place = padded.rfind(f" {word} ")
        if place >= 0 and (best is None or (len(word.split()), place) > best[:2]):
            best = (len(word.split()), place, name)
    return styles()[best[2]] if best else None


@lru_cache(512)
def nearest_style(genre: str | None) -> Style:
    """The style for any word: named, similarly spelled, or pop when nothing is near."""
    named = find_style(genre)
    if named is not None or not genre:
        return named or styles()["pop"]
    from difflib import get_close_matches

    near = get_close_matches(_plain(genre), [word for word, _ in _words()], n=1, cutoff=0.72)
    return styles()[dict(_words())[near[0]]] if near else styles()["pop"]

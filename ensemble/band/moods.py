"""What the band makes of a mood in anyone's words. The synonyms, and what each mood implies, stand in moods.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import yaml


@dataclass(frozen=True)
class Mood:
    """What a mood does: a mode it asks for (or None), factors on tempo, velocity and density."""

    mode: str | None = None
    tempo: float = 1.0
    level: float = 1.0
    density: float = 0.0
    """-1 sparser .. 1 busier."""


_MOODS: tuple[tuple[Mood, str], ...] = (
    (Mood("major", 1.05, 1.03, 0.2), "happy joyful joyous cheerful bright sunny upbeat playful fun optimistic feel-good carefree lively festive merry positive party tropical christmassy"),
    (Mood("minor", 0.93, 0.88, -0.3), "sad melancholic melancholy sorrowful mournful gloomy lonely heartbroken blue somber sombre depressing tearful emotional wistful rainy bittersweet"),
    (Mood("minor", 0.97, 1.0, 0.0), "dark sinister eerie ominous scary spooky haunting mysterious brooding moody gothic creepy evil noir cold"),
    (Mood("minor", 1.05, 1.08, 0.3), "tense suspenseful anxious urgent dramatic intense restless chaotic"),
    (Mood("minor", 1.06, 1.15, 0.5), "aggressive angry heavy brutal furious fierce violent menacing raw"),
    (Mood(None, 1.06, 1.1, 0.4), "energetic driving powerful exciting epic heroic triumphant anthemic uplifting euphoric hype pumping wild fast frantic bold"),
    (Mood(None, 0.9, 0.82, -0.5), "calm peaceful relaxed relaxing soothing gentle soft tranquil serene meditative sleepy quiet mellow chill chilled laid-back lazy easy slow still"),
    (Mood(None, 0.94, 0.86, -0.2), "dreamy ethereal hazy floating atmospheric spacious airy hypnotic spacey cosmic"),
    (Mood("major", 0.93, 0.88, -0.2), "romantic tender loving warm sweet sentimental intimate hopeful innocent cosy cozy heartfelt"),
    (Mood("minor", 0.97, 0.93, 0.0), "nostalgic dusty vintage retro old reflective pensive longing"),
    (Mood(None, 1.0, 1.04, 0.3), "groovy funky sexy sassy cool smooth swaggering bouncy catchy danceable"),
)  # fmt: skip
_NEUTRAL = Mood()
_NOT_WORDS = frozenset({"words", "names"})


@lru_cache(1)
def vocabulary() -> Mapping[str, Mapping[str, str]]:
    """The moods in canonical spelling, each with its row of moods.yaml: `words`, `names` and what it implies."""
    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    text = Path(__file__).with_name("moods.yaml").read_text(encoding="utf-8")
    rows: dict[str, dict[str, str]] = yaml.load(text, Loader=loader)  # noqa: S506 - strings only
    return MappingProxyType(rows)


def implied(mood: str) -> Mapping[str, str]:
    """What a mood in canonical spelling implies: any of mode, tempo, dynamics, density."""
    return {name: value for name, value in vocabulary().get(mood, {}).items() if name not in _NOT_WORDS}


@lru_cache(1)
def _canonical() -> Mapping[str, str]:
    return {
        word: mood
        for mood, row in vocabulary().items()
        for kind in ("words", "names")
        for word in row.get(kind, "").split(", ")
        if word
    }


def canonical(word: str) -> str:
    """The mood that `word` is another word for, in canonical spelling ("mellow" -> "relaxed"); else `word` itself."""
    plain = " ".join(re.findall(r"[a-z]+", word.lower()))
    return _canonical().get(plain, plain)


@lru_cache(256)
def mood_of(words: str | None) -> Mood:
    """What a mood means for the music, in whatever words it was asked for; unknown words mean nothing."""
    said = mood_in(words)
    return said if said is not _NEUTRAL or not words else mood_in(canonical(words))


@lru_cache(256)
def mood_in(text: str | None) -> Mood:
    """What the first plain word for a mood in running text means. Words that may mean something else ("grand piano",
    "hip hop") are left alone here."""
    for token in re.findall(r"[a-z]+(?:-[a-z]+)*", (text or "").lower()):
        for mood, words in _MOODS:
            if token in words.split():
                return mood
    return _NEUTRAL

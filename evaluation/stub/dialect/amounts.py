"""Numbers, intervals and keys in words."""

from __future__ import annotations

import re

_WORDS = {
    word: number
    for number, words in enumerate(
        ("zero no", "a an one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    )
    for word in words.split()
}  # fmt: skip
_INTERVALS = (
    ("semitone|half step|half tone|minor second", 1),
    ("whole tone|tone|whole step|step|major second|second", 2),
    ("minor third", 3),
    ("major third|third", 4),
    ("fourth", 5),
    ("tritone", 6),
    ("fifth", 7),
    ("sixth", 9),
    ("seventh", 11),
    ("octave", 12),
)

NUMBER = r"(?:-?\d+(?:\.\d+)?|" + "|".join(_WORDS) + ")"
KEY = r"[a-g](?:[#b]|-?\s?sharp|-?\s?flat)?(?:\s?(?:major|minor|maj|min|dorian|mixolydian))?"


def number(word: str) -> float:
    """'two' -> 2.0; '84' -> 84.0."""
    return float(_WORDS[word]) if word in _WORDS else float(word)


def semitones(phrase: str) -> int | None:
    """'two semitones' -> 2, 'a fourth' -> 5, 'an octave' -> 12, '3' -> 3; None for what is no interval."""
    if re.fullmatch(r"\d+", phrase.strip()):
        return int(phrase)
    for pattern, size in _INTERVALS:
        match = re.fullmatch(rf"(?:({NUMBER})\s+)?(?:perfect )?(?:{pattern})s?", phrase.strip())
        if match is not None:
            return round(number(match[1] or "one") * size)
    return None


def key(phrase: str) -> str:
    """'bb minor' -> 'Bb minor'."""
    match = re.match(r"([a-g])\s?-?(#|b\b|sharp|flat)?\s*(.*)", phrase.strip())
    assert match is not None
    sign = {"sharp": "#", "flat": "b"}.get(match[2] or "", match[2] or "")
    mode = {"maj": "major", "min": "minor"}.get(match[3], match[3])
    return f"{match[1].upper()}{sign} {mode}".strip()

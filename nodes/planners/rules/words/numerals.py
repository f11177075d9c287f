"""Numbers in words and figures."""

from __future__ import annotations

from collections.abc import Sequence

ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_UNITS = {word: float(value) for value, word in enumerate(ONES)}
_DECADES = {word: 20.0 + 10 * place for place, word in enumerate(_TENS)} | {"fourty": 40.0}
_VAGUE = {"couple": 2.0, "dozen": 12.0, "single": 1.0, "double": 2.0, "both": 2.0, "pair": 2.0}


def number(words: Sequence[str], at: int) -> tuple[float, int] | None:
    """The number that begins at word `at` and how many words it takes; None when there is none.

    "86", "92.5", "eighty six", "a hundred and twenty", "one twenty" (120), "a couple" is 2, "half a dozen" is 6.
    """
    if at >= len(words):
        return None
    word = words[at]
    if word[:1].isdigit():
        plain = (
            word.replace(",", ".") if word.count(",") == 1 and len(word.split(",")[1]) < 3 else word.replace(",", "")
        )
        try:
            return float(plain), 1
        except ValueError:
            return None
    if word in ("a", "an") and at + 1 < len(words):
        if words[at + 1] == "hundred":
            return number(["one", *words[at + 1 :]], 0)
        return (_VAGUE[words[at + 1]], 2) if words[at + 1] in ("couple", "dozen", "single", "pair") else None
    if word == "hundred" and (counted := number(["one", *words[at:]], 0)) is not None:
        return counted[0], counted[1] - 1
    if list(words[at : at + 3]) == ["half", "a", "dozen"]:
        return 6.0, 3
    if word in _VAGUE:
        return _VAGUE[word], 1
    below = _below_hundred(words, at)
    if below is None:
        return None
    value, used = below
    after = words[at + used] if at + used < len(words) else ""
    if after == "hundred" and value < 100:
        used += 1
        rest_at = at + used + (1 if at + used < len(words) and words[at + used] == "and" else 0)
        rest = _below_hundred(words, rest_at) if rest_at < len(words) else None
        return (value * 100 + rest[0], rest_at - at + rest[1]) if rest else (value * 100, used)
    if 1 <= value <= 2 and used == 1:  # "one twenty", "one oh five"
        rest = _below_hundred(words, at + 1) if after not in ("", "oh", "o") else None
        if rest and rest[0] >= 10:
            return value * 100 + rest[0], 1 + rest[1]
    if after == "point" and at + used + 1 < len(words) and words[at + used + 1] in _UNITS:
        return value + _UNITS[words[at + used + 1]] / 10, used + 2
    return value, used


def _below_hundred(words: Sequence[str], at: int) -> tuple[float, int] | None:
    word = words[at]
    if word in _UNITS:
        return _UNITS[word], 1
    if word in _DECADES:
        unit = _UNITS.get(words[at + 1]) if at + 1 < len(words) else None
        return (_DECADES[word] + unit, 2) if unit is not None and 1 <= unit <= 9 else (_DECADES[word], 1)
    return None

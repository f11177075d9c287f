"""Text from outside (a model, a planner, a person) as it may be kept: it can be written as UTF-8 and JSON, and has an end."""

from __future__ import annotations

import math
import re
from typing import Any

LONGEST_FRAGMENT = 200
"""Characters of somebody's own words that an error or a note quotes."""
LONGEST_REASON = 1000
"""Characters of a whole reason."""
LONGEST_SAID = 2000
"""Characters of what a planner says in a reply."""
DEEPEST = 32
"""Levels of lists and mappings in a tool's arguments or a planner's options."""
_INTEGERS = 2**63
"""SQLite and the checkpoints hold integers below it."""

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
"""Control characters but tab and line ends, halves of a character, and marks that turn the direction of all that follows."""
_RUN = re.compile(rf"\S{{{LONGEST_FRAGMENT + 1},}}")


def clean(text: str) -> str:
    """`text` with U+FFFD in place of what cannot be written or would steer a terminal."""
    return _UNFIT.sub("\ufffd", text)


def cut(text: str, longest: int = LONGEST_FRAGMENT) -> str:
    """`text` with at most `longest` characters: its beginning and its end, where a reason says what would be right."""
    if len(text) <= longest:
        return text
    end = longest // 4
    return f"{text[: longest - end - 5]} ... {text[len(text) - end :]}"


def brief(reason: str) -> str:
    """A reason in which nothing quoted is long: words of more than LONGEST_FRAGMENT characters are cut, then the whole."""
    return cut(_RUN.sub(lambda run: cut(run[0]), clean(reason)), LONGEST_REASON)


def ended(sentence: str) -> str:
    """`sentence` with a full stop where it ends in a word, so that it does not run into what follows it in a reply."""
    return f"{sentence}." if sentence[-1:].isalnum() or sentence.endswith((")", "]")) else sentence


def quoted(value: Any, longest: int = LONGEST_FRAGMENT) -> str:
    """How Python writes `value`, cut."""
    try:
        return cut(clean(repr(value)), longest)
    except (RecursionError, ValueError):  # nested very deeply, or a number of thousands of digits
        return f"a very large {type(value).__name__}"


def cleaned(value: Any) -> Any:
    """A JSON value with every text in it clean."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {cleaned(name): cleaned(inner) for name, inner in value.items()}
    return [cleaned(inner) for inner in value] if isinstance(value, list | tuple) else value


def unkept(value: Any, deepest: int = DEEPEST) -> str | None:
    """What in `value` JSON and the databases cannot carry, as the end of a sentence ('holds nan, ...'); None for nothing."""
    if isinstance(value, str):
        return "holds half a character (a lone surrogate)" if re.search("[\ud800-\udfff]", value) else None
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, int):
        return None if abs(value) < _INTEGERS else "holds a whole number beyond 64 bits"
    if isinstance(value, float):
        return None if math.isfinite(value) else f"holds {value}, which is no number that can be kept"
    if not isinstance(value, dict | list | tuple):
        name = type(value).__name__
        return f"holds {'an' if name[0] in 'aeioAEIO' else 'a'} {name}; take text, numbers, true, false, null, lists and mappings"
    if not deepest:
        return "is nested too deeply"
    if isinstance(value, dict):
        if any(not isinstance(name, str) for name in value):
            return "holds a mapping whose names are not all text"
        inner = [*value, *value.values()]
    else:
        inner = list(value)
    return next((found for item in inner if (found := unkept(item, deepest - 1))), None)

"""Expectations as people write them: `bpm=104`, `key=D minor`, `has=drums`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from state.errors import InputError
from state.gat import TEMPO_RANGE
from state.verdict import Expectation

_FIELD = "expect"


def parse_expectations(texts: Sequence[str]) -> list[Expectation]:
    """One expectation for each 'name=value'. Raises InputError naming the first that is not usable."""
    return [parse_expectation(text) for text in texts]


def parse_expectation(text: str) -> Expectation:
    """'bpm=104', 'key=D minor', 'bars=4', 'duration_seconds=8', 'has=drums', 'lacks=bass', 'audible', 'clipping', 'seam',
    'loudness_lufs=-14', 'time_signature=3/4'. A shorter name ('loudness', 'duration', 'metre') stays the check's name.
    Raises InputError saying what would be right."""
    name, equals, value = text.partition("=")
    name, value = name.strip().lower().replace("-", "_"), value.strip()
    check = ALIASES.get(name, name)
    if check not in _READERS:
        raise InputError(f"{name!r} cannot be expected of a file; write one of {', '.join(SINGLE)}", field=_FIELD)
    reader = _READERS[check]
    if reader is None:
        if equals and value.lower() not in {"", "true", "yes", "ok"}:
            raise InputError(f"{name} takes no value; write just {name}", field=f"{_FIELD} {name}")
        return Expectation(name=name, value=True)
    if not value:
        raise InputError(f"{name} needs a value, such as {name}={_EXAMPLES[check]}", field=f"{_FIELD} {name}")
    return Expectation(name=name, value=reader(check, value))


def _wrong(name: str, value: str, right: str) -> InputError:
    return InputError(f"{value!r} is not {right}; write for example {name}={_EXAMPLES[name]}", field=f"{_FIELD} {name}")


def _number(name: str, value: str, right: str) -> float:
    try:
        number = float(value)
    except ValueError:
        raise _wrong(name, value, right) from None
    if not math.isfinite(number):
        raise _wrong(name, value, right)
    return number


def _bpm(name: str, value: str) -> float:
    right = f"a tempo of {TEMPO_RANGE[0]:g} to {TEMPO_RANGE[1]:g} quarter notes a minute"
    number = _number(name, value.lower().removesuffix("bpm").strip(), right)
    if not TEMPO_RANGE[0] <= number <= TEMPO_RANGE[1]:
        raise _wrong(name, value, right)
    return number


def _key(name: str, value: str) -> str:
    from ensemble.band.theory import parse_key

    try:
        return str(parse_key(value))
    except ValueError:
        raise _wrong(name, value, "a tonic and a mode") from None


def _bars(name: str, value: str) -> int:
    if not re.fullmatch(r"\d{1,4}", value) or int(value) < 1:
        raise _wrong(name, value, "a whole number of bars from 1")
    return int(value)


def _seconds(name: str, value: str) -> float:
    number = _number(name, value.lower().removesuffix("s").strip(), "a length in seconds")
    if number <= 0:
        raise _wrong(name, value, "a length in seconds above 0")
    return number


def _lufs(name: str, value: str) -> float:
    number = _number(name, value.lower().removesuffix("lufs").strip(), "a loudness in LUFS")
    if not -70 <= number <= 5:
        raise _wrong(name, value, "a loudness of -70 to 5 LUFS")
    return number


def _word(name: str, value: str) -> str:
    from ensemble.band.instruments import group, resolve
    from ensemble.listen.checks import measurable_word

    word = " ".join(value.lower().split())
    if word in _SUNG or measurable_word(word) or resolve(word) or group(word):
        return word
    raise _wrong(name, value, "an instrument or a family of instruments")


def _metre(name: str, value: str) -> str:
    if not re.fullmatch(r"[1-9]\d?/(2|4|8|16)", value):
        raise _wrong(name, value, "a time signature")
    return value


ALIASES = {"duration": "duration_seconds", "loudness": "loudness_lufs", "metre": "time_signature"}
"""Shorter names that people write -> the check that they mean."""

_READERS: dict[str, Callable[[str, str], Any] | None] = {
    "bpm": _bpm,
    "key": _key,
    "bars": _bars,
    "duration_seconds": _seconds,
    "audible": None,
    "clipping": None,
    "seam": None,
    "has": _word,
    "lacks": _word,
    "loudness_lufs": _lufs,
    "time_signature": _metre,
}
SINGLE = tuple(_READERS)
"""Names of the expectations that can be asked of one bare file."""
_SUNG = {"vocals", "vocal", "voice", "voices", "singing", "singer", "lyrics"}
_EXAMPLES = {
    "bpm": "104",
    "key": "D minor",
    "bars": "4",
    "duration_seconds": "8",
    "has": "drums",
    "lacks": "bass",
    "loudness_lufs": "-14",
    "time_signature": "4/4",
}

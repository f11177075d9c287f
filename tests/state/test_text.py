"""Text from outside as it may be kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from state.text import DEEPEST, LONGEST_REASON, brief, clean, cleaned, cut, quoted, unkept


def nested(levels: int) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("unfit", ["\ud83d", "\x00", "\x1b", "\x7f", "\x9b", "\u202e"])
def test_what_cannot_be_written_or_steers_a_terminal_is_replaced(unfit: str) -> None:
    assert clean(f"a{unfit}b") == "a\ufffdb"
    assert cleaned({f"k{unfit}": [f"{unfit}v", 3, None]}) == {"k\ufffd": ["\ufffdv", 3, None]}


def test_text_of_any_language_stays() -> None:
    text = "Füge 👩‍🎤 hinzu\tein\nصوت\r\n"
    assert clean(text) == text


def test_a_long_reason_keeps_its_beginning_and_its_end() -> None:
    told = brief(f"there is no {'x' * 500_000}; there are piano and bass")
    assert len(told) < 300
    assert told.startswith("there is no xxx")
    assert told.endswith("there are piano and bass")
    assert len(brief("why " * 10_000)) <= LONGEST_REASON
    assert cut("short") == "short"
    assert len(cut("y" * 1000, 100)) <= 100


@pytest.mark.parametrize("value", [nested(100_000), 10**6000], ids=["deep", "long"])
def test_what_python_cannot_write_is_still_told(value: Any) -> None:
    assert len(quoted(value)) < 250


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (float("nan"), "nan"),
        ([{"a": float("-inf")}], "-inf"),
        (10**30, "64 bits"),
        ({"a": "\ud83d"}, "half a character"),
        ({"\ud83d": 1}, "half a character"),
        ({3: 1}, "names are not all text"),
        ({"a": {1, 2}}, "a set"),
        (nested(DEEPEST + 1), "too deeply"),
        (nested(100_000), "too deeply"),
    ],
)
def test_what_cannot_be_kept_is_said(value: Any, says: str) -> None:
    assert says in (unkept(value) or "")


def test_what_json_carries_can_be_kept() -> None:
    value = {"a": [1, -2.5, "ü👩", None, True, {"b": (1, 2)}], "c": nested(DEEPEST - 2)}
    assert unkept(value) is None
    json.dumps(value).encode()

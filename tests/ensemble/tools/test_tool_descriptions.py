"""Every field of every tool, and of every effect, is described in full: what it means, in which unit, and what goes
without saying."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic.fields import FieldInfo

from ensemble.tools.registry import TOOLS
from state.briefs import BRIEF
from state.effects import Effect

UNITS = {
    "bpm": "quarter notes a minute",
    "beats": "in quarter notes",
    "bits": "in bits",
    "semitones": "semitones",
    "bars": "in bars",
    "bar": "bar",
    "seconds": "in seconds",
    "db": "in decibels",
    "hz": "in hertz",
    "steps": "how many revisions",
    "revision": "number of the revision",
}
"""By the last word of a field's name."""

BETWEEN = {"amount", "factor", "pan", "ratio", "room_size", "damping", "wet", "depth", "feedback"}
"""Numbers without a unit. What their ends, or some value, stand for is said."""


def fields() -> Iterator[Any]:
    for tool in TOOLS.values():
        for name, field in tool.arguments.model_fields.items():
            yield pytest.param(name, field, id=f"{tool.name}.{name}")
    for effect in get_args(get_args(Effect)[0]):
        for name, field in effect.model_fields.items():
            if name != "kind":
                yield pytest.param(name, field, id=f"{effect.__name__}.{name}")


def is_number(field: FieldInfo) -> bool:
    kinds = get_args(field.annotation) or (field.annotation,)
    return int in kinds or float in kinds


@pytest.mark.parametrize(("name", "field"), list(fields()))
def test_every_field_is_described_in_full(name: str, field: FieldInfo) -> None:
    described = field.description or ""
    extra = field.json_schema_extra
    assert isinstance(extra, dict)
    brief = str(extra[BRIEF])
    assert len(described.split()) >= 3, "says what it means"
    assert len(described) > len(brief), "brief words are fewer"
    assert described != name


@pytest.mark.parametrize(("name", "field"), [each for each in fields() if is_number(each.values[1])])
def test_every_number_says_its_unit(name: str, field: FieldInfo) -> None:
    unit = UNITS.get(name.rpartition("_")[2])
    assert (unit is None) == (name in BETWEEN), "a new number has a unit, or stands among those without"
    assert unit is None or unit in (field.description or "")


@pytest.mark.parametrize("tool", TOOLS.values(), ids=lambda tool: tool.name)
def test_what_goes_without_saying_is_said(tool: Any) -> None:
    for name, field in tool.arguments.model_fields.items():
        default = field.get_default()
        if isinstance(default, str | bool | float) and default != "":
            assert f"default {str(default).lower()}" in field.description, name


@pytest.mark.parametrize("tool", TOOLS.values(), ids=lambda tool: tool.name)
def test_every_tool_sums_itself_up_and_more_briefly_for_lists(tool: Any) -> None:
    assert tool.summary.endswith(".")
    assert tool.brief.endswith(".")
    assert len(tool.brief) < len(tool.summary)

"""Tools as models are told of them: generated, whole, and short."""

from __future__ import annotations

import json
from typing import Annotated, Any, ClassVar, Literal

import pytest
from jsonschema import Draft202012Validator
from pydantic import Field

from ensemble.tools.add_effect import AddEffect
from ensemble.tools.registry import ALL, Toolbox
from ensemble.tools.tool import Arguments, Tool
from ensemble.tools.undo import Undo
from nodes.planners.llm.tool_schemas import function_schemas
from nodes.planners.llm.tool_text import signatures
from state.briefs import briefly


class SwellArguments(Arguments):
    """Arguments of a tool that does not exist."""

    loud: bool = False
    title: str | None = Field(None, description="its name")
    peak_db: float = Field(ge=-6, le=3)
    bars: int | None = Field(None, ge=1)
    place: int | str | None = None
    ratio: float | None = Field(None, lt=2)
    shape: Literal["line", "curve"] = "line"
    stems: list[str] = Field(default_factory=list)


class Swell(Undo):
    """A tool from outside."""

    name = "swell"
    summary = "Grows."
    arguments: ClassVar[type[Any]] = SwellArguments


class WiderUndoArguments(Undo.arguments):  # type: ignore[name-defined, misc]
    """One field more."""

    softly: bool = False


class WiderUndo(Undo):
    """A tool with a new field."""

    arguments: ClassVar[type[Any]] = WiderUndoArguments


class FadeArguments(Arguments):
    """Fields with few words for the list of tools, with none, and with a description alone."""

    beats: float = Field(ge=1, description="length in quarter notes", json_schema_extra=briefly("quarter notes"))
    peak_db: float = Field(0, ge=-6, description="level in decibels", json_schema_extra=briefly())
    curve: str = Field("line", description="line or arch")


class Rise(Arguments):
    """One of two movements."""

    kind: Literal["rise"] = "rise"
    beats: float = Field(1, gt=0, description="how long it rises")


class Fall(Arguments):
    """The other."""

    kind: Literal["fall"] = "fall"
    beats: float = Field(2, gt=0, description="how long it falls")


class MoveArguments(Arguments):
    """Several objects told apart by a field."""

    moves: list[Annotated[Rise | Fall, Field(discriminator="kind")]] = Field(default_factory=list)


class Move(Undo):
    """A tool whose argument is one of several objects."""

    name = "move"
    arguments: ClassVar[type[Any]] = MoveArguments


class Fade(Undo):
    """A tool that sums itself up twice."""

    name = "fade"
    summary = "Let the loop die away."
    brief = "Fades."
    arguments: ClassVar[type[Any]] = FadeArguments


def toolbox(*tools: Tool[Any]) -> Toolbox:
    return Toolbox({tool.name: tool for tool in tools})


def test_a_new_tool_shows_up_by_itself() -> None:
    assert signatures(toolbox(Swell())) == (
        "swell(peak_db: -6..3, loud?: bool, title?: str (its name), bars?: int >=1, place?: int or str, ratio?: <2, shape?: line|curve,"
        " stems?: [str]) - Grows."
    )
    (function,) = function_schemas(toolbox(Swell()))
    assert (function["name"], function["description"]) == ("swell", "Grows.")
    assert function["parameters"] == {
        "type": "object",
        "required": ["peak_db"],
        "properties": {
            "loud": {"type": "boolean"},
            "title": {"type": "string", "description": "its name"},
            "peak_db": {"type": "number", "minimum": -6, "maximum": 3},
            "bars": {"type": "integer", "minimum": 1},
            "place": {"anyOf": [{"type": "integer"}, {"type": "string"}]},
            "ratio": {"type": "number", "exclusiveMaximum": 2},
            "shape": {"type": "string", "enum": ["line", "curve"]},
            "stems": {"type": "array", "items": {"type": "string"}},
        },
    }


def test_a_list_of_tools_and_a_function_tell_a_field_in_the_same_brief_words() -> None:
    assert signatures(toolbox(Fade())) == (
        "fade(beats: >=1 (quarter notes), peak_db?: >=-6, curve?: str (line or arch)) - Fades."
    )
    (function,) = function_schemas(toolbox(Fade()))
    assert function["description"] == "Let the loop die away."
    assert function["parameters"]["properties"] == {
        "beats": {"type": "number", "minimum": 1, "description": "quarter notes"},
        "peak_db": {"type": "number", "minimum": -6},
        "curve": {"type": "string", "description": "line or arch"},
    }


def test_brief_words_stay_out_of_native_schemas() -> None:
    assert '"brief"' not in json.dumps(function_schemas(ALL))


def test_a_field_that_several_objects_share_says_what_it_is_to_each() -> None:
    (function,) = function_schemas(toolbox(Move()))
    beats = function["parameters"]["properties"]["moves"]["items"]["properties"]["beats"]
    assert beats["description"] == "rise: how long it rises; fall: how long it falls"


def test_a_new_field_shows_up_by_itself() -> None:
    assert "softly?: bool" in signatures(toolbox(WiderUndo()))
    assert "softly" not in signatures(toolbox(Undo()))
    (function,) = function_schemas(toolbox(WiderUndo()))
    assert function["parameters"]["properties"]["softly"] == {"type": "boolean"}


def test_every_tool_and_field_is_told() -> None:
    lines = dict(line.split("(", 1) for line in signatures(ALL).splitlines() if "(" in line.split(":")[0])
    schemas = {function["name"]: function["parameters"] for function in function_schemas(ALL)}
    for tool in ALL:
        for name, field in tool.arguments.model_fields.items():
            assert f"{name}{': ' if field.is_required() else '?: '}" in lines[tool.name]
            assert name in schemas[tool.name]["properties"]
            assert (name in schemas[tool.name].get("required", [])) == field.is_required()


def test_effects_are_told_once_with_their_fields() -> None:
    text = signatures(ALL)
    assert text.count("room_size") == 1
    (line,) = [line for line in text.splitlines() if line.startswith("effect: ")]
    assert "{kind: reverb, room_size, damping, wet: 0..1} | {kind: delay, beats: 0..8" in line
    assert "effects?: [effect]" in text
    assert "remove?: [effect kind]" in text
    alone = signatures(toolbox(AddEffect()))
    assert "effect: {kind: reverb" in alone


@pytest.mark.parametrize("tool", list(ALL), ids=lambda tool: tool.name)
def test_what_a_native_schema_allows_the_tools_own_model_reads(tool: Tool[Any]) -> None:
    (function,) = function_schemas(toolbox(tool))
    schema = function["parameters"]
    Draft202012Validator.check_schema(schema)
    text = json.dumps(schema)
    assert "$ref" not in text
    assert '"null"' not in text
    if "effects" in schema["properties"]:
        effects = schema["properties"]["effects"]["items"]
        needed: dict[str, Any] = {"instrument": "flute"} if tool.name == "add_track" else {}
        for kind in effects["properties"]["kind"]["enum"]:
            given = {**needed, "effects": [{"kind": kind}]}
            Draft202012Validator(schema).validate(given)
            tool.arguments.model_validate(given)

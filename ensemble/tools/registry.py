"""All tools by name, in the order of the design's table, and the way from a planned step to a checked call."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from ensemble.tools.add_effect import AddEffect
from ensemble.tools.add_track import AddTrack
from ensemble.tools.adjust_track import AdjustTrack
from ensemble.tools.change_speed import ChangeSpeed
from ensemble.tools.describe import Describe
from ensemble.tools.drum_to_music import DrumToMusic
from ensemble.tools.export import Export
from ensemble.tools.extract_track import ExtractTrack
from ensemble.tools.impression_to_music import ImpressionToMusic
from ensemble.tools.rearrange import Rearrange
from ensemble.tools.regenerate_span import RegenerateSpan
from ensemble.tools.remove_track import RemoveTrack
from ensemble.tools.replace_track import ReplaceTrack
from ensemble.tools.set_chords import SetChords
from ensemble.tools.shift_pitch import ShiftPitch
from ensemble.tools.text_to_music import TextToMusic
from ensemble.tools.tool import Arguments, Tool
from ensemble.tools.undo import Undo
from ensemble.tools.vary import Vary
from state.errors import InputError, StrategyError
from state.plan import Step
from state.references import in_one_line, load, located
from state.text import clean, cut, quoted

TOOLS: dict[str, Tool[Any]] = {
    tool.name: tool
    for tool in (
        TextToMusic(),
        DrumToMusic(),
        ImpressionToMusic(),
        Rearrange(),
        Vary(),
        AddTrack(),
        RemoveTrack(),
        ReplaceTrack(),
        RegenerateSpan(),
        ShiftPitch(),
        ChangeSpeed(),
        AddEffect(),
        AdjustTrack(),
        SetChords(),
        ExtractTrack(),
        Describe(),
        Undo(),
        Export(),
    )
}


class Toolbox:
    """The tools that may be used, by name, in a fixed order."""

    def __init__(self, tools: Mapping[str, Tool[Any]]) -> None:
        self._tools = dict(tools)

    @classmethod
    def of(cls, names: Sequence[str] | None) -> Toolbox:
        """Those `names`: tools of ours, 'module:attribute' or entry points of loopcopilot.tools; None for all of ours.

        Raises StrategyError naming the one that is none, or that is called like another.
        """
        if names is None:
            return ALL
        chosen: dict[str, Tool[Any]] = {}
        for name in names:
            tool = TOOLS[name] if name in TOOLS else _from_outside(name)
            if tool.name in chosen or (tool.name in TOOLS and name not in TOOLS):
                whose = "another of the list" if tool.name in chosen else "a shipped one"
                raise StrategyError(
                    f"{name!r} is called {tool.name!r} like {whose}; give it another name", field="tools"
                )
            chosen[tool.name] = tool
        return cls(chosen)

    def __iter__(self) -> Iterator[Tool[Any]]:
        return iter(self._tools.values())

    def __contains__(self, name: object) -> bool:
        return name in self._tools

    @property
    def names(self) -> list[str]:
        return list(self._tools)

    def get(self, name: str) -> Tool[Any]:
        """The tool of that name. Raises InputError listing those that exist."""
        try:
            return self._tools[name]
        except KeyError:
            said = cut(clean(name))
            raise InputError(f"there is no tool {said!r}; there are {', '.join(self._tools)}", field="tool") from None

    def parse(self, step: Step) -> tuple[Tool[Any], Arguments]:
        """The tool that `step` calls and its checked arguments. Raises InputError that names the field, what was wrong
        and what would be right, in one line."""
        tool = self.get(step.tool)
        try:
            # As JSON, strictly: true is no number and "2" is none either, whoever says so; 4.0 is a whole one.
            arguments: Arguments = tool.arguments.model_validate_json(json.dumps(_whole(step.arguments)), strict=True)
        except ValidationError as error:
            raise _refused(tool, error) from None
        except (TypeError, ValueError, RecursionError) as error:
            raise InputError(f"cannot be written down: {in_one_line(error)}", field=tool.name) from None
        return tool, arguments


ALL = Toolbox(TOOLS)


def _from_outside(name: str) -> Tool[Any]:
    if located(name, "tools") is None:
        raise StrategyError(
            f"{name!r} is neither shipped, nor 'module:attribute', nor an entry point of loopcopilot.tools; there are"
            f" {', '.join(TOOLS)}",
            field="tools",
        )
    found = load(name, "tools", field="tools")
    try:
        tool = found() if isinstance(found, type) else found
    except (Exception, SystemExit) as error:  # noqa: BLE001 - code that is not ours may raise anything
        raise StrategyError(f"{name!r} cannot be made: {in_one_line(error)}", field="tools") from None
    if not isinstance(tool, Tool):
        raise StrategyError(f"{name!r} is no Tool of ensemble.tools.tool", field="tools")
    return tool


def _whole(value: Any) -> Any:
    """`value` with whole numbers for floats without a fraction."""
    if isinstance(value, Mapping):
        return {key: _whole(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_whole(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def parse(step: Step) -> tuple[Tool[Any], Arguments]:
    """`Toolbox.parse` on all tools of ours."""
    return ALL.parse(step)


def _refused(tool: Tool[Any], error: ValidationError) -> InputError:
    errors = error.errors(include_url=False)
    # A field that does not exist explains best why another one is missing.
    first = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    place = cut(clean(".".join(str(part) for part in first["loc"])))
    field = f"{tool.name}.{place}" if place else tool.name
    wrong = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        known = ", ".join(tool.arguments.model_fields)
        wrong = f"there is no such field; {tool.name} takes {known}"
    elif first["type"] == "missing":
        known_field = tool.arguments.model_fields.get(str(first["loc"][0]))
        described = known_field.description if known_field else None
        wrong = f"is missing; give {described}" if described else "is missing"
    elif first["type"] == "union_tag_invalid":
        wrong = f"{cut(str(first['ctx']['tag']))!r} is no effect; there are {first['ctx']['expected_tags']}"
    elif place:
        wrong = f"{wrong}, got {quoted(first['input'])}"
    return InputError(" ".join(wrong.split()), field=field)

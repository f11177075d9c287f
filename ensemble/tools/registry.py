"""All tools by name, in the order of the design's table, and the way from a planned step to a checked call."""

from __future__ import annotations

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
from state.references import load

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

        Raises StrategyError naming the one that is none.
        """
        if names is None:
            return ALL
        chosen = [TOOLS[name] if name in TOOLS else _from_outside(name) for name in names]
        return cls({tool.name: tool for tool in chosen})

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
            raise InputError(f"there is no tool {name!r}; there are {', '.join(self._tools)}", field="tool") from None

    def parse(self, step: Step) -> tuple[Tool[Any], Arguments]:
        """The tool that `step` calls and its checked arguments. Raises InputError that names the field, what was wrong
        and what would be right, in one line."""
        tool = self.get(step.tool)
        try:
            arguments: Arguments = tool.arguments.model_validate(step.arguments)
        except ValidationError as error:
            raise _refused(tool, error) from None
        return tool, arguments


ALL = Toolbox(TOOLS)


def _from_outside(name: str) -> Tool[Any]:
    found = load(name, "tools", field="tools")
    tool = found() if isinstance(found, type) else found
    if not isinstance(tool, Tool):
        raise StrategyError(f"{name!r} is no Tool of ensemble.tools.tool", field="tools")
    return tool


def parse(step: Step) -> tuple[Tool[Any], Arguments]:
    """`Toolbox.parse` on all tools of ours."""
    return ALL.parse(step)


def _refused(tool: Tool[Any], error: ValidationError) -> InputError:
    errors = error.errors(include_url=False)
    # A field that does not exist explains best why another one is missing.
    first = next((each for each in errors if each["type"] == "extra_forbidden"), errors[0])
    place = ".".join(str(part) for part in first["loc"])
    field = f"{tool.name}.{place}" if place else tool.name
    wrong = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        known = ", ".join(tool.arguments.model_fields)
        wrong = f"there is no such field; {tool.name} takes {known}"
    elif first["type"] == "missing":
        known_field = tool.arguments.model_fields.get(str(first["loc"][0]))
        wrong = f"is missing; give {known_field.description}" if known_field else "is missing"
    elif first["type"] == "union_tag_invalid":
        wrong = f"{first['ctx']['tag']!r} is no effect; there are {first['ctx']['expected_tags']}"
    elif place:
        wrong = f"{wrong}, got {first['input']!r}"
    return InputError(" ".join(wrong.split()), field=field)

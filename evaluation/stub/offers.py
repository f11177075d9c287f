"""The tools that a prompt offers, read from text signatures or from function schemas."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from evaluation.stub.calls import Ask, Call, Unable

EFFECTS = (
    "reverb", "delay", "chorus", "phaser", "tremolo", "lowpass", "highpass", "eq", "compressor", "distortion", "bitcrush"
)  # fmt: skip
"""Words that a model would know anyway; only those that the prompt offers are used."""

_HEAD = re.compile(r"^[ \t*-]*([a-z][a-z0-9_]*)\(", re.MULTILINE)
_PARAMETER = re.compile(r"\s*([a-z_][a-z0-9_]*)(\?)?\s*:\s*(.+)", re.DOTALL)
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)")
_ONE_SIDED = re.compile(r"([<>])=?\s*(-?\d+(?:\.\d+)?)")
_TYPES = {"str", "number", "int", "integer", "bool", "effect"}


@dataclass(frozen=True)
class Parameter:
    """One argument as offered: bounds and choices are None where the prompt states none."""

    required: bool
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Offers:
    """Tools by name, and the kinds of effects that the prompt names."""

    tools: dict[str, dict[str, Parameter]]
    effects: frozenset[str]

    def __contains__(self, tool: object) -> bool:
        return tool in self.tools

    def takes(self, tool: str, argument: str) -> bool:
        """Whether that tool was offered with that argument."""
        return argument in self.tools.get(tool, {})

    def call(self, tool: str, optional: Iterable[str] = (), **arguments: Any) -> Call:
        """A call within what was offered; None arguments and `optional` ones that are not offered are left out.

        Raises Unable when the tool or a needed argument was not offered, Ask when a value is out of bounds.
        """
        if tool not in self.tools:
            raise Unable(f"None of my tools can {tool.replace('_', ' ')}.")
        given: dict[str, Any] = {}
        for name, value in arguments.items():
            if value is None or (name in optional and not self.takes(tool, name)):
                continue
            if not self.takes(tool, name):
                raise Unable(f"My tool {tool} takes no {name}.")
            _within(tool, name, value, self.tools[tool][name])
            given[name] = value
        return Call(tool, given)


def _within(tool: str, name: str, value: Any, offered: Parameter) -> None:
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, (int, float)) and not isinstance(item, bool):
            low, high = offered.least, offered.most
            if (low is not None and item < low) or (high is not None and item > high):
                bounds = " ".join(
                    f"{word} {bound:g}" for word, bound in (("from", low), ("to", high)) if bound is not None
                )
                raise Ask(f"{item:g} is too far for {tool}: {name} goes {bounds}. What shall it be?")
        if isinstance(item, str) and offered.choices is not None and item not in offered.choices:
            raise Ask(f"{tool} knows no {name} {item!r}; there are {', '.join(offered.choices)}. Which one?")


def offered(text: str, functions: Iterable[dict[str, Any]]) -> Offers:
    """What `text` (signatures, one a line) and `functions` ({name, parameters}) offer."""
    tools = {match[1]: _parameters(_inside(text[match.end() :])) for match in _HEAD.finditer(text)}
    named = "\n".join(line for line in text.splitlines() if re.match(r"\s*[-*]?\s*`?effects?`?\b", line))
    for function in functions:
        schema = function.get("parameters") or {}
        needed = schema.get("required", [])
        tools[str(function["name"])] = {
            name: _from_schema(inner, name in needed) for name, inner in schema.get("properties", {}).items()
        }
        named += json.dumps(schema)
    return Offers(tools, frozenset(kind for kind in EFFECTS if re.search(rf"\b{kind}\b", named)))


def _inside(text: str) -> str:
    """Up to the bracket that closes the one before `text`, on the same line."""
    depth = 1
    for index, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if depth == 0 or sign == "\n":
            return text[:index]
    return text


def _parameters(inner: str) -> dict[str, Parameter]:
    found: dict[str, Parameter] = {}
    for part in _split(inner):
        match = _PARAMETER.fullmatch(part)
        if match is None:
            continue
        name, optional, kind = match.groups()
        kind = re.sub(r"\s\(.*", "", kind.strip())
        bounds, side = _RANGE.search(kind), _ONE_SIDED.search(kind)
        words = [word.strip(" \"'[]") for word in kind.split("|")]
        plain = len(words) > 1 and all(re.fullmatch(r"[a-z_]+", word) for word in words)
        least = bounds[1] if bounds else side[2] if side and side[1] == ">" else None
        most = bounds[2] if bounds else side[2] if side and side[1] == "<" else None
        found[name] = Parameter(
            required=optional is None,
            least=None if least is None else float(least),
            most=None if most is None else float(most),
            choices=tuple(words) if plain and not set(words) & _TYPES else None,
        )
    return found


def _split(inner: str) -> list[str]:
    """At the commas that stand outside of brackets."""
    parts, depth, current = [], 0, ""
    for sign in inner:
        depth += (sign in "[{(") - (sign in "]})")
        if sign == "," and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += sign
    return [*parts, current]


def _from_schema(schema: dict[str, Any], required: bool) -> Parameter:
    least = most = None
    choices: tuple[str, ...] | None = None
    for form in (schema, *schema.get("anyOf", []), schema.get("items") or {}):
        low = form.get("minimum", form.get("exclusiveMinimum"))
        high = form.get("maximum", form.get("exclusiveMaximum"))
        least = least if low is None else (low if least is None else max(least, low))
        most = most if high is None else (high if most is None else min(most, high))
        if form.get("enum"):
            choices = tuple(str(item) for item in form["enum"])
    return Parameter(required, least, most, choices)

"""Tools as lines of text, generated from their argument models: a new field or tool shows up by itself.

    adjust_track(stems?: [str], gain_db?: -60..24 (relative), mute?: bool) - Level, position, mute, unmute, solo.

Required arguments come first, optional ones have a '?'; a number with bounds is told by them alone. What a field means
is said where it first occurs, in its brief words where it has some (`state.briefs`), else by its description. Types
that are one of several objects told apart by a field (the effects), and long choices that occur often, stand below the
tools.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from ensemble.tools.registry import Toolbox
from state.briefs import BRIEF

_TYPES = {"string": "str", "boolean": "bool", "integer": "int", "number": "number", "object": "object", "null": "null"}
_OFTEN, _LONG = 3, 30
"""Choices that occur as often, in as many characters, stand below the tools once."""


@lru_cache(maxsize=8)
def signatures(tools: Toolbox) -> str:
    """One line a tool, then one line a type that stands below them."""
    schemas = {tool.name: tool.arguments.model_json_schema() for tool in tools}
    writer = _Writer(Counter(words for schema in schemas.values() for words in _choices(schema)))
    lines = [writer.line(tool.name, schemas[tool.name], tool.brief or tool.summary) for tool in tools]
    return "\n".join([*lines, *(f"{name}: {text}" for name, text in writer.types.items())])


class _Writer:
    """Keeps what was said already, so that nothing is said twice."""

    def __init__(self, counts: Counter[tuple[str, ...]]) -> None:
        """`counts`: how often each choice of words occurs."""
        self._counts = counts
        self.types: dict[str, str] = {}
        self._told: set[tuple[str, str]] = set()
        self._kinds: dict[tuple[str, ...], str] = {}

    def line(self, name: str, schema: Mapping[str, Any], summary: str) -> str:
        fields = self._fields(schema, schema.get("$defs", {}))
        return f"{name}({', '.join(fields)}) - {summary}"

    def _fields(self, schema: Mapping[str, Any], defs: Mapping[str, Any]) -> list[str]:
        required = set(schema.get("required", []))
        properties = schema.get("properties", {})
        order = sorted(properties, key=lambda name: name not in required)  # stable: the model's order within each
        return [self._field(name, properties[name], name in required, defs) for name in order]

    def _field(self, name: str, schema: Mapping[str, Any], required: bool, defs: Mapping[str, Any]) -> str:
        said = _meaning(schema)
        told = (name, said) in self._told
        self._told.add((name, said))
        meaning = f" ({said})" if said and not told else ""
        return f"{name}{'' if required else '?'}: {self._type(name, schema, defs)}{meaning}"

    def _type(self, name: str, schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
        schema = resolved(schema, defs)
        if "discriminator" in schema:
            return self._told_apart(name.removesuffix("s"), schema, defs)
        forms = [form for form in schema.get("anyOf", []) if form.get("type") != "null"]
        if forms:
            around = {key: value for key, value in schema.items() if key in ("minimum", "maximum")}
            return " or ".join(dict.fromkeys(self._type(name, {**form, **around}, defs) for form in forms))
        if "const" in schema:
            return str(schema["const"])
        if "enum" in schema:
            return self._one_of(name, tuple(str(item) for item in schema["enum"]))
        if schema.get("type") == "array":
            return f"[{self._type(name, schema.get('items', {}), defs)}]"
        if schema.get("type") == "object" and "properties" in schema:
            return "{" + ", ".join(self._fields(schema, defs)) + "}"
        kind, bounds = _TYPES.get(schema.get("type", ""), "any"), _bounds(schema)
        return bounds if bounds and kind == "number" else f"{kind} {bounds}".rstrip()

    def _one_of(self, name: str, words: tuple[str, ...]) -> str:
        """The words; the name of a type below where they are many and occur again and again."""
        if words in self._kinds:
            return self._kinds[words]
        text = "|".join(words)
        if self._counts[words] < _OFTEN or len(text) < _LONG:
            return text
        self.types.setdefault(name, text)
        self._kinds[words] = name
        return name

    def _told_apart(self, name: str, schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
        """The name of a type that stands below, with its members in short form."""
        tag = schema["discriminator"]["propertyName"]
        members, kinds = [], []
        for form in schema["oneOf"]:
            member = resolved(form, defs)
            kind = resolved(member["properties"][tag], defs).get("const", "")
            members.append("{" + ", ".join([f"{tag}: {kind}", *self._grouped(member, tag, defs)]) + "}")
            kinds.append(str(kind))
        self._kinds[tuple(kinds)] = f"{name} {tag}"
        text = " | ".join(members)
        self.types.setdefault(name, text)
        return name

    def _grouped(self, schema: Mapping[str, Any], tag: str, defs: Mapping[str, Any]) -> list[str]:
        """Fields but `tag`, neighbours of one type told together: 'room_size, damping, wet: 0..1'. The few that must
        be given are marked, in place of the many that need not."""
        required = set(schema.get("required", []))
        told: list[tuple[list[str], str]] = []
        for name, inner in schema.get("properties", {}).items():
            if name == tag:
                continue
            kind = self._type(name, inner, defs)
            said = _meaning(inner)
            meaning = f" ({said})" if said else ""
            named = f"{name} (required)" if name in required else name
            if told and told[-1][1] == kind + meaning:
                told[-1][0].append(named)
            else:
                told.append(([named], kind + meaning))
        return [f"{', '.join(names)}: {kind}" for names, kind in told]


def resolved(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> dict[str, Any]:
    """`schema` with a reference at its top followed; what stands beside the reference wins."""
    merged = dict(schema)
    while "$ref" in merged:
        target = merged.pop("$ref").rpartition("/")[2]
        merged = {**defs[target], **merged}
    return merged


def _meaning(schema: Mapping[str, Any]) -> str:
    """What a field means, as briefly as it says it; '' where its name and bounds are enough."""
    return str(schema.get(BRIEF, schema.get("description", "")))


def _choices(schema: Any) -> Iterator[tuple[str, ...]]:
    """The words of every choice in a schema."""
    if isinstance(schema, Mapping):
        if isinstance(schema.get("enum"), list):
            yield tuple(str(item) for item in schema["enum"])
        for inner in schema.values():
            yield from _choices(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _choices(inner)


def _bounds(schema: Mapping[str, Any]) -> str:
    """'1..64', '>=0', '<3' or ''."""
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is not None and high is not None:
        return f"{low:g}..{high:g}"
    if low is not None:
        return f"{'>=' if 'minimum' in schema else '>'}{low:g}"
    return f"{'<=' if 'maximum' in schema else '<'}{high:g}" if high is not None else ""

"""Calls drawn at random from the tools' own argument models, so that a tool from outside is drawn from like any other.

Values follow the JSON schema of a model: its bounds, its choices, its nested objects. What a schema does not say (that a
string names a stem) is told by the field's name. Equal seeds give equal draws.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import Any

from ensemble.tools.tool import Tool
from nodes.planners.planner import PlanRequest
from state.errors import InputError
from state.plan import Step

OPTIONAL_CHANCE = 0.3
"""How often an argument that may be left out is given."""
TRIES = 20
STEM_FIELDS = ("stems", "stem", "keep", "source")
"""Fields of ours that name stems of the table."""
_UNBOUNDED = 8
"""How far above its least value a number without an upper bound is drawn: eight bars, eight revisions."""
_LONGEST = {"bars": 8, "duration_seconds": 16.0}
"""Drawn loops stay short: a study of random calls is no study of length."""
_INSTRUMENTS = ("piano", "bass", "drums", "guitar", "strings", "clarinet", "flute", "organ", "trumpet", "congas")
_KEYS = ("C major", "G major", "F major", "A minor", "D minor", "E minor", "G minor", "F# minor")
_WORDS: dict[str, tuple[str, ...]] = {
    "instrument": _INSTRUMENTS,
    "instruments": _INSTRUMENTS,
    "without": _INSTRUMENTS,
    "solo": _INSTRUMENTS,
    "key": _KEYS,
    "to_key": _KEYS,
    "chords": ("C", "F", "G", "Am", "Dm", "Em"),
    "time_signature": ("4/4", "3/4", "6/8"),
    "genre": ("lofi", "rock", "jazz", "techno", "bossa nova", "hip hop"),
    "mood": ("calm", "dark", "happy", "dreamy"),
    "impression": ("rain at night", "a summer morning", "a chase", "an empty street"),
}
_ANY_WORD = "music"
"""For text of which nothing is known; never the request's own words, which would be understood in place of the planner."""
_LEFT_OUT = ("inferred", "description", "question")
"""Fields that say nothing about the music to be made; drawn only where a tool demands them."""


class Draws:
    """Draws calls for one request from `random`."""

    def __init__(self, request: PlanRequest, random: Random) -> None:
        self._request = request
        self.random = random

    def step(self, tools: Sequence[Tool[Any]], fits: Callable[[Step], None]) -> Step | None:
        """A valid call of one of `tools`, each as likely as the others, that `fits` lets pass (it raises InputError or
        Refusal); None when TRIES draws of arguments for every tool gave none."""
        from state.errors import Refusal

        for tool in self.random.sample(list(tools), len(tools)):
            for _ in range(TRIES):
                step = Step(tool=tool.name, arguments=self._arguments(tool))
                try:
                    self._request.tools.parse(step)
                    fits(step)
                except (InputError, Refusal):
                    continue
                return step
        return None

    def other(self, tool: Tool[Any], name: str, present: Any) -> Any:
        """A value of field `name` of `tool` that differs from `present`; `present` itself when none was drawn."""
        schema = schema_of(tool)
        for _ in range(TRIES):
            value = self._value(name, schema["properties"][name], schema.get("$defs", {}))
            if not _is_same(name, value, present):
                return value
        return present

    def _arguments(self, tool: Tool[Any]) -> dict[str, Any]:
        schema = schema_of(tool)
        return self._object(schema, schema.get("$defs", {}))

    def _object(self, schema: Mapping[str, Any], shared: Mapping[str, Any]) -> dict[str, Any]:
        required = schema.get("required", ())
        return {
            name: self._value(name, inner, shared)
            for name, inner in schema.get("properties", {}).items()
            if name in required or (name not in _LEFT_OUT and self.random.random() < OPTIONAL_CHANCE)
        }

    def _value(self, name: str, schema: Mapping[str, Any], shared: Mapping[str, Any]) -> Any:
        if "$ref" in schema:
            return self._value(name, shared[schema["$ref"].rpartition("/")[2]], shared)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        for choices in (schema.get("anyOf"), schema.get("oneOf")):
            if choices:
                given = [choice for choice in choices if choice.get("type") != "null"] or choices
                # The bounds of an optional number stand beside its choices
                beside = {key: schema[key] for key in ("minimum", "maximum") if key in schema}
                return self._value(name, {**self.random.choice(given), **beside}, shared)
        kind = schema.get("type")
        if kind == "object":
            drawn = self._object(schema, shared)
            constant = {key: inner["const"] for key, inner in schema.get("properties", {}).items() if "const" in inner}
            return {**drawn, **constant}
        if kind == "array" and "prefixItems" in schema:
            return [self._value(name, item, shared) for item in schema["prefixItems"]]
        if kind == "array":
            least = max(1, schema.get("minItems", 0))
            count = self.random.randint(least, min(least + 2, schema.get("maxItems", least + 2)))
            drawn_items = [self._value(name, schema.get("items", {}), shared) for _ in range(count)]
            return [item for at, item in enumerate(drawn_items) if item not in drawn_items[:at]]
        if kind == "boolean":
            return self.random.random() < 0.5
        if kind in ("integer", "number"):
            return self._number(name, schema, whole=kind == "integer")
        return self._word(name)

    def _number(self, name: str, schema: Mapping[str, Any], *, whole: bool) -> int | float:
        most = schema.get("maximum", schema.get("exclusiveMaximum"))
        low = schema.get("minimum", schema.get("exclusiveMinimum", 0 if most is None else min(0, most - _UNBOUNDED)))
        high = min(low + self._reach(name) if most is None else most, self._top(name))
        if whole:
            return self.random.randint(int(low), max(int(low), int(high)))
        return round(self.random.uniform(low, max(low, high)), 2)

    def _reach(self, name: str) -> float:
        gat = self._request.gat
        return gat.duration_seconds if gat is not None and name.endswith("_seconds") else _UNBOUNDED

    def _top(self, name: str) -> float:
        return _LONGEST.get(name, float("inf"))

    def _word(self, name: str) -> str:
        gat = self._request.gat
        words: Sequence[str] = _WORDS.get(name, (_ANY_WORD,))
        if name in STEM_FIELDS:
            stems = [] if gat is None else gat.stem_names
            words = [*stems, *(upload.name for upload in self._request.uploads)] or words
        return self.random.choice(words)


def schema_of(tool: Tool[Any]) -> dict[str, Any]:
    """The JSON schema of a tool's arguments."""
    arguments: Any = tool.arguments
    return _schema(arguments)


@lru_cache(maxsize=256)
def _schema(arguments: Any) -> dict[str, Any]:
    made: dict[str, Any] = arguments.model_json_schema()
    return made


def _is_same(name: str, one: Any, other: Any) -> bool:
    """Whether two values ask for the same: the order of names in a list matters for chords and effects only."""
    if isinstance(one, list) and isinstance(other, list) and name in (*STEM_FIELDS, "instruments", "without"):
        return set(one) == set(other)
    return bool(one == other)

"""Tools as native function schemas, generated from their argument models and pruned of what a model does not need."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from ensemble.tools.registry import Toolbox
from nodes.planners.llm.tool_text import resolved
from state.briefs import BRIEF

_LEFT_OUT = {"title", "default", "additionalProperties", "$defs", "discriminator", BRIEF}


@lru_cache(maxsize=8)
def function_schemas(tools: Toolbox) -> tuple[dict[str, Any], ...]:
    """{name, description, parameters} of every tool; `parameters` is self-contained JSON schema.

    Titles, defaults and nulls are left out (what is not required may be left out), and fields are told in the few words that
    prompts have for them (`state.briefs`): two fifths of the characters. One of several objects told apart by
    a field (the effects) becomes one object that says which field goes with which kind: a fifth of the characters.
    """
    made = []
    for tool in tools:
        schema = tool.arguments.model_json_schema()
        parameters = _pruned({key: value for key, value in schema.items() if key != "description"}, schema)
        made.append({"name": tool.name, "description": tool.summary, "parameters": parameters})
    return tuple(made)


def _pruned(schema: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    schema = resolved(schema, root.get("$defs", {}))
    if "discriminator" in schema:
        return _told_apart(schema, root)
    forms = [form for form in schema.get("anyOf", []) if form.get("type") != "null"]
    if len(forms) == 1:
        around = {key: value for key, value in schema.items() if key != "anyOf"}
        return _pruned({**forms[0], **around}, root)
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _LEFT_OUT:
            continue
        if key == "description" and BRIEF in schema:
            kept |= {key: schema[BRIEF]} if schema[BRIEF] else {}
            continue
        if key == "properties":
            kept[key] = {name: _pruned(inner, root) for name, inner in value.items()}
        elif key == "items" and isinstance(value, Mapping):
            kept[key] = _pruned(value, root)
        elif key in ("anyOf", "oneOf", "allOf"):
            kept[key] = [_pruned(inner, root) for inner in value if inner.get("type") != "null"]
        else:
            kept[key] = value
    return kept


def _told_apart(schema: Mapping[str, Any], root: Mapping[str, Any]) -> dict[str, Any]:
    """One object in place of several: the kinds, and every field with the widest of its bounds and what it means to each."""
    tag = schema["discriminator"]["propertyName"]
    fields: dict[str, dict[str, Any]] = {}
    meanings: dict[str, dict[str, str]] = {}
    told = []
    kinds = []
    for form in schema["oneOf"]:
        member = resolved(form, root.get("$defs", {}))
        kind = str(resolved(member["properties"][tag], root.get("$defs", {})).get("const", ""))
        own = {name: _pruned(inner, root) for name, inner in member["properties"].items() if name != tag}
        kinds.append(kind)
        told.append(f"{kind}: {' '.join(own)}")
        for name, inner in own.items():
            fields[name] = _widest(fields[name], inner) if name in fields else inner
            if "description" in inner:
                meanings.setdefault(name, {})[kind] = inner["description"]
    for name, said in meanings.items():
        several = len(set(said.values())) > 1
        each = [f"{kind}: {meaning}" for kind, meaning in said.items()]
        fields[name] = {**fields[name], "description": "; ".join(each) if several else next(iter(said.values()))}
    properties = {tag: {"type": "string", "enum": kinds}, **fields}
    return {"type": "object", "description": "; ".join(told), "properties": properties, "required": [tag]}


def _widest(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(one)
    for key, choose in (("minimum", min), ("exclusiveMinimum", min), ("maximum", max), ("exclusiveMaximum", max)):
        if key in one and key in other:
            merged[key] = choose(one[key], other[key])
        else:
            merged.pop(key, None)
    return merged

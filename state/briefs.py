"""Fields described twice: in full for people and errors, and in a word or two for prompts: the same words whether a prompt
lists the tools or offers them as native functions, so that planners differ in how they plan, not in what they are told."""

from __future__ import annotations

from pydantic.config import JsonDict

BRIEF = "brief"
"""The key in a field's JSON schema."""


def briefly(words: str = "") -> JsonDict:
    """For `Field(json_schema_extra=...)`: what a prompt says in place of the description; nothing where the name and the
    bounds say enough. A field without it is told by its description."""
    return {BRIEF: words}

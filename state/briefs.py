"""Fields described twice: in full for people, schemas and errors, and in a word or two for prompts that list them all."""

from __future__ import annotations

from pydantic.config import JsonDict

BRIEF = "brief"
"""The key in a field's JSON schema."""


def briefly(words: str = "") -> JsonDict:
    """For `Field(json_schema_extra=...)`: what a prompt says in place of the description; nothing where the name and the
    bounds say enough. A field without it is told by its description."""
    return {BRIEF: words}

"""Keeps the language model's key out of what is logged and written for others.

No prompt holds it, but a server's complaint may quote it, and a person may paste it into a message.
"""

from __future__ import annotations

import json

from state.settings import Settings

PLACE = "[key]"
_SHORTEST = 8
"""Characters from which a key is one: 'ollama' and 'none' are words that local servers are told."""


def without_key(text: str, settings: Settings) -> str:
    """`text`, which may be JSON, with the key of `settings` replaced."""
    key = settings.llm.api_key.get_secret_value() if settings.llm.api_key else ""
    if len(key) < _SHORTEST:
        return text
    for written in (key, json.dumps(key)[1:-1]):
        text = text.replace(written, PLACE)
    return text

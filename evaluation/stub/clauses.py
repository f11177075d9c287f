"""A message, cut into its instructions."""

from __future__ import annotations

import re

from evaluation.stub.offers import EFFECTS
from evaluation.stub.world import bare_name, listed

_VERBS = (
    "add|bring|put|lay|remove|drop|delete|lose|take|mute|unmute|solo|replace|swap|redo|regenerate|rewrite|transpose|shift"
    "|move|pitch|speed|slow|undo|go|export|save|describe|vary|extract|isolate|pan|turn|set|change|make|create|keep"
    "|rearrange|sing|play|up|down|faster|slower|louder|quieter|what|which|how|give|use|double|build|a (?:little|bit|touch) (?:faster|slower|louder|quieter)"
)
_NEXT = re.compile(
    r"\s*[,;.]?\s+(?:and\s+)?then,?\s+"
    r"|\s*[;.!]\s+(?:and\s+)?"
    rf"|\s*,?\s+and\s+(?:also\s+)?(?=(?:{_VERBS})\b)"
    rf"|\s*,\s+(?:also\s+)?(?=(?:{_VERBS})\b)"
)
_POLITE = re.compile(
    r"^(?:(?:please|now|ok|okay|hey|so|and|also|first|finally|next|then|just|thanks|abracadabra(?: it)?)\b,?\s*"
    r"|(?:can|could|would|will) you (?:please )?|i(?:'d| would) (?:like|want)(?: you)? to |i want to |let's |let us )+"
)
"""'abracadabra' is the stub's own courtesy: rules do not know it, so that a hybrid planner asks its model."""
_ADD = re.compile(r"(?:add|bring in|lay in|put in)\s+(.*)")


def clauses(text: str) -> list[str]:
    """The instructions of `text`, in order, lower case and without courtesies; an `add` of several becomes several."""
    plain = " ".join(text.lower().replace("\u2019", "'").split())
    found: list[str] = []
    for part in _NEXT.split(plain):
        asks = part.rstrip().endswith("?") and not _POLITE.match(part)
        clause = _POLITE.sub("", part.strip()).strip(" .!,;")
        clause = re.sub(r",? please$", "", clause.rstrip("?").strip()) + ("?" if asks else "")
        found += _apart(clause)
    return [clause for clause in found if clause.strip("?")]


def _apart(clause: str) -> list[str]:
    match = _ADD.fullmatch(clause)
    if match is None or any(re.search(rf"\b{kind}\b", clause) for kind in (*EFFECTS, "echo", "filter")):
        return [clause]
    return [f"add {bare_name(item)}" for item in listed(re.sub(r"\s+to (it|this|the loop)$", "", match[1]))]

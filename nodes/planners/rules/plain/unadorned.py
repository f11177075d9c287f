"""What stands around an order and changes nothing of it, left out: 'tell you what, (add a flute), what do you think?'.

The words are those of lexicon/neutral.yaml. A message of nothing else ('thanks', 'what do you think?') stays as it is.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from nodes.planners.rules.words.speech import BREAKS, Clause, clause, word_set

_FILE = Path(__file__).parent.parent / "lexicon" / "neutral.yaml"
_SIGNS = BREAKS | {"-"}
_VERBS = word_set(
    "add remove mute solo turn pan take bring drop lose swap replace change transpose shift move set raise lower slow speed redo regenerate export undo double cut boost throw put make give try tune tuck push pull let"
)
_STOPS = frozenset("?.!")
_KINDS = ("before", "leading", "asking", "after", "apart", "mildly")


@cache
def _phrases() -> dict[str, dict[str, list[tuple[str, ...]]]]:
    """Kind -> first (at the end: last) word -> phrases, longest first."""
    listed: dict[str, list[str]] = yaml.load(_FILE.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - strings only
    table: dict[str, dict[str, list[tuple[str, ...]]]] = {}
    for kind in _KINDS:
        found = sorted((clause(phrase).words for phrase in listed[kind]), key=len, reverse=True)
        table[kind] = {}
        for words in found:
            table[kind].setdefault(words[0 if kind in ("before", "leading", "asking") else -1], []).append(words)
    return table


def unadorned(message: Clause, *, exists: bool) -> Clause:
    """The message without neutral words at its beginning and its end. `exists`: there is a loop, whose change may be small."""
    bare = message
    while (shorter := _without_end(_without_beginning(bare), exists)).words != bare.words:
        bare = shorter
    return bare if any(word not in _SIGNS for word in bare.words) else message


def _without_beginning(message: Clause) -> Clause:
    words = message.words
    first = words[0] if words else ""
    for phrase in _phrases()["before"].get(first, ()):
        end = len(phrase)
        if words[:end] == phrase and words[end : end + 1] and words[end] in _SIGNS:
            while end < len(words) and words[end] in _SIGNS:
                end += 1
            return message.part(end) if end < len(words) else message
    for phrase in _phrases()["leading"].get(first, ()):
        if words[: len(phrase)] == phrase and len(words) > len(phrase) + 1:
            return message.part(len(phrase))
    for phrase in _phrases()["asking"].get(first, ()):
        if words[: len(phrase)] == phrase and words[len(phrase) : len(phrase) + 1] and words[len(phrase)] in _VERBS:
            return message.part(len(phrase))
    return message


def _without_end(message: Clause, exists: bool) -> Clause:
    words = message.words
    end = len(words)
    while end and words[end - 1] in _SIGNS:
        end -= 1
    last = words[end - 1] if end else ""
    for kind in ("mildly", "apart", "after") if exists else ("apart", "after"):
        for phrase in _phrases()[kind].get(last, ()):
            start = end - len(phrase)
            if start < 2 or words[start:end] != phrase:
                continue
            apart = words[start - 1] in _SIGNS
            if kind != "after" and not apart:
                continue
            while start and words[start - 1] in _SIGNS - _STOPS:
                start -= 1
            if kind == "mildly":
                return message.part(0, start).joined(clause(", just a little"))
            asks = kind == "after" and words[end:] == ("?",) and not apart  # 'can you mute it please?'
            return message.part(0, start).joined(message.part(end)) if asks else message.part(0, start)
    return message

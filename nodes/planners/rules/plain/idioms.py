"""What musicians say for plain orders, as lexicon/idioms.yaml lists it: 'go easy on the drums' -> 'turn down the drums', 'give the keys
the boot' -> 'remove the keys', 'pretend that never happened' -> 'undo'."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from nodes.planners.rules.plain.rewording import HEAD, reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.references import find
from nodes.planners.rules.words.speech import Clause, clause

_FILE = Path(__file__).parent.parent / "lexicon" / "idioms.yaml"
_WHO = r"(?P<who>(?:it|them|him|her|everybody|everyone|everything|(?:the|my|our|that|those|these|this) [\w-]+(?: (?!a\b|the\b|and\b|please\b)[\w-]+)??(?: and (?:the |my )?[\w-]+)?|(?!(?:turn|switch|set|put|take)\b)[\w-]+))"
_NOUN = r"(?P<who>[\w-]+(?: (?:and )?[\w-]+)?)"
_BEFORE = rf"(?:{HEAD}|(?<=\blet's )|(?<=\bcan we )|(?<=\bcan you )|(?<=\bcould you )|(?<=\bcould we )|(?<=\byou to )|(?<=\blike to )|(?<=\bwant to )|(?<=\bbetter )|(?<=\bneed to )|(?<=\blittle )|(?<=\bgotta )|(?<=\bshould )|(?<=\bcan )|(?<=\bto )|(?<=\bi'd )|(?<=\bif we )|(?<=\bno ))"
_AFTER = r"(?= (?:a|some|slightly|somewhat|by|please|pls|plz|for|now|again|and|but|then|though|too|just|in|on the|or|so|if|with|as|to|to|at|from|will you|would you|thanks|\d+|one|two|three|four|five|six)(?!\w)| ?[.,;!?:)]|$)"


@cache
def _idioms() -> tuple[tuple[re.Pattern[str], str, frozenset[str]], ...]:
    """(pattern, what it stands for, words that all its phrases have), one for each phrase, longest first."""
    table: dict[str, list[str]] = yaml.safe_load(_FILE.read_text("utf-8"))
    listed = [(said, plain) for plain, lines in table.items() for line in lines for said in line.split(", ")]
    listed.sort(key=lambda one: len(one[0]), reverse=True)
    return tuple(
        (
            re.compile(
                _BEFORE + _NOUN.join(_WHO.join(map(re.escape, some.split("~"))) for some in said.split("^")) + _AFTER
            ),
            plain,
            frozenset(said.split()) - {"~", "^"},
        )
        for said, plain in listed
    )


@cache
def _by_word() -> dict[str, tuple[int, ...]]:
    """Which idioms each word may be part of: every idiom stands at the longest word of its own."""
    listed: dict[str, list[int]] = {}
    for at, (_, _, needed) in enumerate(_idioms()):
        listed.setdefault(max(sorted(needed), key=len), []).append(at)
    return {word: tuple(places) for word, places in listed.items()}


def _found(text: str) -> Iterator[tuple[re.Match[str], str]]:
    words = set(text.split())
    for at in sorted(at for word in words for at in _by_word().get(word, ())):
        pattern, plain, needed = _idioms()[at]
        if needed <= words and (found := pattern.search(text)) is not None:
            yield found, plain


def idiomatic(message: Clause, scene: Scene) -> Clause:
    """The message with the plain order in each idiom's place; 'fire the cannon' stays, as no cannon plays."""
    for _ in range(_MOST):
        for found, plain in _found(text_of(message)):
            who = found.groupdict().get("who")
            if who is not None and not _plays(who, scene, named="mute" in plain or "solo" in plain):
                continue
            if plain == "bring back ~" and amounts(clause(found.string[found.end() :])):
                continue  # 'let the keys play a third higher'
            if not plain and not found.string[: found.start()].strip(" ,.;!?-"):
                continue
            message = reworded(message, found, plain.replace("~", who or "").replace("^", who or ""))
            break
        else:
            return message
    return message


_MOST = 4
"""Idioms that one message has."""
_POINTING = re.compile(r"it|them|him|her|every\w+")


def _plays(who: str, scene: Scene, *, named: bool) -> bool:
    """Whether `who` is somebody who plays; `named`: by name, as 'turn it off' may mean an effect."""
    return (_POINTING.fullmatch(who) is not None and not named) or bool(find(clause(who), scene).stems)

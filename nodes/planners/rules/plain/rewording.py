"""Words of a message in other words: a match in its text, and what is to stand there instead."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from nodes.planners.rules.words.speech import Clause

_LEXICON = Path(__file__).parent.parent / "lexicon"
HEAD = (
    r"(?:^|(?<=[.,;!?:&()] )|(?<=\n )|(?<=\band )|(?<=\bthen )|(?<=\bnow )|(?<=\bplease )|(?<=\bmaybe )|(?<=\bjust )|(?<=\bbut )|(?<=\bok )|"
    r"(?<=\bso )|(?<=\bum )|(?<=\buh )|(?<=\boh )|(?<=\bcool )|(?<=\balright )|(?<=\bokay )|(?<=\bthen )|(?<=\bwell )|(?<=\bhey )|(?<=\bhmm )|(?<=\bhonestly )|(?<=\bthink )|(?<=\bactually )|(?<=\b- )|(?<=\bperhaps )|(?<=\bbecause )|(?<=\bfeel )|(?<=\blike )|(?<=\bsay ))"
)
"""Where an order or a wish may begin."""


@cache
def phrases(file: str, kind: str) -> tuple[str, ...]:
    """The phrases of one class of a file of the lexicon, longest first."""
    classes: dict[str, list[str]] = yaml.safe_load((_LEXICON / file).read_text("utf-8"))
    return tuple(sorted((phrase for line in classes[kind] for phrase in line.split(", ")), key=len, reverse=True))


@cache
def choice(file: str, kind: str) -> str:
    """The same as one group of a pattern."""
    return rf"(?:{'|'.join(map(re.escape, phrases(file, kind)))})"


def text_of(message: Clause) -> str:
    """The words of a message with one blank between them: what patterns are matched against."""
    return " ".join(message.words)


def places(text: str, start: int, end: int) -> tuple[int, int]:
    """The tokens that characters `start`..`end` of such a text are."""
    first = len(text[:start].split())
    return first, first + len(text[start:end].split())


def reworded(message: Clause, found: re.Match[str], instead: str, group: int | str = 0) -> Clause:
    """The message with `instead` where a group of a match stands."""
    start, end = places(text_of(message), *found.span(group))
    return message.replaced(start, end, instead) if instead else message.without([(start, end)])

"""Text to tokens with their places, and tables that find the longest phrase at a token.

A phrase never crosses punctuation other than a hyphen or an apostrophe: "drums, bass" is two words of a list, "hi-hat" is
one phrase. Tokens keep the spelling that was typed (`raw`) and have a normal form (`norm`): lower case, without
accents, "&" and "'n'" as "and".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
Span = tuple[int, int]
"""Start and end of some words in the text that was read, in characters, end excluded."""

_TOKEN = re.compile(
    r"\bw/o\b|\bw/|(?<=['’])n(?=['’])|[^\W\d_]+(?:['’](?!n['’])[^\W\d_]+)*(?:[#♯♭][^\W_]*)?(?:[\d♭♯#]+[^\W_]*)*|\d+(?:[.,]\d+)*[^\W\d_]*|[&%+#°]"
)
_CLAUSE = re.compile(r"[,;:.!?()\[\]–—/|…\n]")
_SHORTHAND = {"&": "and", "+": "and", "w/": "with", "W/": "with", "w/o": "without", "W/O": "without", "W/o": "without"}
_LONGEST = 24
"""Letters of the longest word that is worth a repair."""
_APOSTROPHES = re.compile(r"['’]s\b|['’]")


@dataclass(frozen=True, slots=True)
class Token:
    """One word. `start` and `end` are characters of the text; `glued`: only space or a hyphen before it."""

    raw: str
    norm: str
    start: int
    end: int
    glued: bool
    gap: str
    """What stands between the token before and this one."""

    @property
    def hyphenated(self) -> bool:
        return bool(self.gap) and self.gap.strip() in {"-", "‐", "‑"}


def normal(word: str) -> str:
    """The normal form of one word."""
    if word in _SHORTHAND:
        return _SHORTHAND[word]
    plain = _APOSTROPHES.sub("", word.lower()).replace("♯", "#").replace("♭", "b")
    if plain.isascii():
        return "and" if plain == "n" else plain
    return unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode() or plain


def tokenise(text: str) -> list[Token]:
    """The words of `text` in order."""
    tokens: list[Token] = []
    end = 0
    for found in _TOKEN.finditer(text):
        gap = text[end : found.start()]
        raw = found.group()
        tokens.append(Token(raw, normal(raw), found.start(), found.end(), not _CLAUSE.search(gap), gap))
        end = found.end()
    return tokens


def span_of(tokens: Sequence[Token], first: int, count: int) -> Span:
    """The characters that `count` tokens from `first` take up."""
    return tokens[first].start, tokens[first + count - 1].end


class PhraseTable(Generic[T]):
    """Phrases (normal words joined by single spaces) and what they mean."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._entries: dict[str, T] = {}
        self._lengths: dict[str, list[int]] = {}
        lengths: dict[str, set[int]] = {}
        for phrase, value in entries:
            words = phrase.split(" ")
            self._entries[phrase] = value
            lengths.setdefault(words[0], set()).add(len(words))
        self._lengths = {word: sorted(counts, reverse=True) for word, counts in lengths.items()}

    def __contains__(self, phrase: object) -> bool:
        return phrase in self._entries

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def get(self, phrase: str) -> T | None:
        """What the whole phrase means, or None."""
        return self._entries.get(phrase)

    def longest(self, tokens: Sequence[Token], at: int, norms: Sequence[str]) -> tuple[T, int] | None:
        """What the longest phrase that starts at token `at` means, and its number of tokens; None when there is none."""
        for count in self._lengths.get(norms[at], ()):
            if at + count > len(tokens):
                continue
            if count > 1 and not all(token.glued for token in tokens[at + 1 : at + count]):
                continue
            value = self._entries.get(" ".join(norms[at : at + count]))
            if value is not None:
                return value, count
        return None


class Speller:
    """Repairs one slip (a letter missing, added, wrong or swapped) in long words that nobody knows."""

    def __init__(self, words: Iterable[str], known: Iterable[str], shortest: int = 6) -> None:
        self._shortest = shortest
        self._words = {word for word in words if len(word) >= shortest and word.isalpha()}
        self._known = set(known) | self._words
        self._shortened: dict[str, set[str]] | None = None

    def repair(self, word: str) -> str:
        """The word that was meant, or `word` itself."""
        if not self._shortest <= len(word) <= _LONGEST or word in self._known or not word.isalpha():
            return word
        if self._shortened is None:
            self._shortened = {}
            for known in self._words:
                for shorter in (known, *_deletions(known)):
                    self._shortened.setdefault(shorter, set()).add(known)
        near = {
            known
            for shorter in (word, *_deletions(word))
            for known in self._shortened.get(shorter, ())
            if _one_slip(word, known)
        }
        stems = {known.removesuffix("s") for known in near}
        return min(near, key=len) if len(stems) == 1 else word


def _deletions(word: str) -> Iterator[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


def _one_slip(word: str, other: str) -> bool:
    """Whether one insertion, deletion, substitution or swap of neighbours makes `word` of `other`."""
    head = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    if len(word) == len(other):
        return word[head + 1 :] == other[head + 1 :] or (
            word[head : head + 2] == other[head : head + 2][::-1] and word[head + 2 :] == other[head + 2 :]
        )
    shorter, longer = sorted((word, other), key=len)
    return shorter[head:] == longer[head + 1 :]

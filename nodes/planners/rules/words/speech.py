"""Speech: a message as tokens, with the classes of `lexicon/verbs.yaml` marked on them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import takewhile
from pathlib import Path

from nodes.planners.rules.words.numerals import ONES

_VERBS = Path(__file__).parent.parent / "lexicon" / "verbs.yaml"

_TOKEN = re.compile(
    r"""\x00\d+\x00                              # a quoted title, see `clause`
    | [A-G](?:\#|b)?(?:maj|min|m|dim|aug|sus|add|M|°|ø|\d|\+)[a-zA-Z0-9\#+()]*(?:/[A-G][\#b]?)?(?![\w])  # Dm7, F#m7b5/A
    | [A-Ga-g](?:\#|b)(?![\w])                   # C#, Bb
    | (?<![-\d])(?:(?:19)?[5-9]0|808|909|303)s(?![\w])            # 80s
    | \d+/\d+                                    # 3/4
    | \d+(?:st|nd|rd|th)(?![\w])                  # 2nd
    | (?<!\d)[+-]?\d+(?:[.,]\d+)?                # 120, -6, 1.2
    | \d+(?:[.,]\d+)?
    | (?<!\w)[xX×](?=\ ?\d)                     # x1.25
    | [^\W\d_][^\W_]*(?:'[^\W\d_]+)*\#?           # words, don't, dx7
    | [.!?;:,&%()\n*+/=-]                        # signs
    """,
    re.VERBOSE,
)
_QUOTED = re.compile(
    r""" "([^"]{1,120})" | (?<!\w)'([^'\n]{2,80}(?:'(?=[a-z]+\b)[^'\n]{0,80})?)'(?=$|\W|s\b) """, re.VERBOSE
)
_TIGHT = re.compile(
    r"(?<![A-Za-z#])(?<=\d)(?<![A-Za-z]\d)(?<![A-Za-z]\d\d)(?=(?:bpm|db|hz|(?<!1)st|x|bars?|beats?|secs?|ish|k|(?<![5-9]0)(?<!808)(?<!909)(?<!303)s)\b)",
    re.IGNORECASE,
)
_SPELT_NOTE = re.compile(r"\b(?:([B-G])|(?<=[a-z,:] )(A))[ -](flat|sharp)(?=\b(?! (?:sound|response|line|eq|EQ|tone)))")
_MINUS = re.compile(rf"\b(?:minus|negative) (\d+(?:[.,]\d+)?|{'|'.join(reversed(ONES))})\b", re.IGNORECASE)
BREAKS = frozenset(".!?;,:&()\n")


def word_set(words: str) -> frozenset[str]:
    """The words of a line, as a set: how the grammar writes its small closed classes."""
    return frozenset(words.split())


@dataclass(frozen=True)
class Mark:
    """Tokens `start`..`end` (exclusive) of a clause belong to the class `kind`."""

    kind: str
    start: int
    end: int
    words: str


@dataclass(frozen=True)
class Clause:
    """A run of tokens. `words` are lower case; `raw` keeps the case (chord symbols need it); `titles` were quoted."""

    words: tuple[str, ...]
    raw: tuple[str, ...]
    titles: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The clause as it would be written, titles in place."""
        text = ""
        for written in self.raw:
            shown = self._title(written) if written.startswith("\0") else written
            if written == "s" and text.endswith("'"):
                shown = "s"  # the genitive of a title
            elif text and shown not in ".,!?;:%)/" and text[-1] not in "(/":
                shown = f" {shown}"
            text += shown
        return text

    def _title(self, written: str) -> str:
        at = int(written.strip("\0"))
        return f"'{self.titles[at]}'" if at < len(self.titles) else ""

    def part(self, start: int, end: int | None = None) -> Clause:
        """Tokens `start`..`end` as a clause of their own."""
        return Clause(self.words[start:end], self.raw[start:end], self.titles)

    def joined(self, other: Clause) -> Clause:
        """This clause and then the other, of the same message."""
        return Clause(self.words + other.words, self.raw + other.raw, self.titles)

    def replaced(self, start: int, end: int, text: str) -> Clause:
        """The clause with the words of `text` in place of tokens `start`..`end`."""
        words, raw = tokens(text)
        return Clause(
            self.words[:start] + words + self.words[end:], self.raw[:start] + raw + self.raw[end:], self.titles
        )

    def without(self, spans: Iterable[tuple[int, int]]) -> Clause:
        """The clause with tokens of `spans` taken out."""
        gone = {index for start, end in spans for index in range(start, end)}
        left = [index for index in range(len(self.words)) if index not in gone]
        return Clause(tuple(self.words[i] for i in left), tuple(self.raw[i] for i in left), self.titles)

    def marks(self, *kinds: str) -> list[Mark]:
        """Longest mentions of the classes, in order of place; those of one class do not overlap."""
        return [mark for mark in _marked(self.words) if mark.kind in kinds]

    def has(self, *kinds: str) -> bool:
        """Whether any word of the classes stands here."""
        return not _kinds(self.words).isdisjoint(kinds)

    def first(self, *kinds: str) -> Mark | None:
        """The first, and at one place the longest, mention of the classes."""
        found = self.marks(*kinds)
        return min(found, key=lambda mark: (mark.start, -mark.end)) if found else None

    def begins(self, *kinds: str) -> Mark | None:
        """The longest mention of the classes at the very start."""
        opening = takewhile(lambda mark: mark.start == 0, _marked(self.words))  # the longest stand first
        return next((mark for mark in opening if mark.kind in kinds), None)

    def says(self, *phrases: str) -> bool:
        """Whether one of the phrases stands here as whole words."""
        text = f" {' '.join(self.words)} "
        # Some 500 a message, nearly all no: the search without the blanks is the cheaper one, and made first.
        for phrase in phrases:  # noqa: SIM110 - a generator costs more than what it looks at
            if phrase in text and f" {phrase} " in text:
                return True
        return False

    def bare(self) -> Clause:
        """Without the words of politeness before and after, and without signs at its ends."""
        clause = self
        while clause.words:
            mark = clause.begins("polite")
            if clause.words[0] in BREAKS or clause.words[0] in {"-", "*", "+"}:
                clause = clause.part(1)
            elif mark is not None and mark.end < len(clause.words) and not _kept(clause, mark):
                clause = clause.part(mark.end)
            else:
                break
        while clause.words:
            if clause.words[-1] in BREAKS or clause.words[-1] == "-":
                clause = clause.part(0, -1)
                continue
            closing = [m for m in clause.marks("closing") if m.end == len(clause.words) and m.start > 0]
            if not closing:
                break
            clause = clause.part(0, min(mark.start for mark in closing))
        return clause


_HELD_BEFORE_NOUNS = frozenset(
    [
        "right",
        "like",
        "first",
        "next",
        "good",
        "great",
        "nice",
        "fine",
        "cool",
        "perfect",
        "sweet",
        "brilliant",
        "awesome",
        "too",
        "so",
    ]
)
INSTRUCTIONS = (
    "add", "remove", "create", "replace", "undo", "louder", "quieter", "faster", "slower", "keep", "protect", "solo",
    "mute", "export", "describe", "repeat", "polite",
)  # fmt: skip
"""Classes whose words may open an instruction."""


def _kept(clause: Clause, mark: Mark) -> bool:
    """Words of politeness that are not polite here: 'just the drums', 'no drums', 'nice piano'."""
    rest = clause.part(mark.end)
    opens = rest.words[0] in BREAKS or rest.begins(*INSTRUCTIONS) is not None
    if mark.words == "hi":
        return rest.words[0] in {"cut", "pass", "hat", "hats", "shelf", "end"}
    if mark.words == "instead":
        return rest.words[0] == "of"
    if mark.words == "too" or (mark.words == "everyone" and rest.words[0] in {"but", "except", "apart", "out"}):
        return True
    if mark.words == "no" and rest.words[0] == "need":
        return True  # 'no need for drums'
    if mark.words in {"second", "third"}:
        return rest.words[0] in {"bar", "beat", "chord", "half", "measure", "one", "quarter"}
    if mark.words == "k":
        return rest.words[0] in {"pop", "rap", "rock", "indie", "hip", "house"}
    if mark.words == "just":
        return (
            clause.begins("keep", "solo") is not None
            or len(rest.words) == 1
            or rest.words[1:2] == ("and",)
            or rest.words[0] in {"the", "my", "drums", "bass"}
        )
    return not opens and mark.words in _HELD_BEFORE_NOUNS | {"no"}


@cache
def _phrases() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """First word -> phrases that begin with it and their class, longest first."""
    import yaml

    loader = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
    classes: dict[str, list[str]] = yaml.load(_VERBS.read_text("utf-8"), Loader=loader)  # noqa: S506 - strings only
    index: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for kind, phrases in classes.items():
        for phrase in dict.fromkeys(phrase.strip() for entry in phrases for phrase in entry.split(",")):
            words = tokens(phrase)[0]
            if not words:
                raise ValueError(f"{_VERBS.name}: {kind} holds an empty phrase")
            index[words[0]].append((words, kind))
    for phrase, kind in _sounds():
        words = tuple(phrase.split(" "))
        if not any(entry == words and known.startswith(("timbre", kind)) for entry, known in index[words[0]]):
            index[words[0]].append((words, kind))
    for entries in index.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return dict(index)


def _sounds() -> Iterator[tuple[str, str]]:
    """The lexicon's words for effects, each in the class of the first effect of its chain."""
    from nodes.planners.rules.words.lexicon import meanings

    for phrase in meanings():
        sound = (meanings().get(phrase) or {}).get("effect")
        if sound is not None:
            yield phrase, f"effect_{sound.effects[0].kind}"


@cache
def vocabulary() -> frozenset[str]:
    """Every single word that the classes know."""
    return frozenset(word for entries in _phrases().values() for words, _ in entries for word in words)


@lru_cache(maxsize=512)
def _marked(words: tuple[str, ...]) -> tuple[Mark, ...]:
    return tuple(sorted(_mark(words), key=lambda mark: (mark.start, mark.start - mark.end)))


@lru_cache(maxsize=512)
def _kinds(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(mark.kind for mark in _marked(words))


def _mark(words: tuple[str, ...]) -> Iterator[Mark]:
    index = _phrases()
    reached: dict[str, int] = {}
    for start, word in enumerate(words):
        for phrase, kind in index.get(word, ()):
            end = start + len(phrase)
            if reached.get(kind, 0) <= start and words[start:end] == phrase:
                reached[kind] = end
                yield Mark(kind, start, end, " ".join(phrase))


def tokens(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(lower-case tokens, tokens as written). Hyphens between words are dropped: 'half-time' is two words."""
    text = re.sub(r"(?<=[A-Za-z])-(?=less\b)", "", text)  # 'guitar-less'
    text = re.sub(r"(?<=[A-Za-z])-(?=[A-Za-z])", " ", text)
    text = re.sub(r"(?<=\d)-(?=[A-Za-z]{2})", " ", text)
    text = re.sub(r"(?<=[A-Za-z]{2})-(?=\d)", " ", text)  # 'tr-808'
    raw = tuple(match.group() for match in _TOKEN.finditer(_TIGHT.sub(" ", text)))
    return tuple(token.lower() for token in raw), raw


_PER_MINUTE = re.compile(
    r"(?:crotchets?|quarters?(?: notes?)?) ?(?:=|equals?|at) ?(\d{2,3})\b(?! ?bpm)|"
    r"\b(?:beats?|crotchets?|quarter notes?) ?(?:per|a|/|to the|to a|in a|every) ?min(?:ute)?\b|\bto the minute\b|(?<=\d\d )(?:a|per) minute\b",
    re.IGNORECASE,
)


def clause(message: str) -> Clause:
    """The whole message as one clause, typographic signs made plain and quoted titles set apart."""
    text = message.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"')
    text = re.sub("[–—−‑]", "-", text).replace("♯", "#").replace("♭", "b")
    text = re.sub(r"@(?=\s*\d)", " at ", text)
    text = _PER_MINUTE.sub(lambda said: f"{said[1]} bpm" if said[1] else "bpm", text)  # no drums are meant
    text = _MINUS.sub(lambda said: f"-{ONES.index(said[1].lower()) if said[1].isalpha() else said[1]}", text)
    text = re.sub(r"\s*(?:[-=]+>|→)\s*", " to ", text)
    text = _SPELT_NOTE.sub(lambda note: (note[1] or note[2]) + ("b" if note[3] == "flat" else "#"), text)
    titles: list[str] = []

    def set_apart(match: re.Match[str]) -> str:
        titles.append(match.group(1) or match.group(2))
        return f" \0{len(titles) - 1}\0 "

    words, raw = tokens(_QUOTED.sub(set_apart, text))
    return Clause(words, raw, tuple(titles))

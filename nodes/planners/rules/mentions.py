"""Instruments in running text: which are meant, which are refused, and how each is to be played.

A mention is a noun phrase ("two soft nylon guitars", "a busy hi-hat", "piano melody"): the instrument's words, the
adjectives left of it, the role noun right of it, and what follows in "with reverb", "playing softly". Refusals ("no drums
or bass", "without melody", "drumless") become `Without`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from ensemble.band.instruments import Choice, normalised, resolve, styles_of
from ensemble.protocols import Density, Dynamics, Register, Role
from nodes.planners.rules import lexicon
from nodes.planners.rules.marks import Mark
from nodes.planners.rules.numerals import number
from nodes.planners.rules.tokens import Span, Token

MOST_ALIKE = 6
"""No more than so many stems come of one mention ("six violins")."""


@dataclass(frozen=True)
class Mention:
    """One stem that was asked for. "two guitars" makes two mentions with the same span."""

    words: str
    """The instrument as said, without adjectives: "nylon guitars"."""
    choice: Choice
    span: Span
    """Characters of `words`."""
    phrase: Span
    """Characters of the whole noun phrase, adjectives and role noun included."""
    dynamics: Dynamics | None = None
    density: Density | None = None
    register: Register | None = None
    solo: bool = False
    role: Role | None = None
    pan: float | None = None
    vague: bool = False
    """A part rather than an instrument ("melody", "beat", "chords"): the genre chooses who plays it."""


@dataclass(frozen=True)
class Without:
    """An instrument or family that was refused."""

    words: str
    span: Span
    choice: Choice | None


@dataclass(frozen=True)
class Missing:
    """An instrument that the band has not, and the nearest that it has where there is one."""

    words: str
    span: Span
    nearest: Choice | None


@dataclass(frozen=True)
class Band:
    """Everything that was said about who plays."""

    instruments: tuple[Mention, ...] = ()
    without: tuple[Without, ...] = ()
    missing: tuple[Missing, ...] = ()
    singing: bool | None = None
    singing_spans: tuple[Span, ...] = ()
    covered: frozenset[int] = field(default_factory=frozenset)
    """Tokens that belong to some mention's noun phrase."""


_ARTICLES = frozenset(["a", "an", "the", "some", "my", "your", "our", "any", "that", "this", "those", "these", "its"])
_JOINERS = frozenset(["and", "or", "nor", "plus", "with"])
_PLAYING = frozenset(
    "playing plays play played on carrying carries taking takes doing does as handling handles for holding performing performs"
    " providing provides".split()
)
_PLAYED_BY = frozenset("on by from played performed of in using through via the a an is".split())
_AFTER_WEAK = frozenset(
    "and or but in on at with that which to for is are as over under too please instead now then also from plus so very"
    " line part sound sounds".split()
)
_MANNERS = ("dynamics", "density", "register", "solo", "degree", "pan")
_ADJECTIVES = (*_MANNERS, "effect", "mood", "hint", "tempo", "genre", "feel")
_VAGUE = frozenset(["lead", "drums", "percussion", "pad", "synth arpeggio", "synth stab", "bass"])
_PART_WORDS = frozenset(
    "melody melodies lead leads hook hooks beat beats melody line lead line lead part lead melody main melody topline bassline"
    " rhythm section".split()
)


def mentions(tokens: Sequence[Token], marks: Sequence[Mark], genre: str | None, taken: set[int]) -> Band:
    """Who is asked for and who is refused in the marked text; `genre` settles open words ("keys"); `taken` are tokens
    that say something else (a key, a tempo)."""
    reader = _Reader(tokens, [mark for mark in marks if mark.tokens.isdisjoint(taken)], genre)
    return reader.read()


class _Reader:
    def __init__(self, tokens: Sequence[Token], marks: Sequence[Mark], genre: str | None) -> None:
        self.tokens = tokens
        self.marks = marks
        self.genre = genre
        self.at = {index: mark for mark in marks for index in mark.tokens}
        self.found: list[tuple[Mark, Mention, int, int]] = []  # the mark, the mention, first and last token + 1
        self.without: list[Without] = []
        self.missing: list[Missing] = []
        self.voices: list[tuple[Span, bool]] = []

    def read(self) -> Band:
        for mark in self.marks:
            meanings = mark.meanings
            if "singing" in meanings:
                self.voices.append((mark.span, not self._refused(mark)))
            elif "instrumental" in meanings:
                self.voices.append((mark.span, False))
            elif "without" in meanings:
                word = meanings["without"]
                self.without.append(Without(word, mark.span, resolve(word, self.genre)))
            elif "absent" in meanings and not self._refused(mark):
                self.missing.append(Missing(mark.words, mark.span, None))
            elif "instrument" in meanings and "nothing" not in meanings:
                self._instrument(mark)
            elif "role" in meanings and self.found and self._follows(self.found[-1], mark):
                self._give_role(mark)
        return self._band()

    def _band(self) -> Band:
        kept: list[Mention] = []
        covered: set[int] = set()
        for mark, mention, start, end in self.found:
            covered.update(range(start, end))
            if self._refused(mark):
                self.without.append(Without(mention.words, mention.span, mention.choice))
                continue
            count = self._count(start)
            if count > 1:
                single = resolve(mention.words.removesuffix("s"), self.genre)
                mention = replace(mention, choice=single or mention.choice)
            if mention.choice.stem == "drums" and any(other.choice.stem == "drums" for other in kept):
                kept = [_one_kit(other, mention) if other.choice.stem == "drums" else other for other in kept]
                continue
            kept.extend([mention] * count)
            if mention.choice.stand_in:
                self.missing.append(Missing(mention.words, mention.span, mention.choice))
        asked = [span for span, wanted in self.voices if wanted]
        return Band(
            instruments=tuple(kept),
            without=tuple(dict.fromkeys(self.without)),
            missing=tuple(self.missing),
            singing=bool(asked) if self.voices else None,
            singing_spans=tuple(asked),
            covered=frozenset(covered),
        )

    # -- one instrument word

    def _instrument(self, mark: Mark) -> None:
        last = self.found[-1] if self.found else None
        if mark.meanings.keys() & {"role", "neutral"} and last and self._follows(last, mark):
            self._give_role(mark)
            return
        if "weak" in mark.meanings and not self._is_listed(mark):
            return
        if "whole" in mark.meanings and self._is_the_loop(mark):
            return
        start = self._leftmost(mark)
        words = self._refined(mark, start)
        choice = resolve(words, self.genre)
        if choice is None:
            return
        end, role = self._role_noun(mark)
        mention = Mention(
            words=words,
            choice=self._in_genre(choice, words, start),
            span=mark.span if words == mark.words else (self.tokens[start].start, mark.span[1]),
            phrase=(self.tokens[start].start, self.tokens[end - 1].end),
            role=role or _role_within(words),
            vague=words in _PART_WORDS,
            **self._manner(start, mark),
        )
        if last and last[1].vague and self._plays_it(last, start):
            mention = replace(mention, role=mention.role or _role_of(last[1].choice), phrase=(last[1].phrase[0], mention.phrase[1]))
            start = last[2]
            self.found.pop()
        self.found.append((mark, self._afterwards(mention, end), start, end))

    def _in_genre(self, choice: Choice, words: str, start: int) -> Choice:
        """The choice under a genre word that stands right before the instrument ("metal guitar")."""
        for index in range(start, min(start + 4, len(self.tokens))):
            mark = self.at.get(index)
            if mark is not None and ("genre" in mark.meanings or "hint" in mark.meanings):
                name = mark.meaning("genre", "hint")
                if styles_of(name):
                    return resolve(words, name) or choice
        return choice

    def _leftmost(self, mark: Mark) -> int:
        """The first token of the adjectives before an instrument."""
        start = mark.start
        while start > 0 and self.tokens[start].glued:
            before = self.at.get(start - 1)
            if before is None:
                if lexicon.is_adjective(self.tokens[start - 1].norm):
                    start -= 1
                    continue
                if self.tokens[start - 1].norm == "and" and start >= 2 and self._adjective(self.at.get(start - 2)):
                    start -= 1
                    continue
                break
            if not self._adjective(before) or any(before.start < stop for _, _, _, stop in self.found[-1:]):
                break
            start = before.start
        while start < mark.start and self.tokens[start].norm in ("and", "in", "on", "with"):
            start += 1
        return start

    def _adjective(self, mark: Mark | None) -> bool:
        if mark is None or "instrument" in mark.meanings and not mark.meanings.get("weak"):
            return False
        return any(kind in mark.meanings for kind in _ADJECTIVES) or mark.words in ("acoustic", "upright", "grand", "alto")

    def _refined(self, mark: Mark, start: int) -> str:
        """The instrument's words, with an adjective that makes another instrument of them ("acoustic rhythm guitar")."""
        head = mark.words.split(" ")[-1]
        for index in range(start, mark.start):
            for words in (f"{self.tokens[index].norm} {mark.words}", f"{self.tokens[index].norm} {head}"):
                if resolve(words) is not None and not resolve(words) == resolve(mark.words):
                    return words
        return mark.words

    def _role_noun(self, mark: Mark) -> tuple[int, Role | None]:
        """The end of the noun phrase after role nouns that are no instruments, and the role they give."""
        end, role = mark.end, None
        while end < len(self.tokens) and self.tokens[end].glued:
            after = self.at.get(end)
            if after is None or "instrument" in after.meanings or not ("role" in after.meanings or "neutral" in after.meanings):
                break
            role = role or self._role(after)
            end = after.end
        return end, role

    @staticmethod
    def _role(mark: Mark) -> Role | None:
        role: Role | None = mark.meanings.get("role")
        return role

    def _give_role(self, mark: Mark) -> None:
        owner, mention, start, _ = self.found[-1]
        role = self._role(mark)
        solo = mention.solo or "solo" in mark.meanings
        mention = replace(mention, role=mention.role or role, solo=solo, phrase=(mention.phrase[0], mark.span[1]))
        self.found[-1] = (owner, mention, start, mark.end)

    def _follows(self, last: tuple[Mark, Mention, int, int], mark: Mark) -> bool:
        """Whether a role noun belongs to the mention before it: "piano melody", "a flute playing the melody"."""
        between = range(last[3], mark.start)
        if not between:
            return self.tokens[mark.start].glued
        if len(between) > 5 or not all(self.tokens[index].glued for index in (*between, mark.start)):
            return False
        words = [self.tokens[index].norm for index in between]
        return words[0] in _PLAYING and not any(word in ("and", "with") for word in words[:1])

    def _plays_it(self, last: tuple[Mark, Mention, int, int], start: int) -> bool:
        """Whether the part mentioned last is the one this instrument plays: "the melody on a flute"."""
        between = range(last[3], start)
        words = [self.tokens[index].norm for index in between]
        if not words or len(words) > 4 or not all(self.tokens[index].glued for index in (*between, start)):
            return False
        return words[0] in _PLAYED_BY - {"the", "a", "an", "is"} and all(word in _PLAYED_BY for word in words)

    # -- is it meant?

    def _is_listed(self, mark: Mark) -> bool:
        """Whether an everyday word stands where only an instrument can: in a list, after a word of adding, or alone."""
        if mark.end < len(self.tokens) and self.tokens[mark.end].glued:
            after = self.at.get(mark.end)
            if self.tokens[mark.end].norm not in _AFTER_WEAK and not (
                after is not None and ("role" in after.meanings or "neutral" in after.meanings)
            ):
                return False
        start = self._leftmost(mark)
        if start == 0 and mark.end == len(self.tokens):
            return True
        index = start - 1
        while index >= 0 and (self.tokens[index].norm in _ARTICLES or number([self.tokens[index].norm], 0)):
            index -= 1
        if index < 0:
            return bool(self._beside(mark, start))
        before = self.at.get(index)
        if before is not None and "adding" in before.meanings and self.tokens[index].norm not in ("and", "on", "of", "for", "like"):
            return True
        return self._beside(mark, start)

    def _beside(self, mark: Mark, start: int) -> bool:
        """Whether another instrument stands beside it in a list."""
        if self.found and self.found[-1][3] >= start - 2 and self._is_list_gap(self.found[-1][3], start):
            return True
        index = mark.end
        while index < len(self.tokens) and index < mark.end + 3:
            after = self.at.get(index)
            if after is not None and "instrument" in after.meanings and "nothing" not in after.meanings:
                return self._is_list_gap(mark.end, index) and "weak" not in after.meanings
            index += 1
        return False

    def _is_list_gap(self, start: int, end: int) -> bool:
        words = [self.tokens[index].norm for index in range(start, end)]
        if not all(word in _ARTICLES or word in _JOINERS or lexicon.is_adjective(word) or self._adjective(self.at.get(start + n)) for n, word in enumerate(words)):
            return False
        return any(word in _JOINERS for word in words) or any("," in self.tokens[i].gap for i in range(start, end + 1))

    def _is_the_loop(self, mark: Mark) -> bool:
        """Whether "beat" means the loop: the object of a verb of making or the start of the text ("a dark trap beat")."""
        start = self._leftmost(mark)
        while start > 0 and self.tokens[start - 1].norm in _ARTICLES:
            start -= 1
        before = self.at.get(start - 1)
        makes = start == 0 or (before is not None and "making" in before.meanings)
        others = any(
            "instrument" in other.meanings and not other.meanings.keys() & {"nothing", "whole", "weak"}
            for other in self.marks
        )
        return makes and not others and mark.end - mark.start == 1

    # -- how is it played?

    def _manner(self, start: int, mark: Mark) -> dict[str, object]:
        manner: dict[str, object] = {}
        index = start
        while index < mark.start:
            adjective = self.at.get(index)
            if adjective is None:
                index += 1
                continue
            if not self._negated(adjective):
                manner.update(_manner_of(adjective))
            index = adjective.end
        for word in mark.words.split(" "):
            if word == "solo":
                manner["solo"] = True
        return manner

    def _afterwards(self, mention: Mention, end: int) -> Mention:
        """Adds what follows: "clarinet, softly", "playing low", "on the left", "not too loud"."""
        index, last, manner = end, end, dict[str, object]()
        while index < len(self.tokens) and index < end + 6:
            mark = self.at.get(index)
            if mark is None:
                if self.tokens[index].norm not in ("playing", "played", "in", "very", "quite", "a", "the", "and", "bit", "too", "is", "plays", "up"):
                    break
                index += 1
                continue
            if "instrument" in mark.meanings and not mark.meanings.get("weak") or "instrument" in mark.meanings:
                break
            follows = self.at.get(mark.end)
            noun = follows is not None and self.tokens[mark.end].glued and ("instrument" in follows.meanings or self._adjective(follows))
            if any(kind in mark.meanings for kind in _MANNERS) and not noun and not self._starts_phrase(mark, end):
                if not self._negated(mark):
                    manner.update({k: v for k, v in _manner_of(mark).items() if getattr(mention, k) in (None, False)})
                    last = mark.end
            elif "adding" not in mark.meanings or mark.words not in ("playing", "plays", "and"):
                break
            index = mark.end
        reach = (mention.phrase[0], max(mention.phrase[1], self.tokens[last - 1].end))
        return replace(mention, phrase=reach, **manner) if manner else mention  # type: ignore[arg-type]

    def _starts_phrase(self, mark: Mark, end: int) -> bool:
        """An adjective right after "and" or a comma that another noun follows is not this mention's."""
        return mark.end < len(self.tokens) and self.tokens[mark.end].glued and self.tokens[mark.end].norm not in _AFTER_WEAK

    def _negated(self, mark: Mark) -> bool:
        return mark.start > 0 and any(
            self.tokens[index].norm in ("not", "less", "never") for index in range(max(0, mark.start - 2), mark.start)
        )

    # -- is it refused?

    def _refused(self, mark: Mark) -> bool:
        """Whether a negator reaches this mark: "no drums", "without drums or bass", "not the piano"."""
        index = next((start for owner, _, start, _ in self.found if owner is mark), self._leftmost(mark)) - 1
        broken = False
        while index >= 0:
            token, before = self.tokens[index], self.at.get(index)
            if not self.tokens[index + 1].glued:
                if self.tokens[index + 1].gap.strip() != "," or broken:
                    return False
                broken = True
                if not self._or_ahead(mark):
                    return False
            if before is not None and "negator" in before.meanings:
                return True
            if before is not None and "unless" in before.meanings:
                return False
            passes = (
                token.norm in ("or", "nor", "and", "any", "the", "of", "a", "an", "kind", "sort", "own")
                or (before is not None and ({"instrument", "singing", "absent", "role", "neutral"} & before.meanings.keys() or self._adjective(before)))
                or lexicon.is_adjective(token.norm)
            )
            if not passes or (token.norm in ("a", "an") and index > 0 and self.tokens[index - 1].norm == "and"):
                return False
            index -= 1
        return False

    def _or_ahead(self, mark: Mark) -> bool:
        """Whether the list that this mark stands in goes on with "or" or "nor": then "no" governs all of it."""
        window = [token.norm for token in self.tokens[max(0, mark.start - 2) : mark.end + 4]]
        return "or" in window or "nor" in window

    def _count(self, start: int) -> int:
        """How many stems: the number right before the noun phrase."""
        for length in (3, 2, 1):
            words = [token.norm for token in self.tokens[max(0, start - length) : start]]
            if len(words) < length:
                continue
            if words in (["a", "pair", "of"], ["a", "couple", "of"]) or words[-2:] == ["couple", "of"]:
                return 2
            if length == 1 and self.tokens[start].glued:
                value = number(words, 0)
                if value and value[1] == 1 and words[0] not in _ARTICLES and value[0] in range(2, MOST_ALIKE + 1):
                    return int(value[0])
        return 1


def _one_kit(kit: Mention, more: Mention) -> Mention:
    """Kick, snare and hats are one stem: how one of them is played says how the kit is."""
    general = kit.choice.instrument.name == "standard kit" and more.choice.instrument.name != "standard kit"
    return replace(
        kit,
        choice=more.choice if general else kit.choice,
        dynamics=kit.dynamics or more.dynamics,
        density=kit.density or more.density,
        solo=kit.solo or more.solo,
        pan=kit.pan,
    )


def _manner_of(mark: Mark) -> dict[str, object]:
    meanings = mark.meanings
    manner: dict[str, object] = {kind: meanings[kind] for kind in ("dynamics", "density", "register") if kind in meanings}
    if "solo" in meanings:
        manner["solo"] = True
    if "pan" in meanings:
        manner["pan"] = float(meanings["pan"])
    return manner


@lru_cache(maxsize=256)
def _role_within(words: str) -> Role | None:
    """The role that an instrument's own words give: "lead guitar", "rhythm guitar", "string pad", "guitar riff"."""
    for word in normalised(words).split(" "):
        if word in ("lead", "solo", "melody", "riff", "lick", "hook"):
            return "lead"
        if word in ("rhythm", "chords", "strumming", "accompaniment", "backing"):
            return "chords"
        if word == "pad":
            return "pad"
    return None


def _role_of(choice: Choice) -> Role | None:
    return choice.instrument.role if choice.stem in _VAGUE else None

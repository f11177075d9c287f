"""Instruments in running text: which are meant, which are refused, and how each is to be played.

A mention is a noun phrase ("two soft nylon guitars", "a busy hi-hat", "piano melody"): the instrument's words, the
adjectives left of it, the noun for its part right of it, and what follows in "playing softly". Refusals ("no drums or
bass", "without melody", "drumless") become `Without`. Words for pieces of a drum kit make one stem.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ensemble.band.instruments import Choice, resolve, styles_of
from ensemble.protocols import Density, Dynamics, Register, Role
from nodes.planners.rules.words import lexicon, manners, parts
from nodes.planners.rules.words.everyday import is_a_likeness, is_a_styled_beat, is_listed, is_the_loop
from nodes.planners.rules.words.manners import Manner
from nodes.planners.rules.words.marks import Mark
from nodes.planners.rules.words.numerals import number
from nodes.planners.rules.words.refusals import is_refused
from nodes.planners.rules.words.sentence import ARTICLES, Sentence
from nodes.planners.rules.words.tokens import Span, Token

MOST_ALIKE = 6
"""No more than so many stems come of one mention ("six violins")."""


@dataclass(frozen=True)
class Mention:
    """One stem that was asked for. "two guitars" makes two mentions with the same span."""

    words: str
    """The instrument as said, in normal form and without adjectives: "nylon guitars"; singular after a number. It
    resolves to the stem of `choice`."""
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
    """A part rather than an instrument ("melody", "beat"): the genre chooses who plays it."""

    @property
    def manner(self) -> Manner:
        """How it is to be played, in one piece."""
        return Manner(self.dynamics, self.density, self.register, self.solo, self.pan)

    def played(self, manner: Manner) -> Mention:
        """This mention with `manner` where it says nothing itself."""
        both = self.manner.over(manner)
        return replace(
            self,
            dynamics=both.dynamics,
            density=both.density,
            register=both.register,
            solo=both.solo,
            pan=both.pan,
        )


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
    stand_ins: tuple[Missing, ...] = ()
    singing: bool | None = None
    singing_spans: tuple[Span, ...] = ()
    covered: frozenset[int] = field(default_factory=frozenset)
    """Tokens that belong to some mention's noun phrase."""


def mentions(tokens: Sequence[Token], marks: Sequence[Mark], genre: str | None, taken: set[int]) -> Band:
    """Who is asked for and who is refused in the marked text; `genre` settles open words ("keys"); `taken` are tokens
    that say something else (a key, a tempo)."""
    sentence = Sentence(tokens, [mark for mark in marks if mark.tokens.isdisjoint(taken)])
    return _Reader(sentence, genre).read()


@dataclass(frozen=True)
class _Found:
    """A mention with the mark it came from and its noun phrase, tokens `start` to `end`."""

    mark: Mark
    mention: Mention
    start: int
    end: int


class _Reader:
    def __init__(self, sentence: Sentence, genre: str | None) -> None:
        self.sentence = sentence
        self.genre = genre
        self.found: list[_Found] = []
        self.without: list[Without] = []
        self.missing: list[Missing] = []
        self.stand_ins: list[Missing] = []
        self.voices: list[tuple[Span, bool]] = []

    def read(self) -> Band:
        for mark in self.sentence.marks:
            kinds = mark.meanings
            if "singing" in kinds:
                self.voices.append((mark.span, not self._is_refused(mark)))
            elif "instrumental" in kinds:
                self.voices.append((mark.span, False))
            elif "without" in kinds:
                self.without.append(Without(kinds["without"], mark.span, resolve(kinds["without"], self.genre)))
            elif "absent" in kinds:
                if not self._is_refused(mark):
                    self.missing.append(Missing(mark.words, mark.span, resolve(kinds["absent"], self.genre)))
            elif "instrument" in kinds and "nothing" not in kinds:
                self._instrument(mark)
            elif "role" in kinds and self.found and parts.belongs_to(self.sentence, self.found[-1].end, mark):
                self._give_role(mark)
        return self._band()

    def _band(self) -> Band:
        kept: list[Mention] = []
        covered: set[int] = set()
        for found in self.found:
            covered.update(range(found.start, found.end))
            mention = found.mention
            if is_refused(self.sentence, found.start):
                self.without.append(Without(mention.words, mention.span, mention.choice))
                continue
            kit = next((place for place, other in enumerate(kept) if other.choice.stem == "drums"), None)
            if kit is not None and mention.choice.stem == "drums":
                kept[kit] = _one_kit(kept[kit], mention)
                continue
            if self._is_repeated(found, kept):
                continue
            count = self._count(found.start)
            one = mention.words.removesuffix("s")
            if count > 1 and (single := resolve(one, self.genre)) is not None:
                mention = replace(mention, words=one, choice=single)
            kept.extend([mention] * count)
            if mention.choice.stand_in:
                self.stand_ins.append(Missing(mention.words, mention.span, mention.choice))
        asked = [span for span, wanted in self.voices if wanted]
        return Band(
            instruments=tuple(kept),
            without=tuple(dict.fromkeys(self.without)),
            missing=tuple(self.missing),
            stand_ins=tuple(self.stand_ins),
            singing=bool(asked) if self.voices else None,
            singing_spans=tuple(asked),
            covered=frozenset(covered),
        )

    def _is_repeated(self, found: _Found, kept: Sequence[Mention]) -> bool:
        """'sad piano music, only piano': nobody but whom was named before, and no second piano."""
        before = [norm for norm in self.sentence.norms(max(0, found.start - 2), found.start) if norm not in ARTICLES]
        named = [mention.choice.stem for mention in kept]
        return before[-1:] in (["only"], ["just"]) and found.mention.choice.stem in named

    def _instrument(self, mark: Mark) -> None:
        """Takes one instrument word into account."""
        sentence, last = self.sentence, self.found[-1] if self.found else None
        beside = mark.meanings.keys() & {"role", "neutral"} and last and parts.belongs_to(sentence, last.end, mark)
        if beside and last and (last.end != mark.start or not parts.is_apart(sentence, last.mention.choice, mark)):
            self._give_role(mark)
            return
        if "role" in mark.meanings and parts.is_taken(sentence, mark):
            return
        if last and last.end == mark.start and sentence.is_glued([mark.start]) and self._compound(last, mark):
            return
        if is_a_likeness(sentence, mark):
            return
        if "weak" in mark.meanings and not is_listed(sentence, mark, last.end if last else None):
            return
        if ("whole" in mark.meanings or is_a_styled_beat(mark)) and is_the_loop(sentence, mark):
            return
        start = sentence.leftmost(mark, last.end if last else 0)
        words = self._refined(mark, start)
        choice = resolve(words, self._genre_before(mark, start))
        if choice is None:
            return
        end, role, solo = parts.role_nouns(sentence, mark)
        played, reach = manners.after(sentence, end)
        role = parts.of_a_bass(choice, role or parts.role_within(words))
        solo = solo or parts.is_solo(words)
        bare = parts.player(words)
        cut = len(words.split(" ")) - len(bare.split(" "))
        mention = Mention(
            words=bare,
            choice=choice,
            span=(
                mark.span[0] if words == mark.words else sentence.tokens[start].start,
                sentence.tokens[mark.end - 1 - cut].end,
            ),
            phrase=(sentence.tokens[start].start, sentence.tokens[reach - 1].end),
            role=role,
            solo=solo,
            vague=words in parts.PARTS,
        ).played(manners.before(sentence, start, mark).over(played))
        if last and last.mention.vague and parts.is_played_by(sentence, last.end, start):
            self.found.pop()
            mention = replace(
                mention,
                role=mention.role or parts.role_of_part(last.mention.choice),
                phrase=(last.mention.phrase[0], mention.phrase[1]),
            ).played(last.mention.manner)
            start = last.start
        self.found.append(_Found(mark, mention, start, end))

    def _genre_before(self, mark: Mark, start: int) -> str | None:
        """The genre word in the noun phrase ("metal guitar"), else the genre of the whole text."""
        for index in range(start, mark.end):
            adjective = self.sentence.at.get(index)
            if adjective is not None and adjective.meanings.keys() & {"genre", "hint"}:
                name: str = adjective.meaning("genre", "hint")
                return name if styles_of(name) else self.genre
        return self.genre

    def _refined(self, mark: Mark, start: int) -> str:
        """The instrument's words, with an adjective that makes another instrument of them ("acoustic rhythm guitar")."""
        noun = mark.words.split(" ")[-1]
        own, head = resolve(mark.words), resolve(noun)
        for adjective in self.sentence.norms(start, mark.start):
            longer = resolve(f"{adjective} {mark.words}")
            if longer is not None and longer != own:
                return f"{adjective} {mark.words}"
            if own is not None and head is not None and head.stem == own.stem:
                other = resolve(f"{adjective} {noun}")
                if other is not None and other.stem != head.stem:
                    return f"{adjective} {noun}"
        return mark.words

    def _give_role(self, mark: Mark) -> None:
        last = self.found[-1]
        role = parts.of_a_bass(last.mention.choice, mark.meanings.get("role"))
        mention = replace(
            last.mention,
            role=last.mention.role or role,
            solo=last.mention.solo or "solo" in mark.meanings,
        )
        played, reach = manners.after(self.sentence, mark.end)
        mention = replace(mention, phrase=(mention.phrase[0], self.sentence.tokens[reach - 1].end)).played(played)
        self.found[-1] = replace(last, mention=mention, end=mark.end)

    def _compound(self, last: _Found, mark: Mark) -> bool:
        """Two instrument words side by side that name one: "acid synth" + "bass" is a synth bass."""
        words = f"{last.mark.words.split(' ')[-1]} {mark.words}"
        choice = resolve(words, self.genre)
        apart = lexicon.two_players(words) is not None and (
            " " in last.mark.words or self.sentence.run(mark) > 2 or words.endswith("bass drums")
        )
        if choice is None or "weak" in mark.meanings or apart:
            return False
        if choice.instrument.family == last.mention.choice.instrument.family:
            words, choice = last.mention.words, last.mention.choice  # an upright "bass guitar" is still upright
        mention = replace(
            last.mention,
            words=words,
            choice=choice,
            span=(last.mention.span[0], mark.span[1]),
            phrase=(last.mention.phrase[0], mark.span[1]),
        )
        self.found[-1] = replace(last, mention=mention, end=mark.end)
        return True

    def _is_refused(self, mark: Mark) -> bool:
        return is_refused(self.sentence, self.sentence.leftmost(mark))

    def _count(self, start: int) -> int:
        """How many stems: the number right before the noun phrase."""
        if self.sentence.norms(max(0, start - 2), start) in (["pair", "of"], ["couple", "of"]):
            return 2
        words = self.sentence.norms(max(0, start - 1), start)
        metre = start > 1 and self.sentence.tokens[start - 1].gap == "/"  # '3/4 jazz piano'
        if not words or words[0] in ARTICLES or metre or not self.sentence.is_glued([start]):
            return 1
        value = number(words, 0)
        return int(value[0]) if value and value[0] in range(2, MOST_ALIKE + 1) else 1


def _one_kit(kit: Mention, more: Mention) -> Mention:
    """Kick, snare and hats are one stem: how one of them is played says how the kit is."""
    usual = resolve("drums")
    general = resolve(kit.words) == usual != resolve(more.words)  # "snare" leaves the kit open, "brushes" does not
    words, choice = (more.words, more.choice) if general else (kit.words, kit.choice)
    return replace(kit, words=words, choice=choice).played(replace(more.manner, pan=None))

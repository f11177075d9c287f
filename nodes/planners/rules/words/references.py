"""References: which stems of the table a clause speaks of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ensemble.band.instruments import group, matches, resolve
from nodes.planners.rules.scene import Player, Scene
from nodes.planners.rules.words.amounts import number
from nodes.planners.rules.words.lexicon import meanings
from nodes.planners.rules.words.speech import BREAKS, Clause, Mark, vocabulary, word_set
from nodes.planners.rules.words.spelling import KNOWN_WORDS

_NOT_NAMES = word_set(
    """bar whole track loop vocal vocals voice singer tune tunes tone key pitch boost high low effect echo space hit
    part parts up off fx noise click rest record player attack bed solo tempo swing"""
)
"""Words of the grammar that the lexicon also knows as instruments or hides in their names."""
_ROLE_WORDS = {
    "melody": "lead", "lead": "lead", "tune": "lead", "solo": "lead", "hook": "lead", "chords": "chords", "pads": "pad", "pad": "pad",
    "rhythm section": "rhythm", "percussion": "percussion", "beat": "drums", "the beat": "drums", "groove": "drums",
    "low end": "bass", "bassline": "bass", "bass line": "bass", "topline": "lead", "harmony": "chords", "comping": "chords",
}  # fmt: skip
_NO_NAME_BEGINS = word_set("a all an and in it my no some the to")
_LONGEST = 4


@dataclass(frozen=True)
class Mention:
    """Words at tokens `start`..`end` that name an instrument or a family."""

    words: str
    start: int
    end: int


@dataclass(frozen=True)
class Target:
    """What a clause speaks of. `stems` empty with `whole`: the loop as a whole; with neither: nothing was said."""

    stems: tuple[str, ...] = ()
    whole: bool = False
    missing: tuple[str, ...] = ()
    """Instrument words that no stem answers to."""
    pronoun: bool = False
    spans: tuple[tuple[int, int], ...] = ()
    unclear: str | None = None
    """A question to ask when the words refer to nothing."""

    @property
    def said(self) -> bool:
        return bool(self.stems or self.whole or self.missing or self.unclear)


def mentions(clause: Clause, scene: Scene | None = None) -> list[Mention]:
    """Every name of an instrument, family or stem, longest first at each place, in order."""
    return list(_mentioned(clause.words, frozenset(scene.names) if scene else frozenset()))


@lru_cache(maxsize=512)
def _mentioned(words: tuple[str, ...], names: frozenset[str]) -> tuple[Mention, ...]:
    """Many matchers ask for those of one clause."""
    return tuple(_mentions(words, names))


def _mentions(words: tuple[str, ...], names: frozenset[str]) -> Iterator[Mention]:
    at = 0
    while at < len(words):
        if words[at] in BREAKS or words[at] in _NO_NAME_BEGINS:
            at += 1
            continue
        for length in range(min(_LONGEST, len(words) - at), 0, -1):
            phrase = " ".join(words[at : at + length])
            if phrase in names or (
                _plain(words[at : at + length]) and (is_instrument(phrase) or _weak(words, at, phrase))
            ):
                yield Mention(phrase, at, at + length)
                at += length
                break
        else:
            at += 1


def _plain(words: tuple[str, ...]) -> bool:
    """Words that may be a name: numbers only where the lexicon has them so ('808 kit')."""
    numbers = any(not word[0].isalpha() for word in words)
    return (not numbers or " ".join(words) in meanings()) and words[-1] not in {"a", "the", "and", "or", "in", "to"}


def _weak(words: tuple[str, ...], at: int, phrase: str) -> bool:
    """Everyday words that name an instrument only where an article says so: 'the kick', 'a horn'."""
    meaning = meanings().get(phrase) or {}
    return (
        "weak" in meaning
        and at > 0
        and words[at - 1] in {"the", "a", "an", "my", "no", "without"}
        and resolve(phrase) is not None
        and phrase not in _NOT_NAMES
    )


def is_instrument(phrase: str) -> bool:
    """Whether the words name something that the band has, or a family of it."""
    if phrase in _NOT_NAMES:
        return False
    meaning = meanings().get(phrase) or {}
    if "nothing" in meaning or "weak" in meaning:
        return False
    return resolve(phrase) is not None or bool(group(phrase))


def named(words: str, scene: Scene) -> tuple[str, ...]:
    """Names of the stems that the words refer to; a part's role ('the melody') only where no name fits."""
    exact = [player.name for player in scene.players if player.name == words]
    if exact:
        return tuple(exact)
    section = by_role(words, scene) if words == "rhythm section" else ()
    found = section or tuple(player.name for player in scene.players if matches(words, player.name, player.instrument))
    found = found or by_role(words, scene)
    if not found and scene.open and (choice := resolve(words, scene.genre)) is not None:
        return (choice.stem,)  # the band will choose: its usual name is the best guess
    return found


def by_role(words: str, scene: Scene) -> tuple[str, ...]:
    """Stems that play a role: 'melody', 'chords', 'low end', 'rhythm section'."""
    role = _ROLE_WORDS.get(words)
    if (
        any(player.instrument == "drum recording" for player in scene.players)
        and (choice := resolve(words)) is not None
    ):
        role = role or ("drums" if choice.stem == "drums" else None)  # 'my break', whatever the file is called
    wanted = {"drums", "percussion", "bass"} if role == "rhythm" else {role}
    if role == "lead" and not any(player.role == "lead" for player in scene.players):
        return ()
    return tuple(player.name for player in scene.players if player.role in wanted)


def find(clause: Clause, scene: Scene) -> Target:
    """What the clause speaks of; not what that is measured by: 'make the piano darker than the guitar'."""
    than = next((at for at in range(2, len(clause.words)) if _measures(clause.words, at)), 0)
    if than and clause.words[than - 1] not in {"rather", "other", "else"} and mentions(clause.part(0, than), scene):
        clause = clause.part(0, than)
    return (
        _except(clause, scene)
        or _two(clause, scene)
        or _newest(clause, scene)
        or _named(clause, scene)
        or _loose(clause, scene)
    )


def _measures(words: tuple[str, ...], at: int) -> bool:
    """Whether what comes next is what a stem is measured by: 'than the guitar', 'too busy for what the keys do'."""
    return words[at] in {"than", "against"} or words[at : at + 2] in _MEASURES


_MEASURES = (("for", "what"), ("compared", "to"), ("compared", "with"), ("relative", "to"), ("given", "what"))


def everything_but(clause: Clause) -> tuple[Mark, Mark] | None:
    """('everything', 'but') where the clause says everything but something."""
    for mark in clause.marks("all", "mixword", "rest"):
        for but in clause.marks("except"):
            if but.start == mark.end or (mark.end < but.start <= mark.end + 3):
                return mark, but
    return None


def _except(clause: Clause, scene: Scene) -> Target | None:
    some = next(
        (but for but in clause.marks("except") if but.words not in _WEAKLY_BUT and mentions(clause.part(0, but.start))),
        None,
    )
    if some is not None:  # '(all) the strings except the cello'
        family, spared = _named(clause.part(0, some.start), scene), find(clause.part(some.end), scene)
        if family is not None and set(spared.stems) < set(family.stems):
            left = tuple(name for name in family.stems if name not in spared.stems)
            return Target(left, spans=family.spans) if spared.stems else None
    pair = everything_but(clause)
    if pair is None:
        return None
    mark, but = pair
    kept = find(clause.part(but.end), scene)
    if kept.missing and not kept.stems:
        return Target(missing=kept.missing)
    left = tuple(name for name in scene.names if name not in kept.stems)
    spans = ((mark.start, but.end), *((s + but.end, e + but.end) for s, e in kept.spans))
    return Target(left, spans=spans) if kept.stems else None


_WEAKLY_BUT = word_set("but save bar besides")


def _pair(clause: Clause, scene: Scene) -> list[Player]:
    """The stems that a comparison chooses from: those named beside it, those in focus when two or more, or all."""
    names = [name for mention in mentions(clause, scene) for name in named(mention.words, scene)]
    chosen = names if len(names) > 1 else list(scene.focus) if len(scene.focus) > 1 else scene.names
    return [player for player in scene.players if player.name in chosen and not player.muted]


def _two(clause: Clause, scene: Scene) -> Target | None:
    mark = clause.first("extreme_loud", "extreme_quiet")
    if mark is None:
        return None
    players = _pair(clause, scene)
    if not players:
        return Target(unclear="Which two stems do you mean? There are no stems yet.")
    levels = sorted(players, key=lambda player: player.gain_db)
    if len(levels) > 1 and levels[0].gain_db == levels[-1].gain_db:
        named_ = " and the ".join(player.name for player in players)
        return Target(unclear=f"The {named_} stand at the same level. Which one do you mean?")
    chosen = levels[-1] if mark.kind == "extreme_loud" else levels[0]
    return Target((chosen.name,), spans=((mark.start, mark.end),))


def _newest(clause: Clause, scene: Scene) -> Target | None:
    mark = clause.first("newest")
    if mark is not None and not (mentions(clause, scene) and mark.words in {"new one", "the latest", "just added"}):
        if not scene.newest:
            return Target(unclear=f"Nothing was added yet. Which one do you mean: {', '.join(scene.names)}?")
        return Target(scene.present(scene.newest), spans=((mark.start, mark.end),))
    mark = clause.first("oldest")
    if mark is not None and scene.players:
        return Target((scene.players[0].name,), spans=((mark.start, mark.end),))
    return None


def _named(clause: Clause, scene: Scene) -> Target | None:
    """Stems by name, family or role; 'the other guitar'; 'the rest'."""
    stems: list[str] = []
    missing: list[str] = []
    spans: list[tuple[int, int]] = []
    for mention in mentions(clause, scene):
        found = named(mention.words, scene)
        before = clause.words[mention.start - 1] if mention.start else ""
        if len(found) > 1 and before in _ORDINALS and _ORDINALS[before] < len(found):
            found = (found[_ORDINALS[before]],)
        if found and len(found) > 1 and before in {"other"}:
            found = tuple(name for name in found if name not in scene.focus) or found
        stems += [name for name in found if name not in stems]
        spans.append((mention.start, mention.end))
        if not found:
            missing.append(mention.words)
    for mark in clause.marks("lead_noun", "chords_noun", "pad_noun", "bass_noun"):
        if _tunes(clause, mark):
            continue
        if not any(start <= mark.start < end for start, end in spans) and mark.words in _ROLE_WORDS:
            players = by_role(mark.words, scene)
            stems += [name for name in players if name not in stems]
            if players:
                spans.append((mark.start, mark.end))
    rest = clause.first("rest")
    same = rest is not None and scene.focus and clause.words[rest.start - 1 : rest.start] in (("those",), ("these",))
    if rest is not None and not stems and not same:
        base = scene.focus
        left = tuple(name for name in scene.names if name not in base)
        return Target(left, spans=((rest.start, rest.end),)) if left else None
    if not stems and not missing:
        return None
    return Target(tuple(stems), missing=tuple(missing), spans=tuple(spans))


def _tunes(clause: Clause, mark: Mark) -> bool:
    """'tune the whole thing down': what is done, and no melody."""
    return mark.words == "tune" and (mark.start == 0 or clause.words[mark.end : mark.end + 1] in _TUNED)


_TUNED = (("it",), ("the",), ("this",), ("that",), ("them",), ("everything",), ("all",), ("my",), ("down",), ("up",))
_ORDINALS = {"first": 0, "1st": 0, "second": 1, "2nd": 1, "third": 2, "3rd": 2, "last": -1}


def _unknown_noun(clause: Clause) -> tuple[str, ...]:
    """'the kazoo': a noun after 'the' that nobody knows."""
    for at, word in enumerate(clause.words[:-1]):
        noun = clause.words[at + 1]
        known = (
            noun in vocabulary() or noun in meanings() or noun in KNOWN_WORDS or noun.removesuffix("s") in meanings()
        )
        known = known and "absent" not in (meanings().get(noun) or {})
        if (
            word in {"the", "my"}
            and clause.words[max(0, at - 1)] not in {"for", "during"}
            and len(noun) > 3
            and noun.isalpha()
            and not known
            and not number(clause.words, at + 1)
        ):
            return (noun,)
    return ()


def _loose(clause: Clause, scene: Scene) -> Target:
    """'both', 'it', 'them', 'everything', 'the mix'."""
    both = clause.first("both")
    if both is not None:
        two = scene.focus if len(scene.focus) == 2 else tuple(scene.names) if len(scene.names) == 2 else ()
        if two:
            return Target(two, spans=((both.start, both.end),), pronoun=True)
        if both.words not in {"the two"} and len(scene.focus) != 1:
            return Target(unclear=f"Which two do you mean: {', '.join(scene.names)}?")
    whole = clause.first("mixword")
    everything = clause.first("all")
    mark = clause.first("pronoun")
    if whole is not None and whole.words == "mix" and whole.start == 0 and mark is not None and scene.spoken:
        whole = None  # 'mix it up'
    if whole is not None and not (mark is not None and mark.start < whole.start and not mark.words.startswith("th")):
        return Target(whole=True, spans=((whole.start, whole.end),))
    if everything is not None and everything.words != "all":
        return Target(whole=True, spans=((everything.start, everything.end),))
    if mark is not None and mark.words in {"that one", "this one"} and not scene.focus and scene.newest:
        return Target(scene.present(scene.newest), pronoun=True, spans=((mark.start, mark.end),))
    if mark is not None:
        return Target(scene.focus, whole=not scene.focus, pronoun=True, spans=((mark.start, mark.end),))
    return Target(missing=_unknown_noun(clause))

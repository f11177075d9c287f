"""Nouns for a part ("melody", "chords", "line") and whose part it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ensemble.band.instruments import Choice, normalised, resolve
from ensemble.protocols import Role
from nodes.planners.rules.words.marks import Mark
from nodes.planners.rules.words.sentence import ARTICLES, Sentence

if TYPE_CHECKING:
    from nodes.planners.rules.words.mentions import Mention

PARTS = frozenset(
    [
        "melody",
        "melodies",
        "lead",
        "leads",
        "hook",
        "hooks",
        "beat",
        "beats",
        "melody line",
        "lead line",
        "lead part",
        "lead melody",
        "main melody",
        "topline",
        "top line",
        "bassline",
        "bass line",
        "rhythm section",
        "solo lead",
    ]
)
"""Words for a part rather than for an instrument: the genre chooses who plays it."""
_PLAYING = frozenset(
    [
        "playing",
        "plays",
        "play",
        "played",
        "on",
        "carrying",
        "carries",
        "taking",
        "takes",
        "doing",
        "does",
        "as",
        "for",
        "handling",
        "handles",
        "holding",
        "plucking",
        "strumming",
        "picking",
        "comping",
        "blowing",
        "bowing",
        "tapping",
        "singing",
        "performing",
        "performs",
        "providing",
        "provides",
    ]
)
_PLAYED_BY = frozenset(
    ["on", "by", "from", "played", "performed", "of", "in", "using", "through", "via", "the", "a", "an", "is", "being"]
)
_EMPTY = frozenset(["the", "a", "an", "is"])
_OPEN_STEMS = frozenset(["lead", "drums", "percussion", "pad", "synth arpeggio", "synth stab", "bass"])


def role_nouns(sentence: Sentence, mark: Mark) -> tuple[int, Role | None, bool]:
    """The end of a noun phrase after nouns for its part that are no instruments, the role they give, and whether one
    of them is "solo"."""
    end, role, solo = mark.end, None, False
    while sentence.is_glued([end]):
        noun = sentence.at.get(end)
        if noun is None or "instrument" in noun.meanings or not noun.meanings.keys() & {"role", "neutral"}:
            break
        role = role or noun.meanings.get("role")
        solo = solo or "solo" in noun.meanings
        end = noun.end
    return end, role, solo


def belongs_to(sentence: Sentence, end: int, mark: Mark) -> bool:
    """Whether a part belongs to the mention that ends at token `end`: "piano melody", "a flute playing the melody"."""
    if end == mark.start:
        return sentence.is_glued([mark.start])
    between = range(end, mark.start)
    if "role" not in mark.meanings or len(between) > 6 or not sentence.is_glued((*between, mark.start)):
        return False
    words = sentence.norms(end, mark.start)
    return any(word in _PLAYING for word in words[:3]) and not {"and", "with"} & set(words)


def is_apart(sentence: Sentence, before: Choice, mark: Mark) -> bool:
    """Whether a word that may name a part right after an instrument names another instrument all the same.

    "flute drums", "piano strings", "bass pad"; in a list without commas ("rhodes pad bass drums") also a pad after what
    cannot hold a note, and a bass line after what is no bass.
    """
    own, family = mark.meanings["instrument"], before.instrument.family
    if own == "drums":
        return before.instrument.role not in {"drums", "percussion"}
    listed = sentence.run(mark) > 2
    if own == "strings":
        return listed or family not in _STRUNG
    if mark.meanings.get("role") == "pad":
        return (
            before.instrument.is_drum or family == "bass" or (listed and (family in _STRUCK or before.stem in _SHORT))
        )
    if own in {"pluck", "plucks", "lead", "leads"}:
        return listed and before.instrument.role in {"bass", "drums", "percussion"}
    return listed and mark.meanings.get("role") == "bass" and family not in _LOW


_STRUNG = frozenset(["guitar", "bass", "strings"])
_STRUCK = frozenset(["piano", "chromatic percussion", "guitar", "percussive", "percussion"])
_SHORT = frozenset(["synth pluck", "synth stab"])
_LOW = frozenset(["bass", "synth lead", "synth pad"])


def is_played_by(sentence: Sentence, end: int, start: int) -> bool:
    """Whether the part that ends at token `end` is played by the instrument at `start`: "the melody on a flute"."""
    words = sentence.norms(end, start)
    if not words or len(words) > 6 or not sentence.is_glued((*range(end, start), start)):
        return False
    return words[0] not in ARTICLES and set(words) <= _PLAYED_BY and not set(words) <= _EMPTY


def is_taken(sentence: Sentence, mark: Mark) -> bool:
    """Whether a part is a voice's or an absent instrument's: "vocal melody", "a singer sings this lovely melody"."""
    before = sentence.at.get(mark.start - 1)
    if before is not None and "absent" in before.meanings:
        return sentence.is_glued([mark.start])
    voices = [voice for voice in sentence.marks if "singing" in voice.meanings and voice.end <= mark.start]
    between: Sequence[int] = range(voices[-1].end, mark.start) if voices else ()
    return (
        bool(voices)
        and len(between) <= 4
        and sentence.is_glued((*between, mark.start))
        and all(
            sentence.tokens[index].norm in ARTICLES | _PLAYING | {"main"} or sentence.passes(index) for index in between
        )
    )


@lru_cache(maxsize=256)
def role_within(words: str) -> Role | None:
    """The role that an instrument's own words give: "lead guitar", "rhythm guitar", "string pad", "guitar riff"."""
    for word in normalised(words).split(" "):
        if word in ("lead", "solo", "melody", "riff", "lick", "hook"):
            return "lead"
        if word in ("rhythm", "chords", "strumming", "accompaniment", "backing"):
            return "chords"
        if word == "pad":
            return "pad"
    return None


_OF_A_PLAYER = frozenset(
    [
        "part",
        "parts",
        "track",
        "tracks",
        "line",
        "lines",
        "solo",
        "solos",
        "riff",
        "riffs",
        "lick",
        "licks",
        "melody",
        "hook",
        "phrase",
        "phrases",
        "playing",
        "strumming",
        "loop",
        "loops",
    ]
)


_KITS = frozenset(["drum", "drums"])
_OF_A_KIT = frozenset(
    ["beat", "beats", "groove", "grooves", "loop", "loops", "pattern", "patterns", "rhythm", "part", "track", "break"]
)


@lru_cache(maxsize=256)
def player(words: str) -> str:
    """An instrument's words without what it plays or does: "violin part", "violin playing" -> "violin", but "bass line" is a part."""
    bare, _, noun = words.rpartition(" ")
    if bare in _KITS and noun in _OF_A_KIT:
        return "drums"
    same = bare and noun in _OF_A_PLAYER and words not in PARTS and resolve(bare) == resolve(words)
    return bare if same else words


def is_solo(words: str) -> bool:
    """Whether an instrument's words say that it plays alone: "trumpet solo"."""
    return player(words) != words and words.endswith((" solo", " solos"))


BASS_LINES = frozenset(["bass line", "bass lines", "bassline", "basslines"])
"""Words for what a bass plays."""
_LISTING = frozenset(["and", "&", "plus", "n", "+", "or", ",", ";"])


def one_player(found: Sequence[Mention], text: str) -> tuple[Mention, ...]:
    """The mentions without a part that another one plays: 'an oboe to carry a melody', 'a melody with a flute'."""
    kept = list(found)
    for one, other in pairwise(found):
        part = next((mention for mention in (one, other) if mention.vague and mention.role == "lead"), None)
        player = other if part is one else one
        between = text[one.span[1] : other.span[0]].lower().replace(",", " , ").split()
        if part is None or player.vague or _LISTING & set(between) or player not in kept or part not in kept:
            continue
        kept[kept.index(player)] = replace(player, role=player.role or "lead")
        kept.remove(part)
    return tuple(kept)


def role_of_part(choice: Choice) -> Role | None:
    """The role that a part's own word stands for ("melody" -> lead)."""
    return choice.instrument.role if choice.stem in _OPEN_STEMS else None


def of_a_bass(choice: Choice, role: Role | None) -> Role | None:
    """`role`, but a bass that plays an arpeggio or a riff is still the bass."""
    return None if choice.instrument.role == "bass" and role == "chords" else role

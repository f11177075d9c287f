"""What a message names first and then calls 'it': 'the piano, change it to an organ', 'the third chord is wrong, make it an F';
and what it is stripped back to: 'strip it back to bass and drums'."""

from __future__ import annotations

from typing import get_args

from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk import complaints
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.chord_words import chords_in, places_in
from nodes.planners.rules.words.openings import OPENERS, comparative_first
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause, word_set
from state.effects import EffectKind

_ARTICLES = word_set("the my this that a an")
_BETWEEN = _ARTICLES | word_set("and & , both just only")
_PRONOUNS = word_set("it him her them that this those these")
_AS_FOR = (("as", "for"), ("about",), ("regarding",), ("concerning",))
_POLITE = word_set("please can could you would i want we should just now then maybe also")


def _ending(message: Clause, start: int, ends: frozenset[str]) -> int:
    """The first token from `start` on that is one of `ends`, or the end of the message."""
    return next((at for at in range(start, len(message.words)) if message.words[at] in ends), len(message.words))


def _begin(message: Clause) -> int:
    """Where a message begins, after words of politeness: 'hey, nice, but | the bass, turn it down'."""
    at = 0
    while at < len(message.words) - 1 and message.words[at] not in {"just", "only"}:
        mark = message.part(at).begins("polite")
        if message.words[at] in BREAKS:
            at += 1
        elif mark is not None and at + mark.end < len(message.words):
            at += mark.end
        else:
            break
    return at


def _names_only(part: Clause) -> bool:
    """Nothing but names of instruments: 'the bass and drums'."""
    named_ = {at for found in mentions(part) for at in range(found.start, found.end)}
    return bool(named_) and all(at in named_ or word in _BETWEEN for at, word in enumerate(part.words))


def topical(message: Clause, scene: Scene) -> Clause:
    """'the piano, change it to an organ' -> 'change the piano to an organ'."""
    start = _begin(message)
    begin = start + next((len(said) for said in _AS_FOR if message.words[start : start + len(said)] == said), 0)
    comma = _ending(message, begin, BREAKS | {"-"})
    topic = message.part(begin, comma)
    newest = topic.first("newest", "oldest")
    whole = newest is not None and newest.start == 0 and newest.end == len(topic.words)
    if whole and newest is not None and len(scene.newest) == 1 and newest.kind == "newest":
        message = message.replaced(begin, comma, f"the {scene.newest[0]}")
        comma = begin + 2
        topic = message.part(begin, comma)
    if (
        comma + 1 >= len(message.words)
        or message.words[comma] not in {",", ":", "-", ";"}
        or not (_names_only(topic) or whole)
    ):
        return message
    if not all(named(found.words, scene) for found in mentions(topic)):
        return message
    if (after := _beside(message, comma)) is not None:
        return (
            message.part(begin, comma).joined(message.part(comma + 1))
            if after == ""
            else _told_of(message, begin, comma, after)
        )
    verb = comma + 1
    while verb < len(message.words) and message.words[verb] in _POLITE:
        verb += 1
    if verb >= len(message.words) or message.words[verb] not in OPENERS:
        return message
    for at in range(verb + 1, min(verb + 4, len(message.words))):
        if message.words[at] in _PRONOUNS:
            return message.replaced(at, at + 1, topic.text).part(comma + 1)
        if message.words[at] in BREAKS or message.words[at] in _ARTICLES:
            break
    return message


_MOVED = (
    "louder",
    "quieter",
    "higher",
    "lower",
    "busier",
    "sparser",
    "level_louder",
    "level_quieter",
    "timbre_bright",
    "timbre_dark",
    "timbre_warm",
)


def _beside(message: Clause, comma: int) -> str | None:
    """What stands after a topic and says only how it should be: '' for '(the bass,) 3 dB up', the effect for 'more reverb'."""
    end = _ending(message, comma + 1, BREAKS | {"and", "but"})
    rest = message.part(comma + 1, end).bare()
    if not rest.words or mentions(rest) or rest.has("tempo", "faster", "slower", "mixword", "pronoun", "negation"):
        return None
    worn = rest.first(*_EFFECTS)
    if worn is not None and rest.words[0] in {"more", "less", "some", "a", "no"}:
        return rest.text
    said = amounts(rest)
    if (
        said
        and said[0].start == 0
        and said[0].unit in {"db", "semitones", "percent"}
        and rest.has(*_MOVED, "more", "less")
    ):
        return ""
    return "" if comparative_first(rest) or (rest.words[0] in {"up", "down"} and said) else None


def _told_of(message: Clause, begin: int, comma: int, effect: str) -> Clause:
    """'the guitar, more reverb' -> 'more reverb on the guitar'."""
    end = _ending(message, comma + 1, BREAKS | {"and", "but"})
    return message.replaced(begin, end, f"{effect} on {message.part(begin, comma).text}")


_EFFECTS = tuple(f"effect_{kind}" for kind in get_args(EffectKind))
_CHANGING = word_set("make change try use put turn replace swap switch set have let i'd it give play prefer")


def called(message: Clause, scene: Scene) -> Clause:
    """'the third chord is wrong, make it an F' -> 'change the third chord to F'."""
    start = _begin(message)
    comma = _ending(message, start, BREAKS | {"-"})
    told, rest = message.part(start, comma), message.part(comma + 1)
    if not rest.words or not told.says("chord", "chords") or not complaints.complains(told):
        return message
    places = list(places_in(told, True))
    end = _ending(rest, 0, BREAKS)
    fix = rest.part(0, end)
    verb = next((word for word in fix.words if word not in _POLITE), "")
    wanted = [
        found
        for found in chords_in(fix, {at + 1 for at, word in enumerate(fix.words) if word in _PRONOUNS})
        if not found.old
    ]
    if len(places) != 1 or len(wanted) != 1 or verb not in _CHANGING or fix.says("chord", "chords"):
        return message
    place = told.part(places[0].start, places[0].end).text
    the = "" if place.startswith(("chord", "bar")) else "the "
    return message.replaced(0, comma + 1 + end, f"change {the}{place} to {wanted[0].symbol}")


_STRIPPING = word_set("strip pare take bring cut boil trim reduce dial scale pull drop whittle narrow get")
_THE_LOOP = (
    (), ("it",), ("this",), ("that",), ("everything",), ("things",), ("it", "all"), ("the", "whole", "thing"), ("the", "loop"), ("the", "mix"),
    ("the", "track"), ("the", "beat"), ("the", "song"), ("the", "arrangement"), ("all", "of", "it"), ("this", "loop"),
)  # fmt: skip
_HARD = frozenset(".!?;,\n") | {"then", "please", "but", "with", "for"}


def stripped(message: Clause) -> Clause:
    """'strip it back to bass and drums' and 'just piano and bass' -> 'keep only ...'."""
    words = message.words
    start = _begin(message)
    if words[start : start + 1] == ("just",) and words[start + 1 : start + 2] and words[start + 1] in _STRIPPING:
        start += 1
    if words[start : start + 1] in (("just",), ("only",)):
        tail: int | None = start + 1
    else:
        tail = _back_to(words, start)
    if tail is None:
        return message
    end = _ending(message, tail, _HARD - {","})
    while "," in words[tail:end] and not _names_only(message.part(tail, end)):
        end = tail + max(at for at, word in enumerate(words[tail:end]) if word == ",")
    kept = message.part(tail, end)
    if not _names_only(kept) or (end < len(words) and words[end] in {"with", "for"}) or {"a", "an"} & set(kept.words):
        return message
    names = " ".join(word for word in kept.words if word not in {"just", "only", "alone"})
    return message.replaced(start, end, f"keep only {names}")


_ADVERBS = word_set("all the way right straight back down just")


def _back_to(words: tuple[str, ...], start: int) -> int | None:
    """Where what is left over begins, after 'strip it back to', 'cut this all the way down to', 'reduce it to', 'back to just'."""
    if words[start : start + 1] and words[start] in {"back", "down"} and words[start + 1 : start + 2] == ("to",):
        return start + 2 if words[start + 2 : start + 3] and words[start + 2] in {"just", "only"} else None
    if start >= len(words) or words[start] not in _STRIPPING:
        return None
    for loop in _THE_LOOP:
        at = end = start + 1 + len(loop)
        if words[start + 1 : at] != loop:
            continue
        while words[end : end + 1] and words[end] in _ADVERBS:
            end += 1
        if words[end : end + 1] == ("to",) and ({"back", "down"} & set(words[at:end]) or words[start] in _BARELY):
            return end + 1
    return None


_BARELY = word_set("reduce strip pare whittle narrow boil")

"""The first loop of a session, or a new one in place of the old: how many clauses describe it, and what they say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nodes.planners.rules import ask
from nodes.planners.rules.edits import create, navigate, sense
from nodes.planners.rules.edits.premature import EFFECTS, frames, is_premature
from nodes.planners.rules.outcome import UNDERSTOOD, Outcome
from nodes.planners.rules.outcome import ask as asking
from nodes.planners.rules.plain.first_words import scenery
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk import beyond, questions, stating
from nodes.planners.rules.talk.smalltalk import smalltalk
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.formats import wants_sheet
from nodes.planners.rules.words.openings import COMPARATIVES
from nodes.planners.rules.words.speech import Clause, word_set

_EDITS = word_set(
    """add put pan mute unmute solo remove delete ditch drop kill lose replace swap transpose shift speed slow
    double halve undo redo revert export save bounce bring turn raise lower boost reduce rearrange layer insert
    throw introduce extend loop isolate extract regenerate redo modulate drench pitch crank tuck push pull filter
    cut describe change"""
)


_CREATES = word_set(
    """make create generate compose write produce build give cook do start play want need i'd i let's let craft
    design come gimme get put lay can hit whip knock looking"""
)


_ANYTHING = (
    "something", "anything", "surprise me", "whatever", "some music", "music", "a loop", "a beat", "a song", "a track", "a tune",
    "some beats", "a groove", "a jam", "me a loop", "you choose", "your choice", "some tunes", "a new loop", "new loop", "a melody",
    "beats",
)  # fmt: skip


def first_loop(left: Sequence[Clause], scene: Scene) -> tuple[int, Outcome | None]:
    """(number of clauses taken up, what they mean) while there is no loop."""
    first = left[0]
    refused = ask.impossible(first, scene) or sense.sense(together(left[: reach(left)]), scene)
    if refused is not None:
        return 1, refused
    if _edits_something(first):
        return 1, asking(ask.NO_LOOP)
    for matcher in (beyond.beyond, questions.describe, questions.question, create.around_drums):
        outcome = matcher(first, scene)
        if outcome is not None:
            return 1, outcome
    if smalltalk(first, scene) is not None and len(left) > 1:
        return 1, UNDERSTOOD
    if is_edit(first) or is_premature(first):
        back = navigate.navigate(first, scene)
        return 1, back or asking(ask.NO_LOOP)
    used = reach(left)
    whole = together(left[:used])
    if (stated := stating.of_nothing(whole)) is not None:
        return used, asking(stated)
    if first.words[0] == "i" and set(first.words[1:2]) <= _TASTES and not create.materials(read(first.text)):
        return 1, UNDERSTOOD if len(left) > 1 else asking(ask.NO_LOOP)
    forced = (whole.says(*_ANYTHING) and (whole.has("create") or len(whole.words) <= 4)) or whole.says(
        "surprise me", "you choose"
    )
    outcome = create.create(whole, scene, forced=forced)
    if outcome is None and whole.has("voice"):
        outcome = asking(ask.ONLY_VOICE)
    if outcome is None and read(whole.text).missing:
        outcome = create.create(whole, scene, forced=True)
    if outcome is None:
        outcome = (create.create(seen, scene, forced=True) if (seen := scenery(whole)) else None) or asking(ask.NO_LOOP)
    return used, outcome


def new_loop(left: Sequence[Clause], scene: Scene) -> tuple[int, Outcome] | None:
    """A new loop although there is one; None where the clause edits."""
    first = left[0]
    if create.around_drums(first, scene) is not None or create.like_this(first, scene) is not None:
        return None
    if not wants_new(first, scene):
        return None
    used = reach(left)
    senseless = sense.sense(together(left[:used]), scene)
    if senseless is not None:
        return used, senseless
    outcome = create.create(together(left[:used]), scene, forced=True)
    return (used, outcome) if outcome is not None else None


def reach(left: Sequence[Clause]) -> int:
    """How many of the clauses describe the loop, until one edits what was made."""
    used = 1
    while used < len(left) and not is_edit(left[used]) and not _asks(left[used]) and not _delivers(left[used]):
        used += 1
    return used


def together(parts: Sequence[Clause]) -> Clause:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.joined(Clause((",",), (",",), part.titles)).joined(part)
    return whole


def _asks(clause: Clause) -> bool:
    return clause.words[0] in {"what", "which", "how", "is", "are", "does"} or clause.says("tell me", "let me know")


def _delivers(clause: Clause) -> bool:
    """'(a blues in A, then) give me the wav', 'download it': files of what was made."""
    return clause.words[0] in _HANDING and clause.has("export") and not create.materials(read(clause.text))


_HANDING = word_set("give send get let i we download export save bounce render hand email gimme can print")


def is_edit(clause: Clause) -> bool:
    """Whether a clause works on something that must be there."""
    words = clause.words
    if words[0] == "slow" and words[1:2] in ((), (",",), ("with",), ("and",)):
        return False  # '(I want a music,) slow, with the piano'
    reading = read(clause.text)
    if _TO_BE.match(" ".join(words)) and not create.materials(reading):
        return False  # 'it has to push. (Let's do a techno loop)'
    if (
        words[0] in {"make", "turn", "let", "keep", "take", "get"}
        and words[1:2]
        and words[1] in {"it", "this", "that", "the", "them", "these"}
    ):
        says_frame = (
            (reading.bpm is not None and "bpm" not in reading.inferred)
            or reading.key
            or reading.bars
            or (reading.genre and "genre" not in reading.inferred)
            or reading.time_signature
            or clause.says("sound like", "feel like", "sounds like", "feels like")
        )
        return not says_frame or (clause.has("faster", "slower") and not reading.bpm)
    if words[0] in _EDITS:
        fresh = reading.genre or reading.bpm or reading.key or (reading.whole is not None and clause.has("create"))
        made = words[0] in word_set("bring do drop lay loop put start throw") and bool(fresh)
        return (
            not made
            and not clause.says(
                "put together",
                "drum loop for",
                "drum and bass",
                "bring me",
                "slow jam",
                "slow blues",
                "slow down tempo",
            )
            and not _described(clause)
        )
    if words[0] in {"solo", "slow", "double"}:
        return not create.materials(reading)
    return (clause.has("undo") and not create.materials(reading)) or (
        clause.has("louder", "quieter", "effect_reverb") and not create.materials(reading)
    )


_TO_BE = re.compile(
    r"(?:it|this|that|the (?:loop|track|song|beat|music)|everything) (?:just |really |also |only )*(?:(?:has|needs|ought|wants) to|should|must|cannot|can't|mustn't|shouldn't) (?!be \w+er\b)"
)


def _edits_something(clause: Clause) -> bool:
    """'abracadabra mute the piano': an edit after words that describe no loop."""
    if frames(read(clause.text)):
        return False
    for at in range(1, len(clause.words) - 1):
        after = at + 2 if clause.words[at + 1] in _AWAY else at + 1
        if clause.words[at] in _EDITS and set(clause.words[after : after + 1]) & _THERE:
            return is_edit(clause.part(at)) and not _describes(clause.part(0, at))
        if clause.words[at] == "make" and clause.words[at + 1] in _THERE and clause.part(at).has(*COMPARATIVES):
            return not _describes(clause.part(0, at))
        if clause.words[at] == "add" and clause.has("effect_any", *EFFECTS) and clause.says("to the", "on the"):
            return not _describes(clause.part(0, at))
    return False


_TASTES = word_set("love like adore hate enjoy")
_AWAY = word_set("up down off out away back")
_THERE = word_set("the my it that this them all everything those these") | {"reverb", "delay"}


def _describes(head: Clause) -> bool:
    reading = read(head.text)
    return create.materials(reading) or reading.whole is not None or head.says(*_ANYTHING)


def _described(clause: Clause) -> bool:
    """'slow jazz ballad with piano': a description that begins like a verb."""
    return (
        clause.words[0] in {"slow", "loop", "solo", "speed", "pitch", "double"}
        and create.materials(read(clause.text))
        and not clause.says("it", "this", "the", "down", "up")
    )


_NEW = (
    "new", "another", "different", "fresh", "second", "whole new", "from scratch", "start over", "brand new", "start again",
    "start fresh", "scrap everything", "scrap it all", "clean slate", "forget everything", "completely different",
)  # fmt: skip


_NOUNS = word_set(
    """loop beat track song tune piece music groove jam instrumental soundtrack number sketch composition theme
    jingle banger bop bgm waltz ballad anthem riddim clip score backing"""
)


_PART_NOUNS = word_set("track part line melody riff solo layer")


_AFRESH = (
    "something completely different", "something totally different", "something entirely different", "completely different loop",
    "start over", "from scratch", "start again", "start fresh", "scrap everything", "scrap it all", "clean slate", "forget everything",
    "brand new", "completely new", "whole new", "something completely new", "all new",
)  # fmt: skip


def wants_new(clause: Clause, scene: Scene) -> bool:
    """Whether a clause asks for a new loop although there is one: 'now make me a techno loop at 130'."""
    words = clause.words
    if wants_sheet(clause):
        return False
    if clause.says(*_AFRESH):
        return True
    verb = clause.begins("create")
    if verb is None and words[0] not in {"a", "an", "new", "another", "now"} and not _is_description(clause):
        return False
    rest = clause.part(verb.end) if verb else clause
    if rest.words[:1] and rest.words[0] in word_set("all everything it that the them these this"):
        return False
    if clause.says("version", "variation", "variations", "arrangement", "take", "remix", "solo", "variant"):
        return False
    for at, word in enumerate(words):
        if word in _NOUNS and not set(words[max(0, at - 3) : at]) & word_set("my of our that the this to"):
            reading = read(clause.text)
            framed = reading.genre or reading.bpm or reading.key or clause.says(*_NEW)
            return bool(framed) or not (word in _PART_NOUNS and reading.instruments)
    reading = read(clause.text)
    rich = sum(
        bool(x)
        for x in (
            reading.genre and "genre" not in reading.inferred,
            reading.bpm,
            reading.key,
            reading.instruments,
            reading.bars,
        )
    )
    return rich >= (2 if clause.says("a new one", "another one") else 3) and (
        verb is not None or words[0] in {"a", "an"}
    )


def _is_description(clause: Clause) -> bool:
    """'dusty hip hop loop, 86 bpm, G minor, keys bass and drums' without any verb."""
    reading = read(clause.text)
    said = sum(
        bool(x) for x in (reading.genre, reading.bpm, reading.key, reading.instruments, reading.mood, reading.bars)
    )
    verbs = clause.has(
        "remove", "louder", "quieter", "faster", "slower", "undo", "pronoun", "replace"
    ) and not clause.says("no")
    return said >= 3 and not verbs

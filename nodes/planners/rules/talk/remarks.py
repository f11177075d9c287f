"""Clauses that tell and do not ask: 'I don't like the bass', 'the drums feel stiff', 'it pleases me', 'don't make it faster'.

They are no instruction of their own; what they speak of is what 'it' and 'them' mean in the clauses after them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import get_args

from nodes.planners.rules.ask import listed
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk import complaints
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.references import find, mentions, named
from nodes.planners.rules.words.speech import Clause, word_set
from nodes.planners.rules.words.unknown import says_the_unknown
from state.effects import EffectKind

SUBJECTS = word_set(
    "i i'm i've it it's its this that's that there there's we we're my the because since for as he she they so these those that all only too not"
)


def dislikes(part: Clause, scene: Scene) -> bool:
    """'I don't like the bass, ...': what follows says what is to be done about it."""
    if not part.says(
        "not what i wanted",
        "not what i meant",
        "not what i asked for",
        "not what i had in mind",
        "i don't like",
        "i hate",
        "i do not like",
        "i didn't like",
        "don't like",
        "i'm not a fan of",
        "not a fan of",
        "not happy with",
    ):
        return False
    if part.says("first bar", "last bar") or any(word in {"bar", "bars", "half", "seconds"} for word in part.words):
        return False
    scene.focus = find(part, scene).stems or scene.focus
    return True


def prefers(part: Clause) -> bool:
    """'I like the congas more than the drum kit, ...': what follows says what is to be done about it."""
    return len(mentions(part)) > 1 and _PREFERS.fullmatch(" ".join(part.words)) is not None


_PREFERS = re.compile(
    r"(?:i|we|he|she|they)(?: \w+ly| do| just| actually| still)* (?:likes?|loves?|enjoys?|digs?|rates?|prefers?) (?:the|those|these|my|our|that) .+ (?:(?:more|better|a lot more|much more) than|over|to) (?:the|those|these|my|our|that) .+"
)
_SPOILS = re.compile(
    r"(?:the|that|this|my|those|these) (?:\w+ ){1,2}(?:makes?|is making|are making) (?:it|this|everything|the (?:whole )?\w+|things) (?:all )?(?:sound |feel |seem )?"
    r"(?:(?:a bit|a little|too|so|rather|very|kind of|sort of|quite|really) )*\w+"
)
"""'the cello makes it a bit gloomy': what it does to the rest, which the next clause does something about."""


def lacked(part: Clause, after: Clause, scene: Scene) -> tuple[str, ...]:
    """'the bass is weak, (turn it up)', where there is no bass: what 'it' would mean is not there."""
    pointed = after.first("pronoun")
    if pointed is None or mentions(after) or not (complaints.complains(part) or part.says("too", "not enough")):
        return ()
    target = find(part, scene)
    return target.missing if target.missing and not target.stems and not scene.open else ()


def finds_fault(part: Clause, after: Clause, scene: Scene) -> bool:
    """'the bass is boring, make it more interesting': what follows says what is to be done about it."""
    if (
        not (complaints.complains(part) or _SPOILS.fullmatch(" ".join(part.words)))
        or spans.find(part, scene.bars, scene.seconds) is not None
    ):
        return False
    stems = find(part, scene).stems
    if (mentions(after) and not set(find(after, scene).stems) & set(stems)) or part.has(
        "less", "more", "faster", "slower"
    ):
        return False
    scene.focus = stems or scene.focus
    scene.spoken = stems
    return True


_FINITE = word_set(
    """is are was were be feels feel felt sounds sound seems seem looks i'm i've it's that's there's we're we've they're goes go going has
    have had love loved like liked think thought know working wanted want need needs makes made drags hurts works came comes too changed isn't doesn't aren't didn't don't wasn't"""
)
"""A statement says one of these; without them words are no remark but something that was not understood."""


_WISHES = word_set("should could must needs need ought wants want would lacks lacking missing too enough more less")
"""What is wished for and not understood is asked about, never taken for a remark."""


_DENIALS = word_set("isn't doesn't aren't didn't don't wasn't can't sure")


_TALKERS = word_set("i i'm it its it's this that we you they there")


def says_nothing(part: Clause) -> bool:
    """'it pleases me': a statement in which no word is one of instruction."""
    return (
        part.words[0] in _TALKERS
        and len(part.words) <= 5
        and not part.marks(*_INSTRUCTIVE)
        and not mentions(part)
        and not amounts(part)
        and not (set(part.words) & _WISHES and says_the_unknown(part))
    )


_INSTRUCTIVE = (
    "add", "remove", "replace", "reroll", "louder", "quieter", "faster", "slower", "higher", "lower", "busier", "sparser", "style", "mood_move",
    "mute", "solo", "keep", "undo", "redo", "repeat", "export", "describe", "chords", "pitch", "tempo", "volume", "pan", "vague",
)  # fmt: skip


def forbids(part: Clause) -> bool:
    """'don't make it faster': what is not to be done, which a wish beside it makes plain."""
    return _forbidden(part) in _FORBIDS or part.says("do not make", "do not turn")


def _forbidden(part: Clause) -> str:
    """The verb after "don't" at the head of a clause."""
    at = 2 if part.words[:2] == ("do", "not") else int(part.words[0] in {"don't", "never"})
    return part.words[at] if 0 < at < len(part.words) else ""


_FORBIDS = word_set(
    """make turn speed slow go change add put take bring let raise lower use play do give remove delete mute unmute solo silence
    kill drop cut lose ditch erase scrap strip replace swap switch transpose shift pan boost reduce increase crank push pull
    undo redo revert export save double halve regenerate rewrite rework vary rearrange extend shorten pitch tune isolate"""
)
_REMOVES = word_set("remove delete mute silence kill drop cut lose ditch erase scrap strip take replace swap isolate")
_WITHHOLDS = word_set("use play let")


def forbids_removal(part: Clause) -> bool:
    """ "don't mute the drums": they may be changed, and must be heard."""
    return _forbidden(part) in _REMOVES


def withholds(part: Clause) -> bool:
    """ "don't use the drums": they are not to be heard."""
    return _forbidden(part) in _WITHHOLDS


def mute_or_remove(held: Sequence[str]) -> str:
    return f"Shall I mute the {listed(held)} or take {'them' if len(held) > 1 else 'it'} out?"


_CALLS_FOR = re.compile(
    r"(?:could (?:really )?(?:use|do with)|needs?|wants?|calls? for|(?:is|are) (?:begging|crying out|asking) for|would benefit from|deserves?|lacks?|(?:is|are) (?:missing|lacking)) (?:(?:some|a|an|a bit of|a little|more|a touch of|any) )*\w+"
)
_WORN = tuple(f"effect_{kind}" for kind in get_args(EffectKind))


def calls_for_effect(part: Clause, after: Clause, scene: Scene) -> bool:
    """'the keys could use some width, (chorus them)': what is missing is what the next clause puts on."""
    found = mentions(part, scene)
    stems = named(found[0].words, scene) if found and found[0].start <= 1 else ()
    wanted = stems and _CALLS_FOR.fullmatch(" ".join(part.words[found[0].end :])) is not None
    if not wanted or after.first("pronoun") is None or mentions(after) or not after.has(*_WORN):
        return False
    scene.focus = scene.spoken = stems
    return True


_IN_FRONT = re.compile(
    r".*\b(?:all about|(?:should|must|has to|have to|needs? to|ought to|gets? to|is|are|wants? to|i want .* to|can)(?: be| stay| take| have| remain)? (?:the |our |really |still |all |always )*(?:star|stars|hero|heroes|focus|main (?:thing|event|attraction|character|voice|part)|"
    r"centre of attention|center of attention|spotlight|limelight|front and cent(?:er|re)|in charge|feature|highlight|lead|leading|shine|stand out|be heard|carry (?:it|this|the \w+)))\b.*"
)


def puts_in_front(part: Clause, after: Clause, scene: Scene) -> bool:
    """'the drums should be the star here, (so tuck everything else down)': who the rest gives way to, and no step of its own."""
    target = find(part, scene)
    same = after.has("level_louder") and find(after, scene).stems == target.stems
    if not target.stems or not (same or after.first("rest")) or _IN_FRONT.fullmatch(" ".join(part.words)) is None:
        return False
    scene.focus = scene.spoken = target.stems
    return True


def speaks_of(part: Clause, after: Clause | None, scene: Scene) -> bool:
    """'the guitar is killing me, (take it out)', 'the congas fight the kit, (ditch them)': a statement that no matcher knows;
    its subject is what the next clause changes."""
    found = mentions(part, scene)
    if after is None or after.first("pronoun") is None or mentions(after) or not found or found[0].start > 1:
        return False
    stems = named(found[0].words, scene)
    rest = part.part(found[0].end)
    if (
        not stems
        or len(rest.words) < 2
        or set(part.words) & (_WISHES - {"too"})
        or part.words[0] in OPENERS - {"bass", "lead", "pad"}
    ):
        return False
    scene.focus = scene.spoken = stems
    return True


def remarks(part: Clause, scene: Scene) -> bool:
    """A sentence that tells and does not ask: 'the drums feel stiff'. What it speaks of is what 'them' means next."""
    if (
        part.words[0] not in SUBJECTS
        or not set(part.words) & _FINITE
        or (part.has("negation") and not set(part.words) & _DENIALS)
        or (set(part.words) & _WISHES and says_the_unknown(part))
    ):
        return False
    target = find(part, scene)
    goes_on = part.words[0] in _OF_THE_SAME and bool(
        scene.spoken
    )  # '(the clarinet is nice but) it fights with the keys'
    if target.stems and not target.pronoun and not goes_on:
        scene.focus = scene.spoken = target.stems
    return True


_OF_THE_SAME = word_set("it it's they they're he he's she she's")

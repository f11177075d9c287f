"""Reasons and purposes said after an order: 'make the piano sparser, there's too much going on'. They ask for nothing more."""

from __future__ import annotations

import re
from collections.abc import Callable

from nodes.planners.rules.talk import complaints
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.openings import opens_with_verb
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause, word_set

_SUBJECTS = word_set(
    "it it's its they they're there there's that that's i we we're i'm because cause cos since as he he's she she's"
)
_HOW = word_set("way far much too just still bit little kinda sounds feels felt sounded")
_TROUBLES = (
    "too", "can't hear", "cannot hear", "can hardly hear", "can barely hear", "going on", "in the way", "all over the place", "drowning",
    "drowns", "overpowering", "overpowers", "masks", "masking", "clashes", "clashing", "not enough", "hard to hear", "gets lost", "is lost",
    "buried", "drags", "dragging", "rushing", "so loud", "so busy", "so fast", "so slow", "so quiet", "a lot going on", "competing", "fighting",
    "covering", "covers", "burying", "hiding", "swallowing", "swallows", "eating",
)  # fmt: skip


def gives_reason(piece: Clause, order: Clause, trial: Callable[[Clause], tuple[str, ...]]) -> bool:
    """Whether a piece only says why an order before it was given: alone it would ask for the same, or for nothing."""
    if _wonders(piece, order):
        return True
    if _of_people(piece, order, trial) or _says_it_again(piece, order, trial):
        return True
    if piece.words[0] in _HOW and not mentions(piece) and not opens_with_verb(piece):
        sped = piece.says("too slow", "too fast") and trial(order) == ("change_speed",)
        turned = piece.says("too loud", "too quiet", "too soft") and order.has("louder", "quieter")
        if sped or (turned and trial(order) == ("adjust_track",)):
            return True  # '(double the tempo,) way too slow for me'
    if piece.words[0] not in _SUBJECTS or not (piece.says(*_TROUBLES, *_LACKS) or complaints.complains(piece)):
        return False
    if piece.words[-1] in {"too", "also"}:
        return False
    ordered = trial(order)
    if piece.says(*_UNSTEADY) and set(ordered) <= _OF_TIME and ordered:
        return True  # 'half-time feel on the kit, it is rushing'
    if piece.says(*_LACKS) and ordered == ("add_track",):
        return True  # 'we need a bass line, there is no low end'
    if not opens_with_verb(order) and not order.says("can they", "can it", "could they", "could it"):
        return False
    of_it = piece.words[0] in _OF_IT and not mentions(piece) and not piece.has("faster", "slower")
    if ordered == ("remove_track",) and of_it:
        return True  # '(lose the guitar,) it's too loud'
    return bool(ordered) and set(trial(piece)) <= set(ordered)


_WISHING = re.compile(
    r"\b(?:want(?:s|ed)?|wanna|needs?|should|would|must|prefers?|asked|asks|says|said|wish(?:es)?|could|like to|likes?|let's|please|instead|also|too|then|make|add|give it)\b"
)
_SHE = re.compile(
    r"(?:because |cause |cos |cuz |since |as |so )?(?:(?:he|she|they|he's|she's|they're|people|everyone|everybody|nobody|someone) |(?:i|we) (?:\w+ )?(?:can't|cannot|can hardly|can barely|can never|couldn't|keep|get|trip|stumble|struggle|don't have|have no) |"
    r"(?:it|that|this) (?:really |just |always |only |all )?(?:gives?|helps?|lets?|keeps?|gets?|makes?|throws?|puts?|brings?|leaves?|saves?|drives?|wakes?|sends?) (?:me|us|him|her|them|people|everyone|everybody|my \w+|our \w+)\b)"
)


_TO_BE_HEARD = re.compile(
    r"(?:(?:because|cause|since|so) )?(?:i|we|you|they|people|he|she|everyone|nobody|(?:the|my|our) \w+) (?:really |just |still )?(?:should|wants? to|needs? to|ha(?:s|ve) to|must|can't|cannot|can|could|couldn't|can hardly|can barely|don't|doesn't) "
    r"(?:(?:be able to|still|really|actually|even) )*(?:hear|follow|make out|understand|feel) (?:the|my|our) \w+(?: (?:better|more|properly|clearly|well|anymore|any more|at all|through it|underneath))*"
)
_IT_GIVES = re.compile(
    r"(?:because |cause |cos |since )?(?:it|that|this) (?:really |just |always |would |will )?(?:gives?|adds?|brings?|lends?) (?:(?:the|my|our|it|everything|things|to|them|us|me)(?: \w+)? )??(?:(?:a bit|a little|a lot|some|more|of|that|the|a|extra|real) )*\w+"
)


def _mentioned(clause: Clause) -> list[str]:
    return [found.words for found in mentions(clause)]


def _of_people(piece: Clause, order: Clause, trial: Callable[[Clause], tuple[str, ...]]) -> bool:
    """ "(a little slower,) they can't breathe at that speed", '(quicker,) it gives them more energy'."""
    text = " ".join(piece.words)
    if _IT_GIVES.fullmatch(text) or (_TO_BE_HEARD.fullmatch(text) and opens_with_verb(order)):
        return bool(trial(order)) and not set(_mentioned(piece)) & set(_mentioned(order))
    told = _SHE.match(text) is not None and not _WISHING.search(text)
    return told and not mentions(piece) and not amounts(piece) and bool(trial(order))


_STATED = word_set("is are was were feels feel felt sounds sound seems seem looks runs sits drags lies it's that's")


def _says_it_again(piece: Clause, order: Clause, trial: Callable[[Clause], tuple[str, ...]]) -> bool:
    """'(make it 20 percent faster?) The cut feels slow': how something is now, which the order before it changes."""
    at = next((at for at, word in enumerate(piece.words[:5]) if word in _STATED), 0)
    stated = piece.words[0] in _OF_A_THING and 0 < at <= 3
    if (
        not stated
        or mentions(piece)
        or amounts(piece)
        or _WISHING.search(" ".join(piece.words[:-1]).replace(" too ", " "))
    ):
        return False
    ordered = set(trial(order))
    return bool(ordered) and not ordered - _MEASURED and set(trial(piece)) <= ordered


_OF_A_THING = word_set("the my our this that his her their")
_MEASURED = frozenset({"change_speed", "shift_pitch", "adjust_track", "vary"})

_LACKS = (
    "there's no",
    "there is no",
    "there isn't any",
    "there isn't a",
    "it has no",
    "it lacks",
    "it's lacking",
    "there's nothing",
    "there is nothing",
    "it's missing",
)
_UNSTEADY = ("rushing", "dragging", "drags", "rushes", "rushed")
_OF_TIME = frozenset({"vary", "change_speed", "rearrange"})
_OF_IT = word_set("it it's they they're that's he's she's")
_HEARING = ("can't hear", "cannot hear", "can hardly hear", "can barely hear", "don't hear", "couldn't hear", "hear nothing", "hard to hear", "missing", "gone")  # fmt: skip
_YES_OR_NO = word_set("is are was were did do does have has")
_HEARERS = _SUBJECTS | word_set("can't cannot couldn't don't")


def _wonders(piece: Clause, question: Clause) -> bool:
    """'(are the drums muted?) I can't hear them': why it was asked. An answer is wanted, no change yet."""
    asked = question.words[0] in _YES_OR_NO
    return asked and piece.words[0] in _HEARERS and piece.says(*_HEARING) and not mentions(piece)


_MEANT_FOR = re.compile(
    r"(?:that )?(?:i|we|you|he|she|they|people|(?:my|our) \w+) (?:can|could|may|might|'ll be able to|will be able to|am able to|are able to) "
)


_ROOM = re.compile(
    r"(?:that )?(?:it|they|this|that|everything|(?:the|my|our) \w+(?: \w+)?|(?:i|we)) (?:(?:all |really |just |can |could |will |still |then |finally )*(?:has|have|get|gets|having|leaves?) (?:(?:a bit|a little|some|more|enough|its own|their own|the|of|lots of) )*"
    r"(?:room|space|air|place|breathing room|breathing space|headroom|spotlight)(?: (?:to|for|in|around|of) .*)?|(?:can |could |will |to )?(?:breathes?|shines?|stands? out|cuts? through|comes? through|pops?(?: out)?|be heard|speaks?|sings?|glues?|sits? (?:better|right|well|nicely|in the mix)))"
)


def says_what_for(piece: Clause, order: Clause) -> bool:
    """'(bounce the stems) so I can load them in Ableton': what is done with it later. '(it drags) so you can speed it up'
    is an order."""
    text = " ".join(piece.words)
    ordered = opens_with_verb(order) or "you" not in piece.words[:2]
    return ordered and (_MEANT_FOR.match(text) is not None or _ROOM.fullmatch(text) is not None)

"""Answers to the planner's own question: 'haha ok, 126 then', 'I meant the organ', 'yes please', 'the second one'.

An answer is short and says nothing but what was asked for. It is read as the request that led to the question, with what
was asked for in its place:

    'set it to 1000 bpm'      Which tempo should it be?                 '126 then'            -> 'at 126 bpm'
    'turn the guitar down'    There is no guitar ... which do you mean  'I meant the organ'   -> 'turn the organ down'
    'mute it'                 Which one do you mean: keys or bass?      'the bass'            -> 'mute the bass'
    'the guitar is too loud'  ... or shall I add guitar?                'yes, add it'         -> 'add guitar'
"""

from __future__ import annotations

import re

from nodes.planners.planner import PastTurn
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import amounts, number
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause, clause, word_set

_BESIDE = word_set(
    """haha hehe lol ok okay well then no yes yeah yep sure sorry oh ah hm hmm um uh er i mean meant mean i'd say let's let make
    make it that's that is the a an my to at just please thanks thank you only one fine alright right of course try go with
    use take want it be should about around maybe perhaps say do now for in by instead i'll rather would like so actually was
    talking speaking not but and oops meaning wanted both all those these them too"""
)
_YES = word_set(
    "yes yeah yep yup sure ok okay please do it that one go ahead absolutely definitely of course fine right exactly ya y add them then alright why not perfect great good thanks thank you"
)
_AGREEING = word_set(
    "yes yeah yep yup sure absolutely definitely exactly ya y go ok okay please fine alright right do add"
)
_ASKS_FOR = (
    (re.compile(r"which tempo|how fast|what tempo", re.IGNORECASE), "at {} bpm", "bpm"),
    (re.compile(r"how many should it have", re.IGNORECASE), "make it {} bars", "bars"),
    (re.compile(r"there is no version|which other version", re.IGNORECASE), "go back to version {}", "bare"),
    (re.compile(r"how many should i go back", re.IGNORECASE), "go back {} versions", "bare"),
)
_ASKS_AMOUNT = re.compile(r"how far should it|by how (?:much|many)|which bars should i renew", re.IGNORECASE)
_ASKS_WHICH = re.compile(r"which (?:one|of these|two|stem|stems|part|instrument)?[^?]*(?:mean|should|stay)[^?]*\?|which of (?:these|them)|which one|do you mean", re.IGNORECASE)  # fmt: skip
_OFFER = re.compile(r"(?:^|[ ,.;])(?:or )?shall i ([^?]+)\?", re.IGNORECASE)
_PLACES = {"first": 0, "former": 0, "second": 1, "latter": 1, "third": 2, "last": -1}
_LONGEST = 9
_DISMISSALS = tuple(tuple(said.split()) for said in ("forget it", "forget that", "never mind", "never mind that", "nevermind", "scratch that", "no matter"))  # fmt: skip


def answered(message: Clause, scene: Scene) -> Clause:
    """The message, or, where it answers the question that the last turn ended with, what it then asks for."""
    history = scene.request.history
    if history and history[-1].status == "asked":
        message = _undismissed(message)
    words = [word for word in message.words if word not in BREAKS]
    if not history or not 0 < len(words) <= _LONGEST:
        return message
    asked = history[-1]
    if asked.status == "done" and not asked.steps:
        text = _as_told(message, asked)
    elif asked.status != "asked":
        return message
    elif not scene.exists:
        text = _playable(message, asked)
    else:
        text = (
            _measured(message, asked)
            or _resized(message, asked)
            or _chosen(message, asked, scene)
            or _agreed(words, asked)
        )
    return clause(text) if text else message


def _undismissed(message: Clause) -> Clause:
    """'(which one do you mean?) forget it, put a harp in' -> 'put a harp in': the question is dismissed, and no version."""
    for said in _DISMISSALS:
        if message.words[: len(said)] == said and message.words[len(said) :][:1] in ((",",), (".",), ("!",), ("-",)):
            return message.part(len(said) + 1)
    return message


def _as_told(message: Clause, told: PastTurn) -> str | None:
    """'(how many bars is it?) make it 8': a bare figure is of what was asked about."""
    request = clause(told.request)
    asks = request.words[0] in {"how", "what", "what's", "which", "is", "are", "tell"}
    unit = "bars" if {"bars", "long"} & set(request.words) else "bpm" if request.has("tempo") else ""
    found = amounts(message)
    if not asks or not unit or len(found) != 1 or found[0].unit != "bare" or found[0].value <= 1:
        return None
    rest = message.without([(found[0].start, found[0].end)])
    return None if set(rest.words) - _BESIDE - BREAKS else f"make it {found[0].value:g} {unit}"


def _playable(message: Clause, asked: PastTurn) -> str | None:
    """'(funk at 900 bpm.) haha 96 then': the request for a first loop, at a tempo that can be played."""
    request = clause(asked.request)
    at = next((one for one in amounts(request) if one.unit in {"bpm", "bare"} and one.value > 300), None)
    new = _measured(message, asked)
    if at is None or new is None:
        return None
    return request.replaced(at.start, at.end, f"{amounts(message)[0].value:g} bpm").text


def _measured(message: Clause, asked: PastTurn) -> str | None:
    """A bare number where a tempo or a length was asked for."""
    for question, told, unit in _ASKS_FOR:
        found = amounts(message)
        if not question.search(asked.reply) or len(found) != 1 or found[0].unit not in {"bare", unit}:
            continue
        rest = message.without([(found[0].start, found[0].end)])
        if set(rest.words) - _BESIDE - BREAKS:
            continue
        if found[0].value > 0:
            return told.format(f"{found[0].value:g}")
    return None


def _resized(message: Clause, asked: PastTurn) -> str | None:
    """A number in place of one that was out of reach: 'transpose it by 40 semitones' ... '12 then'."""
    request = clause(asked.request)
    before, found = amounts(request), amounts(message)
    if not _ASKS_AMOUNT.search(asked.reply) or len(before) != 1 or len(found) != 1 or found[0].value <= 0:
        return None
    rest = message.without([(found[0].start, found[0].end)])
    counted = number(request.words, before[0].start)
    if found[0].unit not in {"bare", before[0].unit} or set(rest.words) - _BESIDE - BREAKS or counted is None:
        return None
    return request.replaced(before[0].start, counted[1], f"{found[0].value:g}").text


def _chosen(message: Clause, asked: PastTurn, scene: Scene) -> str | None:
    """A stem where it was asked which one is meant."""
    if not _ASKS_WHICH.search(asked.reply):
        return None
    found = [mention for mention in mentions(message, scene) if named(mention.words, scene)]
    covered = {at for mention in found for at in range(mention.start, mention.end)}
    rest = {word for at, word in enumerate(message.words) if at not in covered} - BREAKS
    if not found:
        place = next((_PLACES[word] for word in message.words if word in _PLACES), None)
        offered = _offered(asked.reply, scene)
        if place is None or rest - _BESIDE - _PLACES.keys() or place >= len(offered):
            return None
        chosen = [offered[place]]
    elif rest - _BESIDE or {"add", "remove"} & rest:
        return None
    else:
        chosen = [mention.words for mention in found]
        negated = [at for at, word in enumerate(message.words) if word == "not"]
        chosen = [m.words for m in found if not (negated and m.start > negated[-1])] or chosen
    return _put_in(clause(asked.request), " and the ".join(chosen), scene)


def _offered(reply: str, scene: Scene) -> list[str]:
    """The stems that a question lists, in its order."""
    places = {name: match.start() for name in scene.names if (match := re.search(rf"\b{re.escape(name)}\b", reply))}
    return sorted(places, key=lambda name: places[name])


def _put_in(request: Clause, name: str, scene: Scene) -> str | None:
    """The request with the stem in place of what was not there, or of the word that pointed at nothing."""
    named_there = mentions(request, scene)
    gone = next((mention for mention in named_there if not named(mention.words, scene)), None)
    if gone is not None:
        return request.replaced(gone.start, gone.end, name).text
    if len(named_there) == 1:
        return request.replaced(named_there[0].start, named_there[0].end, name).text
    pointed = request.first("pronoun", "extreme_loud", "extreme_quiet", "newest", "both")
    if pointed is not None:
        return request.replaced(pointed.start, pointed.end, f"the {name}").text
    if named_there:
        return None
    unknown = next(
        (
            at
            for at, word in enumerate(request.words[:-1])
            if word in {"the", "my"} and request.words[at + 1] in asked_noun(request)
        ),
        None,
    )
    if unknown is not None:
        return request.replaced(unknown + 1, unknown + 2, name).text
    return f"{request.text} the {name}"


def asked_noun(request: Clause) -> set[str]:
    """Nouns of a request that nobody knows: 'turn the kazoozle down'."""
    from nodes.planners.rules.words.spelling import is_known

    return {word for word in request.words if word.isalpha() and not is_known(word)}


def _agreed(words: list[str], asked: PastTurn) -> str | None:
    """'yes please' to one offer; of two, the one that adds what is missing."""
    if set(words) - _YES or not set(words) & _AGREEING:
        return None
    offers = _OFFER.findall(asked.reply)
    if len(offers) != 1 or " or " in offers[0] or "," in offers[0]:
        return None
    offer = offers[0].strip()
    if offer.split()[-1] in {"it", "them"} and offer.startswith("add"):
        there = re.search(r"There (?:is|are) no ([\w -]+?) in this loop", asked.reply)
        return f"add {there[1]}" if there else None
    return None if {"it", "them", "all"} & set(offer.split()) else offer

"""How loud somebody is, or is to be, in the words of the grammar.

'the keys are getting lost in the mix'   -> 'the keys are too quiet'
'the guitar sticks out'                  -> 'the guitar is too loud'
'halve the bass volume'                  -> 'make the bass half as loud'
'add a flute. make it soft'              -> 'add a flute. make it softer'
"""

from __future__ import annotations

import re
from typing import get_args

from nodes.planners.rules.plain.rewording import HEAD, reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import find, named
from nodes.planners.rules.words.speech import Clause, clause, word_set
from state.effects import EffectKind

_WHO = r"(?P<who>(?:(?:the|my|that|those|these) )?[a-z]+(?: [a-z]+)??)"
_DEGREE = r"(?:(?:a bit|a little|kind of|kinda|sort of|rather|completely|totally|just|really|always|almost|slightly|all|sometimes|somewhat|too|so) )*"
_HIDDEN = r"(?:lost|buried|swallowed|drowned|drowned out|covered|masked|hidden|smothered|swamped|overshadowed|overpowered|submerged)"
_GOING = r"(?:disappear(?:s|ing)?|vanish(?:es|ing)?|drown(?:s|ing)?|sink(?:s|ing)?|fade(?:s)? away|get(?:s|ting)? lost)"
_BEING = r"(?:(?:'s|is|are|was|were|be|being|seems?|sounds?|feels?|gets?|getting|got|keeps?|keep on|becomes?|becoming|tends? to) )"
_PLACE = r"(?: up)?(?: (?:in|by|behind|under|underneath|beneath|below|among|between|beside|next to|against|amid|with)(?: [a-z]+){1,4}?| there| here| away| now)*"
_END = r"(?= ?[.,;!?]| and | but | so | please|$)"
_LOST = re.compile(
    rf"{HEAD}{_WHO} ?{_DEGREE}(?:{_BEING}+{_DEGREE}(?:{_HIDDEN}|{_GOING})|{_GOING})(?P<where>{_PLACE}){_END}"
)
_STICKING = re.compile(
    rf"{HEAD}{_WHO} (?:{_BEING}*{_DEGREE})?(?:(?:stick|poke|jump|pop|leap)(?:s|ing)? out|dominat(?:es?|ing))(?: of the mix| everything| the (?:mix|rest))?(?: (?:too much|so much|a bit|a little|a lot|way too much))?{_END}"
)
_RESTLESS = re.compile(
    rf"{HEAD}{_WHO} (?:{_BEING}*{_DEGREE})?(?:walk|wander|noodl|mov|run|jump|ramble|rambl|fidget|wriggl|play|do|hop|chatter|busk|widdl|fiddl|tinkl)(?:e?s|ing|e)?(?: around| about| along| all over| over everything)* (?:way |far |a bit |a little |just |rather )*(?:too much|so much){_END}"
)
"""'the bass is walking too much': more notes than it should play."""
_FACTORS = {"halve": "half", "half": "half", "double": "twice", "triple": "three times"}
_TIMES = re.compile(
    rf"{HEAD}(?P<factor>halve|half|double|triple) (?:the )?(?:(?:volume|level|loudness|gain) (?:of|on|for) (?P<of>(?:the |my )?[a-z]+(?: [a-z]+)?)|(?P<own>(?:the |my )?[a-z]+(?: [a-z]+)?)(?:'s?)? (?:volume|level|loudness|gain)){_END}"
)
_AT_HALF = re.compile(
    rf"{HEAD}(?:(?:put|play|set|have|make) )?{_WHO} (?:is |are |to be )?(?:(?:at|to) )?half (?:the |its |their )?(?:volume|level|loudness){_END}"
)
_SOFT = re.compile(
    rf"{HEAD}(?:make|keep|have|leave|play) (?P<who>it|them|that|(?:the|my) [a-z]+(?: [a-z]+)??) (?:(?:very|really|quite|nice and|pretty|rather|super|so|all) )*(?P<how>soft|quiet|mellow|gentle){_END}"
)
_BETTER = re.compile(rf"{HEAD}{_WHO} (?:would|might|could) \w+ (?:\w+ )?better if (?:it|they) (?:was|were|is|are) ")
_COUNT = r"(?P<count>\d+(?:\.\d+)?|a|one|two|three|four|five|six)"
_BY = (
    (re.compile(rf"{HEAD}(?:take|shave|knock|pull|trim|get) {_COUNT} (?:db |decibels? )?(?:off|out)(?: of)? {_WHO}{_END}"), "down"),
    (re.compile(rf"{HEAD}(?:lift|raise|boost|bump|nudge|goose) {_WHO} (?:up )?(?:by )?{_COUNT}{_END}"), "up"),
    (re.compile(rf"{HEAD}{_COUNT} (?:db|decibels?) more (?:on|for) {_WHO}{_END}"), "up"),
)  # fmt: skip
_EFFECTS = tuple(f"effect_{kind}" for kind in get_args(EffectKind))
_PARTICLES = word_set("no not never any some and or it that this them they he she we i you everything nothing all")


def _is_player(said: str, scene: Scene) -> bool:
    """Whether words are nothing but the name of somebody who is there."""
    bare = clause(said.removesuffix("'s").removesuffix("'"))
    name = bare.part(1) if bare.words[:1] and bare.words[0] in {"the", "my", "that", "those", "these"} else bare
    return bool(name.words) and not set(name.words) & _PARTICLES and bool(named(text_of(name), scene))


def in_levels(message: Clause, scene: Scene) -> Clause:
    """The message with such words told as a level that is too low or too high, or to be changed."""
    for pattern, told in ((_LOST, "too quiet"), (_STICKING, "too loud"), (_RESTLESS, "too busy")):
        found = pattern.search(text_of(message))
        where = clause(found.groupdict().get("where", "")) if found is not None else None
        if found is not None and _is_player(found["who"], scene) and not (where and where.has(*_EFFECTS)):
            message = reworded(message, found, f"{found['who']} is {told}")  # but 'the drums drown in reverb'
    found = _BETTER.search(text_of(message))
    if found is not None and _is_player(found["who"], scene):
        message = reworded(message, found, f"make {found['who']} ")
    for pattern, way in _BY:
        found = pattern.search(text_of(message))
        if found is not None and _is_player(found["who"], scene):
            count = "1" if found["count"] == "a" else found["count"]
            message = reworded(message, found, f"turn {found['who']} {way} {count} db")
    found = _TIMES.search(text_of(message))
    who = (found["of"] or found["own"]) if found is not None else ""
    if found is not None and _is_player(who, scene):
        message = reworded(message, found, f"make {who} {_FACTORS[found['factor']]} as loud")
    found = _AT_HALF.search(text_of(message))
    if found is not None and _is_player(found["who"], scene):
        message = reworded(message, found, f"make {found['who']} half as loud")
    return _softer(message, scene)


def _softer(message: Clause, scene: Scene) -> Clause:
    """'make it soft' -> 'make it softer'; a mood of the whole loop stays what it is: 'make it mellow'."""
    found = _SOFT.search(text_of(message))
    if found is None:
        return message
    pointed = found["who"] in {"it", "them", "that"}
    if not pointed and not find(clause(found["who"]), scene).stems:
        return message
    if found["how"] in {"mellow", "gentle"} and pointed and not clause(found.string[: found.start()]).has("add"):
        return message
    how = "mellower" if found["how"] == "mellow" else "softer"
    return reworded(message, found, f"make {found['who']} {how}")

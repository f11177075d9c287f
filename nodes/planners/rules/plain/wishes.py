"""Wishes for players who are not there, in the words of an order.

'would be cool to have a marimba', 'what this needs is a harp'    -> 'add a marimba'
'a viola would round this out'                                    -> 'add a viola'
'a clarinet, not too loud'                                        -> 'add a clarinet, soft'
"""

from __future__ import annotations

import re
from functools import cache
from typing import get_args

from nodes.planners.rules.plain.rewording import HEAD, choice, places, reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause, word_set
from state.effects import EffectKind

_FILE = "wishes.yaml"
_FEELING = (
    r"(?:(?:it|that|this)(?:'d| would| might| could| may)|would|might|could|may|'d) (?:also |even |maybe |really |just )?be (?:really |so |super |very |quite |pretty |kinda )?"
    r"(?:cool|nice|great|sweet|lovely|awesome|good|fun|neat|interesting|dope|sick|amazing|wonderful|perfect|fab|ace|rad|ideal|better|fantastic|brilliant|wicked|beautiful|worth) "
    r"(?:(?:to (?:have|get|hear|add|put|include|throw in|bring in|try)|(?:if|when) (?:we|you|it|i|there|this)(?:'d| could| would)?(?: also)? "
    r"(?:had|have|got|get|hear|heard|add|added|was|were|be|put|include|included)|having|hearing|adding|getting|trying|with)(?: in)?)"
)
_INDEFINITE = word_set("a an some another more two three both few couple few one several little")
_DEFINITE = word_set("the my this that these those his her our your")
_EFFECTS = tuple(f"effect_{kind}" for kind in get_args(EffectKind))
_REACH = 5
"""Words that may stand before a player's name: 'a really soft and mellow flute'."""


def wished(message: Clause, scene: Scene) -> Clause:
    """The message with each wish of these kinds told as an order."""
    last = scene.request.history[-1].steps if scene.request.history else ()
    same = _THE_SAME.search(text_of(message)) if last and last[-1].tool == "add_track" else None
    if same is not None and new_player(message.part(places(text_of(message), *same.span())[1]), scene):
        message = reworded(message, same, "add")  # '(a clarinet was added.) do the same with a cello'
    told = _moderate(_praised(_wanted(message, scene), scene), scene)
    return told if told is message else said_once(told, _ADDED_AGAIN)


_THE_SAME = re.compile(
    rf"{HEAD}(?:(?:can|could) you |let's )?(?:do|try|have|give me|make) (?:exactly )?(?:the same|that)(?: thing)?(?: again)?(?: but)? (?:with|for|using)(?= an? )"
)
_ADDED_AGAIN = re.compile(
    r"\badd [^.,;!?]*?(?P<again> [.,;!?] (?:(?:and|so|just|please|kindly|can you|could you|you can) )*(?:add|put|throw|give|bring|stick|pop|slap)(?: me)?(?: in)? (?:one|it|some|that|them)(?: in| there| on)*)(?= [.,;!?]| and|$)"
)


def said_once(message: Clause, again: re.Pattern[str]) -> Clause:
    """The message without an order that says again what a wish or a leave before it has become."""
    found = again.search(text_of(message))
    return message if found is None else reworded(message, found, "", "again")


def new_player(rest: Clause, scene: Scene) -> bool:
    """Whether a clause begins with somebody who is not there: 'a marimba with ...', 'strings'."""
    found = mentions(rest)
    if not found or found[0].start > _REACH:
        return False
    before = set(rest.words[: found[0].start])
    if before & (_DEFINITE | BREAKS) or rest.words[0] in {"less", "no", "not", "without", "to"}:
        return False
    return bool(before & _INDEFINITE) or not named(found[0].words, scene)


@cache
def _adding() -> re.Pattern[str]:
    said = rf"{HEAD}(?:{_FEELING}|(?:i |we |(?:it|this) (?=could ))?{choice(_FILE, 'adding')}|(?:my|the|this|our) (?:beat|loop|groove|track|song|drums|drum loop|tune|mix|thing|break|rhythm|recording|piece)(?: really| still| just| now)? (?:needs|need|wants|could use|lacks|is missing|deserves|would benefit from|is crying out for|calls for|could do with|is begging for|is lacking|would like)|what (?:this|it|the \w+|my \w+)(?: really| still)? (?:needs|wants|lacks|is missing|could use)(?: most)? is)(?= )"
    return re.compile(said)


_FOR = re.compile(
    r"^for (?:a|an|that|the|some|more of an?|this) (?:[\w']+ ){1,3}(?:feel|feeling|vibe|mood|sound|touch|flavou?r)(?: ,)? "
)
_SOMETHING = re.compile(
    rf"{HEAD}(?:[\w']+ ){{0,4}}?something (?:\w+ ){{1,3}}[,.:;-] (?:so )?(?:how about|what about|maybe|perhaps|possibly|i'm thinking) "
)


def _wanted(message: Clause, scene: Scene) -> Clause:
    """'would be cool to have a marimba' -> 'add a marimba', 'I want something warm, how about a cello' -> 'add a cello'."""
    text = text_of(message)
    purpose = _FOR.match(text)
    order = message.part(len(purpose[0].split())) if purpose is not None else message.part(0, 0)
    verb = order.begins("add") if order.words else None
    if verb is not None and new_player(order.part(verb.end), scene):  # 'for that church feel I want an organ'
        message, text = order, text_of(order)
    some = _SOMETHING.search(text)
    if some is not None and new_player(message.part(places(text, *some.span())[1]), scene):
        message = reworded(message, some, "add")
        text = text_of(message)
    for found in reversed(list(_adding().finditer(text))):
        start, end = places(text, *found.span())
        if new_player(message.part(end), scene) or (
            found[0].split()[0] not in _DEFINITE and _new_effect(message.part(end))
        ):
            message = message.replaced(start, end, "add")
    return message


def _new_effect(rest: Clause) -> bool:
    """'some echo on the drums', 'a bit of reverb'."""
    worn = rest.first(*_EFFECTS)
    return (
        worn is not None
        and worn.start <= 4
        and rest.words[0] in _INDEFINITE | {"reverb", "delay", "echo"}
        and not mentions(rest.part(0, worn.end))
    )


@cache
def _lifting() -> re.Pattern[str]:
    modal = r"(?:would|could|might|will|'d|may|should)"
    return re.compile(
        rf" (?P<modal>{modal}) (?:(?!not\b)\w+ )*?(?:be (?:\w+ )*?)?{choice(_FILE, 'lifting')}(?: (?:[\w']+))*"
        rf"|(?P<spared>(?: {modal})? (?:{choice(_FILE, 'harmless')})(?: (?:here|there|either|in there|at all|on this|in this|on it))*)(?= [.,;!?]|$)"
    )


_PERHAPS = re.compile(
    r"(?:^|(?<=[.,;!?:] ))(?P<who>(?:a|an|some) [\w ]{2,30}?) (?P<maybe>maybe|perhaps|possibly|or something)(?= [.,;!?]|$)"
)


def _perhaps(message: Clause, scene: Scene) -> Clause:
    """'(it is empty up top,) a glockenspiel maybe?' -> 'add a glockenspiel'."""
    found = _PERHAPS.search(text_of(message))
    if found is None or not new_player(Clause(tuple(found["who"].split()), tuple(found["who"].split())), scene):
        return message
    return reworded(message, found, f"add {found['who']}")


def _praised(message: Clause, scene: Scene) -> Clause:
    """'a viola would really round this out' -> 'add a viola'."""
    message = _perhaps(message, scene)
    text = text_of(message)
    found = _lifting().search(text)
    if found is None:
        return message
    start, end = places(text, found.start() + 1, found.end())
    begin = max((at + 1 for at in range(start) if message.words[at] in BREAKS), default=0)
    subject = message.part(begin, start)
    bare = subject.bare()
    if not bare.words or bare.words[0] not in _INDEFINITE or not new_player(bare, scene):
        return message
    ahead = len(subject.words) - len(bare.words)
    return message.without([(start, end)]).replaced(begin + ahead, begin + ahead, "add")


_DENIED = re.compile(
    r"(?P<denial>(?:but )?(?:(?:not|nothing|(?:i |we )?(?:don't|do not|wouldn't) (?:want|make|need|play|have|like) (?:it|that|them|him)(?: to be)?|(?:it|that|they|it's) (?:shouldn't|should not|mustn't|must not|can't|needn't) be)(?: (?:too|so|very|overly|that|all that|super))|not (?:a|an|some)(?: too| very)?) "
    r"(?P<how>loud|busy|prominent|quiet|soft|dense|in your face|up front|upfront|high|low|heavy|dominant|sparse|strong|aggressive|flashy|fancy)(?: (?:one|ones|please|though))?)(?= [.,;!?]|$| please| and| on| in| over)"
)
_OPPOSITE = {
    "loud": "soft", "prominent": "soft", "in your face": "soft", "up front": "soft", "upfront": "soft", "dominant": "soft", "strong": "soft",
    "aggressive": "soft", "heavy": "soft", "busy": "sparse", "dense": "sparse", "flashy": "sparse", "fancy": "sparse", "sparse": "busy",
    "quiet": "loud", "soft": "loud", "high": "low register", "low": "high register",
}  # fmt: skip


def _moderate(message: Clause, scene: Scene) -> Clause:
    """'a clarinet, not too loud' -> 'add a clarinet, soft'."""
    text = text_of(message)
    found = _DENIED.search(text)
    if found is None:
        return message
    start, _ = places(text, *found.span("denial"))
    begin = max((at + 1 for at in range(start) if message.words[at] in BREAKS - {","}), default=0)
    head = message.part(begin, start)
    bare = head.bare()
    opened = bare.begins("add") if bare.words else None
    rest = bare.part(opened.end) if opened is not None and bare.words[0] not in _INDEFINITE else bare
    if not rest.words or not new_player(rest, scene) or head.has("remove", "replace", "mute", "solo", "export"):
        return message
    message = reworded(message, found, _OPPOSITE[found["how"]], "denial")
    ahead = begin + len(head.words) - len(head.bare().part(0).words)
    return message if opened is not None else message.replaced(ahead, ahead, "add")

"""Leave for players to go or to rest, in the words of an order.

'the guitar and the piano can both go', 'bye bye guitar'      -> 'remove the guitar and the piano'
'drums out, bass out', 'get it out of there'                  -> 'remove the drums, remove the bass'
'give the guitar a rest', 'the keys can sit this one out'     -> 'mute the guitar'
"""

from __future__ import annotations

import re
from functools import cache

from nodes.planners.rules.plain.rewording import HEAD, choice, places, reworded, text_of
from nodes.planners.rules.plain.wishes import said_once
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import everything_but, mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause, word_set

_FILE = "wishes.yaml"


@cache
def _going() -> re.Pattern[str]:
    modal = r"(?:can|could|may|might|should|must|has to|have to|needs to|need to|'s got to|got to|gotta|is free to|are free to|ought to|is allowed to|are allowed to|had better|better)"
    adverbs = r"(?: (?:all|both|as well|also|just|really|probably|totally|definitely|now|please|be the ones to))*"
    ends = r"(?: (?:now|too|as well|please|for good|entirely|completely|altogether|for me|from here|i think|then))*"
    return re.compile(rf" (?:both |all )?{modal}{adverbs} {choice(_FILE, 'leaving')}{ends}(?= [.,;!?]| and | but |$)")


_WHAT = r"(?P<what>(?:the |my |that )?\w+(?: and (?:the |my )?\w+)?)"
_RESTED = r"(?: (?:for now|for a (?:bit|while|moment|second)|please|now|here|this time|for this one|for the moment))*(?= [.,;!?]| and | but |$)"
_RESTING = (
    re.compile(rf"{HEAD}(?:give|let|grant) {_WHAT} (?:have )?(?:a|some) (?:rest|break|breather|night off|day off|pause|holiday|time off){_RESTED}"),
    re.compile(rf"{HEAD}(?:let |have |make )?{_WHAT} (?:(?:can|could|should|may|must|will|to|needs to|has to) )?(?:sits? (?:this one|it|that one|this)? ?out|lays? out|(?:is |are |be )?tacet|takes? a (?:break|rest|breather|seat)|rests?|pauses?|stands? down){_RESTED}"),
    re.compile(rf"{HEAD}(?:bench|park|shelve|rest|pause|quieten|gag|sideline) {_WHAT}{_RESTED}"),
    re.compile(rf"{HEAD}(?:silence|nothing|no sound|not a sound|not a peep) from {_WHAT}{_RESTED}"),
    re.compile(rf"{HEAD}put {_WHAT} on mute{_RESTED}"),
)  # fmt: skip
_NEEDLESS = re.compile(
    r"(?: (?:is|are|'s|isn't|aren't))?(?: really| just| simply)? (?:(?:(?:no longer |not |n't |hardly |scarcely |barely )?(?:needed|required|necessary|wanted|welcome|essential)|surplus(?: to requirements)?|superfluous|redundant|unneeded|unwanted|unnecessary|history|toast|fired|dispensable|expendable)"
    r"|(?:doesn't|don't|does not|do not) (?:have to be|need to be|belong) (?:here|there|in (?:here|there|this|it)))(?: (?:anymore|any more|any longer|now|here|at all|imo|really))*(?= [.,;!?]| and | so |$)"
)
_UNNEEDED = re.compile(
    rf"{HEAD}(?:i|we|you|it|this)(?: really| just)? (?:don't|do not|doesn't|no longer|never)(?: really| actually)? (?:need|want|require)s? (?P<what>(?:the|my|that) \w+(?: and (?:the |my )?\w+)?)(?: (?:anymore|any more|any longer|now|here|at all|in (?:here|there|this|it)))*(?= [.,;!?]|$)"
)
_LETTING = re.compile(rf"{HEAD}let (?P<what>(?:the |my )?\w+(?: and (?:the |my )?\w+)?) go(?= [.,;!?]| and |$)")
_OUT_OF_THERE = re.compile(
    r"(?<= )out of (?:there|here|it|this|the (?:mix|loop|track|song|picture))(?= [.,;!?]| and |$)"
)
_BEFORE = word_set(
    "and but so then think ok okay well maybe now honestly actually um uh oh please alright cool hey yeah either way"
)
_NAMING = word_set("the my both all and & , n that those")


_GONE_AGAIN = re.compile(
    r"\b(?:remove|mute) [^.,;!?]*?(?P<again> [.,;!?] (?:(?:and|so|just|please|kindly|can you|could you|you can|then) )*(?:remove|drop|lose|cut|kill|ditch|delete|bin|scrap|take|get rid of|mute|leave)"
    r" (?:it|them|him|her|that|those)(?: out| away| off)?)(?= [.,;!?]| and| please|$)"
)


def let_go(message: Clause, scene: Scene) -> Clause:
    """'the guitar and the piano can both go' -> 'remove the guitar and the piano'."""
    told = _told(message, scene)
    return told if told is message else said_once(told, _GONE_AGAIN)


def _told(message: Clause, scene: Scene) -> Clause:
    for found in reversed(list(_going().finditer(text_of(message)))):
        end, stop = places(text_of(message), found.start() + 1, found.end())
        begin = _subject(message, end, scene)
        if begin is not None:
            names = " ".join(word for word in message.words[begin:end] if word != "both")
            message = message.replaced(begin, stop, f"remove {names}")
    gone = next(iter(_NEEDLESS.finditer(text_of(message))), None)
    if gone is not None and re.search(r"n't|not|no longer|surplus|super|redund|un|history|toast|fired|pend", gone[0]):
        end, stop = places(text_of(message), gone.start() + 1, gone.end())
        begin = _subject(message, end, scene)
        if begin is not None:
            message = message.replaced(begin, stop, f"remove {text_of(message.part(begin, end))}")
    if (spare := _UNNEEDED.search(text_of(message))) is not None and named_here(spare["what"], scene):
        message = reworded(message, spare, f"remove {spare['what']}")
    for pattern in _RESTING:
        rest = pattern.search(text_of(message))
        if rest is not None and named_here(rest["what"], scene):
            message = reworded(message, rest, f"mute {rest['what']}")
    if (let := _LETTING.search(text_of(message))) is not None and named_here(let["what"], scene):
        message = reworded(message, let, f"remove {let['what']}")
    said = _parting().search(text_of(message))
    if said is not None and named_here(said["what"], scene):
        message = reworded(message, said, f"remove {said['what']}")
    return _out(message, scene)


@cache
def _parting() -> re.Pattern[str]:
    return re.compile(
        rf"{HEAD}{choice(_FILE, 'parting')} (?P<what>(?:the |my )?[\w']+(?: [\w']+)??(?: and (?:the |my )?\w+)?)(?= [.,;!?]|$| please)"
    )


def named_here(text: str, scene: Scene) -> bool:
    """Whether words are nothing but names of stems that are there."""
    words = tuple(text.split())
    part = Clause(words, words)
    found = mentions(part, scene)
    covered = {at for mention in found for at in range(mention.start, mention.end)}
    here = bool(found) and all(named(mention.words, scene) for mention in found)
    return here and all(at in covered or word in _NAMING for at, word in enumerate(words))


def _subject(message: Clause, end: int, scene: Scene) -> int | None:
    """Where the names begin that end at token `end`; None where something else stands there."""
    for begin in range(max(0, end - 9), end):
        if begin and message.words[begin - 1] not in BREAKS | _BEFORE:
            continue
        part = message.part(begin, end)
        if part.words[0] in BREAKS | {"and", "&"}:
            continue
        if named_here(text_of(part), scene):
            return begin
        rest = part.first("rest")
        if rest is not None and rest.start == 0 and rest.end == len(part.words):
            return begin
        if everything_but(part) is not None and part.words[0] in {"everything", "all", "everyone", "everybody"}:
            return begin
    return None


def _out(message: Clause, scene: Scene) -> Clause:
    """'drums out, bass out' -> 'remove the drums, remove the bass'; 'get it out of there' -> 'remove it'."""
    start = 0
    for at in [*(at for at, word in enumerate(message.words) if word in BREAKS), len(message.words)][::-1]:
        begin = max((i + 1 for i in range(at) if message.words[i] in BREAKS), default=start)
        part = message.part(begin, at)
        while part.words[:1] and part.words[0] in {"and", "then", "please"}:
            part, begin = part.part(1), begin + 1
        if len(part.words) > 1 and part.words[-1] == "out" and named_here(text_of(part.part(0, -1)), scene):
            message = message.replaced(begin, at, f"remove {text_of(part.part(0, -1))}")
    found = _OUT_OF_THERE.search(text_of(message))
    if found is None:
        return message
    start, end = places(text_of(message), *found.span())
    verb = next((at for at in range(start - 2, max(-1, start - 7), -1) if message.words[at] in _TAKING), None)
    what = text_of(message.part(verb + 1, start)) if verb is not None else ""
    if verb is None or not (what in {"it", "them", "that", "him", "her"} or named_here(what, scene)):
        return message
    return message.replaced(verb, end, f"remove {what}")


_TAKING = word_set("get take pull keep kick leave throw have")

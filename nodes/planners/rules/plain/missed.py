"""Somebody who is missing and is to be put in, with how they are to play: "where's the bass? put one in, fingerstyle".

-> 'add a bass, fingerstyle'
"""

from __future__ import annotations

import re

from nodes.planners.rules.edits.premature import EFFECTS
from nodes.planners.rules.moods import mood_of
from nodes.planners.rules.plain.rewording import HEAD, places, reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.figures import PACES
from nodes.planners.rules.words.references import find, mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause, clause

_LACKING = (
    r"(?:where is|where's|wheres|where are|where did|what happened to|whatever happened to|what about|there is no|there's no|theres no|there are no|there isn't (?:a|any)|there aren't any|there is not (?:a|any)|"
    r"(?:i|we) (?:don't|do not|can't|cannot) (?:hear|have|see)(?: a| any)?|(?:we've|i've|you've|it's) got no|we have no|it has no|it lacks|i miss|we're missing|you forgot|no)"
)
_ADD = (
    r"(?:so |and |then |please |just |can you |could you |would you |let's |maybe )*(?:add|put|throw|give|get|bring|drop|slap|stick|chuck|pop|insert|include|make|write)"
    r"(?: me| us| it)?(?: in)? (?:one|some|it|them|something)(?: (?:in|there|here|to it|for me|to this|in there|please|back))*"
)
_WHERE = r"(?: (?:in (?:here|this|it|there|this one|the mix|the loop)|at all|here|there|yet|go|anywhere|in this))*"
_MISSED = re.compile(
    rf"^(?:hey |hmm |oh |ok |wait |hang on |but |and |so |,)*(?:{_LACKING} (?:the |a |an |any |my |our |some )?(?P<who>\w+(?: \w+)?)|(?:the |a |an |my |our )?(?P<gone>\w+(?: \w+)?) (?:is|are|'s) (?:missing|gone|not there|absent)){_WHERE}"
    rf" ?[?.,;!:-] {_ADD} ?,? ?(?P<how>\w.+)$"
)


_DOSE = re.compile(
    rf"{HEAD}(?:(?:please|can you|could you|would you|can we|could we|let's|just|maybe|i'd|we'd) )*(?:add|put|give|get|have|try|use|throw|slap|stick|lay|like)(?: (?:it|them|everything|(?:the|my|our) (?!bit\b|little\b|touch\b)\w+(?: \w+)??))? "
    r"(?P<dose>some|(?P<bit>a (?:little )?(?:bit|little|touch|dash|hint|tad|lot)))(?: more)?(?: of (?:it|that))?(?= (?:on|onto|to|over|in|for|there|too|please|then|as well)\b| ?[.,;!?]|$)"
)


_SHARED = re.compile(
    r"(?:can|could|let|should) (?P<who>the \w+) (?:also )?(?:have|get) (?P<dose>some|a bit|a little|a touch) of (?:that|it)\b"
)
_HALVED = re.compile(
    r"\b(?:cut|reduce|turn down|dial back|halve) (?P<it>it|that)\b(?: down)?(?= (?:in|by) half| please|$| ?[,.!?])"
)


def _each_its_own(message: Clause) -> Clause:
    """'a long reverb on the violin and a short one on the cello' -> '... a short reverb ...'; 'and less on the cello' -> 'a little ...'."""
    for at in range(len(message.words) - 3, 2, -1):
        word = message.words[at]
        start = max((i + 1 for i in range(at) if message.words[i] in _STOPS), default=0)
        told = message.part(start, at).marks(*EFFECTS)
        follows = message.part(at + 2, at + 5)
        onto = (
            message.words[at + 1] in {"on", "for", "to", "in"}
            and bool(mentions(follows))
            and mentions(follows)[0].start <= 1
        )
        if not told or not onto or not mentions(message.part(start, at)):
            continue
        noun = told[-1].words.split()[-1]
        if word == "one" and message.words[at - 1] not in {"this", "that", "which", "no"}:
            message = message.replaced(at, at + 1, noun)
        elif word in {"bit", "little", "touch", "lot"} and message.words[at - 1] in {"a", "little"}:
            message = message.replaced(at + 1, at + 1, f"of {noun}")
        elif word in {"more", "less"} and not message.part(start, at).has("less", "remove"):
            sized = message.part(at - 2, at)
            start = (
                at - 2
                if sized.words == ("a", "bit") or sized.words == ("a", "little")
                else at - (sized.words[1:] == ("much",))
            )
            size = word if told[-1].kind == "effect_eq" else "a lot of" if word == "more" else "a little"
            message = message.replaced(start, at + 1, f"{size} {noun}")
    return message


_STOPS = BREAKS - {","}


_WORN_BY = re.compile(r" (?:that's|that is|which is|we have|you put|you have) on (?:the )?\w+(?= (?:to|on|onto) )")


def _shared(message: Clause) -> Clause:
    """'(the reverb is nice,) can the drums have some of that' -> 'put some on the drums'; '(that reverb is a lot,) halve it' names it."""
    swift = [at for at in range(2, len(message.words)) if message.words[at] in PACES and message.words[at - 1] == ","]
    moved = message.part(0, swift[-1]).marks("effect_tremolo", "effect_phaser", "effect_chorus") if swift else []
    if moved and message.words[swift[-1] + 1 : swift[-1] + 2] in (
        (),
        (".",),
        ("please",),
    ):  # 'tremolo on the guitar, fast'
        pace = message.words[swift[-1]]
        message = message.without([(swift[-1] - 1, swift[-1] + 1)]).replaced(moved[-1].start, moved[-1].start, pace)
    worn = _WORN_BY.search(text_of(message))
    if worn is not None and message.has(*EFFECTS):  # 'add the reverb that's on the keys to the bass'
        message = reworded(message, worn, "")
    text = text_of(message)
    if (found := _SHARED.search(text)) is not None:
        return reworded(message, found, f"put {found['dose']} on {found['who']}")
    halved = _HALVED.search(text)
    told = message.part(0, len(text[: halved.start()].split())).marks(*EFFECTS) if halved is not None else []
    return message if halved is None or not told else reworded(message, halved, f"the {told[-1].words}", "it")


def _dosed(message: Clause, scene: Scene) -> Clause:
    """'(it's the distortion I'm missing.) Can you put some on the guitar?': the effect that was named before."""
    found = _DOSE.search(text_of(message))
    if found is None:
        return message
    at, end = places(found.string, *found.span("dose"))
    told = max(message.part(0, at).marks(*EFFECTS), key=lambda mark: mark.start, default=None)
    order = message.part(at, next((i for i in range(end, len(message.words)) if message.words[i] in BREAKS), None))
    between = mentions(message.part(told.end, at), scene) if told is not None else []
    if told is None or order.has(*EFFECTS) or not all(named(mention.words, scene) for mention in between):
        return message
    message = message.replaced(end, end, f"{'of ' if found['bit'] else ''}{told.words}")
    first = max((i + 1 for i in range(told.start) if message.words[i] in BREAKS), default=0)
    last = next((i for i in range(told.end, at) if message.words[i] in BREAKS), None)
    said = message.part(first, last)
    owners = [name for mention in mentions(said, scene) for name in named(mention.words, scene)]
    if message.words[at - 1] in {"it", "them"} and owners:
        message = message.replaced(at - 1, at, f"the {' and the '.join(owners)}")
    ordered = mood_of(said.text) == "order" and bool(mentions(said))
    return message if last is None or ordered else message.without([(first, last + 1)])


def put_in(message: Clause, scene: Scene) -> Clause:
    """The message as an order to add whoever is missing, played as it says."""
    message = _dosed(_shared(_each_its_own(message)), scene) if scene.exists and not message.titles else message
    found = _MISSED.match(text_of(message)) if scene.exists and not message.titles else None
    if found is None:
        return message
    who = clause(found["who"] or found["gone"])
    how = clause(found["how"])
    if not mentions(who) or find(who, scene).stems or (mentions(how) and how.words[0] not in _HOW):
        return message
    if len(how.words) == 1 and how.words[0] in _ARTICULATED:
        return clause(f"add a {how.words[0]} {found['who'] or found['gone']}")
    rest = how.text.rstrip(" .!?")
    return clause(f"add {found['who'] or found['gone']} {'' if how.words[0] in _JOINED else ', '}{rest}")


_HOW = frozenset(
    {"playing", "with", "staccato", "pizzicato", "legato", "arpeggiated", "bowed", "plucked", "slapped", "muted", "in"}
)
_ARTICULATED = frozenset({"pizzicato", "staccato", "legato", "bowed", "plucked", "muted", "slapped"})
_JOINED = frozenset({"playing", "with", "quietly", "softly", "loudly", "that", "on", "under", "at", "panned", "which"})

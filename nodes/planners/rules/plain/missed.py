"""Somebody who is missing and is to be put in, with how they are to play: "where's the bass? put one in, fingerstyle".

-> 'add a bass, fingerstyle'
"""

from __future__ import annotations

import re

from nodes.planners.rules.edits.premature import EFFECTS
from nodes.planners.rules.moods import mood_of
from nodes.planners.rules.plain.rewording import HEAD, places, text_of
from nodes.planners.rules.scene import Scene
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
    message = _dosed(message, scene) if scene.exists and not message.titles else message
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

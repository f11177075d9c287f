"""Somebody who is missing and is to be put in, with how they are to play: "where's the bass? put one in, fingerstyle".

-> 'add a bass, fingerstyle'
"""

from __future__ import annotations

import re

from nodes.planners.rules.plain.rewording import text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import find, mentions
from nodes.planners.rules.words.speech import Clause, clause

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


def put_in(message: Clause, scene: Scene) -> Clause:
    """The message as an order to add whoever is missing, played as it says."""
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

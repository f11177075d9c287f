"""Wishes of the very polite in the plainer words of others: 'I should like' and 'I would very much like' are 'I would like',
'might I have' is 'can I have'."""

from __future__ import annotations

import re
from functools import cache

from nodes.planners.rules.words.openings import OPENERS
from nodes.planners.rules.words.speech import Clause

_DEGREES = r"(?:very much|quite|really|rather|dearly|also|so|ideally|particularly|perhaps|then|now|just|actually|still|certainly)"
_BEFORE_A_QUESTION = (
    r"(?:(?:just |i have |i've got |i had |here's )?(?:a |an |one |my |another |two )?(?:more |quick |small |little |short |simple |stupid |silly |dumb |random |brief |last )*"
    r"(?:questions?|query|q)(?: for you| first| about (?:it|this))?|(?:just )?(?:out of (?:curiosity|interest)|(?:i'm |just )*curious|i was wondering|just wondering|"
    r"(?:just )?(?:to check|checking|to be sure|making sure)|for (?:my notes|the record|reference)|before (?:i|we) \w+(?: (?:on|anything|it|recording))?|one thing|while (?:i|we)'re (?:here|at it)))"
)
_ASKING = r"(?:is|are|was|were|does|do|did|has|have|what|what's|which|how|who|who's|where|when|why|am)"
_VERB = rf"(?:{'|'.join(sorted(verb for verb in OPENERS if verb.isalpha()))})\b"
_MANNERS = r"(?:soft|softly|quiet|quietly|loud|loudly|gentle|gently|delicate|busy|sparse|simple|low|high|deep|mellow|heavy|subtle)"
_COURTESIES = (
    (re.compile(r"\b(?P<who>i'd|we'd|i would|we would) (?:much |far )?sooner\b"), "{who} rather"),
    (re.compile(r"\b(?:i|we|it|that)(?:'d| would) be (?:[\w']+ ){1,4}?if (?=(?:it|the|my|our|this|everything)\b(?: \w+){0,2} (?:was|were|had|got|went|sounded|came)\b)"), "i wish "),
    (re.compile(r"\b(?P<said>(?:we're|we are|it's|it is|that's|that is|this is|there's|there is) [^?.,]*?)(?: ,)? (?:right|correct|innit|yeah|eh)(?= \?)"), "{said}"),
    (re.compile(r"(?<= ), (?:(?:is|are|was|were|do|does|did|has|have|had|would|could|can)(?:n't)?|ain't) (?:it|there|they|we|you|i|he|she) \?(?= \w)"), "."),
    (re.compile(
        r"(?P<new>\b(?:add|bring in|put|have|throw in|layer|hear|get|with|include|use|try) [^.;!?]*?\w)(?: ,)?(?: (?:just|every bit|about|that's|that is|which is|nearly|almost|exactly|equally|playing|and|quite))* as "
        rf"(?P<how>{_MANNERS}) as (?:the|my|our|that) \w+(?: \w+)?(?: is| are| does| do)?(?= ?[.,;!?]|$)"
    ), "{new} , {how}"),
    (re.compile(rf"\b(?P<who>i|we) (?:should|would|had) (?:{_DEGREES} )*(?P<verb>like|love|appreciate|enjoy|prefer)\b(?! to (?:know|ask|hear what))"), "{who} would {verb}"),
    (re.compile(rf"\b(?P<who>i'd|we'd) (?:{_DEGREES} )+(?P<verb>like|love|prefer)\b"), "{who} {verb}"),
    (re.compile(
        rf"\b(?:what|all) (?P<who>i|we|it|this|the (?:loop|track|song|mix))(?:'d| would|'m|'s| is| am)? (?:{_DEGREES} )*(?:needs?|wants?|like|love|after|looking for|missing|lacks|lacking|misses) (?:here |now |right now )?(?:is|would be|was)(?: to have| to hear| for you to)? (?=an? |some |the |more )"
    ), "i want "),
    (re.compile(r"\b(?:i|we)(?:'m| am|'re| are) (?:kinda |sort of |kind of |really |just |now |already |also )*(?:hearing|imagining|picturing|envisioning|envisaging|thinking of|craving|fancying) (?=an? (?!bit|lot|little|click|hum|buzz)|some )"), "i want "),
    (re.compile(r"\b(?:i|we|you)(?:'d| had) better (?=(?:just |maybe )?\w)"), ""),
    (re.compile(r"(?<= )(?:just )?(?:in order )?to (?:make|leave|give|create|get)(?: \w+)?(?: some| more| a bit of| a bit more| enough)? (?:room|space)(?: for [^.,;!?]*| in the mix)?(?= ?[.,;!?]|$)"), ""),
    (re.compile(rf"\b(?:(?:i|we)(?:'d| would)|it would|it'd|that would) (?:{_DEGREES} )*(?:be|make (?:me|us)) (?:(?:so|very|really|most|quite|extremely) )*(?:happy|happier|glad|grateful|thankful|delighted|pleased|obliged) if (?:you|we) (?:(?:could|can|would|might) (?:please |just |maybe )*|(?={_VERB}))"), ""),
    (re.compile(r"\b(?:might|may|could|can) (?P<who>i|we) (?:perhaps |possibly |please |just |maybe )*(?P<verb>have|get|hear)\b"), "can {who} {verb}"),
    (re.compile(r"\bwhile (?:you're|we're|you are|we are|i'm) (?:at it|about it|there|in there|on it)\b(?: ,)?"), "also"),
    (re.compile(
        r"(?:^|(?<=[.,!?:;] ))(?:(?:ok|so|well|i think|i guess|i'd say) ,? ?)*(?:it's|that's|this is|that is|it is|it sounds|this sounds|we're) (?:good|close|nice|fine|near|tight|ready|clean|decent|great) enough"
        r"(?: (?:for|to|as) [^.,;!?]*?)?(?: , i (?:think|guess|reckon))? ?[.,;!-] (?:so )?(?=\w)"
    ), ""),
    (re.compile(r"\bif so ,?(?= ?(?:please )?\w)|\bif (?:yes|it does|it would|it works|you think so|you agree|that works|it fits) ,? ?(?=(?:please )?(?:add|put|do|make|use|include|try|go))"), ""),
    (re.compile(
        r"(?:^|(?<=[,.!?:;] ))(?:isn't|aren't|ain't|doesn't|don't) (?P<what>(?:the|my|that|this) \w+|it|they|this|that)(?: (?:sound|feel|seem|sit|run|go))? (?:a bit|a little|rather|somewhat|kind of|too|a bit too|a little too|a tad|awfully|terribly|slightly|very|quite|so|way too) "
        r"(?P<fault>loud|quiet|soft|fast|slow|high|low|busy|sparse|bright|dark|dry|wet|boomy|muddy|thin|long|short)(?= ?[.?!,;]|$)"
    ), "{what} is too {fault}"),
    (re.compile(rf"(?:^|(?<=[,.!?:;] )){_BEFORE_A_QUESTION} ?[:,.;-] ?(?={_ASKING}\b)"), ""),
)  # fmt: skip


_MINDING = re.compile(
    r"\b(?:(?:would|do) you (?:terribly |awfully |at all )?mind(?: (?:just|terribly|maybe))*|(?:what|how) about|(?:would|could) you (?:consider|try)|(?:do you )?fancy|any chance of(?: you)?|is there any chance of(?: you)?|i was thinking of|i'm thinking of|let's try|try) (?P<doing>\w+ing)\b"
)


@cache
def _doings() -> dict[str, str]:
    """'making' -> 'make', 'cutting' -> 'cut'."""
    verbs = {verb for verb in OPENERS if verb.isalpha() and len(verb) > 2}
    found = {f"{verb}ing": verb for verb in verbs}
    found |= {f"{verb}{verb[-1]}ing": verb for verb in verbs}
    return found | {f"{verb.removesuffix('e')}ing": verb for verb in verbs if verb.endswith("e")}


def _ordered(message: Clause) -> Clause:
    """'would you mind making the violin softer' -> 'make the violin softer'."""
    text = " ".join(message.words)
    found = _MINDING.search(text)
    verb = _doings().get(found["doing"]) if found is not None else None
    if found is None or verb is None:
        return message
    start = text[: found.start()].count(" ")
    return message.replaced(start, start + found[0].count(" ") + 1, verb)


_PROXY = re.compile(
    r"(?:^|(?<=[,.!?:;] )|(?<=\b(?:and|but) )|(?<=\bso ))(?P<who>he|she|they|(?:my|our|the|his|her|their) (?!(?:bass|drums|keys|piano|guitar|loop|track|song|beat|mix|whole)\b)\w+)(?:'s| is|'d| would)? "
    r"(?:really |just |now |also |still )*(?:wants?|needs?|like|love|asks for|asked for|asking for|looking for|after|requests|requested|insists on|ordered) (?=an? |some |something |anything )"
)


def by_proxy(message: Clause) -> Clause:
    """'she wants something slow and lonely' -> 'i want something slow and lonely': for whom it is changes nothing."""
    text = " ".join(message.words)
    found = _PROXY.search(text)
    if found is None:
        return message
    start = text[: found.start()].count(" ")
    return message.replaced(start, start + found[0].strip().count(" ") + 1, "i want")


def courteous(message: Clause) -> Clause:
    """The message with each courtesy in plain words."""
    message = _ordered(message)
    for pattern, plain in _COURTESIES:
        text = " ".join(message.words)
        found = pattern.search(text)
        if found is None or text[found.start() : found.end()] == plain:
            continue
        start, count = text[: found.start()].count(" "), found[0].strip().count(" ") + 1
        message = message.replaced(start, start + count, plain.format(**found.groupdict()))
    return message

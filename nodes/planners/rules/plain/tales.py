"""Tales: statements beside an order, left out only where the message would be asked about with them.

'My tenors get distracted by the beat. Mute the drums', 'it sits too high for my altos, can you bring it down a tone?'

What is surely an aside is left out by `asides` before a message is read. Here the reading has failed once already, so that
more is taken for a tale: every sentence that is no order, no wish and no question, and whose subject is no part of the
music; a fault without a cure, where an order with a direction or a figure stands beside it; and what is done with the loop.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk.chatter import PERSONS
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.openings import COMPARATIVES, OPENERS
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import Clause, clause, word_set

_JOINT = re.compile(
    r"[.!?;\n]+(?:\s+|$)|\s+-+\s+|,\s+|\s+(?=(?:because|cause|coz|cuz|cos|bc|since|so (?:that )?(?:i|we|he|she|they|people|can you|could you|please|make|turn|bring|take|put|drop|give|add|remove|slow|speed|keep|let's|mute|lower|raise|cut|change|play)) )",
    re.IGNORECASE,
)
_LED = re.compile(
    r"(?:(?:and|but|so|also|well|ok|okay|please|pls|now|cool|just|yeah|hey|hi|oh|um|look|basically|actually|plus|btw|fyi|anyway|you see|you know|the thing is|"
    r"thing is|to be honest|tbh|sorry|because|cause|coz|cuz|cos|bc|since|as|that|apparently|unfortunately|sadly),?\s+)*",
    re.IGNORECASE,
)
_REASONS = word_set("because cause coz cuz cos bc since")
_ASKING = re.compile(
    r"(?:can|could|will|would) (?:you|u|we|i)\b|please\b|let'?s\b|(?:what|which|how|who|where|when|why|is|are|does|do|did|has)\b"
)
_WISHING = re.compile(
    r"\b(?:want|wants|wanted|wanna|would|need|needs|needed|should|must|prefers?|wish|wishes|asked|asks|asking|suggests?|suggested|please|let'?s|can you|could you|can u|"
    r"could u|will you|rather|i'd|we'd|instead|missing|misses)\b"
)
_PURPOSE = re.compile(
    r"(?:(?:it|this|that)(?:'s| is|s| will be)? (?:just )?(?:meant |intended |supposed to be |going to be )?for (?:my|our|a|an|the|some|his|her|their) |for (?:my|our|his|her|their) |"
    r"(?:i |we )?(?:need|want|have) (?:it|them|this|that|the \w+) (?:for|by|in) (?:my|our|a|an|the|some|tomorrow|tonight|monday|friday|class|work|school) ?|"
    r"(?:so )?(?:that )?(?:i|we|he|she|they|people|everyone) (?:can|could|will|may) |to (?:go with|use|put|fit|match|sing|rap|dance|practi[cs]e|play) )"
)
_USING = re.compile(
    r"(?:(?:so )?(?:i|we|he|she|they|i'm|i'll|we're|we'll) )?(?:just |also |really |then |only )*(?:(?:want|wanna|need|have|got|gotta|gonna|going|plan|am|try|trying|would like|'d like|like)(?: to)?"
    r"(?: \w+ing)?|can|could|will) (?:be |just |also )?(?P<verb>\w+)"
)
_LATER = re.compile(
    r"(?:i|we)(?:'ll| will|ll) .*\b(?:later|afterwards|after|tomorrow|then|soon|another time|some other time)(?: on)?"
)
_KIND = re.compile(
    r"(?:nice|good|lovely|great|cool|sweet|classic|easy|basic|simple|plain|old school|fun)(?: and)?(?: nice| good| simple| easy| plain| classic| old)?(?: chords?| groove| stuff| vibes?| progression| one| ones| and easy| and simple)?"
)
"""'nice simple chords': what was asked for, praised."""
_USES = word_set(
    """check see put send upload show use share post sing rap practise practice record load jam dance listen sleep study relax
    walk run drive cook teach learn compare demo present perform stream film shoot edit sample freestyle read write talk speak
    place import open publish release submit finish print work rehearse memorise memorize follow test hum meditate
    play playing singing recording using putting making doing sending posting"""
)
_DOING = re.compile(
    r"(?:just |still |currently |busy )*(?!nothing|something|anything|everything|string|swing|bring|ring|king|sing|spring|morning|evening|adding|going|making it|bringing|taking|turning|putting|"
    r"getting|removing|changing|missing|drowning|clashing|lacking|rushing|dragging|feeling|loving|digging|liking|according)\w{2,}ing\b"
)
_FAULT = re.compile(
    r"(?:it|this|that|everything|it all|the \w+|it's|that's|they|they're)(?: (?:is|are|sits?|lies?|feels?|sounds?|seems?|goes|gets?|looks?|runs?|was|were|just|all|still|kind of|really|comes? (?:out|across)))* "
    r"(?:(?:a bit|a little|way|far|much|rather|slightly|just|so|really|kind of) )*too \w+(?: .*)?"
)
_STATES = word_set(
    """is are was were has have had can can't cannot could couldn't will won't do does don't doesn't did didn't isn't aren't
    wasn't weren't get gets got keep keeps kept go goes went come comes came feel feels felt sound sounds seem seems look looks
    say says said tell tells told think thinks thought know knows make makes made lose loses lost rush hurt hurts find finds
    sing play dance clap read live work sit sits"""
)
_SUBJECTS = word_set(
    "i we he she they it this that there there's it's he's she's they're we're i'm nobody everyone everybody someone people half most some many all none"
)
_OWNERS = word_set("my our his her their your the a an this that these those one another every some both")
_CURES = ("remove", "add", "replace", "mute", "solo", "undo", "export", *COMPARATIVES, "way_up", "way_down")


@dataclass(frozen=True)
class _Segment:
    """Words between two joints; `start`..`end` are characters of the message, its joint included."""

    said: str
    start: int
    end: int


def without_likely(text: str, scene: Scene) -> str:
    """`text` without what is likely a tale; `text` itself where nothing else would be left."""
    segments = _segments(text)
    said = [clause(_bare(segment.said)) for segment in segments]
    left = [
        segment
        for at, segment in enumerate(segments)
        if not _is_tale(_bare(segment.said), scene, said[:at] + said[at + 1 :])
    ]
    if len(left) == len(segments) or not any(_bare(segment.said) for segment in left):
        return text
    told = "".join(text[segment.start : segment.end] for segment in left).rstrip(" ,;-") or text
    spoken = [segment for segment in segments if segment not in left]
    return _pointed(told, spoken, left, scene)


_POINTING = re.compile(r"(?<!')\b(?:it|them|him)\b(?!')", re.IGNORECASE)


def _pointed(told: str, spoken: list[_Segment], left: list[_Segment], scene: Scene) -> str:
    """'the landlord complained about the bass, so mute it' -> 'mute the bass': what was left out said what 'it' is."""
    names = [
        name
        for segment in spoken
        for found in mentions(clause(segment.said), scene)
        for name in named(found.words, scene)
    ]
    if len(set(names)) != 1 or left[-1].start < spoken[0].start or mentions(clause(told), scene):
        return told
    return _POINTING.sub(f"the {names[0]}", told, count=1)


def _segments(text: str) -> list[_Segment]:
    found: list[_Segment] = []
    start = 0
    quoted = [match.span() for match in re.finditer(r'"[^"]*"', text)]
    for joint in _JOINT.finditer(text):
        if any(a < joint.start() < b for a, b in quoted):
            continue
        found.append(_Segment(text[start : joint.start()], start, joint.end()))
        start = joint.end()
    found.append(_Segment(text[start:], start, len(text)))
    return [segment for segment in found if segment.said.strip()]


def _bare(said: str) -> str:
    """In lower case, without its end sign; a conjunction of reason stays."""
    return " ".join(said.lower().replace("\u2019", "'").strip(" .!?;,\n-").split())


def _is_tale(said: str, scene: Scene, others: list[Clause]) -> bool:
    head = _LED.match(said)
    led = set(said[: head.end()].replace(",", " ").split()) if head else set()
    rest = said[head.end() if head else 0 :]
    if not rest or _ASKING.match(rest):
        return False
    if _PURPOSE.match(f"{rest} ") or _LATER.fullmatch(rest) or _KIND.fullmatch(rest):
        return True
    using = _USING.match(rest)
    if using is not None and using["verb"] in _USES:
        return True
    told = clause(rest)
    if _of_a_thing(told) and any(other.first("pronoun") is not None and not mentions(other) for other in others):
        return False
    if _FAULT.fullmatch(rest) is not None and any(_cures(other) for other in others):
        return not any(named(mention.words, scene) for mention in mentions(told, scene))
    if _WISHING.search(rest) and not led & _REASONS:
        return False
    if (
        "too" in told.words
        and not led & _REASONS
        and any(named(mention.words, scene) for mention in mentions(told, scene))
    ):
        return False  # 'I find the keys too loud': a wish of its own
    return bool(led & _REASONS) or _states(told, scene) or _no_order(told, scene)


_THINGS_ELSEWHERE = word_set(
    """scene video film movie hall room church cafe club game level episode shot clip story plot ending wedding party gig class
    lesson show stage weather landlord deadline hand hands arm arms throat voice voices knee knees ear ears head mic camera
    bar pub school office studio car train baby street neighbourhood building montage trailer podcast set"""
)


def _of_a_thing(told: Clause) -> bool:
    """'the plinky thing is too much, (turn it down)': what 'it' is then, is said, and by no name that is known here."""
    if told.words[:1] and told.words[0] not in {"the", "that", "this", "those", "these"}:
        return False
    nouns = told.words[1:4]
    return (
        len(told.words) > 1
        and not any(noun in _THINGS_ELSEWHERE or noun in PERSONS or noun.removesuffix("s") in PERSONS for noun in nouns)
        and not mentions(told)
    )


def _cures(other: Clause) -> bool:
    """Whether a clause says by itself what is to be done: 'bring it down a whole tone'."""
    bare = other.bare()
    return bool(bare.words) and (bool(amounts(bare)) or bare.has(*_CURES))


def _states(told: Clause, scene: Scene) -> bool:
    """'my tenors get distracted by the beat', 'half of my students rush this': subject and verb, and the subject is no player here."""
    words = told.words
    if len(words) < 3 or (words[0] in OPENERS - {"does"} and words[0] not in _SUBJECTS):
        return False
    if words[0] in _SUBJECTS:
        verb = next((at for at, word in enumerate(words[1:7], 1) if _is_verb(word)), None)
        return verb is not None and not any(named(m.words, scene) and m.start < verb for m in mentions(told, scene))
    if words[0] not in _OWNERS and words[0].removesuffix("s") not in PERSONS:
        return False
    verb = next((at for at, word in enumerate(words[2:8], 2) if _is_verb(word)), None)
    if verb is None:
        return False
    return not any(named(m.words, scene) and m.start < verb for m in mentions(told, scene))


def _is_verb(word: str) -> bool:
    return word in _STATES or (len(word) > 3 and word.endswith(("s", "ed")) and not word.endswith(("ss", "us", "'s")))


def _no_order(told: Clause, scene: Scene) -> bool:
    """'building a set', 'my niece's birthday': words without a verb of order and without a player of the loop."""
    text = " ".join(told.words)
    if not told.words or mentions(told, scene):
        return False
    if _DOING.match(text):
        return True
    kin = any(word.removesuffix("'s").removesuffix("s") in PERSONS for word in told.words)
    return told.words[0] in _OWNERS and kin and len(told.words) <= 4

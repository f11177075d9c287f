"""Words beside an order that ask for nothing: why it is given, and that the rest is to stay.

'guitar and bass are fighting down low, high-pass the guitar'      -> 'high-pass the guitar'
'in A minor? For my saxophone it is more easy'                     -> 'in A minor?'
'reverb on the guitar only, I'd like a little more depth'          -> 'reverb on the guitar only'
'violin an octave higher, the rest as is'                          -> 'violin an octave higher'
"""

from __future__ import annotations

import re
from typing import get_args

from nodes.planners.rules.plain.rewording import places, reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.amounts import amount, amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.references import find, mentions
from nodes.planners.rules.words.speech import BREAKS, Clause
from state.effects import EffectKind

_LONGEST = 60
_LINK = r"(?:[,;.:!?-] )?(?:and |but |with |because |since |as |so |cause |cos )*"
_RIVALS = (
    r"(?:(?:are|is|keep|keeps) (?:all |both |really |kind of |kinda |sort of |always |constantly |a bit |just |still )*)?(?:fighting|fight|clashing|clash|competing|compete|masking|mask|colliding|collide|"
    r"stepping on|step on|getting in|get in|muddying|muddy|overlapping|overlap|conflicting|wrestling|bumping into|at war|in conflict|too close|rubbing|too similar|in the same (?:register|range|octave|area|space|place|frequency range|spot))"
)
_FIGHT = re.compile(
    rf"^(?P<why>(?P<one>(?:the |my )?\w+) and (?P<other>(?:the |my )?\w+) {_RIVALS}(?: [\w' ]+?)? ?(?:[,;.:!-] |(?=so ))(?:so |and |please |can you |could you |maybe |just )*)(?=\w)"
)
_AT_ODDS = re.compile(
    r"^(?P<why>(?P<one>(?:the |my )?\w+) (?:(?:is|are|keeps?) (?:all |really |kind of |kinda |always |a bit |just |still )*)?(?:fighting|clashing|competing|colliding|conflicting|clashes|clash|fights|fight|competes|compete|collides|conflicts) (?:with |against )?(?:the |my )?\w+(?: [\w' ]+?)? ?"
    r"(?:[,;.:!-] |(?=so ))(?:so |and |please |can you |could you |maybe |just )*)(?=\w)"
)
_EASE = r"(?:easy|easier|comfortable|better|nicer|simple|simpler|difficult|hard|harder|good|handy|practical|suitable|playable|convenient|high|low|fast|slow|much)"
_FOR_WHOM = re.compile(
    rf"(?P<why>(?<=\w) ?{_LINK}(?:(?:for|on|with) (?:my|our|the|his|her) (?:\w+ )?\w+ ?(?:, )?(?:it|this|that|is|it's|that's|this is)(?: is| would be| will be| was|'s)?(?: (?:much|a lot|far|a bit|really|more|less|too|very|so|way))* {_EASE}|"
    rf"(?:it is|it's|it would be|it will be|is|this is|that is|that's)(?: (?:much|a lot|far|a bit|really|more|less|so))* {_EASE} (?:for|on|with|to play on) (?:my|our|the|his|her|me|us)(?: \w+){{0,2}}))(?= ?[.,;!?]|$)"
)
_QUALITY = (
    r"(?:depth|space|air|room|warmth|punch|dirt|grit|body|presence|dimension|size|width|sparkle|ambience|atmosphere|distance|shimmer|movement|weight|"
    r"edge|bite|life|character|colou?r|glue|control|crunch|drive|texture|clarity|definition|separation)"
)
_WANTED = re.compile(
    rf"(?P<why>(?<=\w) ?(?:[,;.:!-] |because |since |as |so |cause |cos )+(?:i|we)(?:'d like| would like|'d love| want| need| would love| wish for| am after|'m after|'re after| am missing|'m missing| miss)(?: (?:it|that|this) to have)?(?: just)? "
    rf"(?:(?:a little|a bit|a touch|some|slightly|a little bit|a tad|a bit of|just a bit) )?(?:more |extra |of )*{_QUALITY}(?: (?:and|or) (?:more )?{_QUALITY})?)(?= ?[.,;!?]|$)"
)
_FELT = re.compile(
    r"(?P<why>(?<=\w) ?(?:[,;.:!-] |because |since |as |so |cause |cos )+(?:(?:i|we)(?:'d like| would like| want| need) (?:it|that|them|him|this)|so (?:that )?(?:it|they)|(?:it|that|they) should) (?:to )?(?:feel|feels|sound|sounds|seem|seems|be) "
    r"(?:(?:a bit|a little|much|slightly|more|like) )*(?:further|farther|distant|far|bigger|wider|closer|deeper|larger|huge|roomier|airier|spacious|lush|it's|underwater|away)(?: [\w' ]+?)?)(?= ?[.,;!?]|$)"
)
_PLAYERS = re.compile(
    r"(?P<why>(?<=\w) ?(?:[,;.:!?-] |because |since |as |so |cause |cos )+(?P<who>(?:my|our|his|her) (?:\w+ )?\w+) (?:prefers?|likes?|is|are|sounds?|has|have|can't|cannot|can|can only|doesn't|don't|only|goes|plays?|reads?|hates?|struggles?|isn't|needs?|works?)(?: [\w' ]+)?)(?= ?[.,;!?]|$)"
)
_OTHERS = r"(?:the rest|rest|all the rest|everything else|all else|the others|others|the other (?:instruments|parts|stems|tracks|bars|ones)|everyone else)"
_REST = re.compile(
    rf"(?P<why>(?<=\w) ?(?:[,;.:!?-] )+(?:and |but |with |keep |leave |keeping |leaving |let )*{_OTHERS} (?:(?:should |must |can |may |to |all |just )*(?:stays?|remains?|staying|as|unchanged|untouched|the same|(?:is|are) (?:fine|ok|good|unchanged|as)|same|intact|alone|be)"
    r"(?: (?:as|is|are|it|they|put|the same|same|unchanged|there|like that|like this|was|were|before|be|way|how|now|alone|fine|untouched))*)(?: please| thanks)?)(?= ?[.,;!?]|$)"
)
_LEFT = re.compile(
    r"(?P<why>(?<=\w) ?(?:, )?(?:so|so that|such that|until|till) (?:it's |it is |they are |they're |there is |there's )?(?:only|just|nothing but|nothing else but|nothing except|the only thing|the only ones?|nothing else)(?: [\w']+){0,3}? ?"
    r"(?:(?:is|are|be|gets?) (?:left|left over|there|heard|remaining|audible)|left|remains?|stays?)|(?<=\w) ?(?:, )?so (?:that )?(?:i|we)(?:'ve)? (?:only |just |can |will )*(?:have|got|get|keep|hear|'m left with|am left with) (?:only |just |nothing but )*(?:those|these|them|it|that|the \w+)(?: left| alone| by (?:itself|themselves))?)(?= ?[.,;!?]|$)"
)
_SOAKED = re.compile(
    r"(?P<why>(?<=\w) ?(?:[,;.:!-] |because |since |as |cause |cos |there's |there is |it's got |it has |they have |got |with )+(?:(?:way|far|just|a bit|a little|much|simply|really) )*(?:too much|so much) (?:of (?:the |that ))?"
    r"(?:reverb|echo|delay|room|space|wetness|distortion|chorus)(?: (?:on|in|there|going on|here|it|them|that|now))*)(?= ?[.,;!?]|$)"
)
_SAYING = ("effect_any", *(f"effect_{kind}" for kind in get_args(EffectKind)))


def without_reasons(message: Clause, scene: Scene) -> Clause:
    """The message without such words, where what is left is an order of its own."""
    if not scene.exists or len(message.words) > _LONGEST:
        return message
    message = _of_players(_at_odds(_rivals(message, scene), scene), scene)
    for pattern, holds in (
        (_FOR_WHOM, _moves),
        (_WANTED, _dresses),
        (_FELT, _dresses),
        (_RESULT, _shifts),
        (_REST, _names),
        (_ALONE, _names),
        (_LEFT, _draws),
        (_SOAKED, _dries),
    ):
        found = pattern.search(text_of(message))
        if found is None:
            continue
        left = reworded(message, found, "", "why")
        if left.bare().words and holds(message.part(0, places(text_of(message), *found.span("why"))[0]), scene):
            message = left
    return message


def _rivals(message: Clause, scene: Scene) -> Clause:
    """Two who are in each other's way, and then what is to be done about it."""
    found = _FIGHT.match(text_of(message))
    if found is None:
        return message
    start, end = places(text_of(message), *found.span("why"))
    both, rest = message.part(start, end), message.part(end)
    if not find(both, scene).stems or rest.words[0] in BREAKS:
        return message
    for at, word in enumerate(rest.words):
        if word in {"them", "both"} and not mentions(rest):
            names = f"{found['one'].removeprefix('the ')} and the {found['other'].removeprefix('the ')}"
            return rest.replaced(at, at + 1, f"the {names}")
    return rest if find(rest, scene).stems else message


def _at_odds(message: Clause, scene: Scene) -> Clause:
    """Somebody who is in another's way: 'them' is that one."""
    found = _AT_ODDS.match(text_of(message))
    if found is None:
        return message
    _, end = places(text_of(message), *found.span("why"))
    rest = message.part(end)
    if find(rest, scene).stems and mentions(rest):
        return rest
    at = next((at for at, word in enumerate(rest.words) if word in {"them", "it"}), None)
    one = Clause(tuple(found["one"].split()), tuple(found["one"].split()))
    if at is None or mentions(rest) or not find(one, scene).stems:
        return message
    return rest.replaced(at, at + 1, f"the {found['one'].removeprefix('the ').removeprefix('my ')}")


def _of_players(message: Clause, scene: Scene) -> Clause:
    """'in D please. My flute prefers sharps': a player at home, none in the loop."""
    found = _PLAYERS.search(text_of(message))
    if found is None:
        return message
    start, end = places(text_of(message), *found.span("why"))
    who = Clause(tuple(found["who"].split()), tuple(found["who"].split()))
    at_home = mentions(who) and not find(who, scene).stems
    return message.without([(start, end)]) if at_home and _moves(message.part(0, start), scene) else message


def _moves(order: Clause, scene: Scene) -> bool:
    """Whether an order says a key, a tempo or a direction: nothing is to be added for the player."""
    said = read(order.text)
    return bool(said.key or said.bpm or amounts(order)) or order.has(
        "faster", "slower", "higher", "lower", "pitch", "tempo", "quieter", "louder"
    )


_RESULT = re.compile(
    r"(?P<why>(?<=\w) so (?:that )?(?:it's|it is|it sounds|it feels|it gets|they're|they are)(?: (?!and |but |then )\w+){1,8})"
)


def _shifts(order: Clause, scene: Scene) -> bool:
    """'a semitone up, so it's brighter': what a move of pitch brings, and no order of its own."""
    return amount(order, "semitones") is not None or bool(read(order.text).key)


def _dresses(order: Clause, scene: Scene) -> bool:
    return order.has(*_SAYING)


def _draws(order: Clause, scene: Scene) -> bool:
    """Whether an order takes somebody out of what is there: then nobody else is left."""
    return bool(mentions(order)) and order.says("out of", "out", "extract", "isolate", "from", "separate")


def _dries(order: Clause, scene: Scene) -> bool:
    return order.has("effect_dry") or (order.has("less", "remove") and order.has(*_SAYING))


_ALONE = re.compile(
    rf"(?P<why>(?<=\w) ?(?:[,;.:!?-] |but |and |just |please )+(?:keep|leave|keeping|leaving|retain) {_OTHERS}(?: (?:alone|as is|untouched|unchanged|be|the same|as it is|as they are|like it is))?)(?= ?[.,;!?]|$)"
)


def _names(order: Clause, scene: Scene) -> bool:
    """Whether an order says which stem or which bars are to change."""
    if order.has("tempo", "faster", "slower", "undo", "higher", "lower"):
        return True
    return bool(find(order, scene).stems) or spans.find(order, scene.bars, scene.seconds) is not None

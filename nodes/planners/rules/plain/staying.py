"""What stays as it is, said beside what is to change: 'another take, same vibe', 'a variation that is close to the original',
'once more by the same amount'. The change says it all: a variation keeps chords, tempo and style, and 'again' its amount."""

from __future__ import annotations

import re

from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.speech import Clause

_KINDS = (
    r"(?:vibes?|ideas?|feel|feeling|feelings|moods?|groove|energy|spirit|character|style|chords|harmony|progression|changes|atmosphere|"
    r"direction|concept|thing|flavou?r|tempo|key|speed|length|instruments|sound|sounds|rhythm|theme|essence|tune|melody|notes|bpm|pace|structure|form|"
    r"instrumentation|line ?up|players|metre|meter|beat)"
)
_RESTED = r"(?:tempo|bpm|speed|pace|key|pitch|tuning|chords|harmony|progression|changes|instruments|instrumentation|line ?up|players|length|metre|meter|time signature|style|genre|feel|mood|vibe|volume|levels?|mix|drums|beat|drum beat|bass|bass ?line|keys|piano|guitar|strings|melody|riff|groove|part|parts|band|sound)"
_AND_MORE = rf"(?:(?: (?:and|or|&|,))? (?:the )?(?:same )?{_KINDS})*"
_STILL = r"(?: (?:though|tho|still|as (?:before|now|it is)))*"
_SAME = (
    rf"(?:[,;:.-] |but |and |just )*(?:(?:with|in|of|at|on|keep|keeping|but keep|and keep|using|has|having|it has|that has|still) )?"
    rf"(?:exactly |much |roughly |basically )?(?:the |this |that |its )?(?:very )?same (?:general |overall |basic |kind of |sort of )?{_KINDS}{_AND_MORE}{_STILL}"
)
_KEPT = rf"(?:[,;:.-] |but |and |just )*(?:keep|keeping|hold|retain|retaining|preserving) (?:the|that|this|its) (?:general |overall )?{_KINDS}{_AND_MORE}{_STILL}"
_UNLIKE = r"(?:[,;:.-] |but |and |just )*not (?:quite |exactly |completely |totally )?(?:identical|the same|a copy)"
_MOSTLY = r"(?:[,;:.-] |but |and |just )+(?:keep|leave|keeping|leaving|have) (?:it|most of it|most|the rest|the rest of it|almost everything|everything else|nearly everything|the main idea)(?: (?:mostly|nearly|almost|pretty much|basically|more or less|roughly|kind of|still|all))*(?: (?:the )?same| as it is| alone| recognisable| recognizable| similar)?|(?:[,;-] |but )+(?:nearly|almost|mostly|pretty much) the same|(?:[,;-] |but )+not (?:too |so |that |very )?(?:much|a lot|different)"
_STAYS = re.compile(rf"(?<!\S)(?:{_SAME}|{_KEPT}|{_UNLIKE}|{_MOSTLY})(?= ?[,.;!?]| (?:please|pls|thanks|but|and)\b|$)")
_LEADING = re.compile(r"^[,;:.-] (?:but )?|^but ")
_ANOTHER = ("variation", "repeat", "reroll")
_NEAR = re.compile(
    r"(?<!\S)(?:[,;-] |but |and |just )*(?:(?:that|which|it|one|please) )*(?:(?:should|must|will|would|can|has to|still|just|only|is|are|be|"
    r"stays?|staying|sticks?|sticking|keeps?|keeping|remains?|remaining|does|doesn't|does not|do not|don't|won't|isn't|not|it|go|goes|going|move|"
    r"moves|stray|strays|straying|drift|drifts|depart|departs|wander|wanders) )*"
    r"(?:(?:very|quite|rather|fairly|pretty|so|too|reasonably|more or less|as) )*(?:close|closer|near|nearer|true|faithful|loyal|similar|far|away|off|stray|"
    r"straying|depart|drift|wander|different|differ)(?: as)?(?: away)? (?:to|from) (?:the original|what (?:we|i) have|what is there|the present one|this one|"
    r"the first one|how it is|how it was|the source)(?: as possible)?(?!\w)"
)
_KNOWN_AGAIN = re.compile(
    r"(?<!\S)(?:[,;-] |but |and |just |so )*(?:(?:that|which|it|you|i|we|one|people|'s|that's|it's|is|stays?|still|can|must|should|be|keep(?:ing)? it|just|have to|to) )*(?:still )?(?:recogni[sz]able|recogni[sz]e (?:it|the tune|this|the original)|recogni[sz]ably (?:the same|it|this|ours|mine))(?: (?:though|as (?:it|this|the original)))?(?!\w)"
)
_OF_A_TAKE = re.compile(
    r"\b(?:variations?|vary|variants?|takes?|versions?|pass|rework\w*|redo|rewrite|another|remix|arrange\w*|rearrange\w*|play)\b"
)
_VARIED = re.compile(r"\b(?:variations?|vary|variants?|takes?|pass|another)\b")
_A_TAKE = re.compile(r"\b(?:an?|another|one) (?:\w+ )?(?:take|version|spin|arrangement|rendition)\b")
_AMOUNT = re.compile(
    r"(?<!\S)(?:, )?(?:by )?(?:just |exactly )?(?:(?:the )?same amount|as much|that much|this much|the same distance|the same step)(?: (?:as before|as last time|as then))?(?!\S)"
)
_ALTERNATIVE = re.compile(r"\b(?:alternative|alternate)(?= (?:take|version|one|pass|try|idea|reading)s?\b)")


def without_what_stays(message: Clause) -> Clause:
    """The message without words that only say that the rest stays as it is."""
    message = _replaced(message, _ALTERNATIVE, "different")
    text = " ".join(message.words)
    message = _replaced(message, _KNOWN_AGAIN, "slightly") if _OF_A_TAKE.search(text) else message
    text = " ".join(message.words)
    near = _NEAR.search(text)
    if near is not None and _OF_A_TAKE.search(text[: near.start()]):
        message = _replaced(message, _NEAR, "slightly" if _VARIED.search(text[: near.start()]) else "")
    if _asks_for_other_notes(message) and not (message.begins("undo") or message.says("undo", "go back", "before")):
        message = _lessened(message, _STAYS)
    return _without_rest(_once_more(message))


_RESTING = re.compile(
    rf"(?:[,;:.-] |but |and |just )+(?:(?:at|in|with|keep|keeping|for) )*(?:exactly )?(?:the |at the |in the )?same {_RESTED}(?: (?:and|,|&|or) (?:the )?(?:same )?{_RESTED})*"
    r"(?: (?:as (?:before|now|it is|it was)|though|still|overall|otherwise))*(?= ?[,.;!?]| please| thanks|$)"
)


def _without_rest(message: Clause) -> Clause:
    """'double time on the drums, same bpm' -> 'double time on the drums': what stays needs no doing."""
    text = " ".join(message.words)
    found = _RESTING.search(text)
    if found is None or not found.start():
        return message
    start, end = text[: found.start()].count(" "), text[: found.end()].count(" ") + 1
    left = message.without([(start, end)])
    return left if left.bare().words else message


def _lessened(message: Clause, pattern: re.Pattern[str]) -> Clause:
    """The message without what the pattern finds, where something that asks for another take is left."""
    while (found := pattern.search(" ".join(message.words))) is not None:
        text = " ".join(message.words)
        start, count = text[: found.start()].count(" "), found[0].count(" ") + 1
        left = message.without([(start, start + count)])
        while left.words and _LEADING.match(f"{' '.join(left.words)} "):
            left = left.part(1)
        if not left.words or not _asks_for_other_notes(left):
            return message
        message = left
    return message


def _asks_for_other_notes(message: Clause) -> bool:
    """'another take', 'a folk version': what else is said to be the same stays the same anyway."""
    return (
        message.has(*_ANOTHER)
        or _A_TAKE.search(" ".join(message.words)) is not None
        or read(message.text).genre is not None
        or message.has("half_time", "double_time", "swing", "straight")
    )


def _replaced(message: Clause, pattern: re.Pattern[str], by: str) -> Clause:
    text = " ".join(message.words)
    found = pattern.search(text)
    if found is None:
        return message
    start = text[: found.start()].count(" ")
    return message.replaced(start, start + found[0].count(" ") + 1, by)


def _once_more(message: Clause) -> Clause:
    """'once more by the same amount', 'the same amount again' -> 'once more', 'again'."""
    left = message.without(_places(message))
    if len(left.words) == len(message.words) or left.has("faster", "slower", "louder", "quieter", "higher", "lower"):
        return message
    return left if left.has("repeat") else message


def _places(message: Clause) -> list[tuple[int, int]]:
    text = " ".join(message.words)
    return [(text[: found.start()].count(" "), text[: found.end()].count(" ") + 1) for found in _AMOUNT.finditer(text)]

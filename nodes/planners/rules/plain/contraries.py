"""What is said only to be turned down, beside what is wanted in its place: 'quieter, not louder', 'from minor to major',
'up a tone, not down a tone'. The contrary is no second wish and takes no part in the first."""

from __future__ import annotations

import re

from nodes.planners.rules.edits.premature import EFFECTS
from nodes.planners.rules.plain.courtesies import NEVER, SUBJECT
from nodes.planners.rules.plain.rewording import reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.speech import BREAKS, Clause, clause, word_set

_PAIRS = (
    ("louder softer", "quieter"), ("faster quicker", "slower"), ("higher", "lower deeper"), ("major", "minor"), ("left", "right"),
    ("up", "down"), ("brighter", "darker duller"), ("busier fuller denser", "sparser simpler emptier"), ("longer", "shorter"),
    ("loud", "quiet soft"), ("fast", "slow"), ("louder", "quieter softer"), ("more", "less fewer"), ("happier", "sadder darker"),
    ("wetter", "drier dryer"), ("harder", "softer"), ("warmer", "colder"), ("wider", "narrower"), ("in", "out"),
)  # fmt: skip
_CONTRARIES: dict[str, set[str]] = {}
for _one, _other in _PAIRS:
    for _word in _one.split():
        _CONTRARIES.setdefault(_word, set()).update(_other.split())
    for _word in _other.split():
        _CONTRARIES.setdefault(_word, set()).update(_one.split())
_TURNED_DOWN = re.compile(
    r"(?:(?:, |- |; )?(?:and |but )?(?:definitely |certainly |just |please )?(?:not|never)|instead of|rather than|in place of|, no)"
    r"(?P<led>(?: (?:to|the|it|a|an|on|any|in|be|being|getting|going|even|more|that|this|make|making|turn|turning|moving))*) (?P<contrary>\w+)"
)
_NEVER = re.compile(
    rf"(?:^|(?<=[.,;!?:] )|(?<=\b(?:and|but) ))(?:(?P<who>{SUBJECT}|there) {NEVER} (?:really )?(?:(?:be|sound|feel|get) (?:quite )?(?:so|too|that|as|this) (?!much\b|many\b)(?P<how>\w+)(?: as (?:it is|that|this|now))?|"
    r"(?:have|get|wear|carry|use|be|be wearing|be given) (?:(?P<much>(?:so|that|this|too|as) much)|any|the|an?)?(?: of)? ?(?P<what>\w+(?: \w+)?)(?: on (?P<on>(?:the|my|it)(?: \w+)?))?))(?: (?:at all|anymore|any more|any longer|please|really))*(?= ?[.,;!?]|$| and | but )"
)


def _never(message: Clause) -> Clause:
    """'the keys shouldn't have any reverb' -> 'no reverb on the keys', 'it shouldn't be so loud' -> 'it is too loud'."""
    found = _NEVER.search(text_of(message))
    if found is None:
        return message
    if found["how"]:
        return reworded(
            message, found, f"{found['who']} {'are' if found['who'] == 'they' else 'is'} too {found['how']}"
        )
    worn = clause(found["what"]).has(*EFFECTS)
    whom = found["on"] if found["who"] == "there" else found["who"]
    if not worn and (found["who"] != "there" or found["on"]):
        return message
    return reworded(
        message, found, f"{'less' if found['much'] else 'no'} {found['what']}{f' on {whom}' if whom else ''}"
    )


_FROM = re.compile(
    r"\bfrom (?:a |the |its |this )?(?P<contrary>major|minor|left|right|loud|quiet|soft|fast|slow)(?: (?:key|mode|side|one))? (?=(?:in)?to )"
)
_OF_THE_MODE = re.compile(
    r"\b(?:the |its |this )?(?P<contrary>major|minor)(?: (?:key|mode|scale|tonality))? (?P<link>for|to|into|with|by) (?=(?:a |the )?(?P<wanted>major|minor)\b)"
)
_FRONTED = re.compile(
    r"(?:please )?(?:instead of|rather than) (?:\w+ing|having|it) (?P<what>[\w ]{1,40}?)(?: ,)? (?=(?:go|take|make|move|put|turn|pitch|shift|transpose|bring|play|let|just|please|can|could|i'd|have|do|pan)\b)"
)
_TRAVELLING = word_set(
    "wander travel fly bounce drift swing sweep float spin go goes run jump roam wanders travels flies bounces"
)
_NOISE = word_set("please though then the a an one it key side mode by on to ones again thanks")


_FROM_NOW = re.compile(
    r"\bfrom (?:the (?:present|current) )?(?P<now>\d+(?:\.\d+)?)(?: (?P<unit>bpm|bars?|measures?))?(?: (?:up|down|back))? to (?P<then>\d+(?:\.\d+)?)(?: (?P<of>bpm|bars?|measures?))?(?!\w| (?:seconds?|secs?|s|beats?|db)\b)"
)


def _from_now(message: Clause, scene: Scene) -> Clause:
    """'take it from 86 up to 94', 'from 4 bars to 8' -> 'to 94', 'make it 8 bars': how it is now is no wish."""
    text = " ".join(message.words)
    found = _FROM_NOW.search(text)
    if found is None or message.says("bar", "from bar") or message.has("reroll", "repeat"):
        return message
    now, then = float(found["now"]), float(found["then"])
    unit = found["of"] or found["unit"] or ""
    start, count = text[: found.start()].count(" "), found[0].count(" ") + 1
    if unit in {"", "bpm"} and scene.bpm and abs(scene.bpm - now) < 1 and then >= 30:
        return message.replaced(start, start + count, f"to {then:g} bpm")
    if unit and unit != "bpm" and now == scene.bars and then > now and found["unit"]:
        told = f"to {then:g} bars" if start else f"make it {then:g} bars"
        return message.replaced(start, start + count, told)
    return message


def without_contraries(message: Clause, scene: Scene) -> Clause:
    """The message without what is named only as the contrary of what is wanted."""
    message = _from_now(_never(message) if scene.exists else message, scene)
    text = " ".join(message.words)
    fronted = _FRONTED.match(text)
    if fronted is not None:
        against = {other for word in fronted["what"].split() for other in _CONTRARIES.get(word, set())}
        message = message.part(len(fronted[0].split())) if against & set(text[fronted.end() :].split()) else message
    for pattern in (_FROM, _OF_THE_MODE):
        text = " ".join(message.words)
        found = pattern.search(text)
        if found is not None and pattern is _FROM and _TRAVELLING & set(message.words):
            continue  # 'let the keys wander from left to right'
        if found is not None and found.groupdict().get("wanted") != found["contrary"]:
            start = text[: found.start()].count(" ")
            told = f"it {found['link']}" if "link" in found.groupdict() else ""
            message = message.replaced(start, start + found[0].strip().count(" ") + 1, told)
    text = " ".join(message.words)
    for found in reversed(list(_TURNED_DOWN.finditer(text))):
        start = text[: found.start()].count(" ")
        at = text[: found.start("contrary")].count(" ")
        begin = max((place + 1 for place in range(start) if message.words[place] in BREAKS - {","}), default=0)
        head = message.words[begin:start]
        other = found["contrary"].endswith("er") and found[0].lstrip(" ,;-").startswith(("not", "and not", "but not"))
        against = set(_CONTRARIES) if other else _CONTRARIES.get(found["contrary"], set())  # 'higher, not faster'
        if found["contrary"] not in _CONTRARIES or not against & set(head):
            continue
        stop = next((place for place in range(at + 1, len(message.words)) if _ends(message, place)), len(message.words))
        if set(message.words[at + 1 : stop]) - set(head) - _NOISE:
            stop = at + 1 if message.words[at + 1 : at + 2] == ("on",) else 0
        if stop:
            message = message.without([(start, stop)])
    return message


def _ends(message: Clause, place: int) -> bool:
    word = message.words[place]
    return word in BREAKS or word in {"please", "and", "but", "then"} or (word == "on" and place > 0)

"""Purposes and persons beside an order: 'need it for the wwise project', "our singer's range", 'for my trumpet pupils'.

They say whom or what it is for, and nothing of what is to be done.
"""

from __future__ import annotations

import re
from typing import get_args

from nodes.planners.rules.plain.rewording import reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.references import is_instrument, mentions, named
from nodes.planners.rules.words.speech import Clause, word_set
from state.effects import EffectKind

PERSON = (
    r"(?:player|players|guy|guys|girl|girls|section|teacher|student|students|pupil|pupils|friend|friends|singer|singers|vocalist|vocalists|class|classes|kid|kids|"
    r"group|beginner|beginners|band|ensemble|choir|choirs|tenor|tenors|soprano|sopranos|alto|altos|basses|guests|visitors|children|toddlers|bride|groom|vicar|pupils|voices|fingers|flautist|cellist|violinist|trumpeter|saxophonist|accompanist|conductor|organist|pastor|nephew|niece|grandson|granddaughter|baritone|baritones|voice|range|register|drummer|guitarist|bassist|pianist|"
    r"dancer|dancers|client|boss|editor|director|producer|wife|husband|daughter|son|mum|mom|dad|grandma|grandpa|brother|sister|team|crew|congregation|audience)"
)
_WHOSE = r"(?:my|our|the|his|her|their|a|some|your)"
_PURPOSES = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?:i |we |just |only |i'll |we'll |i'd |i'm going to |we're going to )*(?:need|want|have|got|gotta|must have|use|using|am using|are using)(?: got)? (?:it|this|that|these|them|those) (?:for|in|by|on|at|ready for|as) .+",
        r"(?:i |we |just |only )*(?:need|want|have|get) (?:more |some |enough |a |the )*(?:time|moment|chance) (?:to|for) .+",
        r"(?:i |we |just |only |i'll |we'll |i'm |we're |i've |we've )*(?:have|need|got|supposed|going|want|about|trying|asked) (?:got )?to (?:tell|show|send|explain|hand|give|report|write|fill|note|know|match it|sync|submit|deliver|upload|email|label|enter|put it)\b.*",
        rf"(?:(?:it's|its|that's|it is|that is|it would be|would be|it'll be|much|a lot|so it's|which is|this is) )*(?:easier|better|nicer|safer|comfier|more comfortable|simpler|handier|best|good|perfect|ideal|right) (?:for|on|with) (?:{_WHOSE} .*|me|us|him|her|them)",
        rf"(?:{_WHOSE} (?:\w+ ){{0,2}}?{PERSON}|he|she|they|i|we) (?:needs?|wants?|(?:would|'d) (?:like|love)|asked|ha[sd]|keeps? asking|ought) (?:me |us )?(?:to|about) (?:know|write it down|note it)(?: (?:it|that|this|so|for .*|before .*))?",
        rf"(?:it's |that's |this is )?{_WHOSE} (?:\w+ ){{0,2}}?{PERSON}(?:'s)? (?:range|voice|key|limit|deadline|request|taste|idea|wish|orders|comfort zone|sweet spot|tessitura|register|favourite|favorite|choice|fault|tempo|limits)",
        rf"(?:it's |that's |this is )?(?:for|because of|thanks to|on behalf of|by order of) {_WHOSE} .+",
        rf"{_WHOSE} (?:\w+ ){{0,3}}?{PERSON} (?:can|can't|cannot|could|couldn't|is|are|isn't|aren't|has|have|will|won't|do|does|don't|doesn't|did|didn't|struggles?|plays?|claps?|clap|sings?|reads?|likes?|loves?|hates?|knows?|keeps?|clashes|complains?|complained|asked|says?|said|told)\b.*",
        r"(?:grandma|grandpa|mum|mom|dad|he|she|they|everyone|everybody|nobody|the \w+s|\w+ kids) (?:has|have|can't|cannot|can|is|are|struggles?|needs?|will|won't|wants?) .*",
    )
)  # fmt: skip
_DOES = (
    "add", "remove", "replace", "faster", "slower", "louder", "quieter", "higher", "lower", "mute", "solo", "export", "undo", "busier", "sparser",
    "half_time", "double_time", "swing", "straight", "chords", "more", "less",
)  # fmt: skip
_SAYING = _DOES + tuple(f"effect_{kind}" for kind in get_args(EffectKind))
_HARMLESS = word_set(
    "need want have has use got give play plays take put keeps keep clap hear needs wants low top high up out on off down loud slow fast quiet soft no stay"
)
_OF_MUSIC = word_set("is are can can't cannot need needs")
_ASKS = word_set(
    "should instead please rather prefer prefers wish wishes hope too louder softer quieter faster slower higher lower more less"
)
_FOR_PLAYERS = re.compile(
    rf" (?:for|because of|to suit|to fit|to match|so|suits|to help) (?P<who>{_WHOSE} (?:\w+ ){{0,3}}?{PERSON})(?= [.,;!?]|$| please| tonight| tomorrow)"
)
_PLAYERS = {
    "drummer": "drums", "bassist": "bass", "guitarist": "guitar", "pianist": "piano", "keyboardist": "keys", "violinist": "violin", "organist": "organ",
    "cellist": "cello", "flautist": "flute", "flutist": "flute", "clarinettist": "clarinet", "clarinetist": "clarinet", "trumpeter": "trumpet",
    "saxophonist": "sax", "percussionist": "percussion", "harpist": "harp",
}  # fmt: skip
_WHO = rf"(?P<who>(?:{'|'.join(_PLAYERS)}|\w+ (?:player|guy|man|dude)))"
_MEANT = re.compile(
    rf"\b(?:mute|unmute|solo|fire|sack|lose|drop|remove|ditch|axe|kill|cut|down|up|off|out|in|pan|tuck|pull|push|kick|thin|simplify|replace|swap|back|bring|turn|"
    rf"boost|raise|lower|have|make|quiet|calm|dial|send|on|and) (?P<all>the {_WHO})(?! (?:a|the|an|it|this|these|some|is|has|wants|says|can|can't|needs)\b)"
)
_THEIRS = re.compile(
    rf"^(?:\w+ ,? ?)?(?:(?:the|our|that) )?{_WHO}\b.{{0,80}}? (?P<all>(?:his|her|their) (?:part|parts|line|lines|playing|notes|bit|track|groove|pattern|stuff|volume)|"
    r"(?:(?<=thin )|(?<=pull )|(?<=push )|(?<=turn )|(?<=bring )|(?<=tuck )|(?<=mute )|(?<=solo )|(?<=drop )|(?<=lose )|(?<=fire )|(?<=sack )|(?<=simplify )|(?<=calm )|(?<=pan ))(?:him|her|them))(?!\w)"
)


def by_trade(message: Clause, scene: Scene) -> Clause:
    """'mute the guitarist' -> 'mute the guitar', 'the bassist overplays, thin out his part' -> '..., thin out the bass', where they play."""
    for pattern in (_MEANT, _THEIRS):
        for found in reversed(list(pattern.finditer(text_of(message)))):
            stems = named(_PLAYERS.get(found["who"], found["who"].split()[0]), scene)
            message = reworded(message, found, f"the {stems[0]}", "all") if len(stems) == 1 else message
    return message


_PLAYER = re.compile(
    r"(?:(?<=\ban )|(?<=\ba )|(?<=\banother )|(?<=\bsome )|(?<=\bextra )|(?<=, )|(?<=\band ))(?P<how>(?:(?!and\b|the\b|my\b)\w+ )?)"
    r"(?P<player>\w+ists?|drummers?|trumpeters?|fiddlers?|(?P<of>\w+) players?)(?!\w| (?:friends?|i|who|can|could|can't|cannot|is|was|wants?|needs?|has|had|told|said|in my|from|would (?!be\b))(?!\w))"
)
_ON = re.compile(r" on (?:the |a )?(?=(?P<other>\w+))")
_OTHERWISE = {
    "flautist": "flute",
    "clarinettist": "clarinet",
    "drummer": "drums",
    "trumpeter": "trumpet",
    "fiddler": "fiddle",
}
_PERSONAL = re.compile(r"\b(?:i'm|i am|for|(?<!'d )(?<!would )like|as|is|was|are|by) (?:an? |the )?(?:\w+ )?$")


def as_instruments(message: Clause) -> Clause:
    """'the band needs a bassist' -> 'the band needs a bass': whoever is to play is called by the instrument."""
    for found in reversed(list(_PLAYER.finditer(text_of(message)))):
        one = found["player"].removesuffix("s")
        stem = one.removesuffix("ist")
        names = (found["of"] or _OTHERWISE.get(one) or stem, f"{stem}e", f"{stem}o", f"{stem}a")
        name = next((name for name in names if is_instrument(name)), None)
        if name is not None and _PERSONAL.search(found.string[: found.start()]) is None:
            played = _ON.match(found.string, found.end())
            if played is not None and is_instrument(played["other"]):  # 'a percussionist on congas'
                message, name = reworded(message, played, ""), ""
            message = reworded(message, found, name, "player")
    return message


def is_purpose(part: Clause) -> bool:
    """Whether a clause only tells what an order beside it is for, or whom."""
    text = text_of(part)
    if not any(pattern.fullmatch(text) for pattern in _PURPOSES) or set(part.words) & _ASKS:
        return False
    subject = mentions(part)
    if (
        subject
        and subject[0].start == 1
        and part.words[0] == "the"
        and set(part.words[subject[0].end :][:1]) & _OF_MUSIC
    ):
        return False  # 'the drums are boring': the music, nobody who plays it
    if any(said.unit != "bare" for said in amounts(part)):
        return False
    said = read(part.text)
    if (
        (said.key and "mode" not in said.inferred)
        or (said.bpm and "bpm" not in said.inferred)
        or said.bars
        or said.chords
    ):
        return False
    return not any(mark.words.removeprefix("i ").removeprefix("we ") not in _HARMLESS for mark in part.marks(*_SAYING))


def without_players(message: Clause) -> Clause:
    """'up a major second for my trumpet pupils' -> 'up a major second': nobody is to be added."""
    found = _FOR_PLAYERS.search(text_of(message))
    if found is None:
        return message
    who = Clause(tuple(found["who"].split()), tuple(found["who"].split()))
    rest = reworded(message, found, "")
    moved = rest.has("faster", "slower", "tempo", "higher", "lower", "pitch") or amounts(rest) or read(rest.text).key
    return rest if mentions(who) and moved else message

"""Praise: 'that's lovely', 'the bass sounds great', 'love the warmth'. It asks for nothing, whatever sound it speaks of.

praise    = [thanks] (liking | judgement | exclamation)
liking    = [I really] love | like | dig ... + what is liked             "I like the drums"
judgement = subject + is | sounds | feels ... + [so] praising words      "that's lovely", "the bass sounds really warm and nice"
exclamation = what + a | such a | so + praising words ...                "what a lovely groove"
"""

from __future__ import annotations

import re

from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.lexicon import meanings
from nodes.planners.rules.words.references import find, mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause, word_set

PRAISING = word_set(
    """lovely beautiful great nice perfect awesome cool amazing excellent fantastic gorgeous wonderful brilliant superb
    sweet sick dope fire neat fun super stunning incredible delightful marvellous marvelous terrific splendid magic
    magical sublime ace impressive good fine gold golden killer banging slick tasty pretty spot-on wicked phenomenal
    charming pleasing pleasant satisfying solid lush delicious beaut ideal exquisite"""
)
_NOUNS = word_set(
    "tempo key speed pitch mood groove volume level levels feel vibe style chords sound mix harmony rhythm pan length loop track song tune piece music"
)
_LIKING = word_set("love like dig adore enjoy loving liking digging enjoying loved liked enjoyed appreciate admire")
_GLAD = word_set("happy pleased satisfied glad delighted thrilled excited cool good content")
_SENSING = word_set(
    "is are was were sounds sound feels feel looks seems it's that's they're works work came turned sounded felt this's"
)
_SUBJECTS = word_set(
    "it it's that that's this this's these those they they're the my your everything all sounds sound feels looks works"
)
_DEGREES = word_set(
    "so very really just pretty quite absolutely super truly totally simply such a an and now already all out turned way like"
)
_WISHES = word_set(
    """but if when to more less too would could should not no never isn't aren't doesn't don't didn't wasn't i'd we'd
    make can please want need wish than back instead again without with until only old before previous first
    last original earlier version rather as except other another different change some hear have hate hates dislike remove drop add take put add lose kill mute export save"""
)
"""Words with which a clause is more than praise: a wish, a comparison, a version that is missed."""
_FEELING = ("timbre_bright", "timbre_dark", "timbre_warm", "timbre_bassy", "mood_move")


def praises(clause: Clause, scene: Scene) -> bool:
    """Whether a clause does nothing but praise what there is."""
    words = clause.words
    if not words:
        return False
    if is_praise(clause):
        return scene.exists or not {"a", "an"} & set(words)
    if scene.exists and len(words) == 2 and words[0] in PRAISING and words[1] in _NOUNS - {"length", "pan", "pitch"}:
        return True  # 'nice track'
    found = mentions(clause, scene)  # 'nice bass', 'great drums'
    return (
        words[0] in PRAISING
        and len(found) == 1
        and bool(named(found[0].words, scene))
        and found[0].start == 1
        and set(words[found[0].end :]) <= word_set("line part sound tone work there")
    )


def is_praise(clause: Clause) -> bool:
    """The same, by the words alone."""
    words = tuple(word for word in clause.words if word not in BREAKS)
    if _AS_MEANT.fullmatch(" ".join(words)) or _SUFFICES.fullmatch(" ".join(words)):
        return True
    if of_me(words):
        return True
    if not words or set(words) & (_WISHES - {"with"} if _is_glad(words) else _WISHES) or len(words) > 12:
        return False
    if _is_glad(words):
        return True
    named = mentions(clause)
    if named and named[0].start == 0 and named[0].end < len(words):
        words = ("the", *words)  # 'keys are nice'
    if words[0] in _NOUNS:
        words = ("the", *words)  # 'tempo is good'
    return _likes(words) or _judges(words) or _exclaims(words)


_AS_MEANT = re.compile(
    r"(?:(?:that's|this is|that is|it's|it is|yes|yeah|wow|now that's) )*(?:exactly|just|precisely|pretty much|right|everything) (?:the \w+(?: \w+)? |what |how |as |like )?(?:that )?(?:i|we)(?:'d| had| was| were|'ve)?(?: been)?(?: \w+ly)? "
    r"(?:the doctor ordered|had in mind|in mind|want|wanted|need|needed|meant|imagined?|pictured|hear|heard|after|hoped for|hoping for|looking for|thinking of|dreamt of|dreamed of|expected|hear in my head|heard in my head)(?: it| for it| all along)?"
)


def of_me(words: tuple[str, ...]) -> bool:
    """'you're so much faster than my old producer', 'you are a genius': the program is spoken of, and no music."""
    at = 1 if words[:1] == ("you're",) else 2 if words[:2] in {("you", "are"), ("you", "were"), ("you", "sound")} else 0
    while at and words[at : at + 1] and words[at] in _DEGREES | {"much", "even", "way", "a", "far", "bit", "getting"}:
        at += 1
    rest = words[at:]
    if not at or not rest or rest[0] in _AT_WORK or rest[0].endswith("ing") or mentions(Clause(words, words)):
        return False
    return len(rest) == 1 or (len(rest) <= 8 and bool(_COMPARED & set(rest[1:])))


_AT_WORK = word_set(
    "too not right wrong supposed meant free welcome able allowed done ready on off in at the only no missing here sure"
)
_COMPARED = word_set("than at with today lol honestly mate man at compared for you know")


def _is_glad(words: tuple[str, ...]) -> bool:
    """'I'm happy with it': glad is who speaks, not the music."""
    return _IS_GLAD.fullmatch(" ".join(words)) is not None


_SUFFICES = re.compile(
    r"(?:it's|they're|that's|(?:it|they|everything(?: else)?|all the rest|(?:(?:the|my|our|that|those|these) (?:\w+ )?)?\w+) (?:is|are|sounds?|feels?))(?: (?!hard|bare|scarce|near)\w+ly| already| quite| just| all)* \w+ enough(?: already| as (?:it is|they are|is)| now| for me| for us)*"
)
"""'the others are busy enough': no more of that is wished, and no less."""
_IS_GLAD = re.compile(
    r"(?:(?:thanks|thank you|cheers|great|nice|perfect|lovely|yes|yeah|ok|okay|so|and) )*(?:i'm|we're|i am|we are|(?:both|all|two|the two|the (?:three|four)) of us are|(?:she|he|they|everyone|everybody)(?:'s|'re| is| are)|"
    r"(?:the|my|our|his|her) \w+(?: \w+)?(?:'s| is| are)) (?:both |all |also |\w+ly |so |very |quite |just |pretty |more than |now )*"
    rf"(?P<glad>{'|'.join(sorted(_GLAD))})(?: (?:with|about) .+| (?:thanks|thank you|cheers|too|now|enough|already)+)"
)


def speaks_of(clause: Clause, scene: Scene) -> None:
    """What is praised or asked about is what 'it' and 'them' mean next: 'the bass is lovely, make it louder'."""
    stems = find(clause, scene).stems
    if stems:
        scene.focus = scene.spoken = stems


def _likes(words: tuple[str, ...]) -> bool:
    """'love the warmth', 'I really like those drums', 'loving this'."""
    at = 1 if words[0] in {"i", "we", "i'm", "we're", "i've"} else 0
    while at < len(words) - 1 and words[at] in {"really", "just", "absolutely", "do", "so", "also", "totally", "am"}:
        at += 1
    rest = words[at + 1 :]
    return (
        bool(rest)
        and words[at] in _LIKING
        and "better" not in words
        and rest[0] in word_set("the this that these those it how what your my them both everything")
    )


def _judges(words: tuple[str, ...]) -> bool:
    """'that's lovely', 'the bass sounds really nice and warm', 'sounds great'."""
    sensed = next((at for at, word in enumerate(words[:6]) if word in _SENSING), None)
    if sensed is None or words[0] not in _SUBJECTS:
        return False
    said = [word for word in words[sensed + 1 :] if word not in _DEGREES]
    if not said:
        return False
    if said[0] == "better":
        return len(said) == 1 and words[sensed] not in {"was", "were", "felt", "sounded"}
    if said[0] in PRAISING:  # with an article, what follows is the noun: 'that's a lovely groove'
        article = bool({"a", "an", "such", "some"} & set(words[sensed + 1 : sensed + 4]))
        return article or all(_pleasing(word) for word in said[1:])
    return said[-1] in PRAISING and all(_pleasing(word) for word in said)


def _pleasing(word: str) -> bool:
    return (
        word in PRAISING or word in word_set("there here to me man mate thanks thank you for today") or _of_sound(word)
    )


def _of_sound(word: str) -> bool:
    return Clause((word,), (word,)).has(*_FEELING) or "mood" in (meanings().get(word) or {})


def _exclaims(words: tuple[str, ...]) -> bool:
    """'what a lovely groove', 'such a nice bass', 'so good'."""
    opened = words[0] in {"such", "so"} or words[:2] in {("what", "a"), ("what", "an"), ("how",)} or words[0] == "how"
    rest = [word for word in words[1:] if word not in _DEGREES]
    return opened and bool(rest) and rest[0] in PRAISING and (words[0] != "how" or len(rest) == 1)

"""Players who are not there and are not wanted: 'an organ would be too much', 'a flute? no', "I don't think a sax would fit".

Nothing is added for what is named only to be turned down; alone it is asked about, beside an instruction it is left out.
"""

from __future__ import annotations

import re
from functools import cache

from nodes.planners.rules.ask import listed
from nodes.planners.rules.plain.rewording import choice, text_of
from nodes.planners.rules.plain.wishes import new_player
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import BREAKS, Clause, word_set

_FILE = "wishes.yaml"
_LONGEST = 60
_NO = word_set("no nah nope naah never")
_MODAL = r"(?:would|could|might|will|'d|may|should|is|are|can)"
_DENIED = r"(?:wouldn't|couldn't|won't|shouldn't|isn't|aren't|doesn't|don't|would not|could not|will not|should not|is not|are not|can't|cannot|would never)"
_NEITHER = re.compile(r"^(?:i |we )?(?:don't|do not|doesn't|does not) (?:really )?(?:need|want) both\b")


def unwanted(piece: Clause, after: Clause, scene: Scene) -> str | None:
    """What to ask about a piece that turns a new player down; None where it says anything else."""
    bare = piece.bare()
    if not bare.words or len(bare.words) > _LONGEST or not scene.exists:
        return None
    if _NEITHER.match(text_of(bare)):
        return "Which of the two should go, or shall both stay?"
    if not (_turned_down(bare, scene) or _refused(bare, after, scene)):
        return None
    names = listed(list(dict.fromkeys(mention.words for mention in mentions(bare))), "or")
    return f"Nothing was added, as I take it that no {names} is wanted. What should change instead?"


_SHUNNED = re.compile(
    r"^(?!(?:don't|do not) (?:add|put|use|bring)\b)(?:please |honestly |but |and |so )*(?:i |we |i'd |let's )*(?:really |rather |also |just )*(?:wouldn't|don't|do not|would not|won't|shouldn't|should not|never|not|no way)(?: (?!you\b|it\b|mind\b|say\b)\w+){0,3}? "
    r"(?:want|like|need|add|adding|have|having|put|putting|use|using|bring|bringing|include|including|consider|dare add|think of|touch)(?: in| about)? (?=(?:a|an|any|some) )"
)


def _turned_down(piece: Clause, scene: Scene) -> bool:
    """'an organ would be too much', "adding a choir would be silly", "I don't think a trumpet would work"."""
    text = text_of(piece)
    shunned = _SHUNNED.match(text)
    if shunned is not None:
        rest = piece.part(len(shunned[0].split()))
        return new_player(rest, scene) and not any(named(mention.words, scene) for mention in mentions(rest))
    doubt = _doubting().match(text)
    rest = piece.part(doubt[0].count(" ")) if doubt is not None else piece
    if rest.words[:1] in (("adding",), ("having",), ("putting",), ("with",), ("using",)):
        rest = rest.part(2 if rest.words[1:2] == ("in",) else 1)
    if rest.words[:1] not in (("a",), ("an",), ("some",), ("more",), ("another",)) or not new_player(rest, scene):
        return False
    judged = text_of(rest.part(mentions(rest)[0].end))
    harmless = _harmless().search(judged) is not None
    bad = _unwanting().search(judged) is not None and not harmless
    if doubt is not None:
        return (
            bool(re.match(rf"(?:\w+ )?{_MODAL}\b|(?:fits|works|suits|belongs|is)\b|$", judged))
            and not bad
            and not harmless
        )
    return bad


@cache
def _doubting() -> re.Pattern[str]:
    return re.compile(rf"{choice(_FILE, 'doubting')} (?:that |if |whether |about )?")


@cache
def _harmless() -> re.Pattern[str]:
    return re.compile(rf"(?:^| ){choice(_FILE, 'harmless')}(?= |$)")


@cache
def _unwanting() -> re.Pattern[str]:
    return re.compile(
        rf"^(?:\w+ ){{0,2}}?{_MODAL} (?:[\w']+ )*?{choice(_FILE, 'unwanting')}(?= |$)"
        rf"|^(?:\w+ ){{0,2}}?{_DENIED} (?:really |quite |be |also )*(?:fit|work|suit|help|belong|do|add|sit|go|make sense|right|good|needed|necessary|it|what|the right|my)\b"
    )


def _refused(piece: Clause, after: Clause, scene: Scene) -> bool:
    """'a flute? (no)', 'strings? (nah)', 'no flute(, but a clarinet)'."""
    found = mentions(piece)
    if not found or any(named(mention.words, scene) for mention in found):
        return False
    covered = {at for mention in found for at in range(mention.start, mention.end)}
    left = {word for at, word in enumerate(piece.words) if at not in covered}
    rest = tuple(word for word in after.words if word not in BREAKS)
    if left <= word_set("a an some another or and what about how more") and rest[:1] and rest[0] in _NO:
        return True
    names_other = bool(rest) and rest[0] in {"but", "just", "maybe", "only"} and new_player(after.bare(), scene)
    return piece.words[0] in {"no", "not"} and left <= word_set("no not a an the any") and names_other

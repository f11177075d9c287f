"""Pointing: what an order points at, named where only the talk before it says so, which is left out.

'(the bass is a mess,) mute it'                            -> 'mute the bass'
'(bars 2 and 3 wander about,) have another go at those'    -> 'regenerate bars 2 to 3'
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from nodes.planners.rules.edits.premature import EFFECTS
from nodes.planners.rules.moods import Piece, taken_apart
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.openings import offers_effect
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import Clause, clause, word_set

RENEWED = "regenerate"
REPLACED = "replace the"
_SWAP = re.compile(
    r"(?:(?:can|could|would|will) (?:you|we) |let's |think you could |just |maybe |please |so )*(?:swap|switch|exchange|change|replace|trade)"
    r" (?:it|them|that|those|these)(?: (?:in|out|over|round|around|for me|then|please))*"
    r"|(?:so |just |and |maybe )*(?:let|have) (?:it|that|that one|this|him|her) (?:take (?:over|its place|the part|that part|it over|that over)|play (?:it|that|that part|the part|that line)|do (?:it|that)|have (?:it|the part|that part))(?: (?:instead|then|please|now))*"
)
_TAKEN_OVER = re.compile(
    r"(?:(?:can|could|would|will|maybe|perhaps|just|so|what if|how about|let|let's have|have|get|i'd like|i want|i'd rather have|please|why not let)(?: we| you| us)? )*"
    r"(?:an?|some) (?P<new>\w+(?: \w+){0,2}?)(?: can| could| should| might| would| may| must| to)? (?:just )?"
    r"(?:(?:takes?|taking|took) over|(?:step|fill|stand|sub|come)s? in|(?:takes?|taking|took|plays?|playing|played|does|do|doing|did|handles?|have|carry|carries|covers?|gets?)(?: over)?(?= ))"
    r"(?: (?:for|from))?(?: (?:it|that|this|those|there|(?:the|its|their|that|this|those|these|his|her)(?: same)? (?:part|line|role|job|place|spot|melody|notes|tune|riff|bit|figure|seat|chair)))?(?: (?:instead|please|then|for me))*",
    re.IGNORECASE,
)
_ADD = re.compile(
    r"(?:(?:can|could|would|will) (?:you|we) |let's |just |maybe |please |so )*(?:add|try|include|use|have|get|throw in|put in|put)"
    r" (?:one|it|them|that|those|some|one of those)(?: (?:in|too|here|there|for me|then|please))*(?P<instead> instead(?: of (?:the|that|this|my) \w+)?)?"
)
_ONLY_FOR = word_set("only just for on in of the my and though but with to please , &")
_WHY = re.compile(r"(?:because|cause|cos|since|so that)\b")
_SIDE = re.compile(r"\b(?:on|to|in|over on) the (?:far )?(?P<side>left|right)\b")
_KEPT = re.compile(r"\b(?:don't|do not|not|never|keep|leave|without)\b", re.IGNORECASE)
_POINTING = re.compile(
    r"(?<!')\b(?:it(?! all\b)|them|they|him|that one|this one|(?:those|these)(?! other\b)|yours)\b(?!')", re.IGNORECASE
)
_BESIDE = re.compile(r"\b(?:give|lend|grant|get) (?:it|them|this) (?:a|an|some|another|two)\b", re.IGNORECASE)
_BACK = re.compile(r"\b(?:back|again)\b", re.IGNORECASE)
_PLACED = re.compile(
    r"\b(?:there|again|(?:give|redo|rewrite|write|do|try|play|fix|change|replace|regenerate)(?: just| only)? (?:that|this)|(?:just|only) (?:that|this)|(?:that|this) (?:bit|part|bar|section|spot|one)|(?:those|these)(?: bars| two| bits)?|it|them|ones?)\b",
    re.IGNORECASE,
)
_THOSE = word_set("those these the that this")
_SOMEWHERE = re.compile(r"\b(?:that|this) (?:bit|part|section|spot|place)\b", re.IGNORECASE)
_TAKEN_OFF = re.compile(r"\b(?:off|rid|out|lose|remove|drop|undo|kill|less|more)\b")
_DEFINITE = word_set("the that this those these my")
_OWNERS = word_set("my our his her their")
_RENEWAL = re.compile(
    r"\b(?:again|anew|afresh|over|redo|rewrite|rework|regenerate|reroll|new|else|different(?:ly)?|another|fresh|fix|replace|change)\b",
    re.IGNORECASE,
)


def told(text: str, pieces: Sequence[Piece], kept: Sequence[Piece], scene: Scene) -> str:
    """The kept pieces as a message; what they point at is named where only what is left out says it. '' where that cannot be."""
    words, named_so_far, told_already = "", False, None
    for at, piece in enumerate(pieces):
        if piece not in kept or piece is told_already:
            continue
        after = pieces[at + 1] if at + 1 < len(pieces) else None
        only = _only_of(after, scene)
        said = _renewed(text[piece.start : piece.end], pieces[:at], kept, scene, only)
        said = _added(_swapped(said, pieces[:at], kept, scene), pieces[:at], kept, scene)
        told_already = after if only and said.startswith(RENEWED) else None
        before = next((one for one in reversed(pieces[:at]) if one.mood != "aside"), None)
        if before is not None and before not in kept and not named_so_far and not said.startswith((RENEWED, REPLACED)):
            pointed = _pointed(said, pieces[:at], scene)
            if pointed is None:
                return ""
            said = pointed
            side = next((found for one in reversed(pieces[:at]) if (found := _SIDE.search(one.said.lower()))), None)
            if side is not None:  # '(it's empty on the left,) put a shaker there'
                said = re.sub(r"\b(?:over )?there\b", f"on the {side['side']}", said, count=1)
        named_so_far = named_so_far or bool(mentions(clause(said), scene))
        words += said
    words = words.rstrip(" ,;-:(")
    return "" if _SOMEWHERE.search(words) and RENEWED not in words else words


def _pointed(said: str, before: Sequence[Piece], scene: Scene) -> str | None:
    """'(the bass is a mess,) mute it' -> 'mute the bass'; None where what 'it' is has a name that is not known."""
    pointing = _POINTING.search(said)
    own = mentions(clause(said), scene)
    told = mentions(before[-1].bare, scene) if before and before[-1].mood in {"statement", "fragment"} else []
    if (
        pointing is None
        and not own
        and len(told) == 1
        and named(told[0].words, scene)
        and offers_effect(clause(said).bare())
    ):
        return f"{said.rstrip(' .,?!')} on the {named(told[0].words, scene)[0]}. "  # '(piano's a bit polite.) some overdrive?'
    if pointing is None or (_BESIDE.search(said) and own and not named(own[0].words, scene)):
        return said  # 'give it a bass' is for the loop
    if own and said.lower().find(own[0].words.split()[0]) < pointing.start():
        return said
    for piece in reversed(before):
        if _WHY.match(piece.said.lower().strip()):
            continue
        found = mentions(piece.bare, scene)
        names = [name for one in found for name in named(one.words, scene)]
        names = names or list(scene.newest if piece.bare.has("newest") and not found else ())
        if any(player.instrument == "recording" for player in scene.players) and not names:
            names = [one.words for one in found]  # '(the drums in this recording are great.) pull them out'
        goes_on = piece.bare.words[:1] in (
            ("it",),
            ("it's",),
        )  # '(the reverb was nice) but it makes the keys blurry. lose it'
        effect = next((m for one in (before if goes_on else [piece]) if (m := one.bare.first(*EFFECTS))), None)
        if effect is not None and names and _TAKEN_OFF.search(said.lower()):
            return _POINTING.sub(f"the {effect.words} on the {names[0]}", said, count=1)
        if names:
            return _POINTING.sub(f"the {names[0]}", said, count=1)
        if found and _BACK.search(said):
            return _POINTING.sub(f"the {found[-1].words}", said, count=1)  # 'I liked that clarinet. Bring it back'
        if (found and found[0].start <= 1 and piece.bare.words[0] not in _OWNERS) or (
            piece.mood == "statement" and nameless(piece.bare)
        ):
            return None
    return said


_IN_PLACE = re.compile(r"\bin (?:its|their|his|her|that) place\b", re.IGNORECASE)
_OURS = re.compile(r"\b(?:ours|our own)\b", re.IGNORECASE)
_OF_THAT = re.compile(
    r"\b(?:that(?: sound| one)?|it|one|some|them|those) (?=(?:instead of|in place of|rather than) the\b)", re.IGNORECASE
)
_LIKE_ONE = re.compile(
    r"\b(?:write|give|make|get|play|find|do|have) (?:me |us )?(?:an? )?(?P<how>(?:more |less )?(?!other|better)\w+(?:er|ing|y)) ones?\b",
    re.IGNORECASE,
)
_OF_EFFECT = re.compile(r"\b(?P<much>(?:too much|less|more|a lot|so much) of) (?:it|that)\b", re.IGNORECASE)


def resolved(text: str, scene: Scene) -> str:
    """The message with what it points at named: 'the keys bore me. A guitar in their place' -> '... in place of the keys'."""
    pieces = taken_apart(text) if scene.exists else []
    for at in range(len(pieces) - 1, 0, -1):
        said, before = pieces[at].said, [piece.bare for piece in reversed(pieces[:at])]
        found = [(one.words, named(one.words, scene)) for words in before for one in mentions(words, scene)]
        there = next((names[0] for _, names in found if len(names) == 1), None)
        absent = next((words for words, names in found if not names), None)
        effect = next((mark.words for words in before if (mark := words.first(*EFFECTS)) is not None), None)
        gone = any(words.has("remove") or "out" in words.words for words in before)  # 'clarinet out, oboe in its place'
        told = _IN_PLACE.sub(f"in place of the {there}", said) if there and not gone else said
        told = (
            _LIKE_ONE.sub(rf"make the {there} \g<how>", told) if there and not mentions(clause(said), scene) else told
        )
        told = _OURS.sub(f"the {there}", told) if there else told
        told = _OF_THAT.sub(f"a {absent} ", told) if absent and pieces[at].mood == "order" else told
        told = _OF_EFFECT.sub(rf"\g<much> the {effect}", told) if effect else told
        if told != said:
            start = text.index(said, pieces[at].start)
            text = text[:start] + told + text[start + len(said) :]
    return text


def nameless(words: Clause) -> bool:
    """'the plinky thing is too much': the subject is a part of the music by no name that is known."""
    return (
        bool(words.words)
        and words.words[0] in {"the", "that", "those", "these"}
        and bool({"thing", "things", "part", "parts", "noise", "one"} & set(words.words[1:4]))
    )


def _only_of(piece: Piece | None, scene: Scene) -> tuple[str, ...]:
    """'(have another go at those,) only the keys though': the stems that an order is for."""
    if piece is None or not piece.bare.words or not scene.exists:
        return ()
    found = mentions(piece.bare, scene)
    names = {at for one in found for at in range(one.start, one.end)}
    left = {word for at, word in enumerate(piece.bare.words) if at not in names}
    if not left & {"only", "just"} or left - _ONLY_FOR:
        return ()
    return tuple(dict.fromkeys(name for one in found for name in named(one.words, scene)))


def _swapped(said: str, before: Sequence[Piece], kept: Sequence[Piece], scene: Scene) -> str:
    """'(the piano is fine but I hear a harp doing that part,) swap it?' -> 'replace the piano with a harp'; '(the piano bores me,)
    can a harp take that part' says the same."""
    bare = clause(said).bare() if scene.exists else clause("")
    taken = _TAKEN_OVER.fullmatch(" ".join(bare.words))
    if taken is not None and mentions(player := clause(taken["new"])) and not named(taken["new"], scene):
        told_of = next(((p, found) for p in reversed(before) if (found := mentions(p.bare, scene))), None)
        names = [name for found in told_of[1] for name in named(found.words, scene)] if told_of else []
        return (
            said
            if len(names) != 1 or (told_of and told_of[0] in kept)
            else f"{REPLACED} {names[0]} with a {player.text}."
        )
    if not _SWAP.fullmatch(" ".join(bare.words)):
        return said
    told = [(found, piece) for piece in reversed(before) for found in reversed(mentions(piece.bare, scene))]
    new = next(
        (
            (found, piece)
            for found, piece in told
            if found.words.split()[0] not in _DEFINITE and not named(found.words, scene)
        ),
        None,
    )
    old = next((name for found, _ in told for name in named(found.words, scene)), None)
    if new is None or old is None or new[1] in kept:
        return said
    return f"{REPLACED} {old} with a {new[0].words}."


def _added(said: str, before: Sequence[Piece], kept: Sequence[Piece], scene: Scene) -> str:
    """'(we tried it with a mandolin last night.) can you add one?' -> 'add a mandolin'."""
    order = _ADD.fullmatch(" ".join(clause(said).bare().words)) if scene.exists else None
    if order is None:
        return said
    told: list[str] = []
    for piece in reversed(before):
        new = [found.words for found in mentions(piece.bare, scene) if not named(found.words, scene)]
        if told and not new:
            break
        if new and piece in kept:
            return said
        told = [*new, *told]
    return f"add {' and '.join(f'a {name}' for name in told)}{order['instead'] or ''}." if told else said


def _renewed(said: str, before: Sequence[Piece], kept: Sequence[Piece], scene: Scene, only: Sequence[str] = ()) -> str:
    """'(bars 2 and 3 wander about,) have another go at those' -> 'regenerate bars 2 to 3'; `said` where it is nothing of the kind."""
    words = clause(said)
    wished = _RENEWAL.search(said) and _PLACED.search(said) and not _KEPT.search(said)
    sized = [
        said for said in amounts(words) if said.unit != "bare" and words.words[max(0, said.start - 1)] not in _THOSE
    ]
    if not scene.exists or not wished or sized:
        return said
    if spans.find(words, scene.bars, scene.seconds) is not None:
        return said
    for piece in reversed(before):
        span = spans.find(piece.bare, scene.bars, scene.seconds)
        place = _place(span) if span is not None else ""
        if place and piece in kept:
            return said
        if place:
            found = mentions(words, scene) or mentions(piece.bare, scene)
            stems = only or dict.fromkeys(name for one in found for name in named(one.words, scene))
            end = said[len(said.rstrip()) :]
            whose = f" of the {' and the '.join(stems)}" if stems else ""
            return f"{RENEWED} {place}{whose}.{end}"
    return said


def _place(span: spans.Span) -> str:
    if span.start_bar is not None:
        return f"bars {span.start_bar} to {span.end_bar}" if span.start_bar != span.end_bar else f"bar {span.start_bar}"
    if span.start_seconds is None or span.end_seconds is None:
        return ""
    return f"from {span.start_seconds:g} to {span.end_seconds:g} seconds"

"""Readings: a message read once more by its orders alone, where talk beside them may have been taken for orders, or was not understood.

'my singer can't get up there, poor thing, so bring it all down a tone'  -> 'bring it all down a tone'
'the keys sound like they stand in a closet. can we put reverb on them?' -> 'can we put reverb on the keys?'

The whole message is read first. A shorter reading is preferred where the whole would be asked about and it is not, or where it
leaves out steps that only statements called for; never where what is left out complains of something that it does nothing about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nodes.planners.rules.edits.premature import EFFECTS
from nodes.planners.rules.moods import Piece, taken_apart
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.openings import COMPARATIVES
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import Clause, clause, word_set
from nodes.planners.rules.words.spelling import unknown_verb
from state.plan import Plan, Step

_MUSICAL = (
    *EFFECTS, *COMPARATIVES, "remove", "mute", "solo", "undo", "export", "left", "right", "center", "reroll", "variation", "chords", "tempo",
)  # fmt: skip
_POINTING = re.compile(r"(?<!')\b(?:it|them|him|that one|this one|those|these)\b(?!')", re.IGNORECASE)
_PLACED = re.compile(
    r"\b(?:there|again|(?:that|this) (?:bit|part|bar|section|spot|one)|those(?: bars| two| bits)?|it|them)\b",
    re.IGNORECASE,
)
_SOMEWHERE = re.compile(r"\b(?:that|this) (?:bit|part|section|spot|place)\b", re.IGNORECASE)
_TAKEN_OFF = re.compile(r"\b(?:off|rid|out|lose|remove|drop|undo|kill|less|more)\b")
_COMPLAINT = re.compile(
    r"\b(?:too|enough|missing|misses|lacks?|needs?|could use|should|wish|can't hear|wants?|rather|weak|thin|more|less)\b"
)
_LACKING = re.compile(r"\b(?:missing|misses|lacks?|lacking|needs)\b")
_DONE_SO = re.compile(
    r"(?:(?:can|could|would) (?:you|we) |let'?s |please |just |maybe |yeah |so |and |now )*(?:please |just )*"
    r"(?:do|try|make|have|go for|go with|give|get) (?:it|that|this|so)(?: (?:like that|that way|this way|a try|a go|please|for me|out|one|then|instead|a shot|happen))*"
)
_HEARD_AS = re.compile(r"\bas (?=an? \w)")
_REFUSED = re.compile(r"no+|nah|nope|not really|never ?mind")
_OWNERS = word_set("my our his her their")
_WHOLE = word_set("change_speed shift_pitch adjust_track add_effect rearrange vary regenerate_span set_chords undo")


@dataclass(frozen=True)
class Reading:
    """A message in fewer words."""

    text: str
    left_out: tuple[Piece, ...]
    idle: bool = False
    """Whether what is left out says nothing of music at all."""
    surely: bool = False
    """Whether what is left out holds no order, however it is turned; if not, it stands in only for a question."""


def readings(text: str, scene: Scene) -> Iterator[Reading]:
    """Shorter readings of `text`, those that leave out least first."""
    pieces = taken_apart(text)
    if len(pieces) < 2:
        return
    tried = {text}
    if any(piece.mood in ("order", "question") for piece in pieces):
        for surely in (True, False):
            kept = _kept(pieces, scene, surely)
            shorter = _told(text, pieces, kept, scene)
            if shorter and shorter not in tried:
                tried.add(shorter)
                yield Reading(shorter, tuple(piece for piece in pieces if piece not in kept), surely=surely)
    wished = [piece for piece in pieces if not _DONE_SO.fullmatch(piece.said.lower().strip(" .!?,;"))]
    if 0 < len(wished) < len(pieces):
        told = "".join(text[piece.start : piece.end] for piece in wished).rstrip(" ,;-:(")
        heard = _HEARD_AS.search(told)
        yield Reading(f"make it {told[heard.end() :]}" if heard and scene.exists else told, ())
    idle = [
        piece
        for piece in pieces
        if piece.mood != "order"
        and not _musical(piece.bare, scene)
        and not _REFUSED.fullmatch(piece.said.strip().lower())
    ]
    if 0 < len(idle) < len(pieces):
        left = [piece for piece in pieces if piece not in idle]
        yield Reading("".join(text[piece.start : piece.end] for piece in left).rstrip(" ,;-:("), tuple(idle), idle=True)


def preferred(whole: Plan, shorter: Plan, reading: Reading, scene: Scene) -> bool:
    """Whether `shorter`, the plan for `reading`, is what was meant rather than `whole`."""
    if shorter.question is not None or not (shorter.steps or shorter.answer):
        return False
    touched = _touched(shorter.steps)
    if "all" in touched and any(piece.mood != "order" and _nameless(piece.bare) for piece in reading.left_out):
        return False  # 'hmm, that plinky thing, louder'
    complaints = [
        {name for found in mentions(piece.bare, scene) for name in named(found.words, scene)}
        for piece in reading.left_out
        if piece.mood == "statement" and _COMPLAINT.search(piece.said.lower())
    ]
    if whole.question is not None:
        if reading.idle and not any(piece.bare.text.lower() in whole.question.lower() for piece in reading.left_out):
            return False  # it asks about something else
        return all(names <= touched for names in complaints) and not any(
            _LACKING.search(piece.said.lower()) for piece in reading.left_out
        )
    if any(not (names <= touched if names else "all" in touched) for names in complaints):
        return False
    if not reading.surely or not shorter.steps or len(shorter.steps) >= len(whole.steps):
        return False
    done = [_key(made) for made in shorter.steps]
    more = [made for made in whole.steps if _key(made) not in done]
    if any(not names for names in complaints) and any(
        made.tool not in {"describe", *(one.tool for one in shorter.steps)} for made in more
    ):
        return False  # 'the singer wants it lower, make it louder'
    return all(key in [_key(made) for made in whole.steps] for key in done)


def _kept(pieces: Sequence[Piece], scene: Scene, surely: bool) -> list[Piece]:
    """Orders and questions, and what goes on with them; before them also fragments that say something of music, if `surely`
    nothing else may be left out."""
    kept: list[Piece] = []
    going_on = False
    for at, piece in enumerate(pieces):
        match piece.mood:
            case "order" | "question":
                going_on = True
            case "fragment" if _said_again(piece, pieces[at + 1 :]):
                continue
            case "fragment" if going_on or (surely and _musical(piece.bare, scene)):
                pass
            case "clause" | "aside":
                continue
            case _:
                going_on = False
                continue
        kept.append(piece)
    return kept


def _said_again(piece: Piece, later: Sequence[Piece]) -> bool:
    """'some strings maybe? yeah, add strings': an idea, and then the order."""
    names = {found.words for found in mentions(piece.bare)}
    orders = [one for one in later if one.mood == "order"]
    return bool(names) and any(names <= {found.words for found in mentions(one.bare)} for one in orders)


def _musical(words: Clause, scene: Scene) -> bool:
    """Whether words may ask for something."""
    if not words.words:
        return False
    if mentions(words, scene) or amounts(words) or words.has(*_MUSICAL) or unknown_verb(words):
        return True
    said = read(words.text)
    if said.genre or said.mood or said.key or said.bpm or said.instruments or said.chords:
        return True
    return scene.exists and spans.find(words, scene.bars, scene.seconds) is not None


def _told(text: str, pieces: Sequence[Piece], kept: Sequence[Piece], scene: Scene) -> str:
    """The kept pieces as a message; what they point at is named where only what is left out says it. '' where that cannot be."""
    told, named_so_far = "", False
    for at, piece in enumerate(pieces):
        if piece not in kept:
            continue
        said = text[piece.start : piece.end]
        before = next((one for one in reversed(pieces[:at]) if one.mood != "aside"), None)
        if before is not None and before not in kept and not named_so_far:
            pointed = _pointed(said, pieces[:at], scene)
            if pointed is None:
                return ""
            said = pointed
        named_so_far = named_so_far or bool(mentions(clause(said), scene))
        told += said
    told = told.rstrip(" ,;-:(")
    place = _place(pieces, kept, scene)
    if place and _PLACED.search(told) and spans.find(clause(told), scene.bars, scene.seconds) is None:
        return f"{told.rstrip(' .!?')} {place}"
    return "" if _SOMEWHERE.search(told) and not place else told


def _pointed(said: str, before: Sequence[Piece], scene: Scene) -> str | None:
    """'(the bass is a mess,) mute it' -> 'mute the bass'; None where what 'it' is has a name that is not known."""
    pointing = _POINTING.search(said)
    own = mentions(clause(said), scene)
    if pointing is None or (own and said.lower().find(own[0].words.split()[0]) < pointing.start()):
        return said
    for piece in reversed(before):
        found = mentions(piece.bare, scene)
        names = [name for one in found for name in named(one.words, scene)]
        effect = piece.bare.first(*EFFECTS)
        if effect is not None and names and _TAKEN_OFF.search(said.lower()):
            return _POINTING.sub(f"the {effect.words} on the {names[0]}", said, count=1)
        if names:
            return _POINTING.sub(f"the {names[0]}", said, count=1)
        if (found and found[0].start <= 1 and piece.bare.words[0] not in _OWNERS) or (
            piece.mood == "statement" and _nameless(piece.bare)
        ):
            return None
    return said


def _nameless(words: Clause) -> bool:
    """'the plinky thing is too much': the subject is a part of the music by no name that is known."""
    return (
        bool(words.words)
        and words.words[0] in {"the", "that", "those", "these"}
        and bool({"thing", "things", "part", "parts", "noise", "one"} & set(words.words[1:4]))
    )


def _place(pieces: Sequence[Piece], kept: Sequence[Piece], scene: Scene) -> str:
    """The span that only a piece left out names."""
    if not scene.exists:
        return ""
    for piece in reversed([one for one in pieces if one not in kept]):
        span = spans.find(piece.bare, scene.bars, scene.seconds)
        if span is not None and span.start_bar is not None:
            return f"in bars {span.start_bar} to {span.end_bar}"
        if span is not None and span.start_seconds is not None and span.end_seconds is not None:
            return f"from {span.start_seconds:g} to {span.end_seconds:g} seconds"
    return ""


def _touched(steps: Sequence[Step]) -> set[str]:
    """Names of the stems that steps work on, and 'all' where one works on the whole loop."""
    touched: set[str] = set()
    for made in steps:
        stems = made.arguments.get("stems") or [made.arguments[name] for name in ("stem",) if name in made.arguments]
        touched |= set(stems) if stems else {"all"} if made.tool in _WHOLE else set()
    return touched


def _key(made: Step) -> tuple[str, str]:
    return made.tool, repr(sorted((name, value) for name, value in made.arguments.items() if name != "description"))

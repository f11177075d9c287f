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
from nodes.planners.rules.edits.renewing import SOME_BARS
from nodes.planners.rules.moods import Piece, taken_apart
from nodes.planners.rules.pointing import RENEWED, REPLACED, nameless, told
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk.praise import is_praise
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.openings import COMPARATIVES
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import Clause, clause, word_set
from nodes.planners.rules.words.spelling import unknown_verb
from state.plan import Plan, Step

_MUSICAL = (
    *EFFECTS, *COMPARATIVES, "remove", "mute", "solo", "undo", "export", "left", "right", "center", "reroll", "variation", "chords", "tempo", "voice",
)  # fmt: skip
_COMPLAINT = re.compile(
    r"\b(?:too(?! good)|enough|missing|misses|lacks?|needs?|could use|should|wish|can't hear|wants?|rather|weak|thin|more|less)\b"
)
_LACKING = re.compile(r"\b(?:missing|misses|lacks?|lacking|needs)\b")
_DONE_SO = re.compile(
    r"(?:(?:can|could|would) (?:you|we) |let'?s |please |just |maybe |yeah |so |and |now )*(?:please |just )*"
    r"(?:do|try|make|have|go for|go with|give|get) (?:it|that|this|so)(?: (?:like that|that way|this way|a try|a go|please|for me|out|one|then|instead|a shot|happen))*"
)
_HEARD_AS = re.compile(r"\bas (?=an? \w)")
_REFUSED = re.compile(r"no+|nah|nope|not really|never ?mind")
_BEFORE = re.compile(
    r"\b(?:had|asked|told|made|got|let) you\b|\b(?:i|you|we) (?!(?:lik|lov|want|need|preferr|enjoy)ed)(?:\w+ed|took|put|cut|made|turned|brought)\b"
)
_SO = re.compile(r"so (?!that\b|it (?:is|was|sounds|feels)\b)")
_TIMBRES = ("timbre_bright", "timbre_dark", "timbre_warm", "timbre_bassy")
_WHOLE = word_set("change_speed shift_pitch adjust_track add_effect rearrange vary regenerate_span set_chords undo")


@dataclass(frozen=True)
class Reading:
    """A message in fewer words."""

    text: str
    left_out: tuple[Piece, ...]
    idle: bool = False
    """Whether what is left out says nothing of music at all."""
    surely: bool = False
    talk: bool = False
    """Whether it is all of a message that can be small talk."""
    remedied: tuple[Piece, ...] = ()
    """What is left out and complains of what an order beside it is to mend."""
    renews: bool = False
    """Whether it says where to renew what the message only points at."""
    """Whether what is left out holds no order, however it is turned; if not, it stands in only for a question."""


def readings(text: str, scene: Scene) -> Iterator[Reading]:
    """Shorter readings of `text`, those that leave out least first."""
    pieces = taken_apart(text)
    if len(pieces) < 2:
        return
    tried = {text}
    if any(piece.mood in ("order", "question") for piece in pieces):
        for strictness in range(4):
            kept = _kept(pieces, scene, strictness)
            shorter = told(text, pieces, kept, scene)
            if shorter and shorter not in tried:
                tried.add(shorter)
                left_out = tuple(piece for piece in pieces if piece not in kept)
                resolved = RENEWED in shorter or (REPLACED in shorter and REPLACED not in text)
                yield Reading(
                    shorter,
                    left_out,
                    surely=strictness == 0 or resolved,
                    renews=resolved,
                    remedied=_remedied(pieces, kept),
                )
    wished = [piece for piece in pieces if not _DONE_SO.fullmatch(piece.said.lower().strip(" .!?,;"))]
    if 0 < len(wished) < len(pieces):
        wish = "".join(text[piece.start : piece.end] for piece in wished).rstrip(" ,;-:(")
        heard = _HEARD_AS.search(wish)
        yield Reading(f"make it {wish[heard.end() :]}" if heard and scene.exists else wish, ())
    idle = [
        piece
        for piece in pieces
        if piece.mood != "order"
        and not _musical(piece.bare, scene)
        and not _REFUSED.fullmatch(piece.said.strip().lower())
    ]
    if all(piece in idle or is_praise(piece.bare) for piece in pieces):
        yield from (Reading(piece.said, (), talk=True) for piece in pieces)
    elif idle:
        left = [piece for piece in pieces if piece not in idle]
        yield Reading("".join(text[piece.start : piece.end] for piece in left).rstrip(" ,;-:("), tuple(idle), idle=True)


def _kept(pieces: Sequence[Piece], scene: Scene, strictness: int) -> list[Piece]:
    """Orders and questions, and fragments: at 0 those that go on with an order or say something of music, at 1 those that say
    something of music, at 2 those that go on with an order, at 3 those that do both."""
    kept: list[Piece] = []
    going_on = False
    for at, piece in enumerate(pieces):
        match piece.mood:
            case "order" | "question":
                going_on = True
            case "fragment" if _said_again(piece, pieces[at + 1 :]):
                continue
            case "fragment" if (
                going_on or _musical(piece.bare, scene)
                if strictness == 0
                else (going_on or strictness < 2) and (strictness == 2 or _musical(piece.bare, scene))
            ):
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


def preferred(whole: Plan, shorter: Plan, reading: Reading, scene: Scene) -> bool:
    """Whether `shorter`, the plan for `reading`, is what was meant rather than `whole`."""
    if shorter.question is not None or not (shorter.steps or shorter.answer):
        return False
    if whole.question is not None and whole.question.startswith(SOME_BARS):
        return False  # 'only in the last two bars, add a trumpet'
    if reading.talk:
        return whole.question is not None and shorter.answer is not None and not shorter.steps
    if reading.renews:
        return [made.tool for made in shorter.steps] != [
            made.tool for made in whole.steps
        ] or whole.question is not None
    touched = _touched(shorter.steps)
    if "all" in touched and any(piece.mood != "order" and nameless(piece.bare) for piece in reading.left_out):
        return False  # 'hmm, that plinky thing, louder'
    complaints = [
        {name for found in mentions(piece.bare, scene) for name in named(found.words, scene)}
        for piece in reading.left_out
        if piece.mood == "statement" and _complains(piece) and piece not in reading.remedied
    ]
    if whole.question is not None:
        if reading.idle and not any(piece.bare.text.lower() in whole.question.lower() for piece in reading.left_out):
            return False  # it asks about something else
        return all(names <= touched for names in complaints) and not any(
            _LACKING.search(piece.said.lower()) for piece in reading.left_out
        )
    if reading.surely and _brought(whole, shorter, reading):
        return True
    if any(not (names <= touched if names else "all" in touched) for names in complaints):
        return False
    if reading.surely and _retold(whole, shorter, reading):
        return True
    if not reading.surely or not shorter.steps or len(shorter.steps) >= len(whole.steps):
        return False
    done = [_key(made) for made in shorter.steps]
    more = [made for made in whole.steps if _key(made) not in done]
    if any(not names for names in complaints) and any(
        made.tool not in {"describe", *(one.tool for one in shorter.steps)} for made in more
    ):
        return False  # 'the singer wants it lower, make it louder'
    return all(key in [_key(made) for made in whole.steps] for key in done)


def _retold(whole: Plan, shorter: Plan, reading: Reading) -> bool:
    """'I had you mute the drums, they can come back': what was done before was taken for the order, which says otherwise."""
    told = any(piece.mood == "statement" and _BEFORE.search(piece.said.lower()) for piece in reading.left_out)
    places = [[(made.tool, made.arguments.get("stems")) for made in plan.steps] for plan in (whole, shorter)]
    return told and bool(shorter.steps) and all(place in places[0] for place in places[1])


def _remedied(pieces: Sequence[Piece], kept: Sequence[Piece]) -> tuple[Piece, ...]:
    """'(you can't hear the bass,) so take the drums down': the order says itself that it is for what was complained of."""
    found: list[Piece] = []
    mended = False
    for piece in reversed(pieces):
        if piece in kept:
            mended = piece.mood == "order" and _SO.match(piece.said.lower().strip()) is not None
        elif mended and piece.mood == "statement":
            found.append(piece)
    return tuple(found)


def _brought(whole: Plan, shorter: Plan, reading: Reading) -> bool:
    """'(it's too cold.) maybe add a warm cello', '(too dark.) can you add a bright flute': who is added brings what was lacking."""
    if not shorter.steps or any(made.tool != "add_track" for made in shorter.steps) or whole.question is not None:
        return False
    more = [made for made in whole.steps if made.tool != "add_track"]
    brought = clause(reading.text)
    told = [piece.bare for piece in reading.left_out if piece.mood == "statement"]
    moods = {str(made.arguments.get("mood")) for made in more if made.tool == "rearrange"}
    heard = any(words.has(kind) and brought.has(kind) for words in told for kind in _TIMBRES)
    return bool(more) and all(
        (made.tool == "rearrange" and moods <= set(brought.words)) or (made.tool == "add_effect" and heard)
        for made in more
    )


def _complains(piece: Piece) -> bool:
    """Whether a statement says that something should be otherwise; 'so it feels more chill' says what an order is for."""
    said = piece.said.lower().strip()
    return _COMPLAINT.search(said) is not None and not said.startswith("so ")


def _touched(steps: Sequence[Step]) -> set[str]:
    """Names of the stems that steps work on, and 'all' where one works on the whole loop."""
    touched: set[str] = set()
    for made in steps:
        stems = made.arguments.get("stems") or [made.arguments[name] for name in ("stem",) if name in made.arguments]
        touched |= set(stems) if stems else {"all"} if made.tool in _WHOLE else set()
    return touched


def _key(made: Step) -> tuple[str, str]:
    return made.tool, repr(sorted((name, value) for name, value in made.arguments.items() if name != "description"))

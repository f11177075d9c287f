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
    r"\b(?:too(?! good)|enough|missing|misses|lacks?|needs?|could use|should|wish|can't hear|wants?|rather(?! (?:proud|pleased|happy|fond|glad|nice|good|lovely|like|love|enjoy))|weak|thin|more|less)\b"
)
_LACKING = re.compile(r"\b(?:missing|misses|lacks?|lacking|needs)\b")
_DOUBTED = re.compile(r"\b(?:not sure|n't|don't think|doubt|nobody|no one|hardly|if|whether)\b.*\bneeds\b")
_SOUNDING = re.compile(r"\b(?:what|how) (?:would|might|could) .*\b(?:sound|feel)\b")
_DONE_SO = re.compile(
    r"(?:(?:can|could|would) (?:you|we) |let'?s |please |just |maybe |yeah |so |and |now )*(?:please |just )*"
    r"(?:(?:turn|make|translate|put) (?:it|this|that|those|them) into (?:(?:a|an|some) )?(?:loop|music|track|song|sound|tune|piece|beat)(?: for me| please)*|"
    r"(?:do|try|make|have|go for|go with|give|get) (?:it|that|this|so)(?: (?:so|like that|that way|this way|a try|a go|please|for me|out|one|then|instead|a shot|happen))*|what (?:would|does|might|could) (?:it|that|this) sound like (?:as|in) (?:music|a loop|a song|a track|a tune))"
)
_HEARD_AS = re.compile(
    r"\bas (?=an? \w)|(?<=this |that )(?=in (?:an? )?\w+ (?:minor|major|key|time))|(?<=it )(?=in (?:an? )?\w+ (?:minor|major|key|time))"
)
_REFUSED = re.compile(r"no+|nah|nope|not really|never ?mind")
_BEFORE = re.compile(
    r"\b(?:had|asked|told|made|got|let) you\b|\b(?:i|you|we) (?!(?:lik|lov|want|need|preferr|enjoy)ed)(?:\w+ed|took|put|cut|made|turned|brought)\b"
)
_AT_FIRST = re.compile(r"\b(?:at first|to begin with|initially|i was (?:worried|afraid|scared))\b")
_NOT_NOW = re.compile(
    r"\b(?:can't stand|hate|usually|normally|always|used to|(?:sick|tired|bored) of|enough of|yesterday|last (?:week|night|time|month))\b"
)
_HEARD_IN_TALK = word_set("rearrange vary add_effect add_track describe")
_NOTHING_NAMED = re.compile(
    r"(?:.* needs (?:something|someone|somebody|anything)\b|something|there's|there is|it|i|we|what|all|this)\b"
)
_NOW = re.compile(r"\b(?:much|so|way|a lot|far|loads|nice and) .*\bnow$")
_OVER = re.compile(
    r"\b(?:over|under|behind|against|on top of|because of|fights?|clash(?:es)?|drowns?|covers?|buries|masks?)\b"
)
"""Of two players of whom this is said, a change of either is the remedy."""
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
    wished = [piece for piece in pieces if not _DONE_SO.fullmatch(piece.said.lower().strip(" .!?,;"))]
    if 0 < len(wished) < len(pieces):
        wish = "".join(text[piece.start : piece.end] for piece in wished).rstrip(" ,;-:(")
        heard = _HEARD_AS.search(wish)
        yield Reading(f"make it {wish[heard.end() :]}" if heard and scene.exists else wish, ())
        if not scene.exists and len(wished) == 1:
            yield Reading(f"music that feels like {wish[0].lower()}{wish[1:]}", ())
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


def only_asks(text: str) -> bool:
    """'my mate says you only do electronic stuff, is that true?': a question, and what it is about; no loop is described."""
    pieces = taken_apart(text)
    if not text.rstrip().endswith("?") or pieces[-1].mood != "question" or _SOUNDING.search(pieces[-1].said.lower()):
        return False
    said = [read(piece.said) for piece in pieces if piece.mood == "fragment"]
    described = any(one.genre or one.mood or one.key or one.bpm or one.instruments or one.chords for one in said)
    return not described and all(piece.mood != "order" for piece in pieces)


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
        if piece.mood == "statement"
        and _complains(piece)
        and piece not in reading.remedied
        and not _one_remedied(piece, touched, scene)
    ]
    if whole.question is not None:
        if reading.idle and not any(piece.bare.text.lower() in whole.question.lower() for piece in reading.left_out):
            return False  # it asks about something else
        brings = all(made.tool == "add_track" for made in shorter.steps)  # "something's missing. how about a shaker?"
        return all(names <= touched for names in complaints) and not any(
            _LACKING.search(piece.said.lower())
            and not _DOUBTED.search(piece.said.lower())
            and not (brings and shorter.steps and _NOTHING_NAMED.match(piece.said.lower().strip()))
            for piece in reading.left_out
        )
    if reading.surely and _undone(whole):
        return True
    if reading.surely and (_brought(whole, shorter, reading) or _outspoken(whole, shorter, reading)):
        return True
    if reading.surely and not scene.exists and any(_NOT_NOW.search(piece.said.lower()) for piece in reading.left_out):
        return True
    if (
        reading.surely
        and not shorter.steps
        and not complaints
        and whole.steps
        and all(made.tool in _HEARD_IN_TALK for made in whole.steps)
    ):
        return True  # "I'm rather proud of it. What key is it in?"
    if any(not (names <= touched if names else "all" in touched) for names in complaints):
        return False
    if reading.surely and (_retold(whole, shorter, reading) or _aimed(whole, shorter, reading, scene)):
        return True
    if not reading.surely or not shorter.steps or len(shorter.steps) > len(whole.steps):
        return False
    if [made.tool for made in (*whole.steps, *shorter.steps)] == ["text_to_music", "drum_to_music"]:
        return True  # 'I love those drums, make a new song around them'
    more = [made for made in whole.steps if not any(_told_by(made, one, reading) for one in shorter.steps)]
    if any(not names for names in complaints) and any(
        made.tool not in {"describe", *(one.tool for one in shorter.steps)} for made in more
    ):
        return False  # 'the singer wants it lower, make it louder'
    return all(any(_told_by(one, made, reading) for one in whole.steps) for made in shorter.steps)


def _told_by(made: Step, order: Step, reading: Reading) -> bool:
    """Whether the orders alone say what a step of the whole message does; they may say where, and which style or mood."""
    if made.tool != order.tool:
        return False
    whole, alone = made.arguments, order.arguments
    names = {name for name in {*whole, *alone} if whole.get(name) != alone.get(name)} - {"description"}
    told = {name for name in names if str(whole.get(name, "")).lower() not in reading.text.lower()}
    styled = {name for name in ("genre", "mood") if name in alone and name in whole}
    keyed = {"key"} if "mood" in told & styled else set()  # what a mood is in
    return names <= ({"stems"} - set(whole)) | (told & styled) | keyed


def _undone(whole: Plan) -> bool:
    """'I've heard enough without the drums, bring them back': who goes and comes back is not meant to go."""
    gone = [
        str(name) for made in whole.steps if made.tool == "remove_track" for name in made.arguments.get("stems", ())
    ]
    return any(made.arguments.get("instrument") in gone for made in whole.steps if made.tool == "add_track")


def _one_remedied(piece: Piece, touched: set[str], scene: Scene) -> bool:
    """'I can't hear the guitar over that piano. Lose the piano': of two players that are in each other's way one is changed."""
    names = {name for found in mentions(piece.bare, scene) for name in named(found.words, scene)}
    return len(names) > 1 and bool(names & touched) and _OVER.search(piece.said.lower()) is not None


def _retold(whole: Plan, shorter: Plan, reading: Reading) -> bool:
    """'I had you mute the drums, they can come back': what was done before was taken for the order, which says otherwise."""
    told = any(piece.mood == "statement" and _BEFORE.search(piece.said.lower()) for piece in reading.left_out)
    places = [[(made.tool, made.arguments.get("stems")) for made in plan.steps] for plan in (whole, shorter)]
    return told and bool(shorter.steps) and all(place in places[0] for place in places[1])


def _aimed(whole: Plan, shorter: Plan, reading: Reading, scene: Scene) -> bool:
    """'(the keys are so low,) move them up an octave': those that what is said before is about, not everything."""
    told = [piece.bare for piece in reading.left_out if piece.mood == "statement"]
    names = {name for words in told for found in mentions(words, scene) for name in named(found.words, scene)}
    alike = [made.tool for made in whole.steps] == [made.tool for made in shorter.steps]
    return alike and "all" in _touched(whole.steps) and bool(names) and _touched(shorter.steps) == names


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


def _outspoken(whole: Plan, shorter: Plan, reading: Reading) -> bool:
    """'(the owner found rock too much,) could we hear it as bossa nova': the style, key or tempo is what the order says."""
    if len(shorter.steps) != 1 or len(whole.steps) != 1 or shorter.steps[0].tool != whole.steps[0].tool:
        return False
    talk, ordered = (made.arguments for made in (whole.steps[0], shorter.steps[0]))
    if talk.get("instruments") != ordered.get("instruments") and whole.steps[0].tool != "rearrange":
        return False
    told = [read(piece.said) for piece in reading.left_out]
    return all(name in ordered for name in ("genre", "key", "bpm") if name in talk) and any(
        ordered[name] != talk.get(name) and talk.get(name) in [getattr(said, name) for said in told]
        for name in ("genre", "key", "bpm")
        if name in ordered
    )


def _complains(piece: Piece) -> bool:
    """Whether a statement says that something should be otherwise; 'so it feels more chill' says what an order is for."""
    said = piece.said.lower().strip()
    if _NOW.search(said) and not re.search(r"\b(?:too|not|lacks?|needs?)\b", said):
        return False  # 'it's much more relaxed now'
    return _COMPLAINT.search(said) is not None and not said.startswith("so ") and not _AT_FIRST.search(said)


def _touched(steps: Sequence[Step]) -> set[str]:
    """Names of the stems that steps work on, and 'all' where one works on the whole loop."""
    touched: set[str] = set()
    for made in steps:
        stems = made.arguments.get("stems") or [made.arguments[name] for name in ("stem",) if name in made.arguments]
        touched |= set(stems) if stems else {"all"} if made.tool in _WHOLE else set()
    return touched

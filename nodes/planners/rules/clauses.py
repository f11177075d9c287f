"""Clauses: one message into its instructions, in order. Lists of instruments stay together.

'down a fourth, and a little slower'      -> 'down a fourth' | 'a little slower'
'turn the bass up and the drums down'     -> 'turn the bass up' | 'turn the drums down'
'remove the drums, the bass and the keys' -> one clause
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

from nodes.planners.rules.run_on import alternating
from nodes.planners.rules.talk.chatter import comments, ends, tells
from nodes.planners.rules.talk.praise import is_praise
from nodes.planners.rules.talk.reasons import gives_reason, says_what_for
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.joints import inside
from nodes.planners.rules.words.openings import COMPARATIVES, comparative_first, opens, opens_with_verb
from nodes.planners.rules.words.predicates import says_something
from nodes.planners.rules.words.references import Mention, mentions
from nodes.planners.rules.words.spans import find as find_span
from nodes.planners.rules.words.speech import BREAKS, Clause, Mark, word_set
from nodes.planners.rules.words.tempi import taken_off
from state.effects import EffectKind

_STOPS = frozenset(".!?;\n")


_JOINTS = word_set("& , - also and because but coz cuz n plus so then while with")


_OWNERS = word_set("the my our his her their")
"""First words of a statement about somebody: 'the hats tick away, (but the bass should be louder)'."""

_MOVES = (
    "louder", "quieter", "faster", "slower", "higher", "lower", "longer", "shorter", "busier", "sparser", "left", "right",
    "center", "spread", "mood_move", "more", "less", "timbre_bright", "timbre_dark", "timbre_warm",
)  # fmt: skip


_CARRIED = word_set(
    """turn bring push pull pan make move put set crank boost raise lower reduce take bump dial transpose shift tune
    mute drench"""
)


@dataclass(frozen=True)
class _Piece:
    """Tokens between two joints. `opens`: an instruction of its own; `hard`: after a full stop or 'then'."""

    clause: Clause
    hard: bool
    joint: str


Trial = Callable[[Clause], tuple[str, ...]]
"""The tools that a clause would call if it stood alone; empty where it would not be understood so."""


def split(message: Clause, trial: Trial = lambda clause: ()) -> list[Clause]:
    """The instructions of a message, bare of politeness; empty ones are dropped."""
    found: list[Clause] = []
    for piece in _pieces(message):
        bare = piece.clause.bare()
        if not bare.words:
            continue
        previous = found[-1] if found else None
        if len(message.words) > len(bare.words) and (_empty(bare) or comments(bare)):
            continue
        if previous is not None and piece.joint != "then" and gives_reason(bare, previous, trial):
            continue
        if previous is not None and piece.joint == "so" and says_what_for(piece.clause, previous):
            continue
        if previous is not None and piece.joint in {"but", ","} and not piece.hard and _only_again(previous):
            found[-1] = bare
        elif (
            previous is not None
            and bare.has("tape")
            and previous.has("faster", "slower", "tempo")
            and not amounts(bare)
        ):
            found[-1] = previous.joined(_tied(piece))  # 'play it at double speed, and let the pitch go up with it'
        elif previous is not None and not piece.hard and previous.has("tape") and _by_how_much(bare, previous):
            found[-1] = previous.joined(_tied(piece))  # 'slow it down like a tape machine, 20% slower'
        elif previous is not None and piece.joint in {"and", ","} and taken_off(bare, previous):
            found.append(previous.part(0, 1).joined(bare))
        elif (
            previous is not None
            and previous.begins("add")
            and (
                _only_where(piece.clause)
                or bare.says(*_SPARINGLY)
                or (bare.words[2:] and set(bare.words) <= _NOT_OFTEN)
                or (piece.joint == "," and not piece.hard and bare.words[0] in {"down", "up"} and _says_how(bare))
            )
        ):
            found[-1] = previous.joined(_tied(piece))
        elif (
            previous is None
            or piece.hard
            or _after_praise(previous, piece)
            or (piece.joint in {"but", ",", "so"} and previous.words[0] in _OWNERS and says_something(previous))
            or (
                (previous.words[0] in {"leave", "keep"} or (piece.joint == "but" and previous.has("protect")))
                and _wishes(bare)
            )
            or _of_the_rest(bare, previous, trial)
            or (_is_to_stay(bare, previous) and bool(trial(previous)))
            or _after_undo(previous, bare)
            or (piece.joint in {",", "but"} and opens_with_verb(previous) and _says_how_one_is(bare))
            or (piece.joint not in {"and", "with"} and (tells(bare) or (tells(previous) and ends(bare))))
            or (opens(bare, piece.joint, previous) and not (previous.begins("add") and _says_how(bare)))
            or _stands_alone(bare, previous, trial)
        ):
            found.append(bare)
        elif _parallel(bare, previous):
            found.append(_with_verb_of(previous, bare))
        else:
            found[-1] = previous.joined(_tied(piece))
    parts = [part for clause in found for part in alternating(clause.bare()) if part.words]
    return [piece.bare() for part in parts for piece in _and_with(part, trial)]


def _by_how_much(piece: Clause, previous: Clause) -> bool:
    """'(slow it down,) 20% slower': the same direction, now with its figure."""
    if not amounts(piece) or amounts(previous) or mentions(piece):
        return False
    ways = ("faster", "slower")
    return any(piece.has(way) and (previous.has(way) or not previous.has(*ways)) for way in ways)


_PLAINLY = frozenset({"replace_track", "change_speed", "shift_pitch", "adjust_track"})


def _and_with(clause: Clause, trial: Trial) -> list[Clause]:
    """'a bit faster | with a flute', 'quieter drums | with some reverb': what comes with a change of tempo, pitch or level."""
    for at in range(1, len(clause.words) - 1):
        if clause.words[at] != "with" or clause.has("tape") or clause.says("a new one", "another one"):
            continue
        head, tail = clause.part(0, at), clause.part(at + 1)
        effect = [mark for mark in tail.marks(*EFFECTS) if mark.start <= 3]
        player = tail.words[0] in {"a", "an", "some"} and [found for found in mentions(tail) if found.start <= 2]
        own = trial(head) if effect or player else ()
        if own and set(own) <= _PLAINLY:
            return [head, tail]
        if head.has("length") and trial(head.bare()) == ("vary",) and (effect or _on_the_result(tail)):
            return [head.bare(), *(Clause(("add",), ("add",), tail.titles).joined(item) for item in items(tail))]
    return [clause]


def _on_the_result(tail: Clause) -> bool:
    """'(double the length) with a fill in bar 8', '(make it 8 bars) with strings': made once the loop is longer."""
    named = [found for found in mentions(tail) if found.start <= 3]
    return bool(named) or bool({"bar", "bars", "half", "fill", "fills", "break", "end"} & set(tail.words[1:]))


def _empty(piece: Clause) -> bool:
    """Nothing but words of politeness: 'ok', 'second', 'if you would'."""
    mark = piece.begins("polite", "closing") if len(piece.words) > 1 else piece.begins("polite")
    return mark is not None and mark.end == len(piece.words)


def _only_again(clause: Clause) -> bool:
    """'one more time', 'the same': what follows says what is to be different."""
    short = len(clause.words) <= 12  # marking a long clause again and again is slow
    return (
        short
        and clause.has("repeat")
        and len(clause.without((m.start, m.end) for m in clause.marks("repeat")).words) <= 1
    )


def _pieces(message: Clause) -> list[_Piece]:
    pieces: list[_Piece] = []
    start, joint, hard = 0, "", True
    for at, word in enumerate(message.words):
        if word in _STOPS or (word in _JOINTS - {"with"} and not inside(message, at)):
            if at > start:
                pieces.append(_Piece(message.part(start, at), hard, joint))
                start, joint, hard = at + 1, word, word in _STOPS or word == "then"
            else:
                start, hard = at + 1, hard or word in _STOPS or word == "then"
                joint = word if not joint or word == "but" else joint
    if start < len(message.words):
        pieces.append(_Piece(message.part(start), hard, joint))
    return pieces


_CHANGES = (
    "level_louder", "level_quieter", "way_up", "way_down", "louder", "quieter", "faster", "slower", "higher", "lower", "left", "center",
    "reroll", "variation", "busier", "sparser", "mood_move", "style", "longer", "shorter", "half_time", "double_time", "swing", "straight",
    "undo", "export", "pitch", "tempo", "mode_word", "chords", "mute", "solo", "remove", "more", "less", "repeat",
)  # fmt: skip
"""A piece that is to be an instruction of its own says one of these."""
_EDITS = tuple(kind for kind in _CHANGES if kind not in {"undo", "repeat", "reroll"})


def _after_praise(previous: Clause, piece: _Piece) -> bool:
    """'the drums are great | but the bass is too loud': what follows praise and does not go on with it."""
    return is_praise(previous) and not is_praise(previous.joined(_tied(piece)))


def _after_undo(previous: Clause, piece: Clause) -> bool:
    """'undo that | but drums a bit softer': the stem may only be there again once that is undone."""
    whole = previous.begins("undo") is not None and set(previous.words) <= _UNDOING
    return whole and piece.words[0] not in _WHICH_VERSION and piece.has(*_EDITS, *EFFECTS, *TIMBRES)


def _wishes(piece: Clause) -> bool:
    """'(leave the cello, but) the violin could come down 2 dB': what is to change beside what is to stay."""
    found = mentions(piece)
    return bool(found) and found[0].start <= 1 and piece.words[found[0].end : found[0].end + 1] in _MODALS


def _says_how_one_is(piece: Clause) -> bool:
    """'(add a flute,) the drums are boring (, mute them)': what a player is, no member of a list."""
    found = mentions(piece)
    named = bool(found) and found[0].start == 1 and piece.words[0] in {"the", "my", "those", "that", "these"}
    return named and piece.words[found[0].end : found[0].end + 1] in _IS


def _is_to_stay(piece: Clause, previous: Clause) -> bool:
    """'(violin off,) cello stays': who is not to go with those before."""
    found = mentions(piece)
    stays = bool(found) and piece.words[found[0].end :] in _STAYS
    return stays and bool(mentions(previous)) and not previous.has("protect", "keep")


_STAYS = (
    ("stays",),
    ("stay",),
    ("remains",),
    ("remain",),
    ("stays", "put"),
    ("stay", "put"),
    ("can", "stay"),
    ("may", "stay"),
)
_IS = (("is",), ("are",), ("sounds",), ("sound",), ("feels",), ("feel",))


def _of_the_rest(piece: Clause, previous: Clause, trial: Trial) -> bool:
    """'(don't touch the drums, but) everything else could come down a bit'."""
    if previous.has("keep") or not (trial(piece) if mentions(previous) else previous.has("protect")):
        return False
    rest = piece.first("rest")
    after = piece.part(rest.end) if rest is not None and rest.start == 0 else piece.part(0, 0)
    return bool(after.words) and (after.words[:1] in _MODALS or after.has(*_EDITS)) and not after.has("protect")


_MODALS = (("could",), ("should",), ("can",), ("needs",), ("need",), ("must",), ("might",), ("wants",), ("has",))
_UNDOING = word_set(
    "undo revert cancel scratch that it this the last step change one back go take please again roll edit thing put"
)
_WHICH_VERSION = word_set("to before with when where as until two three twice once again the")


def _stands_alone(piece: Clause, previous: Clause, trial: Trial) -> bool:
    """Whether both the piece and what came before make sense alone, and the piece is not one more member of a list."""
    own = trial(piece)
    before = trial(previous) if own else ()
    if not own or not before:
        return False
    named, earlier = mentions(piece), mentions(previous)
    if own == before and not (named and earlier):
        return False  # 'dark and moody'
    if own[0] == "extract_track" and before[0] == "export":
        return False  # 'export the drums and bass as separate files for my DAW'
    if own == before and own[0] in _OF_A_LIST and named[0].start <= 1:
        return False  # 'save the drums and bass as wav'
    if piece.words[0] in {"no", "without", "minus", "sans"} and before == ("rearrange",):
        return False  # 'a jazz version of this, no guitar'
    if before[0] == "add_track" and not named and _says_how(piece):
        return False  # 'add a low timpani, sparse'
    if piece.has(*EFFECTS) and previous.has(*EFFECTS) and named and not earlier:
        return False  # 'reverb and delay on the keys'
    signed = any(piece.words[said.start][0] in "+-" or (named and said.unit == "db") for said in amounts(piece))
    if not signed and not piece.has(*_CHANGES, *EFFECTS, *TIMBRES):
        return False
    wide = piece.has("mixword", "all") or own[0] in {
        "change_speed",
        "shift_pitch",
        "vary",
        "set_chords",
        "undo",
        "export",
    }
    return before[0] != "add_track" or bool(named) or wide or comparative_first(piece)


def _only_where(piece: Clause) -> bool:
    """'(add a flute,) just for the last bar': where alone it is to play."""
    span = find_span(piece, 16, 32.0)
    left = set(piece.without([(span.start, span.end)]).words) if span else set()
    return bool(left & {"only", "just"}) and left <= _WHERE


_WHERE = word_set("but and only just in for on at during the over though please")
_NOT_OFTEN = word_set(
    "not too often many much all the time only now and then here there just when needed once in a while every so"
)
_SPARINGLY = tuple(f"{not_} {play} {many} many notes" for not_ in ("don't", "do not") for play in ("play", "use", "have", "make it") for many in ("too", "so", "that"))  # fmt: skip
"""Says how what was just added is to be played, although it opens like an order."""
_OF_A_LIST = word_set("export extract_track remove_track")


def _says_how(piece: Clause) -> bool:
    """Nothing but adjectives for a part: 'sparse', 'very soft and low'."""
    reading = read(piece.text)
    how = {word for mark in reading.marks if mark.meanings.keys() & _MANNERS for word in mark.words.split(" ")}
    return bool(how) and all(word in how or word in _BESIDE_MANNERS for word in piece.words)


_MANNERS = frozenset(["density", "dynamics", "register"])
_BESIDE_MANNERS = word_set(
    "both all each of them and , but very quite really a bit little rather not too so nice nicely way real down up there top played playing please pretty fairly"
)


def _parallel(piece: Clause, previous: Clause) -> bool:
    """'(turn the bass up and) the drums down', '(pan the quieter one right and) the other one left'."""
    other = [mark for mark in piece.marks("rest", "extreme_loud", "extreme_quiet") if mark.start <= 1]
    found: Sequence[Mark | Mention] = mentions(piece) or other
    if not found or not (mentions(previous) or previous.has("extreme_loud", "extreme_quiet")):
        return False
    if (
        previous.begins("replace")
        and len(found) > 1
        and found[0].start <= 1
        and set(piece.words) & {"for", "with", "by", "to", "into"}
    ):
        return True  # '(swap the drums for congas and) the bass for a tuba'
    worn = [mark for mark in piece.marks(*EFFECTS) if mark.end <= found[0].start]
    if worn and previous.has(*EFFECTS) and previous.begins("add", "replace", *EFFECTS):
        return True
    first = piece.part(1) if piece.words[0] in {"a", "an", "the"} else piece
    ahead = first.begins(*COMPARATIVES)
    opened = previous.begins(*COMPARATIVES)
    if (
        ahead is not None
        and opened is not None
        and ahead.kind != opened.kind
        and [one.start for one in mentions(first)][:1] == [ahead.end]
    ):
        return True  # 'louder drums and a higher bass'
    later = any(mark.start >= found[0].end for mark in piece.marks(*_MOVES))
    later = later or any(said.start >= found[0].end for said in amounts(piece))
    bare = bool(mentions(previous)) and mentions(previous)[0].start <= 1
    return later and (previous.words[0] in _CARRIED or bare) and previous.has(*_MOVES)


TIMBRES = ("timbre_bright", "timbre_dark", "timbre_warm", "timbre_bassy", "timbre_thin", "timbre_mids", "timbre_scoop")


EFFECTS = tuple(f"effect_{kind}" for kind in get_args(EffectKind))


def _with_verb_of(previous: Clause, piece: Clause) -> Clause:
    return (
        previous.part(0, 1).joined(piece)
        if previous.words[0] in _CARRIED or (previous.begins("add", "replace") and not previous.begins(*COMPARATIVES))
        else piece
    )


def _tied(piece: _Piece) -> Clause:
    """The piece with its joint in front, so that lists can be read again later."""
    joint = piece.joint or ","
    return Clause((joint, *piece.clause.words), (joint, *piece.clause.raw), piece.clause.titles)


def items(clause: Clause) -> list[Clause]:
    """The members of a list inside one clause: 'a bass', 'a soft clarinet on top'."""
    found: list[Clause] = []
    start = 0
    for at, word in enumerate(clause.words):
        if (word in word_set("& + , and n or plus") or word in BREAKS) and not inside(clause, at):
            if at > start:
                found.append(clause.part(start, at))
            start = at + 1
    if start < len(clause.words):
        found.append(clause.part(start))
    return found

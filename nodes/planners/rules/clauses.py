"""Clauses: one message into its instructions, in order. Lists of instruments stay together.

'down a fourth, and a little slower'      -> 'down a fourth' | 'a little slower'
'turn the bass up and the drums down'     -> 'turn the bass up' | 'turn the drums down'
'remove the drums, the bass and the keys' -> one clause
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import get_args

from nodes.planners.rules.amounts import amounts
from nodes.planners.rules.openings import COMPARATIVES, OPENERS, comparative_first, opens
from nodes.planners.rules.references import mentions
from nodes.planners.rules.speech import BREAKS, Clause, word_set
from state.effects import EffectKind

_STOPS = frozenset(".!?;\n")


_JOINTS = word_set("& , - also and but n plus so then while with")


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
        if len(message.words) > len(bare.words) and _empty(bare):
            continue
        if previous is not None and piece.joint in {"but", ","} and not piece.hard and _only_again(previous):
            found[-1] = bare
        elif (
            previous is None or piece.hard or opens(bare, piece.joint, previous) or _stands_alone(bare, previous, trial)
        ):
            found.append(bare)
        elif _parallel(bare, previous):
            found.append(_with_verb_of(previous, bare))
        else:
            found[-1] = previous.joined(_tied(piece))
    parts = [part for clause in found for part in _alternating(clause.bare()) if part.words]
    return [piece.bare() for part in parts for piece in _and_with(part, trial)]


_PLAIN_VERBS = word_set("add remove delete mute unmute pan transpose replace swap export undo ditch")


_WIDE_VERBS = word_set("make put drop turn bring take lose kill swap")


_OBJECTS = word_set("the it everything them that my")


_LEADS_ON = word_set("""to you i we can could please don't not would just should and or the that a then never it's""")


def _second_verb(clause: Clause) -> int | None:
    """Where a second instruction begins without any sign: 'remove keys | add piano'."""
    if clause.words[0] == "no":
        return next((at for at in range(2, len(clause.words) - 1) if clause.words[at] in {"no", "just", "only"}), None)
    if clause.words[0] not in OPENERS:
        return None
    for at in range(2, len(clause.words) - 1):
        if clause.words[at] in _PLAIN_VERBS and clause.words[at - 1] not in _LEADS_ON:
            return at
        object_ = clause.words[at + 1]
        if (
            clause.words[at] in _WIDE_VERBS
            and object_ in _OBJECTS
            and clause.words[at - 1] not in _LEADS_ON | {"with", "but"}
        ):
            return at
    return None


def _verb_after_statement(clause: Clause) -> int | None:
    """'the drums are trash | change them': a statement, then an order about it without any sign between."""
    if clause.words[0] in OPENERS or not set(clause.words[:5]) & word_set(
        "is are sounds sound feels feel was were isn't aren't"
    ):
        return None
    for at in range(3, len(clause.words) - 1):
        if (
            clause.words[at] in OPENERS
            and clause.words[at + 1] in word_set("it them that this")
            and clause.words[at - 1] not in _LEADS_ON
        ):
            return at
    return None


_PLAINLY = frozenset({"replace_track", "change_speed", "shift_pitch", "adjust_track"})


def _and_with(clause: Clause, trial: Trial) -> list[Clause]:
    """'a bit faster | with a flute', 'quieter drums | with some reverb': what comes with a change of tempo, pitch or level."""
    for at in range(1, len(clause.words) - 1):
        if clause.words[at] != "with":
            continue
        head, tail = clause.part(0, at), clause.part(at + 1)
        effect = [mark for mark in tail.marks(*EFFECTS) if mark.start <= 3]
        player = tail.words[0] in {"a", "an", "some"} and [found for found in mentions(tail) if found.start <= 2]
        own = trial(head) if effect or player else ()
        if own and set(own) <= _PLAINLY:
            return [head, tail]
    return [clause]


def _empty(piece: Clause) -> bool:
    """Nothing but words of politeness: 'ok', 'second'."""
    mark = piece.begins("polite")
    return mark is not None and mark.end == len(piece.words)


def _only_again(clause: Clause) -> bool:
    """'one more time', 'the same': what follows says what is to be different."""
    short = len(clause.words) <= 12  # marking a long clause again and again is slow
    return (
        short
        and clause.has("repeat")
        and len(clause.without((m.start, m.end) for m in clause.marks("repeat")).words) <= 1
    )


def _alternating(clause: Clause) -> list[Clause]:
    """'drums louder keys softer' without any sign between."""
    if (cut := _second_verb(clause) or _verb_after_statement(clause)) is not None:
        return [clause.part(0, cut), *_alternating(clause.part(cut))]
    found = mentions(clause)
    if (
        len(found) < 2
        or found[0].start > 3
        or any(word in OPENERS or word in {"and", ",", "of", "for"} for word in clause.words[found[0].start :])
        or (
            found[0].start > 1
            and not any(found[0].end <= m.start < found[1].start for m in clause.marks(*COMPARATIVES, "left", "right"))
        )
    ):
        return [clause]
    cuts = [0]
    for last, later in pairwise(found):
        if any(last.end <= mark.start < later.start for mark in clause.marks(*COMPARATIVES, "left", "right")):
            cuts.append(later.start - 1 if later.start and clause.words[later.start - 1] == "the" else later.start)
    later_moved = any(mark.start >= found[-1].end for mark in clause.marks(*COMPARATIVES, "left", "right"))
    return [clause.part(a, b) for a, b in zip(cuts, [*cuts[1:], None], strict=True)] if later_moved else [clause]


def _pieces(message: Clause) -> list[_Piece]:
    pieces: list[_Piece] = []
    start, joint, hard = 0, "", True
    for at, word in enumerate(message.words):
        if word in _STOPS or (word in _JOINTS - {"with"} and not _inside(message, at)):
            if at > start:
                pieces.append(_Piece(message.part(start, at), hard, joint))
                start, joint, hard = at + 1, word, word in _STOPS or word == "then"
            else:
                start, hard = at + 1, hard or word in _STOPS or word == "then"
                joint = word if not joint or word == "but" else joint
    if start < len(message.words):
        pieces.append(_Piece(message.part(start), hard, joint))
    return pieces


_PAIRS = frozenset(
    {
        ("drum", "bass"), ("rock", "roll"), ("rhythm", "blues"), ("country", "western"), ("call", "response"), ("more", "more"),
        ("louder", "louder"), ("again", "again"), ("over", "over"), ("left", "right"), ("faster", "faster"), ("slower", "slower"),
    }
)  # fmt: skip
"""Words that 'and' joins to one expression."""


def _inside(message: Clause, at: int) -> bool:
    """Whether a joint belongs to an expression: '3-5s', 'bars 2 and 3', 'a hundred and twenty', 'drum and bass'."""
    words = message.words
    joint, before, after = words[at], words[at - 1] if at else "", words[at + 1] if at + 1 < len(words) else ""
    if joint == "-":
        return True
    if joint == "so":
        return before in {"not", "is", "or", "are"} or after in {"loud", "fast", "quiet", "slow", "much", "bright"}
    if joint == "also":
        return after not in OPENERS or after in {
            "need",
            "needs",
            "have",
            "want",
            "could",
            "can",
            "should",
            "would",
            "will",
        }
    if joint not in {"and", "&", "n"}:
        return False
    if before == "hundred":
        return bool(amounts(message.part(at + 1, at + 2)))
    numeric = before[-1:].isdigit() and after[:1].isdigit()
    return numeric or (before, after) in _PAIRS or words[at + 1 : at + 3] == ("a", "half")


_CHANGES = (
    "level_louder", "level_quieter", "way_up", "way_down", "louder", "quieter", "faster", "slower", "higher", "lower", "left", "center",
    "reroll", "variation", "busier", "sparser", "mood_move", "style", "longer", "shorter", "half_time", "double_time", "swing", "straight",
    "undo", "export", "pitch", "tempo", "mode_word", "chords", "mute", "solo", "remove", "more", "less", "repeat",
)  # fmt: skip
"""A piece that is to be an instruction of its own says one of these."""


def _stands_alone(piece: Clause, previous: Clause, trial: Trial) -> bool:
    """Whether both the piece and what came before make sense alone, and the piece is not one more member of a list."""
    own = trial(piece)
    before = trial(previous) if own else ()
    if not own or not before:
        return False
    named, earlier = mentions(piece), mentions(previous)
    if own == before and not (named and earlier):
        return False  # 'dark and moody'
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


def _parallel(piece: Clause, previous: Clause) -> bool:
    """'(turn the bass up and) the drums down', '(pan the guitar left and) the keys right'."""
    found = mentions(piece)
    if not found or not mentions(previous):
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
    if ahead is not None and opened is not None and ahead.kind != opened.kind and mentions(first)[0].start == ahead.end:
        return True  # 'louder drums and a higher bass'
    later = any(mark.start >= found[0].end for mark in piece.marks(*_MOVES))
    later = later or any(said.start >= found[0].end for said in amounts(piece))
    bare = mentions(previous)[0].start <= 1
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
        if (word in word_set("& + , and n or plus") or word in BREAKS) and not _inside(clause, at):
            if at > start:
                found.append(clause.part(start, at))
            start = at + 1
    if start < len(clause.words):
        found.append(clause.part(start))
    return found

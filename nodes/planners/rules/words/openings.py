"""What opens an instruction after 'and' or a comma: a verb, a comparative, a tempo or a key by itself."""

from __future__ import annotations

from typing import get_args

from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause, word_set
from nodes.planners.rules.words.spelling import unknown_verb
from state.effects import EffectKind

OPENERS = word_set(
    """want re could can should would will needs need i'm have add remove delete drop lose ditch kill cut take get strip scrap mute unmute silence solo isolate replace swap
    switch exchange substitute change turn make create generate compose write produce build put throw bring layer
    include insert stick toss raise boost increase lower reduce decrease crank push pull lift soften bump tuck
    pan transpose shift move pitch modulate speed slow double halve undo redo revert export save bounce download
    render describe tell show keep leave extract rearrange reharmonize reharmonise regenerate rewrite redo
    recompose vary set give let raise extend shorten lengthen trim apply use go rework start tighten widen
    brighten darken eq compress distort drench filter repeat loop simplify don't dont do play try dial tone ease
    back spread center centre sharpen tune detune amplify what which how is are take pick tame sit fade send slap
    dump introduce nix axe convert transform roll adapt retain fix improve spice pump bin chuck yank toss erase
    wipe eliminate record restore bring shake mix print scratch i'd we what's how's does"""
)
"""Words that open an instruction after 'and' or a comma."""


COMPARATIVES = (
    "faster", "slower", "longer", "shorter", "busier", "sparser", "mood_move", "timbre_bright", "timbre_dark", "timbre_warm",
    "louder", "quieter", "higher", "lower", "half_time", "double_time",
)  # fmt: skip


def opens_with_verb(clause: Clause) -> bool:
    """Whether a clause is an order rather than a statement."""
    return clause.words[0] in OPENERS


def opens(piece: Clause, joint: str, previous: Clause) -> bool:
    """Whether a piece after a joint is an instruction of its own."""
    first = piece.words[0]
    if _goes_on_with_effects(piece, joint, previous):
        return False
    placed = piece.without(
        (mark.start, mark.end) for mark in piece.marks("small", "large", "hard", "left", "right", "center", "polite")
    )
    sides = ("left", "right", "center")
    new = previous.has(*sides) or previous.begins("add", "create")
    if not placed.words and piece.has(*sides) and previous.has(*COMPARATIVES, *_EFFECTS) and not new:
        return True  # '(make the keys a bit darker) and a bit to the left'
    if piece.begins("mixword", "negation") and first not in OPENERS and first not in {"no", "without"}:
        return False
    if first == "with":
        return joint == "but" and previous.begins("remove") is not None
    if first in OPENERS:
        if first == "drop" and len(piece.words) > 1 and len(piece.words[1]) == 1:
            return False  # 'drop D' is a tuning
        return not (first in word_set("bass double is lead lower pad quiet solo warm") and _noun_phrase(piece))
    if piece.says(
        "would be nice",
        "would be lovely",
        "would be great",
        "would be good",
        "would be cool",
        "would help",
        "would work",
    ):
        return True
    if piece.has("solo_noun") and mentions(piece) and not previous.begins("add", "create", "style"):
        return True
    wish = piece.begins("add")
    if wish is not None and wish.end > 1 and first not in {"put", "with", "a", "an", "double"}:
        return True  # 'i need', 'how about', 'give me'
    if piece.begins("undo", "keep", "repeat", "protect", "redo") and first not in {"the", "previous", "original"}:
        return True
    if first in {"no", "without", "minus", "sans"}:
        return not (previous.begins("create", "style") or previous.has("style") or read(previous.text).genre)
    if _frame_only(piece) or _effect_as_verb(piece):
        return True
    return unknown_verb(piece) or comparative_first(piece)


def _goes_on_with_effects(piece: Clause, joint: str, previous: Clause) -> bool:
    """'(a bit of chorus) and delay on the guitar would be nice': a list of effects, whose last member says where."""
    worn = piece.first(*_EFFECTS)
    before = previous.first(*_EFFECTS)
    if worn is None or before is None or mentions(previous):
        return False
    only = set(piece.words[worn.end :]) <= _OF_AN_EFFECT and joint == ","
    if not (
        only or mentions(piece.part(worn.end)) or piece.part(worn.end).says("on it", "on them", "on that", "to it")
    ):
        return False
    ahead = set(piece.words[: worn.start]) | set(previous.words[before.end :])
    return ahead <= _OF_AN_EFFECT and not previous.has("pronoun", "remove", "mixword", "all")


def offers_effect(piece: Clause) -> bool:
    """'(the piano is a bit polite.) some overdrive?', 'a touch of reverb on the keys': an effect with how much of it, alone."""
    worn = piece.first(*_EFFECTS)
    after = piece.words[worn.end : worn.end + 1] if worn else ()
    ahead = piece.words[: worn.start] if worn else ()
    return (
        ahead[:1] in (("some",), ("a",)) and set(ahead) <= _OF_AN_EFFECT and set(after) <= {"on", "for", "to", "please"}
    )


_OF_AN_EFFECT = word_set("a an some little bit of touch hint lot dash pinch tad and bunch lots plus light heavy slight")


def _effect_as_verb(piece: Clause) -> bool:
    """'high-pass them at 150 Hz', 'reverb on the keys': an effect's name with what it is to be put on."""
    mark = next((mark for mark in piece.marks(*_EFFECTS) if mark.start == 0), None)
    after = piece.words[mark.end : mark.end + 1] if mark else ()
    return (
        bool(after)
        and after[0] in {"them", "it", "that", "everything", "the"}
        and mark is not None
        and mark.words.split()[-1] != "the"
    )


_EFFECTS = tuple(f"effect_{kind}" for kind in get_args(EffectKind))


def _frame_only(piece: Clause) -> bool:
    """A tempo or a key and nothing else: '100 bpm', 'D minor', 'tempo 90'."""
    said = amounts(piece)
    start = 1 if piece.begins("tempo") or piece.words[0] in {"key", "in", "at"} else 0
    if (
        said
        and said[0].start == start
        and said[0].end == len(piece.words)
        and (said[0].unit == "bpm" or (start and piece.begins("tempo")))
    ):
        return True
    if said and said[0].unit == "bars" and said[0].start == 0 and said[0].end == len(piece.words) and said[0].value > 1:
        return True
    if len(piece.words) <= 1 + start and "/" in piece.words[-1] and read(piece.text).time_signature:
        return True
    return len(piece.words) <= 3 + start and piece.has("mode_word") and read(piece.text).key is not None


def _noun_phrase(piece: Clause) -> bool:
    found = mentions(piece)
    return bool(found) and found[0].start <= 1


def comparative_first(piece: Clause) -> bool:
    """'a little slower', 'up a fourth', 'more reverb', 'much louder', '5 bpm faster', 'half time'."""
    at = 0
    for mark in piece.marks("small", "large"):
        if mark.start == at:
            at = mark.end
    rest = piece.part(at)
    if not rest.words:
        return False
    for amount in amounts(rest):
        if amount.start == 0 and amount.unit in {"bpm", "db", "percent", "semitones"}:
            rest = rest.part(amount.end)
            break
    if not rest.words:
        return False
    if rest.words[0] in {"more", "less", "not"}:
        return not mentions(rest) or rest.words[0] != "not"
    opening = rest.begins(*COMPARATIVES)
    first = rest.words[0]
    if opening is None or not (first.endswith("er") or first in _DIRECTIONS):
        return False
    found = mentions(rest)
    beside = bool(found) and found[0].start <= opening.end
    return not beside or opening.kind in {"louder", "quieter"} or opening.words in {"up", "down"}


_DIRECTIONS = word_set("double down half halftime slow speed too twice up")

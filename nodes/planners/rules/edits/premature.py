"""Edits that are asked for before there is a loop: 'take out the drums and the bass', 'the bass is too loud', 'louder drums'.

What names a style, a tempo, a key or the loop to be made describes one, however it begins: 'bass heavy techno, not too loud'.
"""

from __future__ import annotations

from typing import get_args

from nodes.planners.rules.talk.remarks import forbids
from nodes.planners.rules.words.attributes import Reading, read
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause, word_set
from state.effects import EffectKind

_REMOVING = word_set(
    """take get getting strip pull throw chuck toss leave yank bin scrap erase eliminate remove delete lose ditch kill mute
    silence clear withdraw subtract"""
)
_KEEPING = word_set("keep leave isolate extract strip reduce separate solo single")
_LEVELS = ("louder", "quieter", "more", "less", "faster", "slower", "higher", "lower", "busier", "sparser")
_SAYING = word_set("is are sounds sound isn't aren't feels feel was were")
_ONTO = word_set("on to")
EFFECTS = tuple(f"effect_{kind}" for kind in get_args(EffectKind))


def is_premature(clause: Clause) -> bool:
    """Whether a clause works on something that must be there."""
    reading = read(clause.text)
    if frames(reading) or (reading.mood and not clause.says("too")) or not clause.words:
        return False
    if forbids(clause):
        return True
    gone = clause.begins("remove", "mute", "unmute")
    if gone is not None and clause.words[0] in _REMOVING:
        return gone.words != "take" or bool({"out", "off", "away"} & set(clause.words))
    kept = clause.begins("keep", "protect")
    if kept is not None and clause.words[0] in _KEEPING and clause.words[1:2] != ("room",):
        return True
    return _compares(clause) or _complains(clause) or _puts_on(clause) or _wants_another(clause)


def frames(reading: Reading) -> bool:
    """Whether a style, a tempo, a key, a length or the loop itself is named, as in a description."""
    said = {name for name in ("genre", "bpm", "key", "bars", "time_signature") if getattr(reading, name)}
    return bool(said - reading.inferred or reading.chords or reading.whole)


def _compares(clause: Clause) -> bool:
    """'more bass', 'louder drums', 'bass louder': one word of comparison beside instruments and nothing else."""
    wish = clause.begins("create")
    if wish is not None and clause.has("less"):  # 'I want less drums'
        clause = clause.part(wish.end)
    marks = clause.marks(*_LEVELS)
    found = mentions(clause)
    if not marks or not found or len(clause.words) > 4 or clause.begins("create") is not None:
        return False
    word = marks[0].words.split(" ")[0]
    return word.endswith("er") or word in {"more", "less"}


def _complains(clause: Clause) -> bool:
    """'the bass is too loud', 'too much bass'."""
    too = clause.says("too", "not enough")
    return too and bool(mentions(clause)) and (clause.words[0] in {"too", "not"} or bool(set(clause.words) & _SAYING))


def _puts_on(clause: Clause) -> bool:
    """'reverb on the snare': an effect, and what it is put on as something that is there."""
    effect = next((mark for mark in clause.marks(*EFFECTS) if mark.start <= 1), None)
    if effect is None or effect.end + 1 >= len(clause.words):
        return False
    return clause.words[effect.end] in _ONTO and clause.words[effect.end + 1] in {"the", "my"} | word_set(
        "it them that"
    )


def _wants_another(clause: Clause) -> bool:
    """'try another bass line': there was one before."""
    loop = clause.says("loop", "track", "song", "beat", "piece", "groove", "tune")
    return clause.says("another") and bool(mentions(clause)) and not loop

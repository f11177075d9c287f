"""A complaint and the fix of it: 'too loud, turn the drums down' is one wish told twice, not two."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from nodes.planners.rules import complaints
from nodes.planners.rules.references import find, mentions
from nodes.planners.rules.remarks import SUBJECTS
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.speech import Clause, word_set
from state.plan import Step

_OF_ONE_PLACE = frozenset({"adjust_track", "add_effect", "change_speed", "shift_pitch", "vary"})
_TIMBRES = ("timbre_bright", "timbre_dark", "timbre_warm")
_BACK_TO_IT = word_set(
    """use take load open restore get keep pick want go back to return bring let's i give me have play reload recall choose
    select switch stick with that this it one version again please the there then let us"""
)


def tells_of(part: Clause) -> bool:
    """Whether a clause tells how something is: 'the bass is too quiet', 'drums are too loud', 'it drags'."""
    named = mentions(part)
    stated = (
        bool(named)
        and named[0].start == 0
        and bool({"is", "are", "sounds", "sound"} & set(part.words[: named[0].end + 1]))
    )
    return part.words[0] in SUBJECTS | {"tempo"} or stated or complaints.complains(part)


def adds_nothing(part: Clause, told: Step | None, steps: Sequence[Step]) -> bool:
    """'(the last two bars are boring,) redo them', '(version 2 was the right one,) load that'."""
    if told is not None and told.tool == "regenerate_span":
        return complaints.asks_for_another(part)
    back = bool(steps) and steps[-1].tool == "undo" and part.has("pronoun")
    return back and len(part.words) <= 7 and set(part.words) <= _BACK_TO_IT


def retold(part: Clause, made: Step, before: Clause, told: Step) -> Literal["new", "said", "instead"]:
    """What a clause is to the complaint before it: a new wish, the same said again, or what is meant instead of it."""
    named = bool(mentions(part))
    if len(part.words) <= 3 and complaints.asks_for_another(part):
        return "said"  # 'the second bar feels off, try again'
    if told.tool == "add_effect" and made.tool == "rearrange" and not named and part.has(*_TIMBRES):
        return "said"  # "it's too bright, make it darker"
    same = made.tool == told.tool and _same_kind(made, told)
    if same and _same_density(made, told) and not named:
        return "said"  # 'the comping is too busy, leave more space'
    vague = (not named and part.has("pronoun")) or (named and not mentions(before))  # 'too loud, turn the drums down'
    placed = made.tool in _OF_ONE_PLACE and made.arguments.get("stems") == told.arguments.get("stems")
    if made.tool == "undo" or (same and (told.tool == "undo" or vague or placed)):
        return "instead"
    return "new"


def speaking_of(complaint: Clause, scene: Scene) -> Scene:
    """The scene of the same message anew, with what a complaint speaks of in focus: 'the drums are too loud, turn them
    down' asks for one change, not two."""
    anew = scene.anew()
    over = complaint.first("drowning")  # 'the piano drowns out the guitar' speaks of the piano
    subject = complaint.part(0, over.start) if over is not None and over.start > 1 else complaint
    anew.focus = find(subject, anew).stems or anew.focus
    return anew


def _same_kind(made: Step, told: Step) -> bool:
    """Whether two steps change the same thing: 'too loud, and pan it left' are two wishes."""
    return (
        set(made.arguments) - {"stems", "amount"} == set(told.arguments) - {"stems", "amount"}
        or made.tool != "adjust_track"
    )


def _same_density(made: Step, told: Step) -> bool:
    return (
        made.tool == "vary"
        and made.arguments.get("density") is not None
        and made.arguments.get("density") == told.arguments.get("density")
    )

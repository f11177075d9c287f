"""A new loop in place of the old, where the message first throws the old one away: 'scrap this and start over: a ska loop'."""

from __future__ import annotations

import re
from collections.abc import Sequence

from nodes.planners.rules.edits import create, sense
from nodes.planners.rules.edits.first_loop import is_edit, reach, together
from nodes.planners.rules.outcome import Outcome
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.speech import BREAKS, Clause

_LOOP = "loop|song|track|thing|beat|tune|piece|idea|one|version|lot|music|groove"
_OLD = (
    rf"(?:it all|all of (?:it|this|that)|all (?:this|that)|what (?:we have|we've got|you made|i said)|(?:the|this|that) (?:whole )?(?:{_LOOP})"
    r"|this|that|it|everything|all)"
)
_THROWN = (
    rf"(?:scrap|ditch|trash|bin|forget about|forget|dump|delete|throw away|throw|wipe|chuck|toss out|toss|drop|lose|abandon|discard|erase) {_OLD}"
    r"(?: (?:away|out|completely|entirely|altogether))?"
)
_ANEW = (
    r"(?:(?:start|begin|go|do it|do this|try|starting) (?:over|again|afresh|anew|fresh|from scratch|from zero|from the beginning|from nothing)"
    r"(?: (?:again|completely|from scratch))?|clean slate|fresh start|from scratch|new idea|new plan)"
)
_JOINT = r"(?: (?:and|then|with|instead|[,:;-]))"
_RESTART = re.compile(rf"(?:{_THROWN}|(?P<anew>{_ANEW}))(?:{_JOINT}+(?= |$)|$)")


def restart(left: Sequence[Clause], scene: Scene) -> tuple[int, Outcome] | None:
    """(number of clauses taken up, the new loop); None where nothing is thrown away or nothing described instead."""
    parts, anew = list(left), False
    while parts and (said := _RESTART.match(" ".join(parts[0].words))) is not None:
        anew = anew or bool(said["anew"])
        rest = _after(parts[0], said)
        parts = [rest, *parts[1:]] if rest.words else parts[1:]
    if not parts or parts[0] is left[0] or not _is_a_loop(parts[0], anew):
        return None
    used = reach(parts)
    whole = together(parts[:used])
    outcome = sense.sense(whole, scene) or create.create(whole, scene, forced=True)
    return (len(left) - len(parts) + used, outcome) if outcome is not None else None


def _after(clause: Clause, said: re.Match[str]) -> Clause:
    """What a clause says after it has thrown the old loop away."""
    rest = clause.part(len(said.group().split()))
    while rest.words and (rest.words[0] in BREAKS or rest.words[0] in {"and", "then", "-", "instead"}):
        rest = rest.part(1)
    return rest.bare() if rest.words else rest


def _is_a_loop(clause: Clause, anew: bool) -> bool:
    """Whether the words describe a loop rather than one more edit; after 'start over' any attribute does."""
    reading = read(clause.text)
    if is_edit(clause) or clause.says("version", "variation", "take", "before") or clause.words[1:2] in _POINTING:
        return False
    named = bool(reading.genre and "genre" not in reading.inferred)
    if anew:
        return create.materials(reading)
    return named or (clause.has("create") and bool(reading.whole or reading.mood))


_POINTING = (("it",), ("this",), ("that",), ("them",), ("the",))

"""A mood for one part: 'make the bass funkier', 'the drums need to be more chill'. The other parts stay as they are."""

from __future__ import annotations

from nodes.planners.rules.ask import missing
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.references import find, mentions
from nodes.planners.rules.words.speech import Clause, Mark

_HEAVIER = frozenset({"harder", "heavier", "bigger", "punchier", "meaner"})


def of_one_part(clause: Clause, scene: Scene) -> Outcome | None:
    """'make the bass funkier', 'make the 808 hit harder': a comparative of mood about one stem leaves the others alone."""
    mark = clause.first("mood_move") or _mooded(clause)
    if mark is None or clause.has(*_TIMBRED) or clause.says("song", "loop", "track", "everything"):
        return None
    if clause.has("chords") and not mentions(clause):
        return None  # 'the chords should be sadder': harmony is the loop's
    target = find(clause, scene)
    stems = [name for name in target.stems if name not in scene.protected]
    if target.missing and not stems and clause.begins("create"):
        return ask(missing(target.missing, scene))
    if (
        target.pronoun
        or target.missing
        or not stems
        or len(stems) == len(scene.names)
        or not target.spans
        or target.spans[0][0] > mark.start
    ):
        return None
    if mark.words in _HEAVIER:
        return do(
            step("add_effect", effects=[{"kind": "compressor", "threshold_db": -24.0, "ratio": 6.0}], stems=stems)
        )
    return do(
        step(
            "vary",
            stems=stems,
            amount=0.5,
            density="busy" if mark.words in {"livelier", "bouncier", "peppier", "wilder"} else None,
        )
    )


def _mooded(clause: Clause) -> Mark | None:
    """'the drums need to be more chill': a mood that is wished for of what stands before it."""
    reading = read(clause.text)
    found = mentions(clause)
    if not reading.mood or reading.genre or not found or found[0].start > 1:
        return None
    return (
        clause.first("more", "less") if clause.says("need", "needs", "should", "could", "must", "to be", "be") else None
    )


_TIMBRED = (
    "timbre_bright",
    "timbre_dark",
    "timbre_warm",
    "level_quieter",
    "level_louder",
    "style",
    "busier",
    "sparser",
)

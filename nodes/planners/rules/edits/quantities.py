"""More and less of a stem: 'more drums', 'less bass', 'give me a bit more piano'."""

from __future__ import annotations

from nodes.planners.rules.ask import missing
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import degree
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import Clause, word_set

_QUANTITIES = frozenset(
    {
        "more",
        "some more",
        "bit more",
        "extra",
        "additional",
        "even more",
        "less",
        "fewer",
        "too much",
        "not enough",
        "a lot more",
    }
)


_ADDING = word_set("add put throw layer insert include introduce stick drop bring overlay record append")
"""'add more drums' is one more stem, 'give me more drums' a level."""


def _wishes(clause: Clause) -> bool:
    return clause.words[0] not in _ADDING


def more_of(clause: Clause, scene: Scene) -> Outcome | None:
    """'more drums', 'less bass', 'too much piano', 'less of it': a level when it is there, a new stem when it is not."""
    if (
        clause.says(
            "less of it", "more of it", "less of that", "more of that", "less of them", "more of them", "too much of it"
        )
        and scene.focus
    ):
        size = {"small": 2.0, "normal": 4.0, "large": 8.0}[degree(clause)]
        return do(
            step(
                "adjust_track",
                stems=list(scene.focus),
                gain_db=size if clause.says("more of") or clause.has("more") else -size,
            )
        )
    mark = next((m for m in clause.marks("more", "less") if m.words in _QUANTITIES), None)
    if mark is not None and clause.words[max(0, mark.start - 1)] in {"no", "any"}:
        return None  # 'no more guitar'
    if mark is None or (clause.begins("add") and not clause.begins("more") and not _wishes(clause)):
        return None
    found = [m for m in mentions(clause) if m.start >= mark.end]
    between = set(clause.words[mark.end : found[0].start]) if found else set()
    if not found or found[0].start > mark.end + 2 or between - {"of", "the", "from", "on", "volume", "my", "that"}:
        return None
    stems = named(found[0].words, scene)
    if clause.says("too much") or mark.kind == "less":
        if not stems:
            return ask(missing([found[0].words], scene))
        change = -{"small": 2.0, "normal": 4.0, "large": 8.0}[degree(clause)]
        return do(step("adjust_track", stems=list(stems), gain_db=change))
    if not stems:
        return do(step("add_track", instrument=found[0].words))
    return do(
        step("adjust_track", stems=list(stems), gain_db={"small": 2.0, "normal": 4.0, "large": 8.0}[degree(clause)])
    )

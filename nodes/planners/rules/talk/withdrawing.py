"""Words that take a wish back before anything came of it: 'ok never mind. add a cello instead'."""

from __future__ import annotations

from collections.abc import Sequence

from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.speech import Clause, word_set

_WITHDRAWING = frozenset(
    {
        "never mind", "nevermind", "forget it", "forget that", "forget about it", "forget about that", "cancel", "cancel that",
        "leave it", "don't bother", "skip it", "skip that", "scrap that", "scratch that", "drop it", "drop that",
        "never mind that", "nevermind that", "never mind then", "no matter", "let it go", "leave that",
    }
)  # fmt: skip
_FILL = word_set("ok okay then well actually oh ah no that's fine alright hm hmm so please just")


def withdraws(clause: Clause) -> bool:
    """Whether a clause takes a wish back and says nothing else."""
    words = " ".join(clause.words)
    return words in _WITHDRAWING or " ".join(word for word in clause.words if word not in _FILL) in _WITHDRAWING


def came_to_nothing(scene: Scene) -> bool:
    """Whether the turn before changed nothing: it was asked about, or a question itself."""
    history = scene.request.history
    return bool(history) and not (history[-1].steps and history[-1].status in {"done", "partial"})


def standing(parts: Sequence[Clause], scene: Scene) -> list[Clause]:
    """The clauses of a message without a withdrawal at its head that there is nothing to undo for, or that says no more
    than the clause after it; 'instead' then means instead of what was withdrawn."""
    kept = list(parts)
    at = next((at for at, part in enumerate(kept) if at and withdraws(part)), 0)
    if at and len(kept) > at + 1:
        return standing([*kept[: at - 1], *kept[at + 1 :]], scene)  # 'in waltz time? no, forget that. just slower'
    while len(kept) > 1 and withdraws(kept[0]):
        after = kept[1].without((mark.start, mark.end) for mark in kept[1].marks("instead")).bare()
        idle = came_to_nothing(scene) or _first(scene) or after.begins("undo") is not None
        kept = [*([] if idle else kept[:1]), after, *kept[2:]]
        if not idle:
            break
    return [part for part in kept if part.words]


def _first(scene: Scene) -> bool:
    return len(scene.request.revisions.lineage()) < 2

"""Forward again: 'redo', 'undo the undo'; and 'redo it' where it asks for other notes: 'the bass is off, redo it'."""

from __future__ import annotations

from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.speech import Clause, word_set


def goes_forward(clause: Clause) -> bool:
    """'redo', 'undo the undo', 'step forward'."""
    said = clause.says(
        "redo that",
        "undo the undo",
        "undo that undo",
        "step forward",
        "go forward",
        "forward again",
        "reapply",
        "re apply",
        "un undo",
        "the newer one",
        "latest version",
        "newest version",
        "redo it",
        "forward one",
        "one forward",
        "undo my undo",
        "what i just undid",
        "what i undid",
        "what you undid",
        "what you just undid",
        "what we undid",
    )
    if clause.says("redo it as", "redo it for", "redo that as", "redo that for", "redo it in", "redo it with"):
        return False
    return (
        said
        or clause.words in {("redo",), ("re", "do")}
        or (clause.begins("redo") is not None and len(clause.words) <= 2 and clause.words[0] in {"redo", "re"})
    )


def redo(scene: Scene) -> Outcome:
    """Forward to where the head was before the last undo."""
    history = scene.request.history
    for at in range(len(history) - 1, -1, -1):
        turn = history[at]
        if any(done.tool == "undo" for done in turn.steps) and turn.status in {"done", "partial"}:
            before = next((past.revision for past in reversed(history[:at]) if past.revision is not None), None)
            if before is not None and before != turn.revision:
                return do(step("undo", revision=before))
        elif turn.steps and turn.status in {"done", "partial"}:
            break
    return ask("Nothing was undone just now, so there is nothing to redo. What should I change?")


_POINTING = word_set("it that this them these those")


def means_anew(clause: Clause, scene: Scene) -> bool:
    """Whether 'redo it' asks for other notes: after words about what it is, or where nothing was undone that could come back."""
    if not _POINTING & set(clause.words) or clause.words[0] not in {"redo", "re"}:
        return False
    if scene.spoken:
        return True
    said_before = len(scene.request.text.split()) > len(clause.words) + 2
    return said_before and redo(scene).question is not None

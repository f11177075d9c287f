"""A clause beside the one after it: what only leads on to it, and is no instruction of its own."""

from __future__ import annotations

from nodes.planners.rules.edits import removing
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.talk import chatter, remarks, smalltalk
from nodes.planners.rules.words.comparisons import fronted
from nodes.planners.rules.words.speech import Clause


def leads_on(part: Clause, after: Clause | None, scene: Scene) -> bool:
    """Whether a clause only says what the next one speaks of, or is small talk; then it is what 'it' and 'them' mean."""
    if after is not None and (spoken := removing.only_names(part, after, scene)):
        scene.focus = scene.spoken = spoken
        return True
    if (after is not None or scene.steps) and smalltalk.smalltalk(part, scene) is not None:
        return True
    return after is not None and (
        remarks.dislikes(part, scene)
        or remarks.prefers(part)
        or remarks.finds_fault(part, after, scene)
        or chatter.pictures(part, after)
        or fronted(part, after, scene)
    )

"""The commonest orders, in which there is nothing to reword: 'the piano a touch quieter', 'a little slower', 'and now louder again'."""

from __future__ import annotations

from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.speech import Clause, word_set

WORDS = word_set(
    """a an the it them everything up down louder quieter softer faster slower higher lower brighter darker by little bit touch tad
    and now again octave third fourth fifth semitone semitones undo redo please"""
)
"""They say the same in whatever row they stand; a test tries many."""
_LONGEST = 6


def is_commonplace(message: Clause, scene: Scene) -> bool:
    """Whether a short message has no other words than these and the names of players."""
    left = set(message.words) - WORDS
    return len(message.words) <= _LONGEST and (
        not left or left <= {word for name in scene.names for word in name.split()}
    )

"""Energy: 'more energy', 'bring the energy up', 'calm it down' change the mood of the whole, or how busy one part is."""

from __future__ import annotations

from nodes.planners.rules.edits.effects import kinds_in
from nodes.planners.rules.outcome import Outcome, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import degree
from nodes.planners.rules.words.references import find
from nodes.planners.rules.words.speech import Clause, word_set

_NOUNS = word_set("energy intensity excitement liveliness oomph")
_DOWN = word_set("less down lower low reduce decrease drop drain cut dial ease soften lessen pull")
_UP = word_set(
    """more up raise raised boost increase lift higher high pump crank amp needs need lacks lacking missing lack add give bring extra
    build inject want wants turn push kick"""
)
_DOWN_TO_CALM = (
    "calm it down", "calm this down", "calm down", "calm everything down", "calm the whole thing down", "chill it out", "settle it down",
    "tone it down", "tone this down", "take it down a notch", "cool it down",
)  # fmt: skip
_UP_TO_LIFE = (
    "bring it to life", "bring it alive", "more life", "liven it up", "liven up", "hype it up", "amp it up", "pep it up", "energise it",
    "energize it", "energise", "energize", "perk it up",
)  # fmt: skip


def energy(clause: Clause, scene: Scene) -> Outcome | None:
    """More of it is an energetic mood, less of it a calm one; of a single part, more or fewer notes."""
    up = _direction(clause, scene)
    if up is None or kinds_in(clause):
        return None
    target = find(clause.without((at, at + 1) for at, word in enumerate(clause.words) if word in _NOUNS), scene)
    if target.missing:
        return None
    spoken = target.pronoun and not clause.says("tone it down") and set(target.stems) <= set(scene.spoken)
    stems = [name for name in target.stems if name not in scene.protected] if not target.pronoun or spoken else []
    if stems and len(stems) < len(scene.names):
        amount = {"small": 0.3, "normal": 0.5, "large": 0.8}[degree(clause)]
        return do(step("vary", density="busy" if up else "sparse", stems=stems, amount=amount))
    if target.pronoun and target.stems and clause.says("tone it down"):
        return None  # one part was spoken of: its level
    return do(step("rearrange", mood="energetic" if up else "calm", instruments=list(scene.names)))


def _direction(clause: Clause, scene: Scene) -> bool | None:
    """True for more, False for less, None where energy is not what the clause is about."""
    if clause.says(*_DOWN_TO_CALM):
        return False
    if clause.says(*_UP_TO_LIFE):
        return True
    words = set(clause.words)
    if "energetic" in words and words & {"more", "less"} and find(clause, scene).stems and clause.words[0] != "add":
        return "more" in words  # of the whole it is a mood like others
    if not words & _NOUNS or len(clause.words) > 9 or clause.has("style", "effect_any"):
        return None
    if clause.says("too low", "too little"):
        return True
    if words & _DOWN or clause.says("too much"):
        return "enough" in words and "not" in words
    return True if words & _UP or clause.says("not enough") else None

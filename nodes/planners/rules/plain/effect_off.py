"""What comes off after an effect was named: 'the keys got some reverb, my mistake, take it off again' takes off the reverb, not the
keys."""

from __future__ import annotations

import re

from nodes.planners.rules.edits.premature import EFFECTS
from nodes.planners.rules.moods import taken_apart
from nodes.planners.rules.plain.rewording import HEAD, places, reworded, text_of
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import find, mentions
from nodes.planners.rules.words.speech import Clause

_OFF = re.compile(
    rf"{HEAD}(?:(?:please|can you|could you|would you|can we|let's|just) )*(?:(?:take|get|pull|strip|switch|turn) (?:it|that) (?:right )?(?:off|away|out)|(?:lose|remove|drop|ditch|kill|scrap) (?:it|that))"
    r"(?: (?:again|now|please|for me|then))*(?= ?[.,;!?]|$)"
)


def effect_off(message: Clause, scene: Scene) -> Clause:
    """The message with the effect's name in that order, where only talk stands before it and who is spoken of wears the effect."""
    found = _OFF.search(text_of(message))
    if found is None:
        return message
    start, _ = places(found.string, *found.span())
    told = message.part(0, start)
    effect = max(told.marks(*EFFECTS), key=lambda mark: mark.start, default=None)
    if effect is None or any(piece.mood in {"order", "question"} for piece in taken_apart(told.text)):
        return message
    later = [mention for mention in mentions(told, scene) if mention.start >= effect.end]
    if later and later[0].start - effect.end > _ON_THE:
        return message  # 'with reverb it works, but the clarinet is too loud, take it out'
    kind = effect.kind.removeprefix("effect_")
    stems = find(told, scene).stems
    wearing = [
        player.name for player in scene.players if kind in player.effects and (not stems or player.name in stems)
    ]
    if not wearing:
        return message
    order = f"take the {kind} off the {' and the '.join(wearing)}"
    return reworded(message, found, order).part(start)


_ON_THE = 2

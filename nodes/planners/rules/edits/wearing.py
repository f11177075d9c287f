"""Effects that come with a new player: 'add an accordion and some reverb'."""

from __future__ import annotations

from nodes.planners.rules.clauses import items
from nodes.planners.rules.edits import effects as effect_words
from nodes.planners.rules.outcome import step
from nodes.planners.rules.words.references import mentions
from nodes.planners.rules.words.speech import Clause
from state.plan import Step


def worn_too(clause: Clause, steps: list[Step]) -> list[Step]:
    """'an accordion and some reverb': an effect that is a member of the list is worn by the player named before it."""
    if any("effects" in made.arguments for made in steps) or not steps:
        return steps
    at, found = 0, list(steps)
    for item in items(clause):
        here = [
            place
            for place, made in enumerate(steps)
            if f" {made.arguments['instrument']} " in f" {' '.join(item.words)} "
        ]
        at = here[-1] if here else at
        worn = not here and not mentions(item) and effect_words.marks_in(item)
        if worn and item.words[0] in {"some", "a", "more", "lots", "plenty"} and not item.has("negation"):
            found[at] = step("add_track", **{**found[at].arguments, "effects": effect_words.chain(item)})
    return found

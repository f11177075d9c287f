"""By content: an order whose verb nobody knows, where what else it says leaves no doubt.

'bathe the violin in a big hall reverb', 'lace it with some congas', 'recast it in 3/4': a plain verb is put in the unknown
one's place, one after the other; where all that are then understood come to the same steps, these are what was meant. A verb
with nothing to go by ('frobnicate the bass') is still asked about, and so is one whose sense could be to take away.
"""

from __future__ import annotations

from collections.abc import Callable

from nodes.planners.rules.edits.premature import EFFECTS
from nodes.planners.rules.outcome import Outcome
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.lexicon import meanings
from nodes.planners.rules.words.references import is_instrument, mentions, named
from nodes.planners.rules.words.speech import Clause, vocabulary, word_set
from nodes.planners.rules.words.spelling import KNOWN_WORDS

_VERBS = ("put", "make", "add", "turn", "give", "play")
_AWAY = word_set("from off out away without no not never less instead than rid back")
_OBJECTS = word_set("the it my all them that everything this these those some a an both up down")

Matched = Callable[[Clause, Scene], Outcome | None]


def by_content(clause: Clause, scene: Scene, matched: Matched) -> Outcome | None:
    """What the clause means whatever its verb; None where that is open. `matched` is who understands clauses."""
    if not scene.exists or not _unknown(clause) or set(clause.words) & _AWAY or not _says_enough(clause, scene):
        return None
    found: list[Outcome] = []
    for verb in _VERBS:
        outcome = matched(clause.replaced(0, 1, verb), scene)
        if outcome is not None and outcome.steps and outcome.question is None and outcome not in found:
            found.append(outcome)
    return found[0] if len(found) == 1 and (_says_which_way(clause) or not _moves(found[0])) else None


def _moves(outcome: Outcome) -> bool:
    """Whether a level or a pitch goes up or down."""
    return any(made.arguments.keys() & {"gain_db", "semitones"} for made in outcome.steps)


def _says_which_way(clause: Clause) -> bool:
    """'hike it up a third', 'haul it down', 'slosh it +2 dB'; 'frob it by a third' does not say."""
    signed = any(clause.words[said.start][0] in "+-" for said in amounts(clause))
    return signed or clause.has("higher", "lower", "louder", "quieter", "way_up", "way_down")


def _unknown(clause: Clause) -> bool:
    first = clause.words[0]
    known = first in vocabulary() or first in meanings() or first in KNOWN_WORDS
    return not known and first.isalpha() and len(first) > 2 and clause.words[1:2] != () and clause.words[1] in _OBJECTS


def _says_enough(clause: Clause, scene: Scene) -> bool:
    """Whether there is more than a verb and whom it is done to: an effect, a new player, a figure, a style, a key."""
    rest = clause.part(1)
    said = read(rest.text)
    new = [one for one in mentions(rest, scene) if is_instrument(one.words) and not named(one.words, scene)]
    framed = said.genre or said.mood or said.key or said.bpm or said.time_signature or said.chords
    placed = rest.says("behind", "under", "beneath", "below", "underneath") and len(mentions(rest, scene)) > 1
    worn = rest.has(*EFFECTS) and (rest.has("pronoun", "all", "loop_noun") or bool(mentions(rest, scene)))
    return (
        bool(new or framed or any(one.unit != "bare" for one in amounts(rest)) or worn or placed)
        or rest.has("left", "right")
        or spans.find(rest, scene.bars, scene.seconds) is not None
    )

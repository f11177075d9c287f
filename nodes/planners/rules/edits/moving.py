"""What moves within the loop: filter sweeps, automation, swells, notes off their beat. All of it holds still, so this is asked about."""

from __future__ import annotations

from nodes.planners.rules.edits.effects import kinds_in
from nodes.planners.rules.outcome import Outcome, ask
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import Clause, word_set

_SWEEPS = word_set("sweep sweeps sweeping swept")
_MOVES = word_set("opening closing rising falling moving modulate modulated gradually")
_AUTOMATES = word_set("automate automated automates automation")
_GRADUAL = word_set("gradually progressively crescendo decrescendo diminuendo")
_TRAVELS = (
    "from left to right", "from right to left", "side to side", "left and right and", "round and round", "around the head", "round the head",
    "around my head", "round my head", "back and forth", "ear to ear", "in circles", "autopan", "auto pan", "auto panning", "autopanning",
)  # fmt: skip
_DUCKS = word_set("duck ducks ducking pump pumps pumping dip dips breathe breathes")
_BY_ANOTHER = (
    "whenever",
    "when the",
    "every time",
    "with the kick",
    "to the kick",
    "each time",
    "with every kick",
    "under the kick",
)
_OVER = (
    "over time",
    "over the loop",
    "over the bars",
    "bar by bar",
    "little by little",
    "bit by bit",
    "across the loop",
)
_LEVELS = ("louder", "quieter", "level_louder", "level_quieter", "volume", "pan")


HOLDS_STILL = ("Effects hold still for the whole loop, so no filter sweeps in it.",)


def sweeps(clause: Clause) -> bool:
    """Whether a filter is to move: 'a filter sweep', 'automate the cutoff'."""
    words = set(clause.words)
    filtered = bool({"filter", "filters", "cutoff"} & words) or bool({"lowpass", "highpass"} & set(kinds_in(clause)))
    return filtered and (bool(words & (_SWEEPS | _MOVES | _AUTOMATES)) or clause.says(*_OVER))


def moving(clause: Clause, scene: Scene) -> Outcome | None:
    """A question where a filter is to sweep or a level to grow: a fixed filter in its place would not be what was said."""
    if not scene.exists or clause.has("undo"):
        return None
    words = set(clause.words)
    if sweeps(clause):
        return ask(
            "A filter here holds still for the whole loop, it cannot sweep. Shall I set a fixed one, for example 'a low pass at 800 "
            "Hz', or add a phaser, which moves by itself ('add a phaser')?"
        )
    travels = clause.says(*_TRAVELS) and not clause.has("undo", "chords", "spread")
    if (
        travels
        or (words & _DUCKS and clause.says(*_BY_ANOTHER))
        or words & (_AUTOMATES | _GRADUAL)
        or (clause.has(*_LEVELS) and clause.says(*_OVER, "swell", "swells"))
    ):
        return ask(
            "Levels, positions and effects hold still for the whole loop; nothing grows or moves within it. Shall I set one value "
            "for all of it, for example 'make the bass 3 dB louder', or renew some bars ('redo the last bar')?"
        )
    if clause.has("off_beat") and all(named(found.words, scene) for found in mentions(clause)):
        return ask(
            "Notes stand where they were written, on the grid; none of them can be moved a little off or onto it. Shall I change the feel "
            "('give the drums some swing', 'play it straight'), or write the part anew ('another take of the drums')?"
        )
    return None

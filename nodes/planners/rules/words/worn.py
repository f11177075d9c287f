"""Effects that the description of a new loop names: 'with vinyl crackle', 'lots of reverb on the keys'."""

from __future__ import annotations

from nodes.planners.rules.edits.effects import chain, marks_in
from nodes.planners.rules.outcome import step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.references import mentions, named
from nodes.planners.rules.words.speech import Clause, word_set
from state.plan import Step

_EFFECTS = frozenset(
    {
        "reverb", "delay", "echo", "echoes", "chorus", "phaser", "flanger", "tremolo", "distortion",
        "overdrive", "bitcrush", "bitcrusher", "vinyl crackle", "crackle", "saturation", "tape saturation", "compression", "compressor",
        "slapback", "tape delay", "tape echo", "plate reverb", "spring reverb", "hall reverb", "room reverb",
    }
)  # fmt: skip
_LEADS = word_set(
    "with and , plus some of heavy lots a big little bit through deep long short subtle light loads huge spacious lush"
)
_REFUSALS = word_set("no without minus sans not less")


def worn(clause: Clause, made: Step, scene: Scene) -> list[Step]:
    """The effects to put on once the loop that `made` makes is there; on the mix where no stem is named."""
    after = scene.anew()
    after.after(made)
    steps: list[Step] = []
    for mark in marks_in(clause):
        lead = clause.words[max(0, mark.start - 4) : mark.start]
        if mark.words not in _EFFECTS or set(lead) & _REFUSALS or not (mark.start == 0 or lead[-1] in _LEADS):
            continue
        behind = clause.part(mark.end)
        on = next((found for found in mentions(behind) if behind.words[:1] == ("on",) and found.start <= 3), None)
        stems = named(on.words, after) if on is not None else ()
        if on is not None and not stems:
            continue
        start = max((at + 1 for at in range(mark.start) if clause.words[at] in {",", "with", "and", "plus"}), default=0)
        effects = chain(clause.part(start, mark.end), made.arguments.get("bpm"))
        if effects:
            steps.append(step("add_effect", effects=effects, stems=list(stems)))
    return steps

"""Levels that are set and not moved: 'the bass at -6 dB', 'put the guitar at minus 3', 'set the keys' volume to 50 %'."""

from __future__ import annotations

from dataclasses import replace

from nodes.planners.rules.ask import missing
from nodes.planners.rules.edits.effects import kinds_in
from nodes.planners.rules.edits.levels import FARTHEST_DB, bounded, mix_target, pan
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import Amount, amounts, decibels
from nodes.planners.rules.words.figures import hertz
from nodes.planners.rules.words.references import Target
from nodes.planners.rules.words.speech import Clause, word_set

_OTHER_VERBS = word_set("swap replace switch exchange substitute trade add mute solo remove threshold")
_EACH = word_set("each every stems tracks instruments parts faders")
_AIMS = word_set("at be to =")
_ABOUT = word_set("about around exactly roughly")
_FADERS = word_set("fader gain level volume")
_MOVES = word_set("louder quieter softer up down higher lower more less off too hotter")


def set_to(clause: Clause, scene: Scene) -> Outcome | None:
    """The change that brings each stem to the level that was said."""
    if not scene.exists or (clause.has("tempo", "pitch") and not clause.has("volume")):
        return None
    if (
        kinds_in(clause)
        or clause.has("effect_any", "undo", "export")
        or set(clause.words) & _OTHER_VERBS
        or hertz(clause)
    ):
        return None
    said = _level(clause)
    if said is None or set(clause.words[said.end :]) & _MOVES:
        return None
    target = mix_target(clause, scene)
    if target.missing and not target.stems and clause.begins("add"):
        return None  # 'bring in strings at -6 dB'
    if target.unclear or target.missing:
        return ask(target.unclear or missing(target.missing, scene))
    if not target.stems and clause.has("all") and set(clause.words) & _EACH:
        target = Target(tuple(name for name in scene.names if name not in scene.protected))
    if not target.stems:
        if not scene.names or (not clause.has("volume", "mixword", "all", "pronoun") and not clause.says("master")):
            return None
        change = f"{abs(said.value):g} dB {'quieter' if said.value < 0 else 'louder'}"
        return ask(
            "The mix as a whole has no level that could be set to a number, it is mastered close to full scale. Shall I make it "
            f"{change} than now ('{change}'), or set one stem, for example '{scene.names[0]} at {said.value:g} dB'?"
        )
    if not -60.0 <= said.value <= FARTHEST_DB:
        return ask("A stem's level can be set from -60 to 24 dB. Which one should it be?")
    apart = {
        player.name: bounded(said.value - player.gain_db) for player in scene.players if player.name in target.stems
    }
    steps = [step("adjust_track", stems=[name], gain_db=change) for name, change in apart.items() if change]
    if not steps:
        stand = "stand" if len(apart) > 1 or next(iter(apart)) == "drums" else "stands"
        return Outcome(answer=f"The {' and the '.join(apart)} {stand} at {said.value:g} dB already.")
    if clause.has("left", "right", "center"):
        placed = pan(clause.without([(said.start - 1, said.end)]), scene)
        place = next((made.arguments.get("pan") for made in placed.steps), None) if placed else None
        return do(*(step("adjust_track", **made.arguments, pan=place) for made in steps))
    if len(steps) > 1 and len(set(apart.values())) == 1:
        return do(step("adjust_track", stems=list(apart), gain_db=next(iter(apart.values()))))
    return do(*steps)


def _level(clause: Clause) -> Amount | None:
    """The level in dB: 'at -6 dB', 'to -3', 'volume -6 dB', 'volume to 50 %'."""
    for said in amounts(clause):
        before = clause.words[said.start - 1] if said.start else ""
        aimed = before in _AIMS or (before in _ABOUT and clause.words[max(0, said.start - 2)] in _AIMS)
        minus = clause.words[said.start].startswith("-")
        if said.unit == "db" and (aimed or (minus and before in _FADERS)):
            return said
        if said.unit == "bare" and minus and (aimed or before in _FADERS) and said.end == len(clause.words):
            return replace(said, unit="db")
        if said.unit == "percent" and aimed and clause.has("volume") and 0 < said.value <= 400:
            return replace(said, unit="db", value=decibels(said.value / 100))
    return None

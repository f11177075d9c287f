"""More or less of the effect that was put on last, and taking it off: 'a bit more of that', 'take it off the piano'."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import TypeAdapter, ValidationError

from nodes.planners.rules.ask import listed
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import degree
from nodes.planners.rules.words.references import Target, find
from nodes.planners.rules.words.speech import Clause, word_set
from state.effects import Effect
from state.plan import Step

_STRONGER = {"small": 1.3, "normal": 1.6, "large": 2.2}
_STRENGTH: dict[str, tuple[str, ...]] = {
    "reverb": ("wet", "room_size"), "delay": ("wet", "feedback"), "chorus": ("wet", "depth"), "phaser": ("wet", "depth"),
    "tremolo": ("depth",), "eq": ("low_db", "mid_db", "high_db"), "distortion": ("drive_db",), "compressor": ("ratio",),
}  # fmt: skip
_COUNTED: dict[str, tuple[str, float]] = {
    "lowpass": ("cutoff_hz", -1.0),
    "highpass": ("cutoff_hz", 1.0),
    "bitcrush": ("bits", -1.0),
}
"""Fields where less is stronger (-1) or that grow as a frequency does."""
_MOST = {"wet": 1.0, "room_size": 1.0, "feedback": 0.9, "depth": 1.0}
_TAKING = word_set("take pull get remove strip lose bring drop clear keep have")
_IT = word_set("it that this them these those")
_EFFECT: TypeAdapter[Any] = TypeAdapter(Effect)


def last_effect(scene: Scene) -> Step | None:
    """The effect that was put on last, in this message or in the turn before."""
    past = [turn for turn in scene.request.history if turn.steps and turn.status in {"done", "partial"}]
    last = scene.steps[-1] if scene.steps else past[-1].steps[-1] if past else None
    return last if last is not None and last.tool == "add_effect" and last.arguments.get("effects") else None


_STRONG = word_set("stronger heavier wetter deeper harder")
_WEAK = word_set("weaker lighter milder subtler gentler drier")
_ALONE = _STRONG | _WEAK | word_set("a bit little touch even some lot way much too more less please still make it")


def more_of_it(clause: Clause, scene: Scene) -> Outcome | None:
    """'a bit more of that', 'even more', 'less of it', 'too much of that' right after an effect."""
    last = last_effect(scene)
    of_it = clause.says(
        *(f"{size} of {it}" for size in ("more", "less", "much", "enough") for it in ("that", "it", "this"))
    )
    alone = not (set(clause.words) - _ALONE) and (
        clause.has("more", "less") or bool({*_STRONG, *_WEAK} & set(clause.words))
    )
    if last is None or not (of_it or alone):
        return None
    down = (clause.has("less") or bool(_WEAK & set(clause.words))) and not clause.says("not enough")
    factor = _STRONGER[degree(clause)]
    effects = scaled_effects(last.arguments["effects"], 1 / factor if down else factor)
    return do(step("add_effect", effects=effects, stems=last.arguments.get("stems")))


def scaled_effects(effects: Iterable[dict[str, Any]], factor: float) -> list[dict[str, Any]]:
    """The effects, so many times as strong."""
    return [_scaled(effect, factor) for effect in effects]


def _scaled(effect: dict[str, Any], factor: float) -> dict[str, Any]:
    """The effect, so much stronger, as far as it goes."""
    whole = _EFFECT.validate_python(effect).model_dump()
    changed = {
        name: min(_MOST.get(name, float("inf")), round(whole[name] * factor, 3))
        for name in _STRENGTH.get(effect["kind"], ())
        if name in whole
    }
    counted = _COUNTED.get(effect["kind"])
    if counted is not None:
        changed = {counted[0]: round(whole[counted[0]] * factor ** counted[1], 1)}
    try:
        _EFFECT.validate_python({**whole, **changed})
    except ValidationError:
        return effect
    return {**effect, **changed}


def taken_off(clause: Clause, scene: Scene) -> Outcome | None:
    """'take it off the piano', 'take that off again': the effect that was put on last, not the instrument."""
    words = clause.words
    if words[0] not in _TAKING or words[1:2] == () or words[1] not in _IT or words[2:3] not in (("off",), ("from",)):
        return None
    last = last_effect(scene)
    rest = clause.part(4 if words[3:4] == ("of",) else 3)
    rest = rest.without((mark.start, mark.end) for mark in rest.marks("repeat"))
    target = find(rest, scene) if rest.words else Target()
    if last is None and not target.stems:
        return (
            ask("No effect was put on last, so there is none to take off. What should go?")
            if _took_one_off(scene)
            else None
        )
    kinds = [effect["kind"] for effect in last.arguments["effects"]] if last is not None else []
    stems = list(target.stems) or (list(last.arguments.get("stems", [])) if last is not None else [])
    worn = list(dict.fromkeys(_worn(stems, scene)))
    gone = [kind for kind in worn if kind in kinds] or worn
    if gone:
        return do(step("add_effect", remove=gone, stems=stems))
    return ask(f"There is no effect on the {listed(stems)} to take off. What should go?") if target.stems else None


def _took_one_off(scene: Scene) -> bool:
    history = scene.request.history
    return bool(history) and bool(history[-1].steps) and history[-1].steps[-1].tool == "add_effect"


def _worn(stems: list[str], scene: Scene) -> list[str]:
    if not stems:
        return list(scene.mix_effects)
    return [kind for player in scene.players if player.name in stems for kind in player.effects]

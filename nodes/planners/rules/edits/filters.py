"""Filters and bands in an engineer's words: 'cut everything below 200 Hz on the guitar', 'boost 3 kHz by 2 dB'."""

from __future__ import annotations

from nodes.planners.rules.ask import missing
from nodes.planners.rules.edits.effects import kinds_in
from nodes.planners.rules.edits.levels import mix_target
from nodes.planners.rules.outcome import Outcome, ask, do, step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words.amounts import amount
from nodes.planners.rules.words.figures import hertz
from nodes.planners.rules.words.speech import Clause, word_set

_BELOW = word_set("below under beneath")
_ABOVE = word_set("above over beyond")
_KEEPS = word_set("keep only leave just")
_LOW_BAND, _HIGH_BAND = 350.0, 3500.0
"""Hz: between them lies the equaliser's middle band."""


def filters(clause: Clause, scene: Scene) -> Outcome | None:
    """A frequency with a side is a filter; with decibels, or with a verb of level, a band of the equaliser."""
    found = hertz(clause)
    if found is None or set(kinds_in(clause)) - {"eq", "lowpass", "highpass"}:
        return None
    frequency, start, end = found
    said = amount(clause, "db")
    side = next((word for word in clause.words[max(0, start - 2) : start] if word in _BELOW | _ABOVE), None)
    if side is None and set(kinds_in(clause)) - {"eq"}:
        return None
    away = clause.has("remove", "quieter", "less", "way_down") or clause.words[0] in {"filter", "roll", "clean"}
    boosts = clause.has("louder", "more", "way_up") and not away
    if not (side or away or boosts):
        return None
    rest = clause.without(
        [(start, end), *((m.start, m.end) for m in clause.marks("effect_eq", "effect_lowpass", "effect_highpass"))]
    )
    target = mix_target(rest, scene)
    if target.unclear or (target.missing and not target.stems):
        return ask(target.unclear or missing(target.missing, scene))
    stems = list(target.stems)
    if side and said is None and not boosts:
        keeps = bool(set(clause.words[:3]) & _KEEPS)
        kind = "highpass" if (side in _BELOW) != keeps else "lowpass"
        return do(step("add_effect", effects=[{"kind": kind, "cutoff_hz": frequency}], stems=stems))
    size = min(24.0, abs(said.value)) if said else 4.0
    down = away or (said is not None and said.value < 0)
    band = "low_db" if frequency <= _LOW_BAND else "mid_db" if frequency <= _HIGH_BAND else "high_db"
    if side:
        band = "low_db" if side in _BELOW else "high_db"
    return do(step("add_effect", effects=[{"kind": "eq", band: -size if down else size}], stems=stems))

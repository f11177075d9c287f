"""Revising: one step with one thing otherwise: its stems, its direction, how far it goes, its value."""

from __future__ import annotations

from collections.abc import Sequence

from nodes.planners.rules.edits.effects import chain, kinds_in
from nodes.planners.rules.edits.last_effect import scaled_effects
from nodes.planners.rules.outcome import step
from nodes.planners.rules.scene import Scene
from nodes.planners.rules.words import spans
from nodes.planners.rules.words.amounts import amounts
from nodes.planners.rules.words.attributes import read
from nodes.planners.rules.words.references import is_instrument, mentions, named
from nodes.planners.rules.words.speech import Clause, word_set
from state.gat import GlobalAttributeTable
from state.plan import Step

PORTABLE = frozenset({"adjust_track", "add_effect", "vary", "shift_pitch", "regenerate_span"})
"""Tools that can be turned to other stems as they are."""
REVISABLE = PORTABLE | {"remove_track", "add_track", "replace_track", "change_speed", "set_chords"}
UNITS = word_set(
    "second third fourth fifth sixth seventh octave semitone tone half step whole minor major tritone ninth couple bar"
)
_WAYS: dict[str, tuple[float, tuple[str, ...]]] = {
    "up": (1.0, ("gain_db", "semitones", "bpm")), "down": (-1.0, ("gain_db", "semitones", "bpm")), "louder": (1.0, ("gain_db",)),
    "quieter": (-1.0, ("gain_db",)), "softer": (-1.0, ("gain_db",)), "higher": (1.0, ("semitones",)), "lower": (-1.0, ("gain_db", "semitones")),
    "faster": (1.0, ("bpm",)), "quicker": (1.0, ("bpm",)), "slower": (-1.0, ("bpm",)), "left": (-1.0, ("pan",)), "right": (1.0, ("pan",)),
}  # fmt: skip
"""Words of direction: which way, and along what."""
DIRECTIONS = frozenset(_WAYS)
_MOST_UP = word_set("loud fast high right much far big strong hard")
_MOST_DOWN = word_set("quiet soft slow low left much far big strong hard")
_TEMPI = range(30, 301)


def direction(words: Clause) -> str | None:
    """The word that says which way: 'down', 'left', 'faster'; None where there is none or more than one."""
    said = [word for word in words.words if word in _WAYS]
    return said[0] if len(said) == 1 else None


def takes_stems(made: Step) -> bool:
    """Whether the step can be made on other stems."""
    return made.tool in PORTABLE or (made.tool in {"remove_track", "replace_track"} and "keep" not in made.arguments)


def on(made: Step, stems: Sequence[str]) -> Step:
    """The step, on other stems."""
    if made.tool == "replace_track":
        return step(made.tool, **{**made.arguments, "stem": stems[0]})
    return step(made.tool, **{**made.arguments, "stems": list(stems)})


def says_where_it_ends(made: Step, old: Step) -> bool:
    """Whether the step comes to the same where it follows `old` as in the place of it."""
    if made.arguments.get("stems") != old.arguments.get("stems") and made.tool == old.tool:
        return False
    kinds = [[effect["kind"] for effect in one.arguments.get("effects") or ()] for one in (made, old)]
    return (
        (made.tool == "add_track" and old.tool == "remove_track")
        or (made.tool == "add_effect" and kinds[0] == kinds[1])
        or (made.tool == "change_speed" and "bpm" in made.arguments)
        or (made.tool == "adjust_track" and "pan" in made.arguments and "gain_db" not in made.arguments)
        or (made.tool == "shift_pitch" and "to_key" in made.arguments)
        or made.tool == "set_chords"
        or (made.tool == "vary" and set(made.arguments) <= {"bars", "amount"})
    )


def repeated(made: Step, scene: Scene) -> Step | None:
    """The step once more, from where it led; None where it says where it ends."""
    before = _before(scene)
    if made.tool == "change_speed" and before is not None and before.bpm and scene.bpm:
        return step("change_speed", **_pitch(made), bpm=float(round(scene.bpm**2 / before.bpm)))
    return made if made.arguments.keys() & {"gain_db", "semitones"} and "pan" not in made.arguments else None


def turned(made: Step, way: str | None, scene: Scene) -> Step | None:
    """The step in the direction `way`, or in the other one; None where it has none or goes another way altogether."""
    arguments = dict(made.arguments)
    sign, along = _WAYS[way] if way is not None else (0.0, ("gain_db", "semitones", "pan", "bpm"))
    for name in ("gain_db", "semitones", "pan"):
        value = arguments.get(name)
        if isinstance(value, int | float) and value and name in along:
            new = abs(value) * sign if sign else -value
            return step(made.tool, **{**arguments, name: type(value)(new)})
    before = _before(scene)
    if made.tool != "change_speed" or "bpm" not in along or before is None or not before.bpm or not scene.bpm:
        return None
    if sign and (sign > 0) == (scene.bpm > before.bpm):
        return None
    return step("change_speed", **{**_pitch(made), "bpm": float(round(before.bpm**2 / scene.bpm))})


def scaled(made: Step, factor: float, scene: Scene) -> Step | None:
    """The step, going `factor` times as far; None where it has no measure."""
    arguments = dict(made.arguments)
    if made.tool == "add_effect" and arguments.get("effects"):
        return step("add_effect", **{**arguments, "effects": scaled_effects(arguments["effects"], factor)})
    if isinstance(gain := arguments.get("gain_db"), int | float) and gain:
        return step(made.tool, **{**arguments, "gain_db": round(gain * factor, 1)})
    if isinstance(pan := arguments.get("pan"), int | float) and pan:
        return step(made.tool, **{**arguments, "pan": round(max(-1.0, min(1.0, pan * factor)), 2)})
    if isinstance(semitones := arguments.get("semitones"), int) and abs(semitones) > 1:
        return step(made.tool, **{**arguments, "semitones": round(semitones * factor)})
    before = _before(scene)
    if made.tool == "change_speed" and before is not None and before.bpm and scene.bpm:
        return step(made.tool, **{**_pitch(made), "bpm": float(round(before.bpm + (scene.bpm - before.bpm) * factor))})
    return None


def goes(steps: Sequence[Step], degree: str, scene: Scene) -> bool:
    """Whether 'too `degree`' speaks of where the steps went: 'too fast' after they made it faster."""
    for made in steps:
        before = _before(scene)
        moved = (
            (scene.bpm or 0) - (before.bpm or 0)
            if made.tool == "change_speed" and before is not None
            else next((made.arguments[name] for name in ("gain_db", "semitones", "pan") if made.arguments.get(name)), 0)
        )
        kin = {
            "change_speed": word_set("fast slow"), "shift_pitch": word_set("high low"), "adjust_track": word_set("loud quiet soft left right"),
            "add_effect": word_set("wet strong heavy"),
        }.get(made.tool, frozenset()) | word_set("much far big strong hard")  # fmt: skip
        if degree in kin and (
            made.tool == "add_effect" or (moved and degree in (_MOST_UP if moved > 0 else _MOST_DOWN))
        ):
            return True
    return False


def valued(made: Step, said: Clause, scene: Scene) -> Step | None:
    """The step with the value that is said in the place of its own; None where the two do not fit."""
    arguments = dict(made.arguments)
    word = direction(said)
    way = _WAYS[word][0] if word is not None else None
    figures = amounts(said)
    figure = figures[0] if len(figures) == 1 else None
    words = [word for at, word in enumerate(said.words) if not (figure and figure.start <= at < figure.end)]
    plain = set(words) <= DIRECTIONS | {"hard", "than", "db", "percent", "%"}
    if figure is not None and plain and not mentions(said):
        return _measured(made, figure.unit, figure.value, way, scene)
    if made.tool == "regenerate_span" and (span := spans.find(said, scene.bars, scene.seconds)) is not None:
        kept = {name: arguments[name] for name in ("stems",) if name in arguments}
        return step(made.tool, **span.arguments, **kept) if span.end - span.start == len(said.words) else None
    if "hard" in words and plain and way is not None and "pan" in arguments:
        return step(made.tool, **{**arguments, "pan": way})
    new = [one for one in mentions(said) if one.words != arguments.get("instrument")]
    said = said.without((one.start, one.end) for one in mentions(said) if one not in new)  # 'not a trombone, a trumpet'
    if made.tool == "remove_track" and len(new) == 1 and "instead" in scene.request.text.lower():
        return step("add_track", instrument=new[0].words) if not named(new[0].words, scene) else None
    if (
        made.tool in {"add_track", "replace_track"}
        and len(new) == 1
        and set(said.words) <= set(new[0].words.split()) | {"not", "after"}
    ):
        known = named(new[0].words, scene)
        if is_instrument(new[0].words) and not known and "instead" not in scene.request.text.lower():
            return step(made.tool, **{**arguments, "instrument": new[0].words})
        return None
    heard = read(said.text)
    if made.tool == "set_chords" and len(heard.chords or ()) == len(arguments["chords"]) >= len(said.words):
        return step(made.tool, **{**arguments, "chords": list(heard.chords)})
    if made.tool == "shift_pitch" and heard.key and len(said.words) <= 3:
        return step(made.tool, to_key=heard.key)
    kinds = kinds_in(said)
    if made.tool == "add_effect" and kinds and arguments.get("effects") and not new and len(said.words) <= 3:
        return step(made.tool, **{**arguments, "effects": chain(said, scene.bpm)})
    return None


def _measured(made: Step, unit: str, value: float, way: float | None, scene: Scene) -> Step | None:
    """The step with another figure, in its own direction unless another is said."""
    arguments = dict(made.arguments)
    for name, units, most in (("gain_db", {"db", "bare"}, 40.0), ("semitones", {"semitones", "bare"}, 24.0)):
        old = arguments.get(name)
        if isinstance(old, int | float) and old and unit in units and 0 < abs(value) <= most:
            sign = way if way is not None else (1.0 if old > 0 or value < 0 else -1.0)
            return step(made.tool, **{**arguments, name: type(old)(value * sign)})
    pan = arguments.get("pan")
    if isinstance(pan, int | float) and unit in {"percent", "bare"} and 0 < value <= 100:
        sign = way if way is not None else (1.0 if pan > 0 else -1.0)
        return step(made.tool, **{**arguments, "pan": round(value / 100 * sign, 2)})
    if made.tool == "change_speed":
        if unit in {"bpm", "bare"} and int(value) in _TEMPI:
            return step(made.tool, **_pitch(made), bpm=value)
        before = _before(scene)
        if (
            (unit == "percent" or (unit == "bare" and "factor" in arguments and value < 30))
            and before is not None
            and before.bpm
            and scene.bpm
        ):
            sign = way if way is not None else (1.0 if scene.bpm > before.bpm else -1.0)
            return step(made.tool, **_pitch(made), factor=round(1 + sign * value / 100, 4))
    if made.tool == "vary" and "bars" in arguments and unit in {"bars", "bare"} and value == int(value):
        return step(made.tool, **{**arguments, "bars": int(value)})
    return None


def _pitch(made: Step) -> dict[str, object]:
    return {name: made.arguments[name] for name in ("keep_pitch",) if name in made.arguments}


def _before(scene: Scene) -> GlobalAttributeTable | None:
    """The table before the last turn."""
    lineage = scene.request.revisions.lineage()
    return scene.request.revisions.revision(lineage[1]) if len(lineage) > 1 else None

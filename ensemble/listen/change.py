"""What one step changed, measured: each function takes (expectation, scene) and returns (status, measured).

A change needs a table before it; without one it is unmeasurable. `measured` is plain JSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ensemble.listen.checks import passed
from ensemble.listen.effect import judge_effect
from ensemble.listen.scene import Scene
from ensemble.listen.shift import measure_shift
from ensemble.listen.sound import level_db
from ensemble.listen.stems import is_drums
from state.verdict import CheckStatus, Expectation

if TYPE_CHECKING:
    from state.artifacts import Audio


Found = tuple[CheckStatus, Any]

GAIN_TOLERANCE_DB = 0.5
PAN_TOLERANCE = 0.12
SHIFT_TOLERANCE = 0.3
_UNMEASURABLE: Found = ("unmeasurable", None)


def transposed(item: Expectation, scene: Scene) -> Found:
    """Every pitched stem (or the one named) moved by so many semitones; drums are the same samples."""
    before, wanted = scene.before, float(item.value)
    if before is None:
        return _UNMEASURABLE
    measured: dict[str, float | None] = {}
    wrong = False
    for new in scene.after.stems:
        old = before.stem(new.name)
        if old is None or (item.stem is not None and new.name != item.stem):
            continue
        if is_drums(new):
            wrong = wrong or old.audio != new.audio
            continue
        if old.audio == new.audio:
            shift: float | None = 0.0
        else:
            shift = measure_shift(scene.artifact(old.audio).sound, scene.artifact(new.audio).sound)
        measured[new.name] = None if shift is None else round(shift, 1)
        wrong = wrong or (shift is not None and abs(shift - wanted) > SHIFT_TOLERANCE)
    if wrong:
        return "failed", measured
    return ("passed" if any(shift is not None for shift in measured.values()) else "unmeasurable"), measured


def speed(item: Expectation, scene: Scene) -> Found:
    """Old length over new length, to the sample."""
    if scene.before is None:
        return _UNMEASURABLE
    old, new = scene.artifact(scene.before.mix).sound.samples, scene.heard().sound.samples
    return passed(abs(new - old / float(item.value)) <= 1), round(old / new, 4)


def gain_db(item: Expectation, scene: Scene) -> Found:
    """Change of level of the rendered stem, or of the mix."""
    pair = _before_and_after(item, scene)
    if pair is None:
        return _UNMEASURABLE
    old, new = (level_db(audio) for audio in pair)
    if old < -100 or new < -100:
        return "unmeasurable", None
    tolerance = GAIN_TOLERANCE_DB if item.stem is not None else 2 * GAIN_TOLERANCE_DB
    return passed(abs(new - old - float(item.value)) <= tolerance), round(new - old, 2)


def panned(item: Expectation, scene: Scene) -> Found:
    """Where the rendered stem stands, -1 left to 1 right, against its dry take."""
    assert item.stem is not None
    dry, rendered = scene.heard(item.stem).sound.audio, scene.rendered(item.stem)
    if level_db(rendered) < -100:
        return "unmeasurable", None
    place = _place(rendered, dry)
    return passed(abs(place - float(item.value)) <= PAN_TOLERANCE), round(place, 2)


def span(item: Expectation, scene: Scene) -> Found:
    """Samples outside `value` (start, end) are identical and those inside are not, on the stem or on every stem."""
    if scene.before is None:
        return _UNMEASURABLE
    start, end = (int(sample) for sample in item.value)
    names = [item.stem] if item.stem is not None else scene.after.stem_names
    outside, inside = 0, 0.0
    for name in names:
        old, new = scene.before.stem(name), scene.after.stem(name)
        if old is None or new is None:
            return "failed", {"missing": name}
        one, two = scene.store.audio(old.audio), scene.store.audio(new.audio)
        if one.shape != two.shape:
            return "failed", {"samples": two.shape[1] - one.shape[1]}
        different = (one != two).any(axis=0)
        outside += int(different[:start].sum()) + int(different[end:].sum())
        inside = max(inside, float(different[start:end].mean()) if end > start else 0.0)
    return passed(outside == 0 and inside > 0), {"changed_outside": outside, "changed_inside": round(inside, 3)}


def effect(item: Expectation, scene: Scene) -> Found:
    """The rendered stem (or the mix) changed in the direction of the effect."""
    pair = _before_and_after(item, scene)
    if pair is None or scene.before is None:
        return _UNMEASURABLE
    kind = str(item.value["kind"] if isinstance(item.value, dict) else item.value)
    old_chain, new_chain = (
        (table.mix_effects if item.stem is None else getattr(table.stem(item.stem), "effects", ()))
        for table in (scene.before, scene.after)
    )
    settings = next((found.model_dump() for found in new_chain if found.kind == kind), {})
    if not settings:
        return "failed", None
    replaced = any(found.kind == kind for found in old_chain)
    # Where one of its kind was there already, more or less of it is a change without a direction known here.
    return judge_effect("replaced" if replaced else kind, settings, *pair, scene.after.bpm)


def varied(item: Expectation, scene: Scene) -> Found:
    """Other samples of the same length whose notes stay with those of before."""
    before = scene.before
    names = [item.stem] if item.stem is not None else scene.after.stem_names
    if before is None:
        return _UNMEASURABLE
    measured: dict[str, float | str] = {}
    wrong = False
    for name in names:
        old, new = before.stem(name), scene.after.stem(name)
        if old is None or new is None:
            return "failed", {"missing": name}
        one, two = scene.artifact(old.audio), scene.artifact(new.audio)
        if old.audio == new.audio or one.sound.samples != two.sound.samples:
            measured[name] = "identical" if old.audio == new.audio else "another length"
            wrong = True
        elif not is_drums(new) and one.tonality.measurable and two.tonality.measurable:
            alike = _cosine(one.tonality.chroma, two.tonality.chroma)
            measured[name] = round(alike, 2)
            wrong = wrong or alike < 0.6
        else:
            measured[name] = "different"
    return passed(not wrong), measured


def _before_and_after(item: Expectation, scene: Scene) -> tuple[Audio, Audio] | None:
    """The rendered stem, or the mix, before and after; None where there was none before."""
    if scene.before is None:
        return None
    if item.stem is None:
        return scene.artifact(scene.before.mix).sound.audio, scene.heard().sound.audio
    if scene.before.stem(item.stem) is None:
        return None
    return scene.rendered(item.stem, after=False), scene.rendered(item.stem)


def _place(rendered: Audio, dry: Audio) -> float:
    """Pan from the gains of both channels under the constant-power law."""
    gains = np.sqrt(np.square(rendered, dtype=np.float64).mean(axis=1)) / np.maximum(
        np.sqrt(np.square(dry, dtype=np.float64).mean(axis=1)), 1e-9
    )
    return float(np.arctan2(gains[1], gains[0]) * 4 / np.pi - 1)


def _cosine(left: Any, right: Any) -> float:
    return float(left @ right / max(float(np.linalg.norm(left) * np.linalg.norm(right)), 1e-9))

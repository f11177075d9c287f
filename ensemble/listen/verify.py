"""All expectations of a take, measured on its audio: single checks on mix or stem, and changes against the table before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ensemble.listen import change, checks, parts
from ensemble.listen.scene import Scene
from ensemble.protocols import Mixer
from state.artifacts import ArtifactStore
from state.errors import InputError
from state.gat import GlobalAttributeTable
from state.take import Take
from state.verdict import Check, CheckStatus, Expectation

Found = tuple[CheckStatus, Any]


def verify(take: Take, before: GlobalAttributeTable | None, store: ArtifactStore, band: Mixer) -> list[Check]:
    """One check for each expectation of `take`, in order. `before` is the table that the step started from, None when
    there was none. Raises InputError for an expectation that no check knows."""
    if take.gat is None:
        return [
            Check(name=item.name, expected=item.value, measured=None, status="unmeasurable")
            for item in take.expectations
        ]
    scene = Scene(take.gat, before, store, band)
    return [_check(item, scene) for item in take.expectations]


def _check(item: Expectation, scene: Scene) -> Check:
    measure = VERIFIERS.get(item.name)
    if measure is None:
        raise InputError(f"no check is called {item.name!r}; known are {', '.join(VERIFIERS)}", field="expectation")
    if item.stem is not None and scene.after.stem(item.stem) is None and item.name not in _WITHOUT_STEM:
        return Check(name=item.name, expected=_expected(item), measured="no such stem", status="failed")
    status, measured = measure(item, scene)
    return Check(name=item.name, expected=_expected(item), measured=measured, status=status)


def _expected(item: Expectation) -> Any:
    """What was expected, with the stem where there is one, so that a record can be read by itself."""
    if item.stem is None:
        return checks.stated(item)
    return item.stem if item.value in (None, True) else {"stem": item.stem, "value": item.value}


def _single(item: Expectation, scene: Scene) -> Found:
    check = checks.check_heard(Expectation(name=item.name, value=item.value), scene.heard(item.stem))
    return check.status, check.measured


def _bpm(item: Expectation, scene: Scene) -> Found:
    from ensemble.listen.tempo import judge_tempo

    found = judge_tempo(scene.heard(item.stem).pulse, float(item.value), scene.after.time_signature)
    return checks.told_tempo(found, float(item.value))


def _bars(item: Expectation, scene: Scene) -> Found:
    wanted = item.value if isinstance(item.value, dict) else {"bars": item.value}
    stated = {"bpm": scene.after.bpm, "time_signature": scene.after.time_signature}
    return checks.bars({**stated, **wanted}, scene.heard(item.stem))


def _duration(item: Expectation, scene: Scene) -> Found:
    """The mix to the sample, and every stem as long as the mix."""
    samples = scene.heard(item.stem).sound.samples
    status, measured = checks.to_the_sample(float(item.value), samples)
    if item.stem is None:
        lengths = {stem.name: scene.store.audio(stem.audio).shape[1] for stem in scene.after.stems}
        odd = {name: round(length / 44_100, 6) for name, length in lengths.items() if length != samples}
        if odd:
            return "failed", {"mix": measured, **odd}
    return status, measured


VERIFIERS: dict[str, Callable[[Expectation, Scene], Found]] = {
    **dict.fromkeys(("key", "audible", "clipping", "seam", "loudness_lufs", "time_signature"), _single),
    "bpm": _bpm,
    "bars": _bars,
    "duration_seconds": _duration,
    "has": parts.has,
    "lacks": parts.lacks,
    "sounding": parts.sounding,
    "preserved": parts.preserved,
    "unchanged": parts.unchanged,
    "added": parts.added,
    "removed": parts.removed,
    "transposed": change.transposed,
    "speed": change.speed,
    "gain_db": change.gain_db,
    "panned": change.panned,
    "muted": parts.muted,
    "span": change.span,
    "effect": change.effect,
    "varied": change.varied,
}
"""Every expectation by name. Each function takes (expectation, scene) and returns (status, measured)."""

_WITHOUT_STEM = {"has", "lacks", "removed", "preserved", "unchanged"}

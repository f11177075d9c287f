"""An uploaded file laid over the loop as one more stem."""

from __future__ import annotations

from ensemble.tools.mixing import unmixed
from ensemble.tools.recordings import fitted, gain_beside, stem_name_of
from ensemble.tools.selection import counted
from ensemble.tools.tool import PENDING, Stage
from state.effects import Effect
from state.gat import SAMPLE_RATE, GlobalAttributeTable, Stem
from state.take import Upload

_SAME_SAMPLES = 2
"""Lengths this near each other are one length."""


def layered_forecast(
    loop: GlobalAttributeTable, upload: Upload, effects: tuple[Effect, ...], tool: str, stage: Stage
) -> GlobalAttributeTable:
    """The table with the upload as a stem, nothing stretched yet."""
    return unmixed(loop.with_stem(_stem(loop, upload, effects, tool, stage)))


def layered(
    loop: GlobalAttributeTable, upload: Upload, effects: tuple[Effect, ...], tool: str, stage: Stage
) -> tuple[GlobalAttributeTable, str, tuple[str, ...]]:
    """The table with the upload as a stem at the loop's tempo and length, the stem's name, and what was done to it."""
    stem = _stem(loop, upload, effects, tool, stage)
    audio = stage.store.audio(upload.audio)
    notes: list[str] = []
    ratio = _ratio(loop, upload)
    if ratio != 1.0:
        stage.report(f"stretching {upload.name}")
        audio = stage.band.stretch(audio, max(1, round(audio.shape[1] * ratio)))
        notes.append(f"{upload.name} was stretched from {upload.bpm:.4g} to {loop.bpm:.4g} bpm.")
    elif upload.bpm is None or loop.bpm is None:
        notes.append(f"No pulse was measured in {upload.name}, so it is laid in at its own speed.")
    length = audio.shape[1]
    if abs(length - loop.samples) > _SAME_SAMPLES:
        how = "repeated" if length < loop.samples else "cut"
        notes.append(f"{upload.name} was {how} to the loop's {_length(loop)}.")
    audio = fitted(audio, loop.samples)
    if upload.key and loop.key and _clashes(upload.key, loop.key):
        notes.append(
            f"{upload.name} was measured in {upload.key} and the loop is in {loop.key}: shift it if they clash."
        )
    gain_db = gain_beside(loop, upload.instrument, upload.audio, stage)
    done = stem.model_copy(update={"audio": stage.store.put_audio(audio), "gain_db": gain_db})
    return loop.with_stem(done), stem.name, tuple(notes)


def _stem(loop: GlobalAttributeTable, upload: Upload, effects: tuple[Effect, ...], tool: str, stage: Stage) -> Stem:
    from ensemble.band.instruments import unique_stem

    return Stem(
        name=unique_stem(stem_name_of(upload), loop.stem_names),
        instrument=upload.instrument,
        audio=PENDING,
        effects=effects,
        tool=tool,
        seed=stage.seed,
        backend="upload",
    )


def _ratio(loop: GlobalAttributeTable, upload: Upload) -> float:
    """New length over old. A tempo heard at half or twice the loop's is the same beat and needs less stretching."""
    if upload.bpm is None or loop.bpm is None:
        return 1.0
    exact = upload.bpm / loop.bpm
    best = min((exact, exact * 2, exact / 2), key=lambda ratio: abs(ratio - 1) if ratio >= 1 else 1 / ratio - 1)
    same = abs(best - 1) * upload.duration_seconds * SAMPLE_RATE <= _SAME_SAMPLES
    return 1.0 if same else best


def _clashes(one: str, other: str) -> bool:
    from ensemble.band.theory import parse_key

    return set(parse_key(one).scale) != set(parse_key(other).scale)


def _length(loop: GlobalAttributeTable) -> str:
    return counted(loop.bars, "bar") if loop.bars else f"{loop.duration_seconds:.2f} seconds"

from __future__ import annotations

import math
from typing import Self

from pydantic import Field, model_validator

from ensemble.tools.arrangement import part_of, played, scored
from ensemble.tools.mixing import lowered, mixed, unmixed
from ensemble.tools.promises import of_edit, of_tempo
from ensemble.tools.selection import is_drums
from ensemble.tools.shift_pitch import transposed_harmony
from ensemble.tools.tool import PENDING, Arguments, Contract, Stage, Tool, require_loop
from state.briefs import briefly
from state.errors import Refusal
from state.gat import SAMPLE_RATE, TEMPO_RANGE, GlobalAttributeTable, Stem
from state.take import Take
from state.verdict import Expectation

_IN_TUNE_SEMITONES = 0.1
"""Within this of whole semitones, a stem whose pitch moved with its speed can still be played from its score."""


class ChangeSpeedArguments(Arguments):
    """Arguments of `change_speed`."""

    factor: float | None = Field(
        None,
        gt=0.1,
        le=10,
        description="new tempo over the present one: 2 is twice as fast, 1.2 a fifth faster, 0.5 half as fast",
        json_schema_extra=briefly("above 1: faster"),
    )
    bpm: float | None = Field(
        None,
        gt=0,
        description="instead of `factor`: the new tempo in quarter notes a minute, 30 to 300",
        json_schema_extra={**briefly("or: new tempo"), "minimum": 30, "maximum": 300},
    )
    keep_pitch: bool = Field(
        True,
        description="default true: only the tempo changes; false: pitch moves with speed, as on tape",
        json_schema_extra=briefly("false: as on tape"),
    )

    @model_validator(mode="after")
    def _one_way_of_saying(self) -> Self:
        if (self.factor is None) == (self.bpm is None):
            raise ValueError("give exactly one of factor (1.2 is a fifth faster) and bpm (30 to 300)")
        return self


class ChangeSpeed(Tool[ChangeSpeedArguments]):
    """The same bars, faster or slower."""

    name = "change_speed"
    paper_task = "speed changing"
    summary = "Make the loop faster or slower, by a factor or to a tempo; the pitch stays unless asked otherwise."
    brief = "Faster or slower; pitch stays."
    arguments = ChangeSpeedArguments
    contract = Contract(
        changes="tempo and length; with keep_pitch false also pitch, key and chords",
        preserves="the number of bars, the notes, key, chords, levels and effects",
    )

    def foresee(
        self, arguments: ChangeSpeedArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        loop = require_loop(gat, "speed up or slow down")
        factor = _factor(arguments, loop)
        tempo = None if loop.bpm is None else _tempo(loop.bpm * factor)
        ratio = factor if tempo is None or loop.bpm is None else tempo / loop.bpm
        samples = max(1, round(loop.duration_seconds * SAMPLE_RATE / ratio))
        # With a pulse the length follows from bars and tempo; without, it is whole samples.
        seconds = samples / SAMPLE_RATE if tempo is None else loop.duration_seconds / ratio
        scores = arguments.keep_pitch or _in_tune(ratio)
        changes: dict[str, object] = {
            "bpm": tempo,
            "duration_seconds": seconds,
            "stems": tuple(
                stem.model_copy(
                    update={"audio": PENDING, "score": PENDING if stem.score and scores else None, "tool": self.name}
                )
                for stem in loop.stems
            ),
            "sources": {
                **loop.sources,
                **dict.fromkeys(["bpm", "duration_seconds"] if tempo else ["duration_seconds"], "asked"),
            },
        }
        if not arguments.keep_pitch:
            changes |= transposed_harmony(loop, round(_semitones(ratio)))
        return unmixed(loop.revised(**changes))

    def perform(self, arguments: ChangeSpeedArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "speed up or slow down")
        draft = self.foresee(arguments, loop, stage)
        for stem in loop.stems:
            draft = draft.with_stem(_at_speed(stem, arguments.keep_pitch, loop, draft, stage))
        made = mixed(draft, stage)
        own = [Expectation(name="speed", value=loop.duration_seconds / made.duration_seconds)]
        own.append(Expectation(name="duration_seconds", value=made.duration_seconds))
        own += of_tempo(made)
        changed = ["bpm", "duration_seconds"] + ([] if arguments.keep_pitch else ["key", "chords"])
        return Take(
            gat=made,
            expectations=of_edit(loop, made, own, touched=loop.stem_names, changed=changed),
            backend=stage.band.name,
            seed=stage.seed,
            notes=(*_moved_pitch(arguments, loop, made), *lowered(loop, made)),
        )


def _factor(arguments: ChangeSpeedArguments, loop: GlobalAttributeTable) -> float:
    if arguments.bpm is not None and loop.bpm is None:
        raise Refusal(
            f"No pulse was measured in this loop, so it cannot be set to {arguments.bpm:g} bpm. "
            "Say how much faster or slower instead, such as 1.2 times as fast.",
            field="bpm",
        )
    factor = arguments.factor if arguments.bpm is None or loop.bpm is None else arguments.bpm / loop.bpm
    assert factor is not None
    if loop.bpm is not None:
        slowest, fastest = TEMPO_RANGE
        if not slowest <= _tempo(loop.bpm * factor) <= fastest:
            raise Refusal(
                f"{loop.bpm * factor:.4g} bpm is out of reach: the band plays between {slowest:g} and {fastest:g} bpm, "
                f"and the loop is at {loop.bpm:.4g}.",
                field="factor" if arguments.bpm is None else "bpm",
            )
        if _tempo(loop.bpm * factor) == loop.bpm:
            raise Refusal(f"The loop is at {loop.bpm:.4g} bpm already. Faster or slower?", field="bpm")
    elif factor == 1:
        raise Refusal("A factor of 1 changes nothing. Faster or slower?", field="factor")
    return factor


def _tempo(bpm: float) -> float:
    """To a thousandth of a beat a minute: a tempo that a person can read and a score can hold."""
    return round(bpm, 3)


def _semitones(ratio: float) -> float:
    return 12 * math.log2(ratio)


def _in_tune(ratio: float) -> bool:
    return abs(_semitones(ratio) - round(_semitones(ratio))) <= _IN_TUNE_SEMITONES


def _at_speed(
    stem: Stem, keep_pitch: bool, loop: GlobalAttributeTable, draft: GlobalAttributeTable, stage: Stage
) -> Stem:
    stem = stem.model_copy(update={"tool": ChangeSpeed.name})
    if stem.score is not None and keep_pitch:
        stem = stem.model_copy(update={"backend": stage.band.name})
        return played(stem, part_of(stem, stage.store), draft, stage)
    stage.report(f"{'stretching' if keep_pitch else 'resampling'} the {stem.name}")
    work = stage.band.stretch if keep_pitch else stage.band.resample
    audio = stage.store.put_audio(work(stage.store.audio(stem.audio), draft.samples))
    score = None
    if stem.score is not None and not keep_pitch:
        ratio = loop.duration_seconds / draft.duration_seconds
        if _in_tune(ratio):
            part = part_of(stem, stage.store)
            if not is_drums(stem):
                part = stage.band.transpose(part, stem.instrument, round(_semitones(ratio)))
            score = scored(stem, part, draft, stage)
    return stem.model_copy(update={"audio": audio, "score": score})


def _moved_pitch(
    arguments: ChangeSpeedArguments, loop: GlobalAttributeTable, made: GlobalAttributeTable
) -> tuple[str, ...]:
    if arguments.keep_pitch:
        return ()
    ratio = loop.duration_seconds / made.duration_seconds
    said = f"The pitch moved by {_semitones(ratio):+.2f} semitones with the speed."
    if _in_tune(ratio):
        return (said,)
    return (f"{said} That is between two keys: the stems are recordings from here on, without notes to rewrite.",)

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from ensemble.chains.inpainting import inpainted
from ensemble.chains.recording import pending
from ensemble.protocols import Brief, Wish
from ensemble.tools.arrangement import frame_of, part_of, parts_of, perform_pending, scored
from ensemble.tools.mixing import mix_down, mixed, unmixed
from ensemble.tools.new_loop import new_loop
from ensemble.tools.promises import of_span
from ensemble.tools.recordings import spliced
from ensemble.tools.selection import counted, is_drums, listed, named, sentence, the_stems
from ensemble.tools.tool import PENDING, Arguments, Contract, Stage, Tool, require_loop
from state.briefs import briefly
from state.errors import Refusal
from state.gat import SAMPLE_RATE, GlobalAttributeTable, Stem
from state.seeds import derived_seed
from state.take import Take

_SHORTEST_SECONDS = 0.1
_TRIES = 4
"""A simple part may come out the same by chance; then another one is written."""
_OVERSHOOT_SECONDS = 0.25
"""An end this far past the loop's is a rounded one: 'up to 5 s' of a loop of 4.9 s."""


class RegenerateSpanArguments(Arguments):
    """Arguments of `regenerate_span`."""

    start_seconds: float | None = Field(
        None,
        ge=0,
        description="start of the span in seconds from the loop's start; default 0 where `end_seconds` is given",
        json_schema_extra=briefly(),
    )
    end_seconds: float | None = Field(
        None,
        gt=0,
        description="end of the span in seconds from the loop's start; default the loop's end where `start_seconds` is given",
        json_schema_extra=briefly(),
    )
    start_bar: int | None = Field(
        None,
        ge=1,
        description="instead of seconds: first bar of the span, counted from 1; default the first where `end_bar` is given",
        json_schema_extra=briefly("from 1"),
    )
    end_bar: int | None = Field(
        None,
        ge=1,
        description="instead of seconds: last bar of the span, included; default the one bar `start_bar`",
        json_schema_extra=briefly("included"),
    )
    stems: list[str] = Field(
        default_factory=list,
        description="names of the stems to renew; empty for all that are not muted",
        json_schema_extra=briefly("default all"),
    )

    @model_validator(mode="after")
    def _one_way_of_saying(self) -> Self:
        seconds = self.start_seconds is not None or self.end_seconds is not None
        bars = self.start_bar is not None or self.end_bar is not None
        if seconds == bars:
            raise ValueError("give either start_seconds and end_seconds or start_bar and end_bar")
        if bars and (self.end_bar or self.start_bar or 1) < (self.start_bar or 1):
            raise ValueError("end_bar must not come before start_bar")
        if self.end_seconds is not None and self.end_seconds <= (self.start_seconds or 0.0):
            raise ValueError("end_seconds must come after start_seconds")
        return self


class RegenerateSpan(Tool[RegenerateSpanArguments]):
    """New music between two times; every sample outside stays."""

    name = "regenerate_span"
    paper_task = "re-generation"
    summary = "Write new music between two times or bars, on all or named stems; everything outside stays the same."
    brief = "New music from one time or bar to another."
    arguments = RegenerateSpanArguments
    contract = Contract(
        changes="what the named stems play inside the span",
        preserves="every sample of every stem outside the span; tempo, key, chords, levels, effects and mastering",
        destructive=True,
    )

    def foresee(
        self, arguments: RegenerateSpanArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        loop = require_loop(gat, "renew a part of")
        _span(arguments, loop)
        if player := stage.player("inpaint"):
            return unmixed(pending(loop, _chosen(arguments, loop), player, self.name, stage))
        frame_of(loop, stage, verb="renew part of")
        draft = loop
        for stem in _chosen(arguments, loop):
            score = PENDING if stem.score else None
            draft = draft.with_stem(stem.model_copy(update={"audio": PENDING, "score": score}))
        return unmixed(draft)

    def perform(self, arguments: RegenerateSpanArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "renew a part of")
        start, end = _span(arguments, loop)
        chosen = _chosen(arguments, loop)
        if player := stage.player("inpaint"):
            return inpainted(chosen, loop, start, end, player, self.name, stage)
        brief = frame_of(loop, stage, verb="renew part of").brief
        draft = loop
        notes: list[str] = []
        for stem in chosen:
            stage.report(f"playing the {stem.name} anew")
            if stem.score is not None:
                draft = draft.with_stem(_rewritten(stem, draft, brief, start, end, stage))
            else:
                done, note = _replaced(stem, draft, brief, start, end, stage)
                draft = draft.with_stem(done)
                notes.append(note)
        made = mixed(draft, stage, "strict")
        return Take(
            gat=made,
            expectations=of_span(loop, made, start, end, chosen),
            backend=stage.band.name,
            seed=stage.seed,
            notes=(*notes, *stage.stood_in("inpaint")),
        )


def _chosen(arguments: RegenerateSpanArguments, loop: GlobalAttributeTable) -> list[Stem]:
    if arguments.stems:
        return named(loop, arguments.stems)
    sounding = [stem for stem in loop.stems if not stem.muted]
    return sounding or list(loop.stems)


def _span(arguments: RegenerateSpanArguments, loop: GlobalAttributeTable) -> tuple[int, int]:
    """First and last-plus-one sample. Raises Refusal for what lies outside the loop."""
    length = loop.duration_seconds
    whole = f"The loop is {length:.2f} seconds long"
    if arguments.start_seconds is not None or arguments.end_seconds is not None:
        start = arguments.start_seconds or 0.0
        end = length if arguments.end_seconds is None else arguments.end_seconds
        if start >= length or end > length + _OVERSHOOT_SECONDS:
            raise Refusal(f"{whole}, so there is no {start:g} to {end:g} s in it. Which part of it?", field="span")
    else:
        if loop.bars is None:
            raise Refusal(f"{whole} and no bars were measured in it. Give the part in seconds.", field="span")
        first, last = arguments.start_bar or 1, arguments.end_bar or arguments.start_bar or 1
        if last > loop.bars:
            raise Refusal(
                f"The loop has {counted(loop.bars, 'bar')}, so there is no bar {last}. Which bars of it?", field="span"
            )
        start, end = length * (first - 1) / loop.bars, length * last / loop.bars
    end = min(end, length)
    if end - start < _SHORTEST_SECONDS:
        raise Refusal(f"That part is shorter than {_SHORTEST_SECONDS:g} seconds. Name a longer one.", field="span")
    return round(start * SAMPLE_RATE), min(loop.samples, round(end * SAMPLE_RATE))


def _rewritten(stem: Stem, draft: GlobalAttributeTable, brief: Brief, start: int, end: int, stage: Stage) -> Stem:
    """A scored stem with new notes in the span, and their sound spliced into its take."""
    quarters = brief.bpm / 60 / SAMPLE_RATE
    seed = derived_seed(stage.seed, stem.name)
    beside = parts_of((other for other in draft.stems if other.name != stem.name), stage.store)
    old = part_of(stem, stage.store)
    part = old
    for attempt in range(_TRIES):
        part = stage.band.regenerate(
            old,
            stem.instrument,
            brief,
            derived_seed(seed, attempt),
            start * quarters,
            end * quarters,
            beside,
        )
        part = part.with_notes(part.notes)
        if part.notes != old.notes:
            break
    audio = stage.band.render_span(stage.store.audio(stem.audio), part, brief.bpm, start, end)
    return stem.model_copy(
        update={
            "audio": stage.store.put_audio(audio),
            "score": scored(stem, part, draft, stage),
            "seed": seed,
            "tool": RegenerateSpan.name,
            "backend": stage.band.name,
        }
    )


def _replaced(
    stem: Stem, draft: GlobalAttributeTable, brief: Brief, start: int, end: int, stage: Stage
) -> tuple[Stem, str]:
    """A recording with the band's music in the span, at the level of what was there, and what to say of it."""
    wish = Wish(
        description=draft.description,
        bpm=brief.bpm,
        key=brief.key,
        time_signature=brief.time_signature,
        bars=brief.bars,
        chords=brief.chords,
        genre=brief.genre,
        mood=brief.mood,
        instruments=_players(stem),
        without=() if is_drums(stem) else _covered(stem, draft),
    )
    plan = new_loop(wish, stage, RegenerateSpan.name, gat=draft, seconds=draft.duration_seconds)
    music = mix_down(perform_pending(plan.draft, plan.brief, stage), stage, "new").mix
    audio = spliced(stage.store.audio(stem.audio), music, start, end)
    players = listed(plan.draft.stem_names)
    note = (
        f"{sentence(the_stems([stem.name]))} has no notes, so inside the span the band plays in its place: {players}."
    )
    seed = derived_seed(stage.seed, stem.name)
    kept = stem.model_copy(update={"audio": stage.store.put_audio(audio), "seed": seed, "tool": RegenerateSpan.name})
    return kept, note


def _players(stem: Stem) -> tuple[str, ...]:
    if stem.instrument == "recording":
        return ()
    return ("drums",) if stem.instrument == "drum recording" else (stem.instrument,)


def _covered(stem: Stem, draft: GlobalAttributeTable) -> tuple[str, ...]:
    """Drums and bass that another stem plays already."""
    others = [other for other in draft.stems if other.name != stem.name and not other.muted]
    covered = ["drums"] if any(is_drums(other) for other in others) else []
    return (*covered, *(["bass"] if any("bass" in other.name for other in others) else []))

from __future__ import annotations

from typing import Any, Self

from pydantic import Field, model_validator

from ensemble.band.score import Part
from ensemble.chains.recording import pending
from ensemble.chains.variation import varied
from ensemble.protocols import Brief, Character, Density, Feel, Wish
from ensemble.tools.arrangement import frame_of, parts_of, played
from ensemble.tools.mixing import lowered, mixed, unmixed
from ensemble.tools.new_loop import NewLoop, carried, new_loop, not_too_long
from ensemble.tools.promises import of_edit, of_new_loop
from ensemble.tools.recordings import fitted
from ensemble.tools.selection import is_drums, listed, named, sentence, the_stems
from ensemble.tools.tool import PENDING, Arguments, Contract, Stage, Tool, require_loop
from state.briefs import briefly
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Source, Stem
from state.seeds import derived_seed
from state.take import Take
from state.verdict import Check, Expectation

_DARES = 4
_DARE_STEP = 0.2


class VaryArguments(Arguments):
    """Arguments of `vary`."""

    stems: list[str] = Field(
        default_factory=list,
        description="names of the stems to vary; empty for all",
        json_schema_extra=briefly("default all"),
    )
    amount: float = Field(
        0.5,
        ge=0,
        le=1,
        description="how far the notes may stray: 0 the same notes, 1 as free as a variation may be; default 0.5, or 0 where only feel, density or bars is given",
        json_schema_extra=briefly("1 is freest"),
    )
    feel: Feel | None = Field(
        None,
        description="rhythmic feel: notes even or swung, or drums at half or double time; default as it is",
        json_schema_extra=briefly(),
    )
    density: Density | None = Field(
        None, description="how many notes are played; default as it is", json_schema_extra=briefly()
    )
    bars: int | None = Field(
        None,
        ge=1,
        le=64,
        description="a new length in bars; the music is repeated or cut; default as it is",
        json_schema_extra=briefly("new length"),
    )

    @model_validator(mode="after")
    def _something_to_do(self) -> Self:
        if self.amount == 0 and self.feel is None and self.density is None and self.bars is None:
            raise ValueError("an amount of 0 changes nothing; give an amount up to 1, a feel, a density or bars")
        return self

    @property
    def notes_vary(self) -> bool:
        """Whether the notes change. A new length, feel or density alone changes only that."""
        alone = self.bars is None and self.feel is None and self.density is None
        return self.amount > 0 and (alone or "amount" in self.model_fields_set)


class Vary(Tool[VaryArguments]):
    """A new take that stays recognisably the same loop."""

    name = "vary"
    paper_task = "music variation"
    summary = "Vary the loop or named stems, change feel or density, or make it longer or shorter in bars."
    brief = "A variation; another feel, density or length."
    arguments = VaryArguments
    contract = Contract(
        changes="the notes of the named stems; the number of bars where asked",
        preserves="tempo, key, chords, instruments, levels and effects; stems that are not named",
        destructive=True,
    )

    def repair(self, arguments: VaryArguments, failed: list[Check]) -> VaryArguments:
        """What varied too little varies more."""
        if any(check.name == "varied" for check in failed) and arguments.notes_vary:
            return arguments.model_copy(update={"amount": min(1.0, arguments.amount + _DARE_STEP)})
        return arguments

    def foresee(self, arguments: VaryArguments, gat: GlobalAttributeTable | None, stage: Stage) -> GlobalAttributeTable:
        loop = require_loop(gat, "vary")
        if player := _player(arguments, loop, stage):
            return unmixed(pending(loop, _chosen(arguments, loop), player, self.name, stage))
        if _only_recordings(arguments, loop):
            return _played_anew(arguments, loop, stage).draft
        touched = {stem.name for stem in _varied(arguments, loop)}
        draft = _lengthened(arguments, loop, stage)
        longer = draft.bars != loop.bars
        stems = tuple(
            stem.model_copy(update={"audio": PENDING, "score": PENDING if stem.score else None})
            if longer or stem.name in touched
            else stem
            for stem in draft.stems
        )
        return unmixed(draft.revised(stems=stems))

    def perform(self, arguments: VaryArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "vary")
        if player := _player(arguments, loop, stage):
            return varied(_chosen(arguments, loop), loop, arguments.amount, player, self.name, stage)
        if _only_recordings(arguments, loop):
            return _from_measurements(arguments, loop, stage)
        before = frame_of(loop, stage, verb="vary").brief
        draft = _lengthened(arguments, loop, stage)
        after = before.but(bars=draft.bars, chords=_chords_over(before, draft.bars or before.bars))
        renewed = [stem.name for stem in _varied(arguments, loop)]
        longer = draft.bars != loop.bars
        old = {stem.name: stem.score for stem in loop.stems}
        parts = {
            name: stage.band.extend(part, before, after) for name, part in parts_of(loop.stems, stage.store).items()
        }
        for stem in loop.stems:
            if stem.name in renewed and stem.score is not None:
                anew = _taken_anew(arguments, stem, parts, after, draft, stage)
                draft = draft.with_stem(stem if anew.score == stem.score and not longer else anew)
            elif longer and stem.score is not None:
                draft = draft.with_stem(played(stem, parts[stem.name], draft, stage))
            elif longer:
                audio = fitted(stage.store.audio(stem.audio), draft.samples)
                draft = draft.with_stem(stem.model_copy(update={"audio": stage.store.put_audio(audio)}))
        renewed = [name for name in renewed if longer or _score(draft, name) != old[name]] or renewed
        if not longer and not arguments.notes_vary and all(_score(draft, name) == old[name] for name in renewed):
            raise Refusal(_already(arguments), field="feel" if arguments.feel else "density")
        made = mixed(draft, stage)
        touched = loop.stem_names if longer else renewed
        own = [Expectation(name="duration_seconds", value=made.duration_seconds)]
        if longer:
            bars = {"bars": made.bars, "bpm": made.bpm, "time_signature": made.time_signature}
            own.append(Expectation(name="bars", value=bars))
        else:
            own += [Expectation(name="varied", stem=name) for name in renewed]
        changed = ("bars", "duration_seconds", "chords") if longer else ()
        return Take(
            gat=made,
            expectations=of_edit(loop, made, own, touched=touched, changed=changed),
            backend=stage.band.name,
            seed=stage.seed,
            notes=(*_left_alone(arguments, loop), *lowered(loop, made), *_stood_in(arguments, loop, stage)),
        )


def _player(arguments: VaryArguments, loop: GlobalAttributeTable, stage: Stage) -> Any | None:
    """The model that varies the sound. A feel, a density or another length is a matter of notes, and the band's."""
    return stage.player("vary") if _as_sound(arguments, loop) else None


def _as_sound(arguments: VaryArguments, loop: GlobalAttributeTable) -> bool:
    """Whether nothing is asked for that only notes can do."""
    frame = arguments.feel is not None or arguments.density is not None or arguments.bars not in (None, loop.bars)
    return arguments.notes_vary and not frame


def _stood_in(arguments: VaryArguments, loop: GlobalAttributeTable, stage: Stage) -> tuple[str, ...]:
    return stage.stood_in("vary") if _as_sound(arguments, loop) else ()


def _chosen(arguments: VaryArguments, loop: GlobalAttributeTable) -> list[Stem]:
    return named(loop, arguments.stems) if arguments.stems else list(loop.stems)


def _only_recordings(arguments: VaryArguments, loop: GlobalAttributeTable) -> bool:
    """Whether there are no notes to vary at all, and more is asked than another length."""
    if any(stem.score is not None for stem in loop.stems):
        return False
    return arguments.notes_vary or arguments.feel is not None or arguments.density is not None


def _varied(arguments: VaryArguments, loop: GlobalAttributeTable) -> list[Stem]:
    """The stems whose notes change. Half and double time are drum matters where there are drums."""
    if not arguments.notes_vary and arguments.feel is None and arguments.density is None:
        return []
    chosen = _chosen(arguments, loop)
    scored_stems = [stem for stem in chosen if stem.score is not None]
    if not scored_stems:
        raise Refusal(
            f"There are no notes to vary in {the_stems([stem.name for stem in chosen])}: that is recorded sound. "
            "I can vary the other stems, or replace it with an instrument of the band.",
            field="stems",
        )
    if arguments.feel not in ("half_time", "double_time"):
        return scored_stems
    drums = [stem for stem in scored_stems if is_drums(stem)]
    if not drums:
        raise Refusal(_nobody_drums(arguments.feel, loop), field="feel")
    return drums if not arguments.stems and not arguments.notes_vary else scored_stems


def _lengthened(arguments: VaryArguments, loop: GlobalAttributeTable, stage: Stage) -> GlobalAttributeTable:
    """The table at its new number of bars; stems and mix are still those of the old."""
    if arguments.bars is None:
        return loop
    if loop.bars is None:
        raise Refusal("No bars were measured in this recording, so it has no length in bars to change.", field="bars")
    if arguments.bars == loop.bars:
        if not _varied(arguments, loop):
            raise Refusal(f"The loop has {loop.bars} bars already.", field="bars")
        return loop
    sources: dict[str, Source] = {**loop.sources, "bars": "asked", "duration_seconds": "asked"}
    chords = loop.chords
    if chords:
        chords = _chords_over(frame_of(loop, stage, verb="vary").brief, arguments.bars)
    seconds = loop.duration_seconds * arguments.bars / loop.bars
    not_too_long(seconds)
    return loop.revised(bars=arguments.bars, duration_seconds=seconds, chords=chords, sources=sources)


def _chords_over(brief: Brief, bars: int) -> tuple[str, ...]:
    """The chords repeated or cut to another number of bars."""
    each = len(brief.chords) // brief.bars
    return tuple(brief.chords[index % len(brief.chords)] for index in range(bars * each))


def _taken_anew(
    arguments: VaryArguments,
    stem: Stem,
    parts: dict[str, Part],
    brief: Brief,
    draft: GlobalAttributeTable,
    stage: Stage,
) -> Stem:
    """One stem with varied notes; `parts` holds all parts at the new length and is kept up to date."""
    part = parts[stem.name]
    seed = stem.seed
    if arguments.feel is not None or arguments.density is not None:
        # The seed that the part was written with makes the new one its sibling: the same ideas, played otherwise.
        beside = {name: other for name, other in parts.items() if name != stem.name}
        character = Character(density=arguments.density or "normal")
        part = stage.band.compose(
            stem.instrument, brief.but(feel=arguments.feel), stem.seed, character=character, beside=beside
        )
    if arguments.notes_vary:
        seed = derived_seed(stage.seed, stem.name)
        part = _varied_part(part, stem, brief.but(feel=arguments.feel), seed, arguments.amount, stage)
    parts[stem.name] = part
    stem = stem.model_copy(update={"tool": Vary.name, "seed": seed, "backend": stage.band.name})
    return played(stem, part, draft, stage)


def _varied_part(part: Part, stem: Stem, brief: Brief, seed: int, amount: float, stage: Stage) -> Part:
    """A variation that differs: where a small amount leaves every note as it was, a little more is dared."""
    varied = part
    for attempt in range(_DARES):
        more = min(1.0, amount + attempt * _DARE_STEP)
        varied = stage.band.vary(part, stem.instrument, brief, derived_seed(seed, attempt), more)
        if varied.notes != part.notes:
            break
    return varied


def _score(gat: GlobalAttributeTable, name: str) -> str | None:
    stem = gat.stem(name)
    return stem.score if stem else None


def _nobody_drums(feel: str, loop: GlobalAttributeTable) -> str:
    """Why a drum feel cannot be had: what is asked for is a matter of the backbeat."""
    words = feel.replace("_", " ")
    drums = [stem for stem in loop.stems if is_drums(stem)]
    if not drums:
        return f"There are no drums in this loop to play {words}. Shall I add some, or change the tempo instead?"
    names = listed([stem.name for stem in drums])
    if all(stem.score is None for stem in drums):
        return f"The {names} came as recorded sound, and {words} needs drums that the band plays. Shall I replace them?"
    return f"It is the drums that play {words}. Shall I let the {names} do it?"


def _already(arguments: VaryArguments) -> str:
    words = [word.replace("_", " ") for word in (arguments.feel, arguments.density) if word]
    return f"The loop is as {listed(words)} as the band can make it already. Shall I vary its notes instead?"


def _played_anew(arguments: VaryArguments, loop: GlobalAttributeTable, stage: Stage) -> NewLoop:
    """A loop of the band's with what was measured in the recording."""
    drums = all(is_drums(stem) for stem in loop.stems)
    wish = Wish(
        description=loop.description,
        bpm=loop.bpm,
        key=loop.key,
        time_signature=loop.time_signature,
        bars=arguments.bars or loop.bars,
        duration_seconds=None if loop.bars else loop.duration_seconds,
        chords=loop.chords if arguments.bars in (None, loop.bars) else (),
        genre=loop.genre,
        mood=loop.mood,
        instruments=("drums",) if drums else (),
        feel=arguments.feel,
    )
    seconds = loop.duration_seconds if loop.bars and arguments.bars in (None, loop.bars) else None
    return new_loop(
        wish, stage, Vary.name, gat=loop, guessed=("instruments",), known=carried(loop, "genre"), seconds=seconds
    )


def _from_measurements(arguments: VaryArguments, loop: GlobalAttributeTable, stage: Stage) -> Take:
    plan = _played_anew(arguments, loop, stage)
    density = Character(density=arguments.density or "normal")
    made = plan.performed(stage, characters=dict.fromkeys(plan.draft.stem_names, density))
    known = [word for word, value in (("tempo", loop.bpm), ("length", loop.bars), ("key", loop.key)) if value]
    like = (
        f"the {listed(known)} measured in it" if known else "its length, since neither tempo nor key could be measured"
    )
    note = f"A recording has no notes to vary, so the band plays a new loop with {like}; its sound is not imitated."
    return Take(
        gat=made,
        expectations=tuple(of_new_loop(made)),
        backend=stage.band.name,
        seed=stage.seed,
        notes=(note, *plan.notes, *_stood_in(arguments, loop, stage)),
    )


def _left_alone(arguments: VaryArguments, loop: GlobalAttributeTable) -> tuple[str, ...]:
    chosen = _chosen(arguments, loop)
    still = [stem.name for stem in chosen if stem.score is None]
    if not still or not _varied(arguments, loop):
        return ()
    return (f"{sentence(the_stems(still))} stayed unvaried: recorded sound has no notes.",)

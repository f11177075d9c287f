from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import Field, model_validator

from ensemble.tools.arrangement import part_of, played
from ensemble.tools.mixing import lowered, mixed, unmixed
from ensemble.tools.promises import of_edit
from ensemble.tools.selection import is_drums, listed, named, pitched, sentence, the_stems
from ensemble.tools.tool import PENDING, Arguments, Contract, Stage, Tool, require_loop
from state.briefs import briefly
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Stem
from state.take import Take
from state.verdict import Expectation

if TYPE_CHECKING:
    from ensemble.band.theory import Key

_FARTHEST = 24
_LOWEST_PITCH, _HIGHEST_PITCH = 23, 108
"""MIDI pitches that most speakers and instruments reach: 31 Hz, just below a five-string bass, and a piano's last key."""


class ShiftPitchArguments(Arguments):
    """Arguments of `shift_pitch`."""

    semitones: int | None = Field(
        None,
        ge=-120,
        le=120,
        description="semitones up or, if negative, down; at most 24 (two octaves) either way",
        json_schema_extra={**briefly("negative: down"), "minimum": -24, "maximum": 24},
    )
    to_key: str | None = Field(
        None,
        description="instead of `semitones`: the nearest shift to this key, of the same mode, e.g. 'E minor'",
        json_schema_extra=briefly("or: same mode"),
    )
    stems: list[str] = Field(
        default_factory=list,
        description="names of the stems to shift; empty for the whole loop; drums are never shifted",
        json_schema_extra=briefly("default all"),
    )

    @model_validator(mode="after")
    def _one_way_of_saying(self) -> Self:
        if (self.semitones is None) == (self.to_key is None):
            raise ValueError("give exactly one of semitones (-24 to 24) and to_key (such as 'E minor')")
        return self


class ShiftPitch(Tool[ShiftPitchArguments]):
    """Everything pitched moved up or down; drums stay."""

    name = "shift_pitch"
    paper_task = "pitch shifting"
    summary = "Move the whole loop, or named stems, up or down by semitones or to another key of the same mode."
    brief = "Transpose; tempo stays."
    arguments = ShiftPitchArguments
    contract = Contract(
        changes="the pitch of the named stems; for the whole loop also its key and chords",
        preserves="length, tempo, rhythm and level; drums and percussion, sample for sample",
    )

    def foresee(
        self, arguments: ShiftPitchArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        loop = require_loop(gat, "shift")
        semitones = self._semitones(arguments, loop)
        moved = {stem.name for stem in self._moved(arguments, loop)}
        stems = tuple(
            stem.model_copy(update={"audio": PENDING, "score": stem.score and PENDING, "tool": self.name})
            if stem.name in moved
            else stem
            for stem in loop.stems
        )
        changes: dict[str, object] = {"stems": stems}
        if moved == {stem.name for stem in pitched(loop)}:
            changes |= transposed_harmony(loop, semitones)
            if arguments.to_key is not None:
                changes["sources"] = {**loop.sources, "key": "asked"}
        return unmixed(loop.revised(**changes))

    def perform(self, arguments: ShiftPitchArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "shift")
        semitones = self._semitones(arguments, loop)
        draft = self.foresee(arguments, loop, stage)
        moved = self._moved(arguments, loop)
        for stem in moved:
            draft = draft.with_stem(_shifted(stem, semitones, draft, stage))
        made = mixed(draft, stage)
        whole = made.key != loop.key or len(moved) == len(pitched(loop))
        own = [Expectation(name="transposed", value=semitones, stem=None if whole else stem.name) for stem in moved]
        own = own[:1] if whole else own
        return Take(
            gat=made,
            expectations=of_edit(
                loop,
                made,
                own,
                touched=[stem.name for stem in moved],
                changed=("key", "chords") if whole else (),
            ),
            backend=stage.band.name,
            seed=stage.seed,
            notes=(
                *_left_alone(arguments, loop, moved),
                *_out_of_reach(moved, semitones, stage),
                *lowered(loop, made),
            ),
        )

    def _moved(self, arguments: ShiftPitchArguments, loop: GlobalAttributeTable) -> list[Stem]:
        chosen = named(loop, arguments.stems) if arguments.stems else list(loop.stems)
        moved = [stem for stem in chosen if not is_drums(stem)]
        if not moved:
            names = listed([stem.name for stem in chosen])
            raise Refusal(
                f"That would move {names} alone, and drums have no key. Name a stem with a pitch, or add one.",
                field="stems",
            )
        return moved

    def _semitones(self, arguments: ShiftPitchArguments, loop: GlobalAttributeTable) -> int:
        if arguments.semitones is not None:
            semitones = arguments.semitones
            if semitones == 0:
                raise Refusal("A shift by 0 semitones changes nothing. By how many, up or down?", field="semitones")
        else:
            semitones = _nearest(loop, arguments.to_key or "")
        if abs(semitones) > _FARTHEST:
            raise Refusal(f"The farthest shift is {_FARTHEST} semitones, two octaves, up or down.", field="semitones")
        return semitones


def transposed_harmony(loop: GlobalAttributeTable, semitones: int) -> dict[str, object]:
    """The table's key and chords, `semitones` higher: the fields that are known."""
    from ensemble.band.theory import key_of_chords, parse_chord, parse_key, transpose_chords

    changes: dict[str, object] = {}
    if loop.key:
        changes["key"] = str(parse_key(loop.key).transposed(semitones))
    if loop.chords:
        heard_in = parse_key(loop.key) if loop.key else key_of_chords([parse_chord(symbol) for symbol in loop.chords])
        changes["chords"] = transpose_chords(loop.chords, semitones, heard_in)
    return changes


def _shifted(stem: Stem, semitones: int, draft: GlobalAttributeTable, stage: Stage) -> Stem:
    stem = stem.model_copy(update={"tool": ShiftPitch.name})
    if stem.score is None:
        stage.report(f"shifting the {stem.name}")
        audio = stage.band.shift(stage.store.audio(stem.audio), semitones)
        return stem.model_copy(update={"audio": stage.store.put_audio(audio)})
    part = stage.band.transpose(part_of(stem, stage.store), stem.instrument, semitones)
    return played(stem.model_copy(update={"backend": stage.band.name}), part, draft, stage)


def _nearest(loop: GlobalAttributeTable, to_key: str) -> int:
    from ensemble.band.theory import parse_key

    try:
        wanted = parse_key(to_key)
    except ValueError as error:
        raise Refusal(f"{to_key!r} is not a key I know: {error}", field="to_key") from None
    if loop.key is None:
        raise Refusal(
            f"No key is known for this loop, so there is no way to tell how far {wanted} is. "
            "Say by how many semitones to move it.",
            field="to_key",
        )
    present: Key = parse_key(loop.key)
    if wanted.mode != present.mode:
        raise Refusal(
            f"Moving the pitch of a loop in {present} cannot make it {wanted.mode}. I can move it to "
            f"{type(wanted)(wanted.tonic, present.mode)}, or rearrange it with new chords in {wanted}.",
            field="to_key",
        )
    distance = (wanted.tonic - present.tonic + 5) % 12 - 5
    if distance == 0:
        raise Refusal(f"The loop is in {present} already.", field="to_key")
    return distance


def _left_alone(arguments: ShiftPitchArguments, loop: GlobalAttributeTable, moved: list[Stem]) -> tuple[str, ...]:
    """Drums that were asked for by name are not shifted; say so."""
    if not arguments.stems:
        return ()
    still = [stem.name for stem in named(loop, arguments.stems) if stem not in moved]
    return (f"{sentence(the_stems(still))} stayed unmoved: drums have no key.",) if still else ()


def _out_of_reach(moved: list[Stem], semitones: int, stage: Stage) -> tuple[str, ...]:
    """The shift is exact, so notes may land where little is left to hear; say whose."""
    deep, high = [], []
    for stem in moved:
        pitches = [note.pitch + semitones for note in part_of(stem, stage.store).notes] if stem.score else []
        if semitones < 0 and min(pitches, default=_LOWEST_PITCH) < _LOWEST_PITCH:
            deep.append(stem.name)
        if semitones > 0 and max(pitches, default=_HIGHEST_PITCH) > _HIGHEST_PITCH:
            high.append(stem.name)
    notes = []
    if deep:
        notes.append(f"The lowest notes of the {listed(deep)} now lie below 31 Hz, deeper than most speakers play.")
    if high:
        notes.append(f"The highest notes of the {listed(high)} now lie above 4.2 kHz, beyond the top of a piano.")
    return tuple(notes)

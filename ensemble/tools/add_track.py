from __future__ import annotations

from typing import Any

from pydantic import Field

from ensemble.chains.continuation import played_beside, who_adds
from ensemble.chains.recording import recorded
from ensemble.protocols import Character, Density, Dynamics, Register, Role
from ensemble.tools.arrangement import Frame, balanced, choose, frame_of, part_written, pending_stem, played
from ensemble.tools.layering import layered, layered_forecast
from ensemble.tools.mixing import lowered, mixed, unmixed
from ensemble.tools.promises import of_edit
from ensemble.tools.recordings import clamped, upload_named
from ensemble.tools.selection import is_drums, verb
from ensemble.tools.tool import Arguments, Contract, Stage, Tool, require_loop
from state.briefs import briefly
from state.effects import Effect
from state.gat import GlobalAttributeTable, Stem
from state.take import Take, Upload
from state.verdict import Check, Expectation

_LIFT_DB = 4.0


class AddTrackArguments(Arguments):
    """Arguments of `add_track`."""

    instrument: str = Field(
        description="name or synonym of what to add, e.g. 'clarinet', 'keys'; or an upload's name",
        json_schema_extra=briefly("any instrument, or an upload's name"),
    )
    role: Role | None = Field(
        None,
        description="what the part does in the music; default what the instrument usually does",
        json_schema_extra=briefly(),
    )
    dynamics: Dynamics = Field(
        "normal", description="how loud it is played and set in the mix; default normal", json_schema_extra=briefly()
    )
    density: Density = Field(
        "normal",
        description="how many notes it plays; default normal, which is by the loop's mood",
        json_schema_extra=briefly(),
    )
    tessitura: Register = Field(
        "normal",
        description="the register within the instrument's range; default normal for its role",
        json_schema_extra=briefly(),
    )
    solo: bool = Field(
        False,
        description="true: a solo part, more notes and more room; the others play on; default false",
        json_schema_extra=briefly(),
    )
    gain_db: float | None = Field(
        None,
        ge=-60,
        le=24,
        description="level in decibels against what it would get by itself, 3 is a little louder; default 0",
        json_schema_extra=briefly("relative"),
    )
    pan: float | None = Field(
        None,
        ge=-1,
        le=1,
        description="position from -1 (left) by 0 (middle) to 1 (right); default by its role",
        json_schema_extra=briefly("-1 left, 1 right"),
    )
    effects: list[Effect] = Field(
        default_factory=list,
        description="effects on the new stem alone, in order; default none",
        json_schema_extra=briefly(),
    )


class AddTrack(Tool[AddTrackArguments]):
    """One more stem that fits; all others untouched."""

    name = "add_track"
    paper_task = "add a track"
    summary = "Add one instrument that fits the loop, or lay an uploaded file over it."
    brief = "Add one instrument, or lay an upload over the loop."
    arguments = AddTrackArguments
    contract = Contract(
        changes="one more stem, last in the table",
        preserves="every stem that is there, with its take, level, position and effects; tempo, key, chords and length",
    )

    def foresee(
        self, arguments: AddTrackArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        loop = require_loop(gat, "add to")
        upload = upload_named(stage.uploads, arguments.instrument)
        if upload is not None:
            return layered_forecast(loop, upload, self._effects(arguments), self.name, stage)
        player, _ = who_adds(arguments.instrument, loop, stage)
        if player is not None:
            return unmixed(_told(loop).with_stem(self._recorded(arguments, loop, stage, player)))
        stem, frame = self._chosen(arguments, loop, stage)
        return unmixed(self._framed(loop, stem, frame).with_stem(stem))

    def perform(self, arguments: AddTrackArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "add to")
        upload = upload_named(stage.uploads, arguments.instrument)
        if upload is not None:
            return self._layer(arguments, loop, upload, stage)
        player, said = who_adds(arguments.instrument, loop, stage)
        if player is not None:
            return self._played_on(arguments, loop, player, stage)
        stem, frame = self._chosen(arguments, loop, stage)
        character = Character(
            arguments.role, arguments.dynamics, arguments.density, arguments.tessitura, solo=arguments.solo
        )
        draft = self._framed(loop, stem, frame).with_stem(stem)
        part = part_written(stem, draft, frame.brief, stage, character)
        done = played(stem, part, draft, stage)
        draft = balanced(draft, {stem.name: done}, stage, {stem.name: character})
        draft = self._placed(arguments, draft, stem.name)
        notes = (*_unsure_of_harmony(loop, stem, frame), *said)
        return self._take(loop, mixed(draft, stage), stem.name, stage, notes)

    def repair(self, arguments: AddTrackArguments, failed: list[Check]) -> AddTrackArguments:
        """What could not be heard in the mix is played louder."""
        if any(check.name == "added" for check in failed):
            return arguments.model_copy(update={"gain_db": clamped((arguments.gain_db or 0.0) + _LIFT_DB)})
        return arguments

    def _layer(self, arguments: AddTrackArguments, loop: GlobalAttributeTable, upload: Upload, stage: Stage) -> Take:
        draft, name, notes = layered(loop, upload, self._effects(arguments), self.name, stage)
        return self._take(loop, mixed(self._placed(arguments, draft, name), stage), name, stage, notes)

    def _played_on(self, arguments: AddTrackArguments, loop: GlobalAttributeTable, player: Any, stage: Stage) -> Take:
        stem, word = self._recorded(arguments, loop, stage, player), arguments.instrument
        draft, notes, answer = played_beside(_told(loop), stem, word, _manner(arguments), player, stage)
        made = mixed(self._placed(arguments, draft, stem.name), stage)
        return self._take(loop, made, stem.name, stage, notes).model_copy(update={"backend": answer.player})

    def _recorded(self, arguments: AddTrackArguments, loop: GlobalAttributeTable, stage: Stage, player: Any) -> Stem:
        stem = recorded([arguments.instrument], loop.genre, loop.stem_names, self.name, stage, player)
        return stem.model_copy(update={"effects": self._effects(arguments)})

    def _take(
        self, loop: GlobalAttributeTable, made: GlobalAttributeTable, name: str, stage: Stage, notes: tuple[str, ...]
    ) -> Take:
        own = [Expectation(name="added", stem=name), Expectation(name="sounding", stem=name)]
        filled = [field for field in ("key", "chords") if getattr(loop, field) != getattr(made, field)]
        return Take(
            gat=made,
            expectations=of_edit(loop, made, own, changed=filled),
            backend=stage.band.name,
            seed=stage.seed,
            notes=(*notes, *lowered(loop, made)),
        )

    def _chosen(self, arguments: AddTrackArguments, loop: GlobalAttributeTable, stage: Stage) -> tuple[Stem, Frame]:
        choice = choose([arguments.instrument], loop.genre, loop.stem_names)[0]
        stem = pending_stem(choice, self.name, stage)
        return stem.model_copy(update={"effects": self._effects(arguments)}), frame_of(loop, stage)

    def _effects(self, arguments: AddTrackArguments) -> tuple[Effect, ...]:
        return tuple(arguments.effects)

    def _framed(self, loop: GlobalAttributeTable, stem: Stem, frame: Frame) -> GlobalAttributeTable:
        """The table with the harmony that the new stem had to settle on; drums settle on none."""
        return _told(loop) if is_drums(stem) else frame.onto(_told(loop))

    def _placed(self, arguments: AddTrackArguments, draft: GlobalAttributeTable, name: str) -> GlobalAttributeTable:
        stem = draft.stem(name)
        assert stem is not None
        gain_db = clamped(stem.gain_db + (arguments.gain_db or 0.0))
        pan = stem.pan if arguments.pan is None else arguments.pan
        return draft.with_stem(stem.model_copy(update={"gain_db": gain_db, "pan": pan}))


def _told(loop: GlobalAttributeTable) -> GlobalAttributeTable:
    """The table that knows that somebody asked for one of its instruments."""
    return loop.revised(sources={"instruments": "asked", **loop.sources})


def _manner(arguments: AddTrackArguments) -> str:
    """How the new part is to be played, in words for a model: 'a loud busy saxophone solo'."""
    manner = [word for word in (arguments.dynamics, arguments.density) if word != "normal"]
    register = "" if arguments.tessitura == "normal" else f" in a {arguments.tessitura} register"
    return f"a {' '.join([*manner, arguments.instrument])}{' solo' if arguments.solo else ''}{register}"


def _unsure_of_harmony(loop: GlobalAttributeTable, stem: Stem, frame: Frame) -> tuple[str, ...]:
    """Honest about a part that plays with a recording whose harmony nobody knows."""
    deaf = any(other.instrument == "recording" for other in loop.stems)
    if not deaf or is_drums(stem) or not frame.filled:
        return ()
    plays = f"{stem.name} {verb(stem.name, 'plays', 'play')}"
    if "key" in frame.filled:
        return (f"No key was measured in the recording; the {plays} in {frame.brief.key} and may not fit.",)
    return (f"The recording's chords were not measured; the {plays} chords of {frame.brief.key} and may differ.",)

from __future__ import annotations

from pydantic import Field

from ensemble.tools.arrangement import choose, frame_of, part_of, part_written, pending_stem, played
from ensemble.tools.mixing import lowered, mixed, unmixed
from ensemble.tools.promises import of_edit
from ensemble.tools.recordings import clamped, level_db
from ensemble.tools.selection import is_drums, is_kit, one, sentence, the_stems, verb
from ensemble.tools.tool import Arguments, Contract, Stage, Tool, require_loop
from state.briefs import briefly
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Stem
from state.take import Take
from state.verdict import Expectation


class ReplaceTrackArguments(Arguments):
    """Arguments of `replace_track`."""

    stem: str = Field(description="name of the stem whose part is kept", json_schema_extra=briefly("the stem"))
    instrument: str = Field(
        description="name or synonym of the instrument that plays it now, e.g. 'clarinet'",
        json_schema_extra=briefly("its new player"),
    )


class ReplaceTrack(Tool[ReplaceTrackArguments]):
    """One instrument plays another's part."""

    name = "replace_track"
    summary = "Let another instrument play a stem's part."
    brief = "Another instrument plays a stem's part."
    arguments = ReplaceTrackArguments
    contract = Contract(
        changes="one stem is gone; a new one with its part, level, position and effects stands in its place",
        preserves="every other stem; tempo, key, chords and length",
        destructive=True,
    )

    def foresee(
        self, arguments: ReplaceTrackArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        loop = require_loop(gat, "replace something in")
        old, new = self._pair(arguments, loop, stage)
        if old.score is None:
            frame_of(loop, stage, verb="take the place of")
        return unmixed(loop.revised(stems=tuple(new if stem.name == old.name else stem for stem in loop.stems)))

    def perform(self, arguments: ReplaceTrackArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "replace something in")
        old, new = self._pair(arguments, loop, stage)
        draft = self.foresee(arguments, loop, stage)
        notes: tuple[str, ...] = ()
        if old.score is not None:
            part = stage.band.adapt(part_of(old, stage.store), new.instrument, old.instrument)
        else:
            part = part_written(new, draft, frame_of(loop, stage).brief, stage)
            notes = (
                f"{sentence(the_stems([old.name]))} has no notes to take over, so the {new.name} {verb(new.name, 'plays', 'play')} "
                "a new part.",
            )
        done = played(new, part, draft, stage)
        if old.score is None:
            heard = level_db(stage.store.audio(old.audio)) + old.gain_db
            done = done.model_copy(update={"gain_db": clamped(heard - level_db(stage.store.audio(done.audio)))})
        made = mixed(draft.with_stem(done), stage)
        own = [Expectation(name="sounding", stem=new.name)]
        if new.name != old.name:
            own += [Expectation(name="removed", value=old.name), Expectation(name="added", stem=new.name)]
        return Take(
            gat=made,
            expectations=of_edit(loop, made, own, touched=[old.name]),
            backend=stage.band.name,
            seed=stage.seed,
            notes=(*notes, *lowered(loop, made)),
        )

    def _pair(self, arguments: ReplaceTrackArguments, loop: GlobalAttributeTable, stage: Stage) -> tuple[Stem, Stem]:
        """The stem that goes and the one that takes its place. A name that it leaves may be used again."""
        old = one(loop, arguments.stem)
        others = [name for name in loop.stem_names if name != old.name]
        choice = choose([arguments.instrument], loop.genre, others)[0]
        if choice.instrument.name == old.instrument:
            raise Refusal(
                f"The {old.name} {verb(old.name, 'is', 'are')} played by {old.instrument} already.", field="instrument"
            )
        new = pending_stem(choice, self.name, stage)
        new = new.model_copy(
            update={"gain_db": old.gain_db, "pan": old.pan, "muted": old.muted, "effects": old.effects}
        )
        _must_be_able(old, new)
        return old, new


def _must_be_able(old: Stem, new: Stem) -> None:
    """Drums have no pitches that another instrument could play, nor the other way round."""
    if old.score is None:
        return
    if is_drums(old) != is_drums(new) or (is_drums(old) and is_kit(old) != is_kit(new)):
        raise Refusal(
            f"{sentence(new.instrument)} cannot play the part of the {old.name}. I can take the {old.name} out and add "
            f"{new.name} with a part of {verb(new.name, 'its', 'their')} own: say so if you want that.",
            field="instrument",
        )

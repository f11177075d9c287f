from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from ensemble.tools.mixing import lowered, mixed, without
from ensemble.tools.promises import of_edit
from ensemble.tools.selection import named
from ensemble.tools.splitting import foreseen, needs_model, source_of, split
from ensemble.tools.tool import Arguments, Contract, Stage, Tool, require_loop
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Stem
from state.take import Take
from state.verdict import Expectation


class RemoveTrackArguments(Arguments):
    """Arguments of `remove_track`."""

    stems: list[str] = Field(default_factory=list, description="to remove")
    keep: list[str] = Field(default_factory=list, description="or: all but these")

    @model_validator(mode="after")
    def _one_way_of_saying(self) -> Self:
        if bool(self.stems) == bool(self.keep):
            raise ValueError("give exactly one of stems (what to remove) and keep (what stays)")
        return self


class RemoveTrack(Tool[RemoveTrackArguments]):
    """A stem, several, or all but some, gone."""

    name = "remove_track"
    paper_task = "remove a track"
    summary = "Take stems out of the loop."
    arguments = RemoveTrackArguments
    contract = Contract(
        changes="the named stems are gone",
        preserves="every other stem with its take, level, position and effects; tempo, key, chords and length",
        destructive=True,
    )

    def foresee(
        self, arguments: RemoveTrackArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        loop = require_loop(gat, "remove something from")
        if source := source_of(arguments.stems, loop):
            return foreseen(loop, source, "rest", self.name, stage)
        if source := source_of(arguments.keep, loop):
            return foreseen(loop, source, "drums", self.name, stage)
        return without(loop, self._gone(arguments, loop), "remove")

    def perform(self, arguments: RemoveTrackArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "remove something from")
        if source := source_of(arguments.stems, loop):
            return split(loop, source, "rest", self.name, stage)
        if source := source_of(arguments.keep, loop):
            return split(loop, source, "drums", self.name, stage)
        gone = [stem.name for stem in self._gone(arguments, loop)]
        made = mixed(self.foresee(arguments, loop, stage), stage)
        own = [Expectation(name="removed", value=name) for name in gone]
        return Take(
            gat=made,
            expectations=of_edit(loop, made, own, touched=gone),
            backend=stage.band.name,
            seed=stage.seed,
            notes=lowered(loop, made),
        )

    def _gone(self, arguments: RemoveTrackArguments, loop: GlobalAttributeTable) -> list[Stem]:
        words = arguments.stems or arguments.keep
        try:
            meant = named(loop, words, field="stems" if arguments.stems else "keep")
        except Refusal:
            if refusal := needs_model(words, loop):
                raise refusal from None
            raise
        return meant if arguments.stems else [stem for stem in loop.stems if stem not in meant]

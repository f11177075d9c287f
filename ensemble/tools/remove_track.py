from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from ensemble.tools.mixing import lowered, mixed, without
from ensemble.tools.promises import of_edit
from ensemble.tools.selection import named
from ensemble.tools.splitting import Split, asked_split, foreseen, perform_split, refused_split
from ensemble.tools.tool import Arguments, Contract, Stage, Tool, require_loop
from state.briefs import briefly
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Stem
from state.take import Take
from state.verdict import Expectation


class RemoveTrackArguments(Arguments):
    """Arguments of `remove_track`."""

    stems: list[str] = Field(
        default_factory=list,
        description="names of the stems to remove, or sources in a recording: drums; with a separation model also vocals, bass",
        json_schema_extra=briefly("to remove"),
    )
    keep: list[str] = Field(
        default_factory=list,
        description="instead of `stems`: names of the stems that stay, all others are removed",
        json_schema_extra=briefly("or: all but these"),
    )

    @model_validator(mode="after")
    def _one_way_of_saying(self) -> Self:
        if bool(self.stems) == bool(self.keep):
            raise ValueError("give exactly one of stems (what to remove) and keep (what stays)")
        return self


class RemoveTrack(Tool[RemoveTrackArguments]):
    """A stem, several, or all but some, gone."""

    name = "remove_track"
    paper_task = "remove a track"
    summary = "Take one or more stems out of the loop, or all but those named."
    brief = "Take stems out of the loop."
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
        if split := self._split(arguments, loop, stage):
            return foreseen(loop, split, self.name, stage)
        return without(loop, self._gone(arguments, loop, stage), "remove")

    def perform(self, arguments: RemoveTrackArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "remove something from")
        if split := self._split(arguments, loop, stage):
            return perform_split(loop, split, self.name, stage)
        gone = [stem.name for stem in self._gone(arguments, loop, stage)]
        made = mixed(self.foresee(arguments, loop, stage), stage)
        own = [Expectation(name="removed", value=name) for name in gone]
        return Take(
            gat=made,
            expectations=of_edit(loop, made, own, touched=gone),
            backend=stage.band.name,
            seed=stage.seed,
            notes=lowered(loop, made),
        )

    def _split(self, arguments: RemoveTrackArguments, loop: GlobalAttributeTable, stage: Stage) -> Split | None:
        if arguments.keep:
            return asked_split(arguments.keep, loop, "parts", stage)
        return asked_split(arguments.stems, loop, "rest", stage)

    def _gone(self, arguments: RemoveTrackArguments, loop: GlobalAttributeTable, stage: Stage) -> list[Stem]:
        words = arguments.stems or arguments.keep
        try:
            meant = named(loop, words, field="stems" if arguments.stems else "keep")
        except Refusal:
            if refusal := refused_split(words, loop, stage):
                raise refusal from None
            raise
        return meant if arguments.stems else [stem for stem in loop.stems if stem not in meant]

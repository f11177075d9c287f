from __future__ import annotations

from pydantic import Field

from ensemble.tools.mixing import lowered, mixed, without
from ensemble.tools.promises import of_edit
from ensemble.tools.selection import listed, named
from ensemble.tools.splitting import foreseen, needs_model, source_of, split
from ensemble.tools.tool import Arguments, Contract, Stage, Tool, require_loop
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Stem
from state.take import Take
from state.verdict import Expectation


class ExtractTrackArguments(Arguments):
    """Arguments of `extract_track`."""

    stems: list[str] = Field(min_length=1, description="what stays")


class ExtractTrack(Tool[ExtractTrackArguments]):
    """Only the named stems are left."""

    name = "extract_track"
    summary = "Leave only the named stems, or a recording's drums."
    arguments = ExtractTrackArguments
    contract = Contract(
        changes="every stem that is not named is gone",
        preserves="the named stems with their takes, levels, positions and effects; tempo, key, chords and length",
        destructive=True,
    )

    def foresee(
        self, arguments: ExtractTrackArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        loop = require_loop(gat, "extract from")
        if source := source_of(arguments.stems, loop):
            return foreseen(loop, source, "drums", self.name, stage)
        return without(loop, self._gone(arguments, loop), "extract")

    def perform(self, arguments: ExtractTrackArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "extract from")
        if source := source_of(arguments.stems, loop):
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

    def _gone(self, arguments: ExtractTrackArguments, loop: GlobalAttributeTable) -> list[Stem]:
        try:
            kept = named(loop, arguments.stems)
        except Refusal:
            if refusal := needs_model(arguments.stems, loop):
                raise refusal from None
            raise
        gone = [stem for stem in loop.stems if stem not in kept]
        if not gone:
            raise Refusal(f"The loop is nothing but {listed(loop.stem_names)} already.", field="stems")
        return gone

from __future__ import annotations

from pydantic import Field

from ensemble.tools.mixing import lowered, mixed, without
from ensemble.tools.promises import of_edit
from ensemble.tools.selection import listed, named
from ensemble.tools.splitting import asked_split, foreseen, perform_split, refused_split
from ensemble.tools.tool import Arguments, Contract, Stage, Tool, require_loop
from state.briefs import briefly
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Stem
from state.take import Take
from state.verdict import Expectation


class ExtractTrackArguments(Arguments):
    """Arguments of `extract_track`."""

    stems: list[str] = Field(
        min_length=1,
        description="names of the stems to keep, or sources in a recording: drums; with a separation model also vocals, bass",
        json_schema_extra=briefly("what stays"),
    )


class ExtractTrack(Tool[ExtractTrackArguments]):
    """Only the named stems are left."""

    name = "extract_track"
    summary = "Leave only the named stems of the loop, or only the drums of a recording."
    brief = "Leave only the named stems, or a recording's drums."
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
        if split := asked_split(arguments.stems, loop, "parts", stage):
            return foreseen(loop, split, self.name, stage)
        return without(loop, self._gone(arguments, loop, stage), "extract")

    def perform(self, arguments: ExtractTrackArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "extract from")
        if split := asked_split(arguments.stems, loop, "parts", stage):
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

    def _gone(self, arguments: ExtractTrackArguments, loop: GlobalAttributeTable, stage: Stage) -> list[Stem]:
        try:
            kept = named(loop, arguments.stems)
        except Refusal:
            if refusal := refused_split(arguments.stems, loop, stage):
                raise refusal from None
            raise
        gone = [stem for stem in loop.stems if stem not in kept]
        if not gone:
            raise Refusal(f"The loop is nothing but {listed(loop.stem_names)} already.", field="stems")
        return gone

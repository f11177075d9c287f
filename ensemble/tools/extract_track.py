from __future__ import annotations

from pydantic import Field

from ensemble.tools.mixing import lowered, mixed, without
from ensemble.tools.promises import of_edit
from ensemble.tools.selection import is_recording, listed, named, the_stems
from ensemble.tools.tool import Arguments, Contract, Stage, Tool, require_loop
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Stem
from state.take import Take
from state.verdict import Expectation


class ExtractTrackArguments(Arguments):
    """Arguments of `extract_track`."""

    stems: list[str] = Field(
        min_length=1, description="stems to keep, or a source (drums, bass, vocals ...) of an upload"
    )


class ExtractTrack(Tool[ExtractTrackArguments]):
    """Only the named stems are left."""

    name = "extract_track"
    summary = "Leave only the named stems of the loop."
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
        return without(loop, self._gone(arguments, loop), "extract")

    def perform(self, arguments: ExtractTrackArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "extract from")
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
            recordings = [stem.name for stem in loop.stems if is_recording(stem)]
            if not recordings:
                raise
            raise Refusal(_no_separation(arguments.stems, recordings), field="stems") from None
        gone = [stem for stem in loop.stems if stem not in kept]
        if not gone:
            raise Refusal(f"The loop is nothing but {listed(loop.stem_names)} already.", field="stems")
        return gone


def _no_separation(wanted: list[str], recordings: list[str]) -> str:
    """Measured without a model: drums come out worse than the mix they are in, and bass not at all."""
    return (
        f"Taking {listed(wanted)} out of {the_stems(recordings)} needs a source-separation model, and none is at work "
        "here. Attach the parts as files of their own, or let the band play the part anew with add."
    )

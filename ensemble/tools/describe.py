from __future__ import annotations

from pydantic import Field

from ensemble.tools.tool import Arguments, Contract, Stage, Tool, require_loop
from state.gat import GlobalAttributeTable
from state.take import Take

_UNCHECKED = (
    "Not checked by listening: instruments other than drums and bass, the single chords, major against minor, metre, "
    "genre and mood; those are as the table states them."
)


class DescribeArguments(Arguments):
    """Arguments of `describe`."""

    question: str | None = Field(None, max_length=500, description="what the user wants to know; default everything")


class Describe(Tool[DescribeArguments]):
    """A caption grounded in what was measured."""

    name = "describe"
    paper_task = "music captioning"
    summary = "Say what the loop is, from the table and from listening to it; nothing changes."
    arguments = DescribeArguments
    contract = Contract(changes="nothing", preserves="the whole table")

    def foresee(
        self, arguments: DescribeArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        return require_loop(gat, "describe")

    def perform(self, arguments: DescribeArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "describe")
        from ensemble.listen.analyse import analyse
        from ensemble.listen.caption import describe

        stage.report("listening")
        answer = describe(loop, analyse(stage.store.audio(loop.mix)))
        return Take(gat=loop, backend="listen", seed=stage.seed, answer=f"{answer} {_UNCHECKED}")

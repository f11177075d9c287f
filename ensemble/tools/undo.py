from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, model_validator

from ensemble.tools.tool import Arguments, Contract, Stage, Tool, require_loop
from state.briefs import briefly
from state.errors import Refusal
from state.gat import GlobalAttributeTable
from state.take import Take


class UndoArguments(Arguments):
    """Arguments of `undo`."""

    steps: int | None = Field(
        None,
        ge=1,
        description="how many revisions back along the parents; default 1",
        json_schema_extra=briefly("back; default 1"),
    )
    revision: int | None = Field(
        None,
        ge=1,
        description="instead of `steps`: number of the revision to go back to, counted from 1",
        json_schema_extra=briefly("or: its number"),
    )

    @model_validator(mode="after")
    def _one_way_of_saying(self) -> Self:
        if self.steps is not None and self.revision is not None:
            raise ValueError("give at most one of steps and revision")
        return self


class Undo(Tool[UndoArguments]):
    """Back to an earlier revision, exactly as it was."""

    name = "undo"
    seeded: ClassVar[bool] = False
    summary = "Go back to an earlier revision: one or more steps back, or to a revision by its number."
    brief = "Back to an earlier revision."
    arguments = UndoArguments
    contract = Contract(
        changes="the table becomes the stored earlier revision, the same in every field and sample",
        preserves="all revisions: what was undone can be gone back to by its number",
    )

    def foresee(self, arguments: UndoArguments, gat: GlobalAttributeTable | None, stage: Stage) -> GlobalAttributeTable:
        loop = require_loop(gat, "undo")
        lineage = stage.revisions.lineage() or [loop.revision]
        if arguments.revision is not None:
            return self._numbered(arguments.revision, lineage, stage)
        steps = arguments.steps or 1
        if steps >= len(lineage):
            back = len(lineage) - 1
            if back == 0:
                raise Refusal("This is the first version of the loop; there is nothing before it.", field="steps")
            reach = "one step" if back == 1 else f"{back} steps"
            raise Refusal(
                f"There is nothing {steps} steps back: the first version is {reach} back. Shall I go there?",
                field="steps",
            )
        return self._stored(lineage[steps], stage)

    def perform(self, arguments: UndoArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        return Take(gat=self.foresee(arguments, gat, stage), backend=stage.band.name, seed=stage.seed)

    def _numbered(self, number: int, lineage: list[int], stage: Stage) -> GlobalAttributeTable:
        if number == lineage[0]:
            raise Refusal(f"Revision {number} is the present one.", field="revision")
        found = stage.revisions.revision(number)
        if found is None:
            there = ", ".join(str(known) for known in sorted(lineage))
            raise Refusal(f"There is no revision {number}; there are {there}.", field="revision")
        return found

    def _stored(self, number: int, stage: Stage) -> GlobalAttributeTable:
        found = stage.revisions.revision(number)
        if found is None:
            raise Refusal(f"Revision {number} cannot be found any more.", field="revision")
        return found

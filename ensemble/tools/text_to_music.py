from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from ensemble.protocols import Feel
from ensemble.tools.new_loop import NewLoop, new_loop, wish_from
from ensemble.tools.promises import of_new_loop
from ensemble.tools.tool import Arguments, Contract, Stage, Tool
from state.gat import GlobalAttributeTable
from state.take import Take


class TextToMusicArguments(Arguments):
    """Arguments of `text_to_music`."""

    description: str = Field("", max_length=2000)
    genre: str | None = None
    mood: str | None = None
    bpm: float | None = Field(
        None,
        gt=0,
        json_schema_extra={"minimum": 30, "maximum": 300},
    )
    key: str | None = Field(None, description="like 'G minor'")
    time_signature: str | None = Field(None, description="like '6/8'")
    bars: int | None = Field(None, ge=1, le=64)
    duration_seconds: float | None = Field(None, gt=0, le=240, description="instead of bars")
    chords: list[str] = Field(default_factory=list, description="symbols like 'Dm7', one a bar")
    instruments: list[str] = Field(default_factory=list, description="one stem each")
    without: list[str] = Field(default_factory=list, description="instruments to leave out")
    feel: Feel | None = None
    inferred: list[str] = Field(default_factory=list, description="fields guessed")


class TextToMusic(Tool[TextToMusicArguments]):
    """A new loop from a description."""

    name = "text_to_music"
    paper_task = "text to music"
    summary = "A new loop from a description."
    arguments = TextToMusicArguments
    contract = Contract(
        changes="everything: a new loop takes the place of the present one",
        preserves="nothing; the present loop stays in its revision",
        destructive=True,
    )
    needs_loop: ClassVar[bool] = False

    def foresee(
        self, arguments: TextToMusicArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        return self._laid_out(arguments, gat, stage).draft

    def perform(self, arguments: TextToMusicArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        plan = self._laid_out(arguments, gat, stage)
        made = plan.performed(stage)
        expectations = tuple(of_new_loop(made, without=arguments.without))
        return Take(gat=made, expectations=expectations, backend=stage.band.name, seed=stage.seed, notes=plan.notes)

    def _laid_out(self, arguments: TextToMusicArguments, gat: GlobalAttributeTable | None, stage: Stage) -> NewLoop:
        wish = wish_from(**arguments.model_dump(exclude={"inferred"}))
        return new_loop(wish, stage, self.name, gat=gat, guessed=arguments.inferred)

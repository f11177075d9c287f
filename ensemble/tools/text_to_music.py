from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from ensemble.capabilities import Model
from ensemble.chains.generation import generated
from ensemble.protocols import Feel
from ensemble.tools.new_loop import NewLoop, new_loop, wish_from
from ensemble.tools.promises import of_new_loop
from ensemble.tools.tool import Arguments, Contract, Stage, Tool
from state.briefs import briefly
from state.gat import GlobalAttributeTable
from state.take import Take


class TextToMusicArguments(Arguments):
    """Arguments of `text_to_music`."""

    description: str = Field(
        "", max_length=2000, description="what the user asked for, in their words", json_schema_extra=briefly()
    )
    genre: str | None = Field(
        None,
        description="style in the user's own word, e.g. 'lofi', 'techno', 'bossa nova'; default by the description",
        json_schema_extra=briefly(),
    )
    mood: str | None = Field(
        None,
        description="mood in the user's own word, e.g. 'calm', 'dark', 'happy'; default by the description",
        json_schema_extra=briefly(),
    )
    bpm: float | None = Field(
        None,
        gt=0,
        description="tempo in quarter notes a minute, 30 to 300; default by genre and mood",
        json_schema_extra={**briefly(), "minimum": 30, "maximum": 300},
    )
    key: str | None = Field(
        None,
        description="tonic and mode, e.g. 'G minor'; default by genre and mood",
        json_schema_extra=briefly("like 'G minor'"),
    )
    time_signature: str | None = Field(
        None, description="metre, e.g. '4/4', '3/4', '6/8'; default by genre", json_schema_extra=briefly("like '6/8'")
    )
    bars: int | None = Field(
        None,
        ge=1,
        le=64,
        description="length in bars; default 4, or what the duration or the chords need",
        json_schema_extra=briefly(),
    )
    duration_seconds: float | None = Field(
        None,
        gt=0,
        le=240,
        description="length in seconds, rounded to whole bars; beside `bars` it sets the tempo",
        json_schema_extra=briefly("instead of bars"),
    )
    chords: list[str] = Field(
        default_factory=list,
        description="plain symbols such as 'Dm7', one a bar: fewer are repeated, more are spread evenly; default a progression in the style",
        json_schema_extra=briefly("symbols like 'Dm7', one a bar"),
    )
    instruments: list[str] = Field(
        default_factory=list,
        description="names or synonyms, one stem each, e.g. 'keys', 'bass', 'drums'; default by genre",
        json_schema_extra=briefly("one stem each"),
    )
    without: list[str] = Field(
        default_factory=list,
        description="instruments or families to leave out, e.g. 'drums', 'strings'",
        json_schema_extra=briefly("instruments to leave out"),
    )
    feel: Feel | None = Field(
        None,
        description="rhythmic feel: notes even or swung, or drums at half or double time; default by genre",
        json_schema_extra=briefly(),
    )
    inferred: list[str] = Field(
        default_factory=list,
        description="names of the fields above that were guessed rather than said by the user",
        json_schema_extra=briefly("fields guessed"),
    )


class TextToMusic(Tool[TextToMusicArguments]):
    """A new loop from a description."""

    name = "text_to_music"
    paper_task = "text to music"
    summary = "Make a new loop from a description: genre, mood, tempo, key, chords, length, instruments."
    brief = "A new loop from a description."
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
        return self._laid_out(arguments, gat, stage, stage.player("generate")).draft

    def perform(self, arguments: TextToMusicArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        if player := stage.player("generate"):
            plan = self._laid_out(arguments, gat, stage.leading(), player)
            return generated(plan, player, stage, without=arguments.without)
        plan = self._laid_out(arguments, gat, stage)
        made = plan.performed(stage)
        return Take(
            gat=made,
            expectations=tuple(of_new_loop(made, without=arguments.without)),
            backend=stage.band.name,
            seed=stage.seed,
            notes=(*plan.notes, *stage.stood_in("generate")),
        )

    def _laid_out(
        self,
        arguments: TextToMusicArguments,
        gat: GlobalAttributeTable | None,
        stage: Stage,
        player: Model | None = None,
    ) -> NewLoop:
        wish = wish_from(**arguments.model_dump(exclude={"inferred"}))
        return new_loop(wish, stage, self.name, gat=gat, guessed=arguments.inferred, by=player)

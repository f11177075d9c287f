from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from pydantic import Field

from ensemble.capabilities import Model
from ensemble.chains.generation import generated
from ensemble.protocols import Wish
from ensemble.tools.impression import Reading, read
from ensemble.tools.new_loop import NewLoop, new_loop
from ensemble.tools.promises import of_new_loop
from ensemble.tools.selection import listed
from ensemble.tools.text_to_music import TextToMusicArguments
from ensemble.tools.tool import Contract, Stage, Tool
from state.briefs import briefly
from state.gat import GlobalAttributeTable
from state.take import Take


class ImpressionToMusicArguments(TextToMusicArguments):
    """Arguments of `impression_to_music`: those of a description, and the impression."""

    impression: str = Field(
        min_length=1,
        max_length=500,
        description="the title, scene or feeling to make music of, in the user's words, e.g. 'rain at night'",
        json_schema_extra=briefly("the title, scene or feeling"),
    )


class ImpressionToMusic(Tool[ImpressionToMusicArguments]):
    """A title, a scene or a feeling becomes attributes, and those a loop."""

    name = "impression_to_music"
    paper_task = "impression to music"
    summary = "Make a new loop from a title, a scene or a feeling, such as 'rain at night'."
    brief = "A new loop from a title, scene or feeling."
    arguments = ImpressionToMusicArguments
    contract = Contract(
        changes="everything: a new loop takes the place of the present one",
        preserves="nothing; the present loop stays in its revision",
        destructive=True,
    )
    needs_loop: ClassVar[bool] = False

    def foresee(
        self, arguments: ImpressionToMusicArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        return self._laid_out(arguments, gat, stage, stage.player("generate"))[0].draft

    def perform(self, arguments: ImpressionToMusicArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        if player := stage.player("generate"):
            plan, reading = self._laid_out(arguments, gat, stage.leading(), player)
            take = generated(plan, player, stage, without=arguments.without)
            return take.model_copy(
                update={"notes": (_heard_in(arguments.impression, reading, plan.draft), *take.notes)}
            )
        plan, reading = self._laid_out(arguments, gat, stage)
        made = plan.performed(stage)
        return Take(
            gat=made,
            expectations=tuple(of_new_loop(made, without=arguments.without)),
            backend=stage.band.name,
            seed=stage.seed,
            notes=(_heard_in(arguments.impression, reading, made), *plan.notes, *stage.stood_in("generate")),
        )

    def _laid_out(
        self,
        arguments: ImpressionToMusicArguments,
        gat: GlobalAttributeTable | None,
        stage: Stage,
        player: Model | None = None,
    ) -> tuple[NewLoop, Reading]:
        """What was said comes first; what the impression suggests fills the gaps and is marked as inferred."""
        reading = read(arguments.impression, arguments.description)
        read_fields = {
            field
            for field in ("genre", "mood", "bpm", "key", "time_signature", "instruments")
            if not getattr(arguments, field) and getattr(reading, field)
        }
        suggested = {field: getattr(reading, field) for field in read_fields}
        said = arguments.description or arguments.impression
        if arguments.impression.casefold() not in said.casefold():
            said = f"{said} ({arguments.impression})"
        wish = Wish(
            description=said,
            bpm=suggested.get("bpm", arguments.bpm),
            key=suggested.get("key", arguments.key),
            time_signature=suggested.get("time_signature", arguments.time_signature),
            bars=arguments.bars,
            duration_seconds=arguments.duration_seconds,
            chords=tuple(arguments.chords),
            genre=suggested.get("genre", arguments.genre),
            mood=suggested.get("mood", arguments.mood),
            instruments=tuple(suggested.get("instruments", arguments.instruments)),
            without=tuple(arguments.without),
            feel=arguments.feel,
        )
        if reading.sounds and not arguments.instruments:
            players = wish.instruments or stage.band.settle(wish, stage.seed).instruments
            wish = replace(wish, instruments=tuple(dict.fromkeys([*players, *reading.sounds])))
            read_fields.add("instruments")
        guessed = read_fields | set(arguments.inferred)
        return new_loop(wish, stage, self.name, gat=gat, guessed=guessed, by=player), reading


def _heard_in(impression: str, reading: Reading, made: GlobalAttributeTable) -> str:
    """How the impression was read, so that the user can correct it."""
    shape = [word for word in (made.mood, made.genre) if word]
    shape += [f"{made.bpm:g} bpm"] if made.bpm else []
    shape += [made.key] if made.key else []
    if not reading.words:
        return f"Nothing in '{impression}' told me a mood or a style, so this is a guess: {listed(shape)}."
    return f"I read '{impression}' as {listed(shape)} (from {listed([repr(word) for word in reading.words])})."

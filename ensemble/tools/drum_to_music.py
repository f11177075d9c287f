from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from ensemble.capabilities import Model
from ensemble.chains.continuation import played_around
from ensemble.protocols import Wish
from ensemble.tools.mixing import mixed
from ensemble.tools.new_loop import NewLoop, carried, new_loop
from ensemble.tools.promises import of_new_loop, of_recorded
from ensemble.tools.recordings import upload_named
from ensemble.tools.selection import is_drums, is_kit, one, verb
from ensemble.tools.tool import Arguments, Contract, Stage, Tool
from state.briefs import briefly
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Source, Stem
from state.take import Take, Upload
from state.verdict import Expectation

_LOCKED = ("bpm", "bars", "duration_seconds", "time_signature")
"""What the drums settle for the loop around them."""


class DrumToMusicArguments(Arguments):
    """Arguments of `drum_to_music`."""

    source: str | None = Field(
        None,
        description="name of the drum stem or of the upload with the drums; default the newest upload, else the loop's drums",
        json_schema_extra=briefly("upload or stem; default the newest upload"),
    )
    description: str = Field(
        "", max_length=2000, description="what the user asked for, in their words", json_schema_extra=briefly()
    )
    genre: str | None = Field(
        None,
        description="style in the user's own word, e.g. 'lofi', 'techno', 'bossa nova'; default the loop's, else by the description",
        json_schema_extra=briefly(),
    )
    mood: str | None = Field(
        None,
        description="mood in the user's own word, e.g. 'calm', 'dark', 'happy'; default by the description",
        json_schema_extra=briefly(),
    )
    key: str | None = Field(
        None,
        description="tonic and mode, e.g. 'G minor'; default by genre and mood",
        json_schema_extra=briefly("like 'G minor'"),
    )
    chords: list[str] = Field(
        default_factory=list,
        description="plain symbols such as 'Dm7', one a bar: fewer are repeated, more are spread evenly; default a progression in the style",
        json_schema_extra=briefly(),
    )
    instruments: list[str] = Field(
        default_factory=list,
        description="what to build around the drums: names or synonyms, one stem each, e.g. 'keys', 'bass'; default by genre",
        json_schema_extra=briefly("one stem each"),
    )
    without: list[str] = Field(
        default_factory=list,
        description="instruments or families to leave out, e.g. 'bass', 'strings'",
        json_schema_extra=briefly(),
    )
    inferred: list[str] = Field(
        default_factory=list,
        description="names of the fields above that were guessed rather than said by the user",
        json_schema_extra=briefly("fields guessed"),
    )


class DrumToMusic(Tool[DrumToMusicArguments]):
    """A loop around a drum stem, locked to its tempo and bars."""

    name = "drum_to_music"
    paper_task = "drum pattern to music"
    summary = "Build a loop around an uploaded drum recording or the loop's own drums, at their tempo and length."
    brief = "A new loop around uploaded drums or the loop's own."
    arguments = DrumToMusicArguments
    contract = Contract(
        changes="everything but the drums: new stems are composed around them, other stems are gone",
        preserves="the drum stem, sample for sample; its tempo, metre and number of bars",
        destructive=True,
    )
    needs_loop: ClassVar[bool] = False

    def foresee(
        self, arguments: DrumToMusicArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        return self._laid_out(arguments, gat, stage, stage.player("continue"))[0].draft

    def perform(self, arguments: DrumToMusicArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        player = stage.player("continue")
        if player is None:
            plan, drums = self._laid_out(arguments, gat, stage)
            made, who = plan.performed(stage), stage.band.name
            expectations, notes = of_new_loop(made, kept=[drums.name]), (*plan.notes, *stage.stood_in("continue"))
        else:
            plan, drums = self._laid_out(arguments, gat, stage.leading(), player)
            draft, said, answer = played_around(plan, drums, player, stage)
            made, who = mixed(draft, stage, "new"), answer.player
            expectations, notes = of_recorded(made, plan.players, kept=[drums.name]), (*plan.notes, *said)
        if gat is not None and gat.stem(drums.name) == drums:
            expectations.append(Expectation(name="preserved", value=[drums.name]))
        if drums.instrument == "recording":
            notes = (*notes, f"More than drums was heard in {drums.name}; the new parts may not fit its harmony.")
        return Take(gat=made, expectations=tuple(expectations), backend=who, seed=stage.seed, notes=notes)

    def _laid_out(
        self,
        arguments: DrumToMusicArguments,
        gat: GlobalAttributeTable | None,
        stage: Stage,
        player: Model | None = None,
    ) -> tuple[NewLoop, Stem]:
        source = _source(arguments.source, gat, stage)
        if isinstance(source, Upload):
            drums = _stem_from(source, stage)
            bpm, bars, metre, seconds = source.bpm, source.bars, source.time_signature, source.duration_seconds
            sources: dict[str, Source] = dict.fromkeys(["bpm", "bars", "duration_seconds"], "measured")
            sources["time_signature"] = "inferred"
        else:
            assert gat is not None
            drums = source
            bpm, bars, metre, seconds = gat.bpm, gat.bars, gat.time_signature, gat.duration_seconds
            kept = carried(gat)
            sources = {field: kept[field] for field in _LOCKED if field in kept}
        if bpm is None or bars is None:
            raise Refusal(
                f"No steady beat was measured in {drums.name}, so nothing can be locked to it. "
                "Attach a drum loop with a clear pulse.",
                field="source",
            )
        wanted = [word for word in arguments.instruments if not _is_kit_word(word)]
        if arguments.instruments and not wanted:
            raise Refusal("The drums are there already. Which instruments shall I build around them?", field="source")
        wish = Wish(
            description=arguments.description,
            bpm=bpm,
            key=arguments.key,
            time_signature=metre,
            bars=bars,
            chords=tuple(arguments.chords),
            genre=arguments.genre or (gat.genre if gat and isinstance(source, Stem) else None),
            mood=arguments.mood,
            instruments=tuple(wanted),
            without=(*arguments.without, "drums"),
        )
        if wish.genre != arguments.genre and gat is not None and "genre" in gat.sources:
            sources["genre"] = gat.sources["genre"]
        plan = new_loop(
            wish,
            stage,
            self.name,
            gat=gat,
            guessed=arguments.inferred,
            known=sources,
            around=drums,
            seconds=seconds,
            by=player,
        )
        return plan, drums


def _source(name: str | None, gat: GlobalAttributeTable | None, stage: Stage) -> Upload | Stem:
    upload = upload_named(stage.uploads, name) if name else next(reversed(stage.uploads), None)
    if upload is not None:
        there = next((stem for stem in gat.stems if stem.audio == upload.audio), None) if gat else None
        return there or upload
    if name:
        if gat is None:
            missing = f"There {verb(name, 'is', 'are')} no {name} yet"
            raise Refusal(f"{missing}. Attach a drum recording, or ask for a drum loop.", field="source")
        stem = one(gat, name, field="source")
        if not is_drums(stem) and stem.instrument != "recording":
            kind = f"The {stem.name} {verb(stem.name, 'is', 'are')} not drums"
            raise Refusal(f"{kind}. Which stem or file holds them?", field="source")
        return stem
    stems = gat.stems if gat else ()
    for fits in (is_kit, is_drums, lambda stem: stem.instrument == "recording"):
        for stem in stems:
            if fits(stem):
                return stem
    raise Refusal("There are no drums to build on. Attach a drum recording, or add drums first.", field="source")


def _stem_from(upload: Upload, stage: Stage) -> Stem:
    """An upload called drums is taken at the user's word; what else was heard in it is said."""
    return Stem(
        name="drums",
        instrument=upload.instrument,
        audio=upload.audio,
        tool=DrumToMusic.name,
        seed=stage.seed,
        backend="upload",
    )


def _is_kit_word(word: str) -> bool:
    from ensemble.band.instruments import resolve

    choice = resolve(word)
    return choice is not None and choice.instrument.is_drum and not choice.instrument.pitches

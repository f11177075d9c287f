from __future__ import annotations

from dataclasses import dataclass, replace

from pydantic import Field

from ensemble.band.score import Part
from ensemble.capabilities import Model
from ensemble.chains.generation import rearranged
from ensemble.protocols import Brief, Character, Feel, Wish
from ensemble.tools.arrangement import choose, frame_of, part_of
from ensemble.tools.melody import chords_in, melody_of
from ensemble.tools.new_loop import NewLoop, carried, new_loop
from ensemble.tools.promises import of_new_loop
from ensemble.tools.selection import instrument_of, is_recording, listed, the_stems
from ensemble.tools.tool import Arguments, Contract, Stage, Tool, require_loop
from state.briefs import briefly
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Source, Stem
from state.take import Take
from state.verdict import Expectation


class RearrangeArguments(Arguments):
    """Arguments of `rearrange`."""

    genre: str | None = Field(
        None,
        description="the new style in the user's own word, e.g. 'jazz'; default the loop's genre",
        json_schema_extra=briefly(),
    )
    mood: str | None = Field(
        None,
        description="the new mood in the user's own word, e.g. 'dark'; default the loop's, or the new genre's",
        json_schema_extra=briefly(),
    )
    instruments: list[str] = Field(
        default_factory=list,
        description="instruments of the new arrangement: names or synonyms, one stem each; default by genre",
        json_schema_extra=briefly("one stem each"),
    )
    without: list[str] = Field(
        default_factory=list,
        description="instruments or families to leave out, e.g. 'drums'",
        json_schema_extra=briefly(),
    )
    solo: str | None = Field(
        None, description="name of an instrument that takes a solo", json_schema_extra=briefly("instrument")
    )
    time_signature: str | None = Field(
        None, description="a new metre, e.g. '3/4'; default the loop's", json_schema_extra=briefly("like '6/8'")
    )
    key: str | None = Field(
        None,
        description="a new mode on the tonic, e.g. 'D major' for a loop in D minor; default the loop's key",
        json_schema_extra=briefly("same tonic, other mode"),
    )
    feel: Feel | None = Field(
        None,
        description="rhythmic feel: notes even or swung, or drums at half or double time; default by genre",
        json_schema_extra=briefly(),
    )


@dataclass(frozen=True)
class _Arrangement:
    loop: NewLoop
    tune: Stem | None
    """The old stem whose melody is kept."""
    taker: Stem | None
    """The new stem that plays it, or that takes the solo."""


class Rearrange(Tool[RearrangeArguments]):
    """The same music in another style."""

    name = "rearrange"
    paper_task = "stylistic rearrangement"
    summary = "Arrange the loop anew in another style, metre or mode; tempo, harmony, length and melody stay."
    brief = "The same music in another style, metre or mode."
    arguments = RearrangeArguments
    contract = Contract(
        changes="style and instruments; metre or mode where asked; every stem is played anew",
        preserves="tempo, number of bars, key, chords and the melody",
        destructive=True,
    )

    def foresee(
        self, arguments: RearrangeArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        player = stage.player("rearrange")
        return _arranged(arguments, require_loop(gat, "rearrange"), stage, player).loop.draft

    def perform(self, arguments: RearrangeArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "rearrange")
        kept = _kept(arguments, loop)
        if player := stage.player("rearrange"):
            anew = _arranged(arguments, loop, stage.leading(), player).loop
            return rearranged(anew, loop, player, stage, kept=kept, without=arguments.without)
        plan = _arranged(arguments, loop, stage)
        characters: dict[str, Character] = {}
        ready: dict[str, Part] = {}
        if plan.taker is not None:
            characters[plan.taker.name] = Character(role="lead", solo=arguments.solo is not None)
            if plan.tune is not None:
                ready[plan.taker.name] = _retold(plan.tune, plan.taker, loop, plan.loop.brief, stage)
        made = plan.loop.performed(stage, characters=characters, ready=ready, placed=_stays(arguments, loop))
        return Take(
            gat=made,
            expectations=(*of_new_loop(made, without=arguments.without), Expectation(name="unchanged", value=kept)),
            backend=stage.band.name,
            seed=stage.seed,
            notes=(*plan.loop.notes, *_lost(arguments, loop, plan, stage), *stage.stood_in("rearrange")),
        )


def _kept(arguments: RearrangeArguments, loop: GlobalAttributeTable) -> list[str]:
    """Fields of the table that the new arrangement does not change."""
    changes = {
        "bpm": loop.bpm is None,
        "bars": loop.bars is None,
        "key": loop.key is None or arguments.key is not None,
        "chords": not loop.chords or arguments.key is not None,
        "time_signature": arguments.time_signature is not None,
    }
    return [field for field, changed in changes.items() if not changed]


def _arranged(
    arguments: RearrangeArguments, loop: GlobalAttributeTable, stage: Stage, player: Model | None = None
) -> _Arrangement:
    key, chords = loop.key, loop.chords
    if arguments.key is not None:
        key = _key(arguments.key)
        chords = chords_in(chords, loop.key, key) if loop.key else ()
    tune = melody_of(loop, stage.store)
    wish = Wish(
        description=_told(arguments, loop),
        bpm=loop.bpm,
        key=key,
        time_signature=arguments.time_signature or loop.time_signature,
        bars=loop.bars,
        duration_seconds=None if loop.bars else loop.duration_seconds,
        chords=chords,
        genre=arguments.genre or loop.genre,
        mood=arguments.mood or (loop.mood if _mood_stays(arguments, loop) else None),
        without=tuple(arguments.without),
        feel=arguments.feel,
    )
    wish = _with_players(wish, arguments, tune, stage) if player is None else _with_named(wish, arguments)
    plan = new_loop(
        wish,
        stage,
        Rearrange.name,
        gat=loop,
        guessed=() if arguments.instruments else ("instruments",),
        known=_sources(arguments, loop),
        by=player,
    )
    stays = _stays(arguments, loop)
    stems = tuple(_as_set_up(stem, stays.get(stem.name), arguments) for stem in plan.draft.stems)
    effects = loop.mix_effects if stays else ()
    plan = replace(plan, draft=plan.draft.revised(stems=stems, mix_effects=effects))
    if player is not None:
        return _Arrangement(plan, None, None)
    taker = _taker(arguments, plan.draft, tune)
    if arguments.time_signature not in (None, loop.time_signature):
        tune = None
    return _Arrangement(plan, tune, taker)


def _stays(arguments: RearrangeArguments, loop: GlobalAttributeTable) -> dict[str, Stem]:
    """Stems whose balance and effects outlive the arrangement, by name: what the user set up for a sound is kept in the
    same style, and chosen anew in another."""
    if arguments.genre not in (None, loop.genre):
        return {}
    return {stem.name: stem for stem in loop.stems if not is_recording(stem)}


def _as_set_up(stem: Stem, before: Stem | None, arguments: RearrangeArguments) -> Stem:
    """`stem` as its player was set up `before`: effects, silence and, unless another is asked for by its own name, the very
    instrument, so that 'drums' that were a brush kit are one still."""
    if before is None:
        return stem
    asked = [word.casefold().removeprefix("the ") for word in arguments.instruments]
    same = not asked or before.name.casefold() in asked
    kept = {"instrument": before.instrument} if same else {}
    return stem.model_copy(update={"effects": before.effects, "muted": before.muted, **kept})


def _mood_stays(arguments: RearrangeArguments, loop: GlobalAttributeTable) -> bool:
    """Whether the loop's mood outlives the arrangement: one that only came with the old style goes with it."""
    return arguments.genre in (None, loop.genre) or loop.sources.get("mood") in ("asked", "measured")


def _told(arguments: RearrangeArguments, loop: GlobalAttributeTable) -> str:
    """The loop's description, and what became of it."""
    style = arguments.genre or arguments.mood or arguments.key or arguments.time_signature or "another style"
    solo = f" with a {arguments.solo} solo" if arguments.solo else ""
    return f"{loop.description or 'a loop'}, rearranged as {style}{solo}"


def _with_players(wish: Wish, arguments: RearrangeArguments, tune: Stem | None, stage: Stage) -> Wish:
    """Who plays: those asked for, else those of the style, with whoever takes the solo and whoever has the melody."""
    solo = [arguments.solo] if arguments.solo else []
    asked = [word for word in arguments.instruments if not solo or not _same(word, solo[0], wish.genre)]
    players = asked or list(stage.band.settle(wish, stage.seed).instruments)
    extra = solo
    if not solo and not asked and tune is not None:
        extra = [tune.instrument]
    for word in extra:
        if not any(_same(word, player, wish.genre) for player in players):
            players.append(word)
    return replace(wish, instruments=tuple(players))


def _with_named(wish: Wish, arguments: RearrangeArguments) -> Wish:
    """Who plays where a model does: whoever was named, whether or not the band has them."""
    solo = [f"{arguments.solo} solo"] if arguments.solo else []
    return replace(wish, instruments=tuple(dict.fromkeys([*arguments.instruments, *solo])))


def _same(one: str, other: str, genre: str | None) -> bool:
    first, second = (choose([word], genre)[0].instrument for word in (one, other))
    return first == second


def _taker(arguments: RearrangeArguments, draft: GlobalAttributeTable, tune: Stem | None) -> Stem | None:
    """The new stem in front: the soloist, else the melody's own instrument, else the first lead."""
    if arguments.solo:
        wanted = choose([arguments.solo], draft.genre)[0].instrument.name
        return next((stem for stem in draft.stems if stem.instrument == wanted), None)
    if tune is None:
        return None
    own = next((stem for stem in draft.stems if stem.instrument == tune.instrument), None)
    return own or next((stem for stem in draft.stems if instrument_of(stem).role == "lead"), None)


def _retold(tune: Stem, taker: Stem, loop: GlobalAttributeTable, after: Brief, stage: Stage) -> Part:
    """The melody for its new player, moved into the new key where there is one."""
    part = part_of(tune, stage.store)
    if taker.instrument != tune.instrument:
        part = stage.band.adapt(part, taker.instrument, tune.instrument)
    before = frame_of(loop, stage).brief
    if (before.key, before.chords) != (after.key, after.chords):
        part = stage.band.reharmonise(part, taker.instrument, before, after)
    return part


def _sources(arguments: RearrangeArguments, loop: GlobalAttributeTable) -> dict[str, Source]:
    """Sources of what stays as it was, and of what was asked for just now."""
    sources = carried(loop, "genre", *(["mood"] if _mood_stays(arguments, loop) else []))
    if loop.bars is None:
        # The band settles another tempo and length in whole bars where none were measured.
        sources.pop("duration_seconds")
    for field in ("genre", "mood", "key", "time_signature"):
        if getattr(arguments, field) is not None:
            sources[field] = "asked"
    if arguments.key is not None:
        sources["chords"] = "inferred"
    return sources


def _key(text: str) -> str:
    from ensemble.band.theory import parse_key

    try:
        return str(parse_key(text))
    except ValueError as error:
        raise Refusal(f"{error}.", field="key") from None


def _lost(
    arguments: RearrangeArguments, loop: GlobalAttributeTable, plan: _Arrangement, stage: Stage
) -> tuple[str, ...]:
    """What of the old loop the new arrangement could not keep."""
    notes = []
    recordings = [stem.name for stem in loop.stems if is_recording(stem)]
    if recordings:
        known = (("tempo", loop.bpm), ("key", loop.key), ("chords", loop.chords))
        measured = [word for word, value in known if value] or ["length"]
        notes.append(
            f"The band plays anew from the measured {listed(measured)}; the sound and the melody of "
            f"{the_stems(recordings)} are not transcribed, so they are not in the new loop."
        )
    tune = melody_of(loop, stage.store)
    if tune is not None and (plan.tune is None or plan.taker is None):
        why = "the metre changed" if plan.taker is not None else "no instrument of the new arrangement leads"
        notes.append(f"The melody of the {tune.name} is not kept: {why}.")
    return tuple(notes)

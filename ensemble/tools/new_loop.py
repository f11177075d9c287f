"""A loop that did not exist before: from a wish to a table, for every tool that starts afresh."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ensemble.band.score import Part
from ensemble.protocols import Brief, Character, Feel, Settled, Wish
from ensemble.tools.arrangement import choose, pending_stem, perform_pending
from ensemble.tools.mixing import mixed
from ensemble.tools.selection import is_drums, verb
from ensemble.tools.tool import PENDING, Stage
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Source, Stem

if TYPE_CHECKING:
    from ensemble.capabilities import Model

_ATTRIBUTES = ("bpm", "key", "time_signature", "bars", "duration_seconds", "chords", "genre", "mood", "instruments")


@dataclass(frozen=True)
class NewLoop:
    """A loop that is decided but not played yet."""

    draft: GlobalAttributeTable
    brief: Brief
    notes: tuple[str, ...]
    players: tuple[str, ...] = ()
    """Who plays, in the words that were asked for or that the style brings."""

    def performed(
        self,
        stage: Stage,
        *,
        characters: Mapping[str, Character] = {},
        ready: Mapping[str, Part] = {},
        placed: Mapping[str, Stem] = {},
    ) -> GlobalAttributeTable:
        """The table with every stem played, and mixed at the loudness of a new loop; those in `placed` get the level
        and position given there, by stem name."""
        played = perform_pending(self.draft, self.brief, stage, characters=characters, ready=ready)
        stems = tuple(
            stem.model_copy(update={"gain_db": placed[stem.name].gain_db, "pan": placed[stem.name].pan})
            if stem.name in placed
            else stem
            for stem in played.stems
        )
        return mixed(played.revised(stems=stems), stage, "new")


def new_loop(
    wish: Wish,
    stage: Stage,
    tool: str,
    *,
    gat: GlobalAttributeTable | None,
    guessed: Collection[str] = (),
    known: Mapping[str, Source] = {},
    around: Stem | None = None,
    seconds: float | None = None,
    by: Model | None = None,
) -> NewLoop:
    """Settle `wish` and lay out its table, nothing played.

    `gat` is the table that it will succeed; attributes in `guessed` were filled in by the planner rather than said;
    `known` gives the source of attributes that were neither (measured, or carried over). `around` is a stem that stays
    as it is and stands first; `seconds` is its exact length. `by` is the model that plays it, all in one stem; without
    one the band does, a stem an instrument. Raises Refusal.
    """
    settled = stage.band.settle(wish, stage.seed) if by is None else _settled_for_model(wish, stage)
    brief = settled.brief
    not_too_long(seconds or brief.seconds)
    stems, notes = _stems(settled, tool, stage, around, by)
    if around is not None:
        stems = (around, *stems)
    inferred = set(settled.inferred) | set(guessed)
    harmonic = any(not is_drums(stem) for stem in stems)
    sources = {**_sources(wish, settled, inferred), **known}
    for attribute in ("key", "chords"):
        # Drums alone are in no key: what nobody asked for is not true of them either.
        if not harmonic and sources.get(attribute) == "inferred":
            del sources[attribute]
    if by is not None and "chords" not in known and sources.pop("chords", None) == "asked":
        notes = (*notes, f"{by.name} plays no chords by name, so the chords that were asked for are not promised.")
    draft = GlobalAttributeTable(
        revision=gat.revision if gat else 1,
        parent=gat.parent if gat else None,
        bpm=brief.bpm,
        key=brief.key if "key" in sources else None,
        time_signature=brief.time_signature,
        bars=brief.bars,
        duration_seconds=seconds or brief.seconds,
        genre=brief.genre,
        mood=brief.mood,
        chords=brief.chords if "chords" in sources else (),
        description=wish.description,
        stems=stems,
        mix=PENDING,
        sources=sources,
    )
    return NewLoop(draft, brief, (*settled.notes, *notes), settled.instruments)


def _stems(
    settled: Settled, tool: str, stage: Stage, around: Stem | None, by: Model | None
) -> tuple[tuple[Stem, ...], tuple[str, ...]]:
    """The stems to be played, and what must be said of who plays them."""
    taken = [around.name] if around else []
    if by is not None:
        from ensemble.chains.recording import recorded

        return (recorded(settled.instruments, settled.brief.genre, taken, tool, stage, by),), ()
    choices = choose(settled.instruments, settled.brief.genre, taken)
    if not choices:
        raise Refusal("That leaves no instrument to play. Which one should there be?", field="instruments")
    stood_in = [
        f"The band has no {choice.stem}; its {choice.instrument.name} {verb(choice.instrument.name, 'stands', 'stand')} in."
        for choice in choices
        if choice.stand_in
    ]
    return tuple(pending_stem(choice, tool, stage) for choice in choices), tuple(stood_in)


def _settled_for_model(wish: Wish, stage: Stage) -> Settled:
    """As the band settles it, but a model may be asked for any instrument, not only for those of the band."""
    if not wish.instruments:
        return stage.band.settle(wish, stage.seed)
    settled = stage.band.settle(replace(wish, instruments=(), without=()), stage.seed)
    return replace(settled, instruments=wish.instruments, inferred=settled.inferred - {"instruments"})


_SAME_SECONDS = 0.01
LONGEST_SECONDS = 300.0
"""Of a loop. Longer than any loop is looped for, and still played within seconds."""


def not_too_long(seconds: float) -> None:
    """Raises Refusal for a loop that would last longer than the longest."""
    if seconds > LONGEST_SECONDS:
        raise Refusal(
            f"That would last {seconds:.0f} seconds; a loop can last up to {LONGEST_SECONDS:.0f}. "
            "Fewer bars, or a faster tempo?",
            field="bars",
        )


_FRAME = ("bpm", "key", "bars", "chords", "time_signature", "duration_seconds")


def carried(gat: GlobalAttributeTable, *besides: str) -> dict[str, Source]:
    """Sources of the attributes that a new loop takes over from `gat`: its musical frame and those named. Where the
    table does not say how it knows one, it was assumed."""
    known = [field for field in (*_FRAME, *besides) if getattr(gat, field) not in (None, ())]
    return {field: gat.sources.get(field, "inferred") for field in known}


def wish_from(
    *,
    description: str = "",
    bpm: float | None = None,
    key: str | None = None,
    time_signature: str | None = None,
    bars: int | None = None,
    duration_seconds: float | None = None,
    chords: Sequence[str] = (),
    genre: str | None = None,
    mood: str | None = None,
    instruments: Sequence[str] = (),
    without: Sequence[str] = (),
    feel: Feel | None = None,
) -> Wish:
    """A wish from the fields of a tool's arguments."""
    return Wish(
        description,
        bpm,
        key,
        time_signature,
        bars,
        duration_seconds,
        tuple(chords),
        genre,
        mood,
        tuple(instruments),
        tuple(without),
        feel,
    )


def _sources(wish: Wish, settled: Settled, inferred: set[str]) -> dict[str, Source]:
    """How each attribute that the new table knows came to be known. The length follows from bars and tempo: it was
    asked for when it was said, or when both of them were."""
    brief = settled.brief
    sources: dict[str, Source] = {}
    for attribute in _ATTRIBUTES:
        given = getattr(wish, attribute) not in (None, (), "")
        known = given or getattr(brief, attribute, True) not in (None, (), "")
        if known:
            sources[attribute] = "asked" if given and attribute not in inferred else "inferred"
    wanted = wish.duration_seconds
    if wanted is not None and abs(wanted - brief.seconds) > _SAME_SECONDS:
        sources["duration_seconds"] = "inferred"
    if sources["bars"] == sources["bpm"] == "asked":
        sources["duration_seconds"] = "asked"
    return sources

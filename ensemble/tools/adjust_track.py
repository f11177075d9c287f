from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from ensemble.tools.mixing import lowered, mixed, unmixed
from ensemble.tools.promises import of_edit
from ensemble.tools.selection import listed, named, sentence, verb
from ensemble.tools.tool import PENDING, Arguments, Contract, Stage, Tool, require_loop
from state.briefs import briefly
from state.errors import Refusal
from state.gat import GlobalAttributeTable, Stem
from state.take import Take
from state.verdict import Expectation

_GAIN_RANGE = (-60.0, 24.0)
_AUDIBLE_DB = 0.1
_CEILING_DB = -1.0
"""Peaks of a mastered mix pass this nowhere (decibels of full scale)."""


class AdjustTrackArguments(Arguments):
    """Arguments of `adjust_track`."""

    stems: list[str] = Field(
        default_factory=list,
        description="names of the stems; empty for the whole mix",
        json_schema_extra=briefly("default the mix"),
    )
    gain_db: float | None = Field(
        None,
        ge=-60,
        le=24,
        description="change in decibels against the present level: 3 a little louder, -6 clearly softer; default as it is",
        json_schema_extra=briefly("relative"),
    )
    pan: float | None = Field(
        None,
        ge=-1,
        le=1,
        description="new position from -1 (left) by 0 (middle) to 1 (right); default as it is",
        json_schema_extra=briefly("-1 left, 1 right"),
    )
    mute: bool | None = Field(
        None,
        description="true silences the stems, false lets them sound again; default as it is",
        json_schema_extra=briefly(),
    )
    solo: bool = Field(
        False,
        description="true: mute every other stem and let these sound; default false",
        json_schema_extra=briefly("mutes the others"),
    )

    @model_validator(mode="after")
    def _something_to_do(self) -> Self:
        if self.gain_db is None and self.pan is None and self.mute is None and not self.solo:
            raise ValueError("give at least one of gain_db, pan, mute and solo")
        if self.solo and self.mute:
            raise ValueError("a stem cannot be both solo and muted; give one of them")
        return self


class AdjustTrack(Tool[AdjustTrackArguments]):
    """Level, position, mute and solo."""

    name = "adjust_track"
    summary = "Change the level or position of stems, mute, unmute or solo them, or change the level of the whole mix."
    brief = "Level, position, mute, unmute, solo."
    arguments = AdjustTrackArguments
    contract = Contract(
        changes="level, position or muting of the named stems (solo mutes the others); without stems, the mix's level",
        preserves="every take and effect; level and position of stems that are not named",
    )

    def foresee(
        self, arguments: AdjustTrackArguments, gat: GlobalAttributeTable | None, stage: Stage
    ) -> GlobalAttributeTable:
        loop = require_loop(gat, "adjust")
        if arguments.stems:
            return self._stems_adjusted(arguments, loop)
        if arguments.mute or arguments.solo:
            verb = "mute" if arguments.mute else "solo"
            raise Refusal(f"Which stem shall I {verb}? There are {listed(loop.stem_names)}.", field="stems")
        draft = loop
        if arguments.gain_db is not None:
            if arguments.gain_db > 0:
                _must_have_room(loop, stage)
            draft = draft.revised(master_gain_db=loop.master_gain_db + arguments.gain_db)
        for stem in loop.stems:
            draft = draft.with_stem(_placed(stem, arguments))
        _must_change(arguments, loop, draft, list(loop.stems))
        return unmixed(draft)

    def perform(self, arguments: AdjustTrackArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        loop = require_loop(gat, "adjust")
        draft = self.foresee(arguments, loop, stage)
        made = mixed(draft, stage)
        own: list[Expectation] = []
        touched: list[str] = []
        for before in loop.stems:
            after = made.stem(before.name)
            if after is None or after == before:
                continue
            touched.append(before.name)
            own += _heard(before, after)
        change = made.master_gain_db - loop.master_gain_db
        if arguments.gain_db is not None and not arguments.stems:
            own.append(Expectation(name="gain_db", value=change))
        return Take(
            gat=made,
            expectations=of_edit(loop, made, own, touched=touched),
            backend=stage.band.name,
            seed=stage.seed,
            notes=(*_clamped(arguments, loop, made), *_unheard(loop, made), *_lowered(draft, made, arguments)),
        )

    def _stems_adjusted(self, arguments: AdjustTrackArguments, loop: GlobalAttributeTable) -> GlobalAttributeTable:
        meant = named(loop, arguments.stems)
        chosen = [stem.name for stem in meant]
        draft = loop
        for stem in loop.stems:
            if stem.name in chosen:
                adjusted = _placed(stem, arguments)
                if arguments.gain_db is not None:
                    adjusted = adjusted.model_copy(update={"gain_db": _within(stem.gain_db + arguments.gain_db)})
                draft = draft.with_stem(adjusted)
            elif arguments.solo:
                draft = draft.with_stem(stem.model_copy(update={"muted": True}))
        if all(stem.muted for stem in draft.stems):
            raise Refusal(
                f"Muting {listed(chosen)} would leave nothing to hear. Unmute another stem first, or name fewer.",
                field="stems",
            )
        _must_change(arguments, loop, draft, meant)
        return unmixed(draft)


def _must_change(
    arguments: AdjustTrackArguments, loop: GlobalAttributeTable, draft: GlobalAttributeTable, meant: list[Stem]
) -> None:
    """Raises Refusal, saying why, when everything is as it is asked to be."""
    if draft.stems == loop.stems and draft.master_gain_db == loop.master_gain_db:
        raise Refusal(_as_it_is(arguments, meant), field="stems")


def _as_it_is(arguments: AdjustTrackArguments, meant: list[Stem]) -> str:
    names = [stem.name for stem in meant]
    they = f"The {listed(names)} {verb(names, 'is', 'are')}"
    if arguments.gain_db:
        return f"{they} at the end of the fader already, {meant[0].gain_db:+.0f} dB."
    if arguments.gain_db is not None:
        return "A change by 0 dB changes nothing. How much louder or softer should it be?"
    if arguments.pan is not None:
        return f"{they} {_side(arguments.pan)} already. Where to?"
    if arguments.mute is not None:
        return f"{they} muted already." if arguments.mute else f"{they} not muted, so there is nothing to unmute."
    return f"Nothing but the {listed(names)} sounds already."


def _side(pan: float) -> str:
    if pan == 0:
        return "in the middle"
    return f"{abs(pan):.0%} to the {'left' if pan < 0 else 'right'}"


def _must_have_room(loop: GlobalAttributeTable, stage: Stage) -> None:
    """Raises Refusal when the mix stands at its peak ceiling, as far as its samples are there to tell."""
    if loop.mix == PENDING:
        return
    import numpy as np

    peak = float(np.abs(stage.store.audio(loop.mix)).max())
    if peak > 10 ** ((_CEILING_DB - _AUDIBLE_DB) / 20):
        raise Refusal(
            "The mix is as loud as it can be without clipping. A compressor on it would make room for more, "
            "or turn the loudest stem down.",
            field="gain_db",
        )


def _placed(stem: Stem, arguments: AdjustTrackArguments) -> Stem:
    muted = False if arguments.solo else stem.muted if arguments.mute is None else arguments.mute
    pan = stem.pan if arguments.pan is None else arguments.pan
    return stem.model_copy(update={"muted": muted, "pan": pan})


def _within(gain_db: float) -> float:
    quietest, loudest = _GAIN_RANGE
    return min(loudest, max(quietest, gain_db))


def _heard(before: Stem, after: Stem) -> list[Expectation]:
    """What must be heard of one stem's change. A muted stem's level and position cannot be."""
    if after.muted:
        return [Expectation(name="muted", stem=after.name)]
    wanted = []
    if before.muted:
        wanted.append(Expectation(name="sounding", stem=after.name))
    if after.gain_db != before.gain_db and not before.muted:
        wanted.append(Expectation(name="gain_db", value=after.gain_db - before.gain_db, stem=after.name))
    if after.pan != before.pan:
        wanted.append(Expectation(name="panned", value=after.pan, stem=after.name))
    return wanted


def _unheard(before: GlobalAttributeTable, after: GlobalAttributeTable) -> tuple[str, ...]:
    """A note when the level or position of stems changed that are muted."""
    names = [
        old.name
        for old, new in zip(before.stems, after.stems, strict=True)
        if new.muted and (old.gain_db, old.pan) != (new.gain_db, new.pan)
    ]
    if not names:
        return ()
    return (f"{sentence(listed(names))} {verb(names, 'is', 'are')} muted, so the change cannot be heard yet.",)


def _clamped(
    arguments: AdjustTrackArguments, before: GlobalAttributeTable, after: GlobalAttributeTable
) -> tuple[str, ...]:
    """A note for each stem that reached the end of its fader."""
    if arguments.gain_db is None or not arguments.stems:
        return ()
    notes = []
    for stem in before.stems:
        now = after.stem(stem.name)
        if now is None or now.gain_db == stem.gain_db + arguments.gain_db or now.gain_db not in _GAIN_RANGE:
            continue
        notes.append(f"The {stem.name} {verb(stem.name, 'is', 'are')} at the end of the fader, {now.gain_db:+.0f} dB.")
    return tuple(notes)


def _lowered(
    draft: GlobalAttributeTable, made: GlobalAttributeTable, arguments: AdjustTrackArguments
) -> tuple[str, ...]:
    if arguments.stems:
        return lowered(draft, made)
    short = draft.master_gain_db - made.master_gain_db
    if short < _AUDIBLE_DB:
        return ()
    assert arguments.gain_db is not None
    return (
        f"The mix can only go up by {max(0.0, arguments.gain_db - short):.1f} dB before it clips, so it stops there. "
        "A compressor on the mix would make room.",
    )

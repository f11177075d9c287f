"""Text to music and rearrangement: a whole loop out of one model."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from ensemble.capabilities import Generate, Rearrange, Sheet, Sound, Work
from ensemble.chains.asking import Call, answered
from ensemble.chains.mending import bars_at_once, mended, seconds_for
from ensemble.chains.prompt import prompt_of
from ensemble.chains.recording import filled
from ensemble.tools.mixing import mixed
from ensemble.tools.new_loop import NewLoop
from ensemble.tools.promises import of_recorded
from ensemble.tools.recordings import licences
from ensemble.tools.tool import PENDING, Stage
from state.gat import SAMPLE_RATE, GlobalAttributeTable
from state.take import Take
from state.verdict import Expectation


def generated(plan: NewLoop, player: Generate, stage: Stage, *, without: Collection[str] = ()) -> Take:
    """The planned loop, played by `player` from a description with its attributes."""
    draft = plan.draft
    text = prompt_of(draft, plan.players, said=draft.description)

    def call(sheet: Sheet, seeds: Sequence[int], work: Work) -> Sequence[Sound]:
        return player.generate(text, _seconds(draft, sheet), seeds, work)

    return _played(plan, player, stage, ("generate", text, draft.duration_seconds), call, without=without)


def rearranged(
    plan: NewLoop,
    loop: GlobalAttributeTable,
    player: Rearrange,
    stage: Stage,
    *,
    kept: Sequence[str],
    without: Collection[str] = (),
) -> Take:
    """The planned loop on the melody of `loop`; the table fields `kept` are as they were."""
    from ensemble.models.audio import to_sheet

    draft = plan.draft
    text = prompt_of(draft, plan.players)
    melody = stage.store.audio(loop.mix)

    def call(sheet: Sheet, seeds: Sequence[int], work: Work) -> Sequence[Sound]:
        seconds = _seconds(draft, sheet)
        heard = to_sheet(melody[:, : round(min(seconds, sheet.longest_seconds) * SAMPLE_RATE)], sheet)
        return player.rearrange(heard, text, seconds, seeds, work)

    key = ("rearrange", loop.mix, text, draft.duration_seconds)
    own = [Expectation(name="unchanged", value=list(kept))]
    heard = licences(*(stem.licence for stem in loop.stems if not stem.muted))
    return _played(plan, player, stage, key, call, without=without, own=own, licence=heard)


def _played(
    plan: NewLoop,
    player: Any,
    stage: Stage,
    key: tuple[object, ...],
    call: Call,
    *,
    without: Collection[str],
    own: Sequence[Expectation] = (),
    licence: str | None = None,
) -> Take:
    """`licence` is of what the model made it from."""
    answer = answered(player, stage, key, call)
    draft = plan.draft
    (stem,) = (stem for stem in draft.stems if stem.audio == PENDING)
    pitched = stem.instrument != "drum recording"
    loop = mended(answer.audio, draft, _bars(draft, answer.sheet), stage, answer.player, pitched=pitched)
    done = filled(stem, loop.audio, answer, stage, licences(licence, answer.sheet.licence))
    made = mixed(draft.with_stem(done), stage, "new")
    return Take(
        gat=made,
        expectations=(*of_recorded(made, plan.players, without=without), *own),
        backend=answer.player,
        seed=stage.seed,
        notes=(*loop.notes, *plan.notes, answer.credit),
    )


def _bars(draft: GlobalAttributeTable, sheet: Sheet) -> int:
    return bars_at_once(draft, sheet.longest_seconds)


def _seconds(draft: GlobalAttributeTable, sheet: Sheet) -> float:
    return seconds_for(draft, _bars(draft, sheet), sheet.longest_seconds)

"""Variation by masked regeneration: each stem's own sound, sung anew over what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ensemble.capabilities import Sheet, Sound, Vary, Work
from ensemble.chains.asking import Answer, answered
from ensemble.chains.mending import bars_at_once
from ensemble.chains.recording import remade
from ensemble.tools.mixing import lowered, mixed
from ensemble.tools.promises import of_edit
from ensemble.tools.recordings import at_level_of, fitted
from ensemble.tools.tool import Stage
from state.gat import SAMPLE_RATE, GlobalAttributeTable, Stem
from state.take import Take
from state.verdict import Expectation

if TYPE_CHECKING:
    from state.artifacts import Audio

_JOIN_SECONDS = 0.02


def varied(
    stems: Sequence[Stem], loop: GlobalAttributeTable, amount: float, player: Vary, tool: str, stage: Stage
) -> Take:
    """`loop` with each of `stems` varied by itself: same length, level and place in the mix; what notes it had are gone."""
    draft, credit = loop, []
    for stem in stems:
        stage.report(f"varying the {stem.name}")
        audio, answer = _anew(stem, loop, amount, player, stage)
        draft = draft.with_stem(remade(stem, audio, answer, tool, stage))
        credit.append(answer.credit)
    made = mixed(draft, stage)
    names = [stem.name for stem in stems]
    own = [Expectation(name="duration_seconds", value=made.duration_seconds)]
    own += [Expectation(name="varied", stem=name) for name in names]
    return Take(
        gat=made,
        expectations=of_edit(loop, made, own, touched=names),
        backend=answer.player,
        seed=stage.seed,
        notes=(*lowered(loop, made), *dict.fromkeys(credit)),
    )


def _anew(stem: Stem, gat: GlobalAttributeTable, amount: float, player: Vary, stage: Stage) -> tuple[Audio, Answer]:
    """The sound of `stem` as `player` varies it. What is longer than the model takes is varied in pieces of whole bars
    that are cross-faded where they meet."""
    before = stage.store.audio(stem.audio)
    answers: list[Answer] = []
    start, after = 0, []
    while start < gat.samples:
        answer, piece = _piece(before, start, gat, amount, player, stage, stem.audio)
        answers.append(answer)
        after.append(piece)
        start += piece.shape[1] - _join()
    return at_level_of(before, _joined(after, gat.samples)), answers[0]


def _piece(
    before: Audio, start: int, gat: GlobalAttributeTable, amount: float, player: Vary, stage: Stage, name: str
) -> tuple[Answer, Audio]:
    """What stands in for the samples from `start` on, with some more to cross-fade with what follows (the loop goes round)."""
    from ensemble.models.audio import to_sheet

    def given(sheet: Sheet) -> Audio:
        import numpy as np

        end = min(start + _samples_at_once(gat, sheet), gat.samples)
        return np.take(before, np.arange(start, end + _join()), axis=1, mode="wrap")

    def call(sheet: Sheet, seeds: Sequence[int], work: Work) -> Sequence[Sound]:
        return player.vary(to_sheet(given(sheet), sheet), amount, seeds, work)

    answer = answered(player, stage, ("vary", name, start, amount), call)
    return answer, fitted(answer.audio, given(answer.sheet).shape[1])


def _samples_at_once(gat: GlobalAttributeTable, sheet: Sheet) -> int:
    if gat.duration_seconds + _JOIN_SECONDS <= sheet.longest_seconds:
        return gat.samples
    if gat.bars is None:
        return round((sheet.longest_seconds - _JOIN_SECONDS) * SAMPLE_RATE)
    return round(gat.samples * bars_at_once(gat, sheet.longest_seconds) / gat.bars)


def _joined(pieces: Sequence[Audio], samples: int) -> Audio:
    """Pieces that overlap by a join, as a loop of `samples`: the last one fades into the first."""
    import numpy as np

    join = _join()
    angle = np.pi / 2 * (np.arange(join) + 0.5) / join
    rise, fall = np.sin(angle), np.cos(angle)
    loop: Any = np.zeros((2, samples), np.float32)
    at = 0
    for piece in pieces:
        shaped = np.array(piece, dtype=np.float32)
        shaped[:, :join] *= rise
        shaped[:, -join:] *= fall
        places = np.arange(at, at + shaped.shape[1]) % samples
        loop[:, places] += shaped
        at += shaped.shape[1] - join
    result: Audio = loop
    return result


def _join() -> int:
    return round(_JOIN_SECONDS * SAMPLE_RATE)

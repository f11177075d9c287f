"""A span filled by a model: what it changed outside is put back, sample for sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ensemble.capabilities import Inpaint, Sheet, Sound, Work
from ensemble.chains.asking import Answer, answered
from ensemble.chains.prompt import playing, prompt_of
from ensemble.chains.recording import remade
from ensemble.tools.mixing import mixed
from ensemble.tools.promises import of_span
from ensemble.tools.recordings import fitted, spliced
from ensemble.tools.tool import Stage
from state.errors import Refusal
from state.gat import SAMPLE_RATE, GlobalAttributeTable, Stem
from state.take import Take

if TYPE_CHECKING:
    from state.artifacts import Audio

_FILLED_AT_MOST = 0.8
"""Of what a model takes at once: it fills a hole from what stands around it."""


def inpainted(
    stems: Sequence[Stem], loop: GlobalAttributeTable, start: int, end: int, player: Inpaint, tool: str, stage: Stage
) -> Take:
    """`loop` with new music at samples `start`..`end` of `stems`, each filled by itself, cross-faded inside the span; every
    other sample is as it was. Raises Refusal for a span that is longer than the model takes."""
    draft, credit = loop, []
    for stem in stems:
        stage.report(f"playing the {stem.name} anew")
        audio, answer = _filled(stem, loop, start, end, player, stage)
        draft = draft.with_stem(remade(stem, audio, answer, tool, stage))
        credit.append(answer.credit)
    made = mixed(draft, stage, "strict")
    return Take(
        gat=made,
        expectations=of_span(loop, made, start, end, stems),
        backend=answer.player,
        seed=stage.seed,
        notes=tuple(dict.fromkeys(credit)),
    )


def _filled(
    stem: Stem, gat: GlobalAttributeTable, start: int, end: int, player: Inpaint, stage: Stage
) -> tuple[Audio, Answer]:
    """The sound of `stem` with the span filled. Of one that is longer than the model takes it hears what stands around
    the span; the loop goes round."""
    import numpy as np

    from ensemble.models.audio import to_sheet

    before = stage.store.audio(stem.audio)
    text = prompt_of(gat, playing(gat.revised(stems=(stem,))), said=gat.description)

    def call(sheet: Sheet, seeds: Sequence[int], work: Work) -> Sequence[Sound]:
        first, length = _window(gat.samples, start, end, sheet)
        given = np.take(before, np.arange(first, first + length), axis=1, mode="wrap")
        begins, ends = (start - first) / SAMPLE_RATE, (end - first) / SAMPLE_RATE
        return player.inpaint(to_sheet(given, sheet), begins, ends, text, seeds, work)

    answer = answered(player, stage, ("inpaint", stem.audio, start, end, text), call)
    first, length = _window(gat.samples, start, end, answer.sheet)
    whole = np.zeros_like(before)
    whole[:, start:end] = fitted(answer.audio, length)[:, start - first : end - first]
    return spliced(before, whole, start, end), answer


def _window(samples: int, start: int, end: int, sheet: Sheet) -> tuple[int, int]:
    """(first sample, length) of what the model hears: the whole loop, or as much of it with the span in the middle. The
    first sample may lie before the loop's start, which is its end."""
    longest = int(sheet.longest_seconds * SAMPLE_RATE)
    if samples <= longest:
        return 0, samples
    if end - start > _FILLED_AT_MOST * longest:
        raise Refusal(
            f"At most {_FILLED_AT_MOST * sheet.longest_seconds:.3g} seconds can be filled at once. Name a shorter part.",
            field="span",
        )
    return (start + end - longest) // 2, longest

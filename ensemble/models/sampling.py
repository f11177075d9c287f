"""Inside transformers' generation loop: each take draws from a seed of its own, and the loop can be watched and stopped.

The library draws all rows of a batch from one global generator, so that a take would depend on its neighbours. Here every take
has uniform numbers of its own, drawn beforehand, and picks by the inverse of the cumulated probabilities: equal seeds pick equal
tokens in any batch and on any device, up to rounding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ensemble.capabilities import Work
from state.errors import Cancelled

_NEVER = -1e9
"""A score that is never picked; finite, since guidance subtracts it from itself."""
_REPORT_EVERY = 25


class SeededSampling:
    """A logits processor that picks one token a row and leaves it the likeliest, to be used with do_sample=False."""

    def __init__(
        self, chances: Sequence[np.random.Generator], steps: int, rows: int, top_k: int, guidance: float
    ) -> None:
        """`chances`: one generator a take, moved on by `steps` x `rows` numbers; `rows`: rows of the batch a take."""
        drawn = np.stack([chance.random((steps, rows), dtype=np.float32) for chance in chances], axis=1)
        self._drawn: Any = drawn.reshape(steps, -1, 1)
        self._step = 0
        self._top_k = top_k
        self._guidance = guidance

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """`scores` (rows, tokens); with guidance the rows with text stand before those without, and come back so."""
        import torch

        if self._step == 0:
            self._drawn = torch.from_numpy(self._drawn).to(scores.device)
        guided = self._guidance > 1
        if guided:
            told, untold = scores.chunk(2)
            scores = torch.lerp(untold, told, self._guidance)
        best, tokens = scores.topk(min(self._top_k, scores.shape[-1]))
        reached = best.softmax(-1).cumsum(-1)
        place = (reached < self._drawn[self._step]).sum(-1, keepdim=True).clamp_(max=best.shape[-1] - 1)
        self._step += 1
        picked = torch.full_like(scores, _NEVER).scatter_(1, tokens.gather(1, place), 0.0)
        # Equal halves: the guidance that `generate` itself applies next changes nothing.
        return picked.repeat(2, 1) if guided else picked


class Watch:
    """A stopping criterion that never stops of itself: it reports progress, and raises Cancelled."""

    def __init__(self, work: Work, name: str, steps: int, rate: float) -> None:
        """`rate`: steps a second of audio."""
        self._work, self._name, self._steps, self._rate = work, name, steps, rate
        self._step = 0
        self._go_on: Any = None

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        import torch

        self._step += 1
        if self._step % _REPORT_EVERY == 0:
            done, whole = min(self._step, self._steps) / self._rate, self._steps / self._rate
            self._work.report(f"{self._name}: {done:.1f} of {whole:.1f} s")
        elif self._work.cancelled():
            raise Cancelled("stopped by the user")
        if self._go_on is None:
            self._go_on = torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)
        return self._go_on

"""Watching a model write: a stopping criterion for transformers' `generate` where tokens are words, not audio."""

from __future__ import annotations

from typing import Any

from ensemble.capabilities import Work
from state.errors import Cancelled

_REPORT_EVERY = 16


class Writing:
    """It never stops of itself; it says how far the text is and raises Cancelled when the person stopped the work."""

    def __init__(self, work: Work, name: str) -> None:
        self._work, self._name = work, name
        self._tokens = 0

    def __call__(self, input_ids: Any, scores: Any, **_: Any) -> Any:
        import torch

        self._tokens += 1
        if self._tokens % _REPORT_EVERY == 0:
            self._work.report(f"{self._name}: writing, {self._tokens} tokens so far")
        elif self._work.cancelled():
            raise Cancelled("stopped by the user")
        return torch.zeros(input_ids.shape[0], dtype=torch.bool, device=input_ids.device)

"""The language model's server of a replay: it gives the answers that were kept, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evaluation.divergence import Divergence, first_difference
from nodes.planners.exchange import Answer, Prompt
from nodes.planners.llm.metered import why
from state.errors import ReplayError
from state.exchanges import Exchange


class KeptServer:
    """Answers the calls of one turn after the other, by their number, when they ask what was asked then.

    `folders` are folders that may be named in the prompts: (where the conversation had its files, where the replay has
    its own); such a path is no difference.
    """

    def __init__(self, exchanges: Sequence[Exchange], folders: Sequence[tuple[Path, Path]] = ()) -> None:
        self._kept = {(exchange.turn, exchange.number): exchange for exchange in exchanges}
        self._folders = folders
        self._turn = 0
        self._number = 0
        self.divergence: Divergence | None = None
        """The first call that was not as recorded."""

    def begin(self, turn: int) -> None:
        """From here on the calls are those of `turn`."""
        self._turn, self._number = turn, 0

    def left(self) -> list[Divergence]:
        """The kept calls of this turn for which nothing asked."""
        numbers = sorted(number for turn, number in self._kept if turn == self._turn and number >= self._number)
        return [Divergence(self._turn, f"call {number + 1}", "a call", "no such call") for number in numbers]

    def complete(self, prompt: Prompt, timeout_seconds: float) -> Answer:
        """What the model answered then, its errors too. Raises ReplayError saying the turn, the call and what differs."""
        number = self._number
        self._number += 1
        kept = self._kept.get((self._turn, number))
        if kept is None:
            raise self._diverged(number, "no such call", "one call more")
        if kept.digest != prompt.digest:
            asked = json.loads(self._told_then(prompt.model_dump_json()))
            found = first_difference(kept.prompt, asked)
            if found is not None:
                place, before, now = found
                raise self._diverged(number, before, now, f".prompt.{place}")
        error = kept.answer.get("error")
        if error is not None:
            raise why(error)
        return Answer.model_validate(kept.answer)

    def _told_then(self, text: str) -> str:
        """`text` with the replay's folders called as they were called then."""
        for then, now in self._folders:
            for escapes in range(3):  # a path may stand in JSON that stands in JSON
                text = text.replace(_escaped(now, escapes), _escaped(then, escapes))
        return text

    def _diverged(self, number: int, before: Any, now: Any, place: str = "") -> ReplayError:
        divergence = Divergence(self._turn, f"call {number + 1}{place}", before, now)
        if self.divergence is None:
            self.divergence = divergence
        return ReplayError(str(divergence))


def _escaped(path: Path, times: int) -> str:
    text = str(path)
    for _ in range(times):
        text = json.dumps(text)[1:-1]
    return text

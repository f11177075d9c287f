"""Who describes the uploads of a turn: the seated captioner; where it fails, what is measured alone, and that is told once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ensemble.players import Players
from nodes.wording import listed
from state.errors import ModelUnavailable, ToolError
from state.take import Upload
from state.text import brief


class Captioning:
    """The captioner of one turn. A model that cannot be loaded is tried for the first upload alone."""

    def __init__(self, players: Players | None) -> None:
        self._players = players
        self._unavailable = ""
        self._by_model: list[str] = []

    def described(self, taken_in: Callable[[Any | None], Upload]) -> Upload:
        """The upload as `taken_in` makes it with a captioner; without one where that fails, with its reason as `fault`
        where the strategy lets nobody stand in."""
        player = None if self._players is None else self._players.get("caption")
        if player is None or self._unavailable:
            return self._measured(taken_in, self._unavailable)
        try:
            upload = taken_in(player)
        except ModelUnavailable as failure:
            assert self._players is not None
            if self._players.stand_in(failure):
                return self._measured(taken_in)
            self._unavailable = brief(failure.message)
            return self._measured(taken_in, self._unavailable)
        except ToolError as failure:
            return self._measured(taken_in, brief(failure.message))
        self._by_model.append(upload.name)
        return upload

    def notes(self, uploads: Sequence[Upload]) -> list[str]:
        """Who described them, or what stands in for a model that is not here."""
        from ensemble.chains.caption import credited, stood_in

        told = list(stood_in(self._players)) if uploads else []
        if self._players is not None and self._by_model:
            told.append(credited(self._players.get("caption"), listed(self._by_model)))
        return told

    def unmet(self, uploads: Sequence[Upload]) -> list[str]:
        """A sentence for each reason why the captioner did not describe what it should."""
        reasons = dict.fromkeys(upload.fault for upload in uploads if upload.fault)
        return [
            f"No captioner described {listed(upload.name for upload in uploads if upload.fault == reason)}: {reason}."
            for reason in reasons
        ]

    def _measured(self, taken_in: Callable[[Any | None], Upload], fault: str = "") -> Upload:
        return taken_in(None).model_copy(update={"fault": fault})

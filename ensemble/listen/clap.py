"""The scorer "clap": the model that a strategy seats at `score` says how well a take sounds like a text.

Which model that is stands in the scorer's name, and so in every verdict: scores of different weights, and thresholds set
for them, have nothing in common.
"""

from __future__ import annotations

from ensemble.capabilities import Work, weights_named
from ensemble.listen.claims import Claims
from ensemble.models.audio import to_sheet
from ensemble.players import Players
from ensemble.protocols import Mixer
from state.artifacts import ArtifactStore
from state.errors import ModelUnavailable, StrategyError
from state.gat import GlobalAttributeTable
from state.strategy import Strategy


def stood_in(strategy: Strategy, players: Players | None) -> str | None:
    """What to say where the claims judge in place of the seated model, which is not here."""
    asked = strategy.verifier in ("clap", "both") and strategy.scorer == "clap"
    missing = players.missing.get("score") if asked and players is not None else None
    return None if missing is None else f"{missing} What can be measured was checked in its place."


class SeatedScorer:
    """Scores the mix of a take by the seated model, which is loaded when the first take is scored. Where it cannot be loaded
    and the strategy lets another stand in, the claims judge from then on."""

    def __init__(self, players: Players, *, replaceable: bool = True) -> None:
        """`replaceable`: whether another scorer would do, which a threshold set for this one's scores rules out. Raises
        StrategyError where no model is seated for it."""
        model = players.get("score")
        if model is None:
            raise StrategyError(
                "'clap' needs a model that scores; seat one, such as 'score: clap'", field="ensemble.score"
            )
        self._players = players
        self._replaceable = replaceable
        self.name = f"{model.name} {weights_named(model.weights)}".strip()
        """Of whoever judges now."""
        self._claims: Claims | None = None

    def score(self, table: GlobalAttributeTable, store: ArtifactStore, band: Mixer, text: str) -> float | None:
        """The score of the mix for `text`; None without a text. Raises ModelUnavailable where nobody may stand in."""
        if not text.strip():
            return None
        if self._claims is None:
            model = self._players.get("score")
            try:
                if model is not None:
                    work = Work(cancelled=self._players.cancelled)
                    (score,) = model.score(to_sheet(store.audio(table.mix), model.sheet), [text], work)
                    return float(score)
            except ModelUnavailable as failure:
                if not self._replaceable or not self._players.stand_in(failure):
                    raise
            self._claims = Claims()
            self.name = self._claims.name
        return self._claims.score(table, store, band, text)

"""The seam of text-audio scores: how well a take sounds like a text. A scorer of one's own stands beside the shipped one."""

from __future__ import annotations

from typing import Protocol, cast

from ensemble.protocols import Mixer
from state.artifacts import ArtifactStore
from state.errors import StrategyError
from state.gat import GlobalAttributeTable
from state.references import load, located
from state.strategy import SHIPPED_SCORER

SHIPPED = (SHIPPED_SCORER,)


class Scorer(Protocol):
    """Scores takes against text. Scores of different scorers, and their thresholds, have nothing in common."""

    name: str
    """Stands in every verdict beside the score."""

    def score(self, table: GlobalAttributeTable, store: ArtifactStore, band: Mixer, text: str) -> float | None:
        """How well the take `table`, whose audio lies in `store`, fits `text`: higher is better. None: cannot be said.

        Audio has shape (2, samples) at 44.1 kHz: `store.audio(table.mix)`. Equal arguments give equal scores.
        """
        ...


def scorer_of(name: str) -> Scorer:
    """The scorer that a strategy names: shipped, 'module:attribute' (a scorer, or what makes one) or an entry point of
    loopcopilot.scorers. Raises StrategyError when there is none."""
    check_scorer(name)
    if name == SHIPPED_SCORER:
        from ensemble.listen.claims import Claims

        return Claims()
    found = load(name, "scorers", field="scorer")
    try:
        scorer = found if callable(getattr(found, "score", None)) and not isinstance(found, type) else found()
    except TypeError as error:
        raise StrategyError(f"{name} cannot be made: {error}", field="scorer") from None
    if not callable(getattr(scorer, "score", None)) or not isinstance(getattr(scorer, "name", None), str):
        raise StrategyError(f"{name} makes no scorer: it needs a text 'name' and a method 'score'", field="scorer")
    return cast(Scorer, scorer)


def check_scorer(name: str) -> None:
    """Raise StrategyError unless `name` is shipped or refers to something outside; nothing is loaded."""
    if name not in SHIPPED and located(name, "scorers") is None:
        raise StrategyError(
            f"there is no scorer {name!r}; there are {', '.join(SHIPPED)}, 'module:attribute', or an entry point of"
            " loopcopilot.scorers",
            field="scorer",
        )

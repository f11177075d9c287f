"""The seam of text-audio scores: how well a take sounds like a text. A scorer of one's own stands beside the shipped one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol, cast

from ensemble.protocols import Mixer
from state.artifacts import ArtifactStore
from state.errors import LoopCopilotError, StrategyError, ToolError
from state.gat import GlobalAttributeTable
from state.references import in_one_line, load, located
from state.strategy import SHIPPED_SCORER, SHIPPED_SCORERS
from state.text import brief, clean, cut, quoted

if TYPE_CHECKING:
    from ensemble.players import Players


class Scorer(Protocol):
    """Scores takes against text. Scores of different scorers, and their thresholds, have nothing in common."""

    name: str
    """Stands in every verdict beside the score."""

    def score(self, table: GlobalAttributeTable, store: ArtifactStore, band: Mixer, text: str) -> float | None:
        """How well the take `table`, whose audio lies in `store`, fits `text`: higher is better. None: cannot be said.

        Audio has shape (2, samples) at 44.1 kHz: `store.audio(table.mix)`. Equal arguments give equal scores.
        """
        ...


def scorer_of(name: str, players: Players | None = None, *, replaceable: bool = True) -> Scorer:
    """The scorer that a strategy names: shipped, 'module:attribute' (a scorer, or what makes one) or an entry point of
    loopcopilot.scorers. 'clap' is the model that `players` seat for it, or the claims where that is not here, or cannot be
    loaded and is `replaceable`, and the strategy lets another stand in. Raises StrategyError when there is none."""
    check_scorer(name)
    stands_in = players is not None and "score" in players.missing
    if name == SHIPPED_SCORER or (name == "clap" and stands_in):
        from ensemble.listen.claims import Claims

        return Claims()
    if name == "clap":
        if players is None:
            raise StrategyError(
                "'clap' needs a model that scores; seat one, such as 'score: clap'", field="ensemble.score"
            )
        from ensemble.listen.clap import SeatedScorer

        return SeatedScorer(players, replaceable=replaceable)
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
    if name not in SHIPPED_SCORERS and located(name, "scorers") is None:
        raise StrategyError(
            f"there is no scorer {name!r}; there are {', '.join(SHIPPED_SCORERS)}, 'module:attribute', or an entry point of"
            " loopcopilot.scorers",
            field="scorer",
        )


def scored(scorer: Scorer, table: GlobalAttributeTable, store: ArtifactStore, band: Mixer, text: str) -> float | None:
    """What `scorer` says of a take, as a plain float: any number is taken, numpy's and torch's too. None: cannot be said.

    Raises ToolError, which names the scorer, when it raises or returns anything else: a study that went on without its
    score would look as if the take could not be measured.
    """
    name = cut(clean(scorer.name))
    try:
        score: Any = scorer.score(table, store, band, text)
        if score is None:
            return None
        if isinstance(score, str | bytes | bool):
            raise ToolError(
                f"the scorer {name!r} returned {quoted(score)}, and a score is a number or None", field="scorer"
            )
        number = float(score)
    except LoopCopilotError:
        raise
    except (Exception, SystemExit) as error:  # code that is not ours may raise anything
        raise ToolError(f"the scorer {name!r} failed: {brief(in_one_line(error))}", field="scorer") from error
    if not math.isfinite(number):
        raise ToolError(
            f"the scorer {name!r} returned {number}, and a score is a finite number or None", field="scorer"
        )
    return number

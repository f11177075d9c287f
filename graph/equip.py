"""What a strategy needs to run: its planner, its tools, its language model's server, its scorer, its graph."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver

from ensemble.listen.scorer import Scorer, check_scorer, scorer_of
from ensemble.players import Players
from ensemble.tools.registry import Toolbox
from graph.build import TurnGraph
from graph.build import build as build_ours
from nodes.planners.choose import planner_of
from nodes.planners.exchange import Server
from nodes.planners.planner import Planner
from state.errors import SetupError, StrategyError
from state.planning import KINDS, ModelChoice, NoisyChoice, OracleChoice
from state.seating import Ensemble
from state.settings import Settings
from state.strategy import Strategy
from state.topology import built, topology

Builder = Callable[[BaseCheckpointSaver[Any] | None], TurnGraph]


@dataclass(frozen=True)
class Equipment:
    """A strategy's parts, ready to use."""

    planner: Planner
    tools: Toolbox
    players: Players | None
    """None where the strategy seats no model."""
    server: Server | None
    scorer: Scorer | None
    """None where the strategy asks for no text-audio score."""
    build: Builder


def equip(
    strategy: Strategy, settings: Settings, *, planner: Planner | None = None, server: Server | None = None
) -> Equipment:
    """The parts of `strategy`; `planner` and `server` stand in for its own.

    Raises StrategyError when one from outside cannot be had, SetupError when a language model is needed and none is set.
    """
    chosen = planner or planner_of(strategy)
    if server is None and planner is None:
        server = _server(strategy, settings)
    return Equipment(chosen, server=server, **_beside_the_planner(strategy, settings))


def check(strategy: Strategy, settings: Settings) -> None:
    """Raise the StrategyError that `equip` would raise; a language model's server and a dialogue's plans may be missing."""
    choice: Any = strategy.planner
    while isinstance(choice, NoisyChoice):
        choice = choice.planner
    if not (isinstance(choice, OracleChoice) and choice.plans is None):
        planner_of(strategy)
    _beside_the_planner(strategy, settings)


def _beside_the_planner(strategy: Strategy, settings: Settings) -> dict[str, Any]:
    players = Players(strategy.ensemble, settings) if strategy.ensemble != Ensemble() else None
    return {
        "tools": Toolbox.of(strategy.tools),
        "players": players,
        "scorer": _scorer(strategy, players),
        "build": _builder(strategy),
    }


def _scorer(strategy: Strategy, players: Players | None) -> Scorer | None:
    if strategy.verifier in ("clap", "both"):
        least = strategy.thresholds.score
        if strategy.scorer == "clap" and players and least is not None and (missing := players.missing.get("score")):
            raise StrategyError(f"{missing} The threshold {least:g} is of its scores only.", field="thresholds.score")
        return scorer_of(strategy.scorer, players, replaceable=least is None)
    check_scorer(strategy.scorer)  # a wrong name is told even where no score is asked for; a model is not loaded for it
    return None


def _server(strategy: Strategy, settings: Settings) -> Server | None:
    choice: Any = strategy.planner
    while isinstance(choice, NoisyChoice):
        choice = choice.planner
    if not isinstance(choice, ModelChoice):
        return None
    needed = choice.kind in KINDS
    model = choice.model or settings.llm.model
    reachable = settings.llm.base_url is not None or settings.llm.api_key is not None
    if not (model and reachable):
        if not needed:
            return None
        missing = "LOOPCOPILOT_LLM_MODEL" if not model else "LOOPCOPILOT_LLM_BASE_URL"
        raise SetupError(
            f"the planner {choice.kind} asks a language model: set LOOPCOPILOT_LLM_MODEL, and LOOPCOPILOT_LLM_BASE_URL or"
            " OPENAI_API_KEY; to try it without one, run `loopcopilot llm-stub`",
            field=missing,
        )
    from nodes.planners.llm.server import OpenAiServer

    return OpenAiServer(settings.llm)


def _builder(strategy: Strategy) -> Builder:
    if strategy.graph is None:
        return build_ours
    topology(strategy.graph)  # one that cannot be built or drawn is told now
    return partial(built, strategy.graph)

"""Options that several commands share, and what they open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from graph.conductor import Conductor
    from state.settings import Settings
    from state.strategy import Strategy

F = TypeVar("F", bound=Callable[..., Any])


def as_json(function: F) -> F:
    """--json: machine-readable output, nothing else on standard output."""
    return click.option(
        "--json", "as_json", is_flag=True, help="One JSON object a line on standard output, nothing else."
    )(function)


def home(function: F) -> F:
    """--home: where everything is kept."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        help="Where sessions are kept (default: $LOOPCOPILOT_HOME, else the platform's data folder).",
    )(function)


def strategy(function: F) -> F:
    """--strategy: a shipped strategy's name or a YAML file."""
    return click.option(
        "--strategy", metavar="NAME|FILE", help="How the conversation is conducted; see `loopcopilot strategies`."
    )(function)


def seed(function: F) -> F:
    """--seed: the conversation's seed."""
    return click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Equal seeds give equal samples.")(function)


def settings_of(home: Path | None) -> Settings:
    """Settings from the environment, `--home` winning."""
    from state.settings import Settings

    return Settings.read(home=home)


def open_conductor(home: Path | None, strategy: str | None = None, **more: Any) -> Conductor:
    """A conductor on the chosen home and strategy; without `strategy` a session keeps the one it was started with."""
    from graph.conductor import Conductor

    settings = settings_of(home)
    chosen = strategy_of(strategy, settings) if strategy else None
    return Conductor(settings, strategy=chosen, **more)


def strategy_of(name_or_file: str, settings: Settings) -> Strategy:
    """A shipped strategy or one from a file, whose parts can all be had. Raises StrategyError."""
    from graph.equip import check
    from state.strategy import load_strategy

    found = load_strategy(name_or_file)
    check(found, settings)
    return found

"""Loop Copilot: conduct an ensemble of music tools by conversation.

Everything a user needs is importable from here; names are loaded when they are first used.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from graph.conductor import Conductor as Conductor
    from graph.events import Event as Event
    from state.errors import LoopCopilotError as LoopCopilotError
    from state.gat import GlobalAttributeTable as GlobalAttributeTable
    from state.settings import Settings as Settings
    from state.strategy import Strategy as Strategy
    from state.strategy import load_strategy as load_strategy
    from state.turn import TurnRecord as TurnRecord

__version__ = "0.1.0"

_HOMES = {
    "Conductor": "graph.conductor",
    "Event": "graph.events",
    "GlobalAttributeTable": "state.gat",
    "LoopCopilotError": "state.errors",
    "Settings": "state.settings",
    "Strategy": "state.strategy",
    "TurnRecord": "state.turn",
    "load_strategy": "state.strategy",
}
__all__ = [
    "Conductor",
    "Event",
    "GlobalAttributeTable",
    "LoopCopilotError",
    "Settings",
    "Strategy",
    "TurnRecord",
    "load_strategy",
]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'loopcopilot' has no attribute {name!r}")


def _refuse_shadows() -> None:
    """Our packages have plain names; say so when another package of such a name is found first."""
    root = Path(__file__).resolve().parent.parent
    for name in ("state", "ensemble", "nodes", "graph", "evaluation"):
        spec = find_spec(name)
        found = Path(spec.origin).resolve() if spec and spec.origin else None
        if found is None or found.parent.parent != root:
            raise ImportError(
                f"the package {name!r} of Loop Copilot (expected in {root}) is hidden by {found or 'a folder without code'};"
                " remove it from the path or start Python elsewhere"
            )


_refuse_shadows()

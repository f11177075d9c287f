"""A whole graph from outside, as a strategy names it: built, or refused in words."""

from __future__ import annotations

from typing import Any

from state.errors import StrategyError
from state.references import in_one_line, load
from state.text import brief, quoted

_CHANNEL = "turn"
"""What our nodes read and write; see `graph.build.Channels`."""


def built(name: str, checkpointer: Any = None) -> Any:
    """The compiled graph that the function `name` builds. Raises StrategyError, naming `graph`, when it builds none."""
    builder = load(name, "graphs", field="graph")
    if isinstance(builder, type) or not callable(builder):
        raise StrategyError(f"{name!r} is no function that builds a graph", field="graph")
    try:
        graph = builder(checkpointer)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - code that is not ours may raise anything
        raise StrategyError(f"{name!r} cannot build its graph: {brief(in_one_line(error))}", field="graph") from None
    if not all(callable(getattr(graph, method, None)) for method in ("invoke", "stream", "get_state", "get_graph")):
        raise StrategyError(f"{name!r} returns no compiled graph, but {quoted(graph)}", field="graph")
    if _CHANNEL not in getattr(graph, "channels", {_CHANNEL}):
        raise StrategyError(
            f"{name!r} returns a graph without the channel {_CHANNEL!r}; make it of graph.build.Channels", field="graph"
        )
    return graph


def topology(name: str) -> str:
    """The nodes and edges of that graph, which its source alone need not show."""
    graph = built(name)
    try:
        return str(graph.get_graph().draw_mermaid())
    except Exception as error:  # noqa: BLE001 - as above
        raise StrategyError(
            f"{name!r} returns a graph that cannot be drawn: {brief(in_one_line(error))}", field="graph"
        ) from None

"""The state machine of one turn: every node and every edge, in one place.

The same graph serves every strategy: a planner that is done after one plan says so (`Plan.complete`), one that looks
again after each step does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from typing_extensions import TypedDict

from graph import routes
from nodes.approve import approve
from nodes.commit import commit
from nodes.context import Context
from nodes.execute import execute
from nodes.plan import plan
from nodes.respond import respond
from nodes.retry import retry
from nodes.turn import TurnState, merge
from nodes.understand import understand
from nodes.verify import verify

Node = Callable[[TurnState, Runtime[Context]], dict[str, Any]]


class Channels(TypedDict):
    """What LangGraph keeps: the whole turn in one channel, into which nodes' partial updates are merged.

    A channel for each of its fields would be written, read and checkpointed one by one at every step; measured, that
    doubled what a turn costs beside its music.
    """

    turn: Annotated[dict[str, Any], merge]


TurnGraph = CompiledStateGraph[Channels, Context, Channels, Channels]


def build(
    checkpointer: BaseCheckpointSaver[Any] | None = None, *, context_of: Callable[[TurnState], Context] | None = None
) -> TurnGraph:
    """The compiled graph. Run it with `context=Context(...)` and a thread id a turn; `context_of` supplies the context
    where whoever runs the graph cannot, such as a LangGraph server."""
    graph = StateGraph(Channels, context_schema=Context)

    for node in (understand, plan, approve, execute, verify, retry, commit, respond):
        graph.add_node(
            node.__name__, cast(Any, _wrapped(node, context_of))
        )  # its protocols want names that a Callable has not

    graph.add_edge(START, "understand")
    graph.add_edge("understand", "plan")
    graph.add_conditional_edges("plan", _decided(routes.after_plan), ["approve", "execute", "commit", "respond"])
    graph.add_conditional_edges("approve", _decided(routes.after_approve), ["execute", "commit", "respond"])
    graph.add_edge("execute", "verify")
    graph.add_conditional_edges("verify", _decided(routes.after_verify), ["retry", "execute", "plan", "commit"])
    graph.add_edge("retry", "execute")
    graph.add_edge("commit", "respond")
    graph.add_edge("respond", END)

    return graph.compile(checkpointer=checkpointer)


def mermaid() -> str:
    """The graph as mermaid text, drawn from the code; the README's drawing is checked against it."""
    return build().get_graph().draw_mermaid()


def _decided(route: Callable[[TurnState], str]) -> Callable[[Channels], str]:
    @wraps(route)
    def decided(channels: Channels) -> str:
        return route(cast(TurnState, channels["turn"]))

    return decided


def _wrapped(node: Node, context_of: Callable[[TurnState], Context] | None) -> Callable[..., dict[str, Any]]:
    """`node`, timed, with its context and its turn."""

    @wraps(node)
    def wrapped(channels: Channels, runtime: Runtime[Context]) -> dict[str, Any]:
        began = time.perf_counter()
        state = cast(TurnState, channels["turn"])
        if context_of is not None:
            runtime = runtime.override(context=context_of(state))
        update = node(state, runtime)
        return {"turn": {**update, "seconds": {node.__name__: round(time.perf_counter() - began, 4)}}}

    # LangGraph reads a node's input from its annotations; those of the node itself name the turn, not the channels.
    wrapped.__annotations__ = {"channels": Channels, "runtime": Runtime[Context], "return": dict[str, Any]}
    return wrapped

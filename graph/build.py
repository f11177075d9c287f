"""The state machine of one turn: every node and every edge, in one place.

The same graph serves every strategy: a planner that is done after one plan says so (`Plan.complete`), one that looks
again after each step does not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime

from graph import routes
from nodes.approve import approve
from nodes.commit import commit
from nodes.context import Context
from nodes.execute import execute
from nodes.plan import plan
from nodes.respond import respond
from nodes.retry import retry
from nodes.turn import TurnState
from nodes.understand import understand
from nodes.verify import verify

Node = Callable[[TurnState, Runtime[Context]], dict[str, Any]]
TurnGraph = CompiledStateGraph[TurnState, Context, TurnState, TurnState]


def build(
    checkpointer: BaseCheckpointSaver[Any] | None = None, *, context_of: Callable[[TurnState], Context] | None = None
) -> TurnGraph:
    """The compiled graph. Run it with `context=Context(...)` and a thread id a turn; `context_of` supplies the context
    where whoever runs the graph cannot, such as a LangGraph server."""
    graph = StateGraph(TurnState, context_schema=Context)

    for node in (understand, plan, approve, execute, verify, retry, commit, respond):
        graph.add_node(
            node.__name__, cast(Any, _wrapped(node, context_of))
        )  # its protocols want names that a Callable has not

    graph.add_edge(START, "understand")
    graph.add_edge("understand", "plan")
    graph.add_conditional_edges("plan", routes.after_plan, ["approve", "execute", "commit", "respond"])
    graph.add_conditional_edges("approve", routes.after_approve, ["execute", "commit", "respond"])
    graph.add_edge("execute", "verify")
    graph.add_conditional_edges("verify", routes.after_verify, ["retry", "execute", "plan", "commit"])
    graph.add_edge("retry", "execute")
    graph.add_edge("commit", "respond")
    graph.add_edge("respond", END)

    return graph.compile(checkpointer=checkpointer)


def mermaid() -> str:
    """The graph as mermaid text, drawn from the code; the README's drawing is checked against it."""
    return build().get_graph().draw_mermaid()


def _wrapped(node: Node, context_of: Callable[[TurnState], Context] | None) -> Node:
    """`node`, timed, with its context."""

    @wraps(node)
    def wrapped(state: TurnState, runtime: Runtime[Context]) -> dict[str, Any]:
        began = time.perf_counter()
        if context_of is not None:
            runtime = runtime.override(context=context_of(state))
        update = node(state, runtime)
        return {**update, "seconds": {node.__name__: round(time.perf_counter() - began, 4)}}

    return wrapped

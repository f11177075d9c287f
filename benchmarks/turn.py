"""What a turn costs beside the music: planning, routing, table, checkpoint and store, against bare LangGraph.

Our turns run for real; time inside the tools (which compose and render), the listener and the writing of sound files is
taken off. The bare graph has as many steps as the turn had, does nothing in them, and saves its checkpoints with the same
durability, to a SqliteSaver of its own. It is run in three ways:

- with the SqliteSaver as LangGraph makes it, which waits for the disk at every checkpoint;
- with ours, which leaves that out (graph/checkpoints.py says why): a third cheaper, for the bare graph and for a turn;
- with ours, and with the music that the turn just made played once more in the same steps and taken off in the same way.
  Music sweeps the processor's caches, which alone makes the steps around it dearer, ours and bare ones alike.

Goal: at most 2 x. All run by turns in one process, medians of CPU time.
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypedDict

from langgraph.checkpoint.sqlite import SqliteSaver

import ensemble.listen.verify as listening
import nodes.commit as committing
from ensemble.tools.registry import TOOLS
from graph.checkpoints import open_checkpoints
from graph.conductor import Conductor
from state.settings import Settings

GOAL = 2.0
ROUNDS = 24
REQUESTS = [
    "the piano a touch quieter",
    "and now louder again",
    "up a tone",
    "down a tone",
    "a little faster",
    "a little slower",
]


class Clock:
    """CPU seconds spent inside wrapped functions; calls within calls count once. The calls can be made once more."""

    def __init__(self) -> None:
        self.spent = 0.0
        self.calls: list[tuple[str, Callable[[], Any]]] = []
        """(node, call) of the turn under way."""
        self._inside = False

    def wrap(self, function: Callable[..., Any], node: str) -> Callable[..., Any]:
        """`function`, timed; `node` is where it is called."""

        def timed(*args: Any, **more: Any) -> Any:
            if self._inside:
                return function(*args, **more)
            call = partial(function, *args, **more)
            self.calls.append((node, call))
            return self.take_off(call)

        return timed

    def take_off(self, call: Callable[[], Any]) -> Any:
        """Make `call` and count its time."""
        self._inside, began = True, time.process_time()
        try:
            return call()
        finally:
            self.spent += time.process_time() - began
            self._inside = False

    def begin(self) -> None:
        """Begin a turn: nothing is spent, nothing was called."""
        self.spent = 0.0
        self.calls.clear()


def watch(clock: Clock) -> None:
    """Have `clock` take the music off: the tools, the listener, the writing of sound files."""
    for tool in TOOLS.values():
        setattr(tool, "perform", clock.wrap(tool.perform, "execute"))  # noqa: B010 - a bound method is put in a method's place
    listening.verify = clock.wrap(listening.verify, "verify")
    committing.write_files = clock.wrap(committing.write_files, "commit")


def main() -> None:
    clock = Clock()
    watch(clock)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.read({"LOOPCOPILOT_TRACKING": "off"}, home=Path(folder))
        with Conductor(settings) as conductor:
            session = conductor.start(seed=0)
            conductor.send(session, "a 2-bar lofi loop with piano, bass and drums at 90 bpm in C major")
            nodes = list(conductor.send(session, "the piano a touch quieter").usage.seconds)
            music = partial(_music, clock, Path(folder) / "again")
            graphs = {
                "as we save, with music": _bare_graph(_saver(Path(folder) / "1.sqlite"), nodes, music),
                "as we save": _bare_graph(_saver(Path(folder) / "2.sqlite"), nodes, lambda _: None),
                "as LangGraph saves": _bare_graph(_waiting(Path(folder) / "3.sqlite"), nodes, lambda _: None),
            }
            ours: list[float] = []
            bare: dict[str, list[float]] = {name: [] for name in graphs}
            for round_ in range(ROUNDS):
                clock.begin()
                ours.append(_cost(clock, partial(conductor.send, session, REQUESTS[round_ % len(REQUESTS)])))
                for name, graph in graphs.items():
                    bare[name].append(_cost(clock, partial(graph, round_)))
    print(f"a turn of {len(nodes)} steps beside the music {statistics.median(ours) * 1000:9.1f} ms CPU")
    for name, costs in bare.items():
        ratio = statistics.median(a / b for a, b in zip(ours, costs, strict=True))
        cost = statistics.median(costs) * 1000
        print(f"bare, {name:27}{cost:9.1f} ms CPU    ratio {ratio:.2f}    goal at most {GOAL}")


def _cost(clock: Clock, run: Callable[[], Any]) -> float:
    """CPU seconds of `run` without the music in it."""
    clock.spent, began = 0.0, time.process_time()
    run()
    return time.process_time() - began - clock.spent


def _music(clock: Clock, folder: Path, node: str) -> None:
    """What the turn before played, heard or wrote in `node`, once more; its files go to `folder`."""
    for place, call in clock.calls:
        if place == node:
            if place == "commit":
                call = partial(call.func, *call.args[:-1], folder)  # type: ignore[attr-defined]
            clock.take_off(call)


def _saver(path: Path) -> SqliteSaver:
    return open_checkpoints(path)[0]


def _waiting(path: Path) -> SqliteSaver:
    saver = SqliteSaver(sqlite3.connect(path, check_same_thread=False))
    saver.setup()
    return saver


def _bare_graph(saver: SqliteSaver, nodes: list[str], step: Callable[[str], None]) -> Callable[[int], None]:
    from langgraph.graph import END, START, StateGraph

    class State(TypedDict):
        count: int

    def named(node: str) -> Callable[[State], State]:
        def run(state: State) -> State:
            step(node)
            return {"count": state["count"] + 1}

        return run

    graph = StateGraph(State)
    for node in nodes:
        graph.add_node(node, named(node))
    for source, target in zip([START, *nodes], [*nodes, END], strict=True):
        graph.add_edge(source, target)
    compiled = graph.compile(checkpointer=saver)

    def run(number: int) -> None:
        config = {"configurable": {"thread_id": str(number)}}
        for _ in compiled.stream({"count": 0}, config, stream_mode="updates", durability="sync"):
            pass

    return run


if __name__ == "__main__":
    main()

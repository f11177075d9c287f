"""What a turn costs beside the music: planning, routing, table, checkpoint and store, against bare LangGraph.

Our turns run for real; time inside the tools (which compose and render), the listener and the writing of sound files is
taken off. The bare graph has as many steps as the turn had, does nothing in them, and uses the same checkpointer with the
same durability.
Goal: at most 2 x. Both run by turns in one process, medians of CPU time.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypedDict

import ensemble.listen.verify as listening
import nodes.commit as committing
from ensemble.tools.registry import TOOLS
from graph.checkpoints import open_checkpoints
from graph.conductor import Conductor
from state.settings import Settings

GOAL = 2.0
REQUESTS = [
    "the piano a touch quieter",
    "and now louder again",
    "up a tone",
    "down a tone",
    "a little faster",
    "a little slower",
]


class Clock:
    """CPU seconds spent inside wrapped functions; calls within calls count once."""

    def __init__(self) -> None:
        self.spent = 0.0
        self._inside = False

    def wrap(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **more: Any) -> Any:
            if self._inside:
                return function(*args, **more)
            self._inside = True
            began = time.process_time()
            try:
                return function(*args, **more)
            finally:
                self.spent += time.process_time() - began
                self._inside = False

        return timed


def main() -> None:
    clock = Clock()
    for tool in TOOLS.values():
        setattr(tool, "perform", clock.wrap(tool.perform))  # noqa: B010 - a bound method is put in a method's place
    listening.verify = clock.wrap(listening.verify)
    committing.write_files = clock.wrap(committing.write_files)

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.read({"LOOPCOPILOT_TRACKING": "off"}, home=Path(folder))
        with Conductor(settings) as conductor:
            session = conductor.start(seed=0)
            conductor.send(session, "a 2-bar lofi loop with piano, bass and drums at 90 bpm in C major")
            nodes = conductor.send(session, "the piano a touch quieter").usage.seconds
            bare, steps = _bare_graph(Path(folder) / "bare.sqlite", len(nodes))
            ours, theirs = [], []
            for round_ in range(24):
                clock.spent, began = 0.0, time.process_time()
                conductor.send(session, REQUESTS[round_ % len(REQUESTS)])
                ours.append(time.process_time() - began - clock.spent)
                began = time.process_time()
                bare(round_)
                theirs.append(time.process_time() - began)
    ratio = statistics.median(a / b for a, b in zip(ours, theirs, strict=True))
    print(f"a turn beside the music  {statistics.median(ours) * 1000:7.1f} ms CPU")
    print(f"bare LangGraph, {steps} steps {statistics.median(theirs) * 1000:7.1f} ms CPU")
    print(f"ratio                    {ratio:7.2f}     goal at most {GOAL}")


def _bare_graph(path: Path, steps: int) -> tuple[Callable[[int], None], int]:
    from langgraph.graph import END, START, StateGraph

    class State(TypedDict):
        count: int

    graph = StateGraph(State)
    names = [f"step{index}" for index in range(steps)]
    for name in names:
        graph.add_node(name, lambda state: {"count": state["count"] + 1})
    for source, target in zip([START, *names], [*names, END], strict=True):
        graph.add_edge(source, target)
    saver, _ = open_checkpoints(path)
    compiled = graph.compile(checkpointer=saver)

    def run(number: int) -> None:
        config = {"configurable": {"thread_id": str(number)}}
        for _ in compiled.stream({"count": 0}, config, stream_mode="updates", durability="sync"):
            pass

    return run, steps


if __name__ == "__main__":
    main()

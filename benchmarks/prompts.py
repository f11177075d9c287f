"""What prompts cost: calls and input characters of every planner with a language model, on the paper's twelve tasks.

The requests are those of evaluation/dialogues/paper_tasks.yaml, held as one conversation that really plays on the built-in
band; the server counts, and answers with the step that the dialogue expects, so every turn is a single-tool turn.
Characters are those of messages, tool schemas and response format. The paper's released code sends 7.8 thousand characters a call,
two calls a single-tool turn, and one or two helper calls more (to write the models' prompts), which are not counted here.

Goals: single_shot and plan_execute one call a turn and at most half of the paper's two calls; react at most two calls of
the paper's size. The others are shown for comparison.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import yaml

from graph.conductor import Conductor
from nodes.planners.exchange import Answer, Prompt, ToolCall
from state.settings import Settings
from state.strategy import Strategy

A_CALL = 7_800
"""Input characters of one call of the paper's released code."""
GOALS = {"single_shot": (1, A_CALL), "plan_execute": (1, A_CALL), "react": (2, 2 * A_CALL)}
"""Calls and input characters of a turn, at most."""
KINDS = ("single_shot", "plan_execute", "react", "react_tools", "reflect", "vote", "hybrid")
DIALOGUE = Path(__file__).parent.parent / "evaluation" / "dialogues" / "paper_tasks.yaml"


class CountingServer:
    """Answers every call with the step of the task under way, in the planner's form, and counts what it was sent."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.step: dict[str, Any] = {}
        self.sent: list[int] = []

    def complete(self, prompt: Prompt, timeout_seconds: float) -> Answer:
        """See `nodes.planners.exchange.Server`."""
        self.sent.append(prompt.characters)
        tool, given = self.step["tool"], json.dumps(self.step["arguments"])
        done = len(self.sent) > 1
        if self.kind == "react" and done:
            return Answer(text="Thought: Do I need to use a tool? No\nAI:")
        if self.kind == "react":
            return Answer(text=f"Thought: Do I need to use a tool? Yes\nAction: {tool}\nAction Input: {given}")
        if self.kind == "react_tools":
            return Answer(calls=() if done else (ToolCall(id="1", name=tool, arguments=given),))
        return Answer(text=json.dumps({"steps": [self.step]}))


def main() -> None:
    """Print the table; exit with 1 when a goal is missed."""
    missed = []
    print(f"{'planner':<14}{'calls a turn':>13}{'characters a turn: median':>27}{'most':>8}{'a call, most':>14}   goal")
    print(f"{'(the paper)':<14}{'2':>13}{2 * A_CALL:>27,}{'':>8}{A_CALL:>14,}   and 1-2 helper calls")
    worst: dict[str, list[int]] = {}
    for kind in KINDS:
        turns = _conversation(kind)
        calls, sizes = [len(turn) for turn in turns], [sum(turn) for turn in turns]
        largest = max((size for turn in turns for size in turn), default=0)
        worst[kind] = sizes
        goal = ""
        if kind in GOALS:
            most_calls, most = GOALS[kind]
            goal = f"{most_calls} call{'s' * (most_calls > 1)}, {most:,} characters"
            if max(calls) > most_calls or max(sizes) > most or largest > A_CALL:
                missed.append(kind)
                goal += "  MISSED"
        span = f"{min(calls)}-{max(calls)}" if min(calls) != max(calls) else f"{max(calls)}"
        print(f"{kind:<14}{span:>13}{statistics.median(sizes):>27,.0f}{max(sizes):>8,}{largest:>14,}   {goal}")
    print(f"\n{'input characters by task':<26}" + "".join(f"{kind:>13}" for kind in worst))
    for index, (tool, _, _) in enumerate(_tasks()):
        print(f"{tool:<26}" + "".join(f"{sizes[index]:>13,}" for sizes in worst.values()))
    if missed:
        sys.exit(f"over the goal: {', '.join(missed)}")


def _tasks() -> list[tuple[str, str, dict[str, Any]]]:
    """(tool, request, step) of the dialogue's twelve tasks."""
    turns = yaml.safe_load(DIALOGUE.read_text("utf-8"))["turns"]
    return [(turn["plan"][0]["tool"], turn["text"], turn["plan"][0]) for turn in turns if turn["plan"]]


def _conversation(kind: str) -> list[list[int]]:
    """Input characters of every call, by turn."""
    strategy = Strategy.model_validate(
        {"planner": {"kind": kind, "model": "counted"}, "verifier": "none", "retry": {"kind": "none"}}
    )
    server, turns = CountingServer(kind), []
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.read({"LOOPCOPILOT_TRACKING": "off"}, home=Path(folder))
        with Conductor(settings, strategy=strategy, server=server) as conductor:
            session = conductor.start(seed=0)
            for tool, request, step in _tasks():
                server.step, server.sent = step, []
                record = conductor.send(session, request)
                if [planned.tool for planned in record.plan] != [tool]:
                    sys.exit(f"{kind}: {request!r} ended {record.status} without {tool}: {record.reply}")
                turns.append(server.sent)
    return turns


if __name__ == "__main__":
    main()

"""What a turn of a language model planner costs beside the model and the music: prompt, reading, checks, table, stores.

The stub server runs in a process of its own. Turns go in pairs. The first of a pair is the turn as it is; in the second,
every call of the server is led by a bare langchain-openai call with the very same prompt, and what those cost is taken off
the first: there they meet the machine as the turn's own calls do, right behind the music, which sweeps the processor's
caches (made one after another they would cost a third less). Time inside the tools, the listener and the writing of sound
files is taken off too (see turn.py). Goal: at most 20 ms of CPU time a turn. Medians. The rules, which call no model, show
what of it any turn costs.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from turn import Clock, watch

from graph.conductor import Conductor
from nodes.planners.exchange import Answer, Prompt
from nodes.planners.llm.server import OpenAiServer
from state.settings import Settings
from state.strategy import shipped

GOAL_MS = 20.0
PLANNERS = ("default", "single_shot", "plan_execute", "react", "react_tools", "reflect", "vote")
ROUNDS = 20
WARM_UP = 3
FIRST = "a 2-bar lofi loop at 90 bpm in C major with piano, bass and drums"
REQUESTS = {"a question": ("what key is it in?",) * 2, "an edit": ("make the bass louder", "make the bass quieter")}


@dataclass
class Cost:
    """CPU seconds of one turn: ours, and the bare calls beside it."""

    ours: float
    bare: float
    calls: int


def main() -> None:
    clock = Clock()
    watch(clock)
    worst = 0.0
    print(f"{'planner':14}{'turn':12}{'calls':>6}{'bare calls':>14}{'ours beside':>14}")
    with _stub() as base_url:
        bare = Bare(base_url)
        for planner in PLANNERS:
            for name, requests in REQUESTS.items():
                costs = _costs(planner, requests, base_url, clock, bare)[WARM_UP:]
                ours = statistics.median(cost.ours for cost in costs) * 1000
                calls = statistics.median(cost.bare for cost in costs) * 1000
                worst = max(worst, ours if costs[-1].calls else 0.0)
                print(f"{planner:14}{name:12}{costs[-1].calls:6}{calls:11.1f} ms{ours:11.1f} ms")
    print(f"most, CPU a turn beside the model and the music {worst:.1f} ms     goal at most {GOAL_MS:g} ms")


def _costs(planner: str, requests: tuple[str, str], base_url: str, clock: Clock, bare: Bare) -> list[Cost]:
    costs: list[Cost] = []
    before = 0.0
    given = {"LOOPCOPILOT_TRACKING": "off", "LOOPCOPILOT_LLM_BASE_URL": base_url, "LOOPCOPILOT_LLM_MODEL": "stub"}
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.read(given, home=Path(folder))
        strategy = shipped()[planner]
        server = None if planner == "default" else Led(settings, bare)
        with Conductor(settings, strategy=strategy, server=server) as conductor:
            session = conductor.start(seed=0)
            conductor.send(session, FIRST)
            for round_ in range(2 * (WARM_UP + ROUNDS)):
                bare.leads = round_ % 2 == 1
                bare.spent, began = 0.0, time.process_time()
                clock.begin()
                record = conductor.send(session, requests[round_ % 2])
                turn = time.process_time() - began - clock.spent
                if record.status != "done":
                    sys.exit(f"{planner}: {record.status}: {record.reply}")
                if bare.leads:
                    costs.append(Cost(before - bare.spent, bare.spent, record.usage.llm_calls))
                before = turn
    return costs


class Led(OpenAiServer):
    """The server, each of its calls led by a bare one where `bare.leads`."""

    def __init__(self, settings: Settings, bare: Bare) -> None:
        super().__init__(settings.llm)
        self._bare = bare

    def complete(self, prompt: Prompt, timeout_seconds: float) -> Answer:
        if self._bare.leads:
            self._bare.call(prompt.model_dump(mode="json"))
        return super().complete(prompt, timeout_seconds)


class Bare:
    """What anybody would write with langchain-openai for the same call, timed."""

    def __init__(self, base_url: str) -> None:
        from langchain_openai import ChatOpenAI

        self.leads = False
        self.spent = 0.0
        self._chat = ChatOpenAI(
            model="stub", base_url=base_url, api_key="none", use_responses_api=False, temperature=0, timeout=60
        )

    def call(self, prompt: dict[str, Any]) -> None:
        began = time.process_time()
        messages = [_message(message) for message in prompt["messages"]]
        more: dict[str, Any] = {"max_tokens": prompt["max_tokens"], "seed": prompt["seed"]}
        if prompt["response_format"]:
            more["response_format"] = prompt["response_format"]
        if prompt["stop"]:
            more["stop"] = prompt["stop"]
        if prompt["tools"]:
            more["tools"] = [{"type": "function", "function": tool} for tool in prompt["tools"]]
        self._chat.invoke(messages, **more)
        self.spent += time.process_time() - began


def _message(message: dict[str, Any]) -> dict[str, Any]:
    made = {"role": message["role"], "content": message["content"]}
    if message["calls"]:
        made["tool_calls"] = [
            {"id": call["id"], "type": "function", "function": {"name": call["name"], "arguments": call["arguments"]}}
            for call in message["calls"]
        ]
    return made if message["call_id"] is None else {**made, "tool_call_id": message["call_id"]}


@contextmanager
def _stub() -> Iterator[str]:
    """The stub server in another process, so that its work is not counted."""
    command = [sys.executable, "-m", "loopcopilot", "llm-stub", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline())["base_url"]
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main()

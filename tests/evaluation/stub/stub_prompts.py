"""Prompts for the stub, made by the planners' own prompting, with what a test hides taken out."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

import pytest

from ensemble.tools.registry import ALL, TOOLS, Toolbox
from evaluation.stub.calls import Reply
from evaluation.stub.planning import decide
from evaluation.stub.request import read
from evaluation.stub.server import StubServer
from nodes.planners.llm.blocks import blocks
from nodes.planners.llm.prompting import SystemText
from nodes.planners.llm.tool_schemas import function_schemas
from nodes.planners.planner import PastTurn, PlanRequest
from state.gat import GlobalAttributeTable, Stem
from state.plan import Step
from state.planning import PlanExecuteChoice
from state.take import Upload
from state.verdict import Check, Verdict

CHOICE = PlanExecuteChoice(kind="plan_execute")


class Revisions:
    """A session with two earlier revisions."""

    def revision(self, number: int) -> GlobalAttributeTable | None:
        return None

    def lineage(self) -> list[int]:
        return [3, 2, 1]


def stem(name: str, instrument: str, tool: str = "text_to_music") -> Stem:
    return Stem(name=name, instrument=instrument, audio="a", tool=tool, seed=1, backend="band")


LOOP = GlobalAttributeTable(
    revision=3,
    parent=2,
    bpm=84,
    key="D minor",
    bars=4,
    duration_seconds=11.4,
    mix="m",
    stems=(
        stem("electric piano", "electric piano 1"),
        stem("bass", "electric bass (finger)"),
        stem("drums", "standard kit"),
        stem("clarinet", "clarinet", "add_track"),
    ),
)


def without(*hidden: str) -> Toolbox:
    return Toolbox({name: tool for name, tool in TOOLS.items() if name not in hidden})


def body(
    text: str,
    gat: GlobalAttributeTable | None = LOOP,
    *,
    sees_gat: bool = True,
    sees_steps: bool = True,
    offered: Toolbox = ALL,
    prompt: str = "plan",
    history: Sequence[PastTurn] = (),
    uploads: Sequence[Upload] = (),
    steps: Sequence[Step] = (),
    verdicts: Sequence[Verdict] = (),
    error: str | None = None,
    plan: Any = None,
    model: str = "stub",
    **more: Any,
) -> dict[str, Any]:
    """A chat completion request as a planner would send it."""
    request = PlanRequest(text, gat, Revisions(), history, uploads, steps=steps, verdicts=verdicts, tools=offered)
    said = blocks(request, sees_gat=sees_gat, steps=sees_steps, plan=plan, error=error)
    system = SystemText(prompt, CHOICE, own_text=False, lists_tools=prompt != "react_tools").message(offered).content
    messages = [{"role": "system", "content": system}, {"role": "user", "content": said}]
    if prompt == "react_tools":
        more["tools"] = [{"type": "function", "function": schema} for schema in function_schemas(offered)]
    if prompt == "react":
        more.setdefault("stop", ["\nObservation:"])
    return {"model": model, "messages": messages, **more}


def planned(text: str, *more: Any, **options: Any) -> Reply:
    """What the stub decides for a prompt."""
    return decide(read(body(text, *more, **options)))


def calls(text: str, *more: Any, **options: Any) -> list[tuple[str, dict[str, Any]]]:
    """The calls that the stub decides on; a question fails the test."""
    reply = planned(text, *more, **options)
    assert reply.question is None, reply.question
    return [(call.tool, call.arguments) for call in reply.calls]


def failed(tool: str, arguments: dict[str, Any], *checks: tuple[str, Any, Any]) -> dict[str, Any]:
    """A failed step with its evidence, as `steps` and `verdicts`."""
    found = [
        Check(name=name, expected=expected, measured=measured, status="failed") for name, expected, measured in checks
    ]
    return {
        "steps": [Step(tool=tool, arguments=arguments, status="failed")],
        "verdicts": [Verdict(step=0, attempt=1, passed=False, checks=found)],
    }


def past(turn: int, request: str, tool: str, **arguments: Any) -> PastTurn:
    return PastTurn(turn, request, "", "done", (Step(tool=tool, arguments=arguments, status="passed"),), turn)


def content(answer: dict[str, Any]) -> Any:
    """The plan in a completion's text."""
    return json.loads(answer["choices"][0]["message"]["content"])


def post(server: StubServer, request: dict[str, Any]) -> Any:
    return json.loads(raw(server, json.dumps(request).encode()))


def raw(server: StubServer, data: bytes, path: str = "/chat/completions") -> bytes:
    request = urllib.request.Request(server.base_url + path, data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return bytes(answer.read())


def refused(server: StubServer, request: dict[str, Any]) -> tuple[int, str]:
    with pytest.raises(urllib.error.HTTPError) as error:
        post(server, request)
    with error.value:
        return error.value.code, json.loads(error.value.read())["error"]["message"]

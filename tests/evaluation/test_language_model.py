"""What `doctor --llm` finds out, against a server whose answers are scripted."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from evaluation.language_model import configured, diagnose_llm
from scripted_server import Reply, ScriptedServer, call, no, said
from state.settings import LlmSettings

PLAN = json.dumps({"steps": [], "answer": "hello", "question": None, "unmet": []})
MODELS = {"object": "list", "data": [{"id": "scripted", "object": "model"}, {"id": "other", "object": "model"}]}
CALLED = said(None, tool_calls=[call("plan", PLAN)], finish_reason="tool_calls")


def states(script: list[Any], **settings: Any) -> tuple[dict[str, str], dict[str, str]]:
    """Status and details of each finding by its subject."""
    with ScriptedServer(script) as server:
        findings = diagnose_llm(server.settings(**settings))
    return {f.subject: f.status for f in findings}, {f.subject: f"{f.detail} {f.remedy}" for f in findings}


def test_a_server_that_can_do_everything() -> None:
    status, detail = states([MODELS, said(PLAN), said(PLAN), CALLED, said(PLAN), said("ready")])
    assert status.pop("seed") == "unchecked"
    assert set(status.values()) == {"ok"}
    assert list(status) == [
        "language model", "model", "text", "json_schema", "function_calling", "json_mode", "token counts", "stop sequences",
    ]  # fmt: skip
    assert detail["token counts"].startswith("11 in, 7 out")
    assert "scripted-1" in detail["model"]


def test_each_form_is_really_asked_for() -> None:
    with ScriptedServer([MODELS, said(PLAN), said(PLAN), CALLED, said(PLAN), said("ready")]) as server:
        diagnose_llm(server.settings())
    _, text, schema, function, mode, stop = server.bodies
    assert not {"response_format", "tools"} & set(text)
    assert schema["response_format"]["type"] == "json_schema"
    assert function["tool_choice"]["function"]["name"] == "plan"
    assert mode["response_format"] == {"type": "json_object"}
    assert stop["stop"] == ["\nObservation:"]


def test_a_server_that_can_do_nothing_but_text() -> None:
    bare = said("hello")
    del bare["usage"]
    script = [
        no(404, "not found"),
        no(400, "Unknown parameter: 'seed'"),
        bare,
        no(400, "response_format is not supported"),
        no(400, "this model does not support tools"),
        no(400, "response_format is not supported"),
        no(400, "Unknown parameter: 'stop'"),
        bare,
    ]
    status, detail = states(script)
    assert {name for name, state in status.items() if state == "ok"} == {"language model", "model", "text"}
    assert set(status.values()) == {"ok", "missing"}
    assert "rejected" in detail["seed"]
    assert "rejected" in detail["stop sequences"]
    assert "estimated" in detail["token counts"]
    assert detail["json_schema"].startswith("does not take response_format: response_format is not supported")


def test_forms_that_are_taken_and_ignored_are_not_called_working() -> None:
    prose = said("Hello! How can I help?")
    status, detail = states([MODELS, prose, prose, prose, said('{"hello": 1}'), said("ready\nObservation: seen")])
    assert [status[name] for name in ("json_schema", "function_calling", "json_mode", "stop sequences")] == [
        "missing"
    ] * 4
    assert "no JSON" in detail["json_schema"]
    assert "no function was called" in detail["function_calling"]
    assert "not of the form" in detail["json_mode"]
    assert "ignored" in detail["stop sequences"]


def test_a_stop_sequence_that_never_came_up_is_unchecked() -> None:
    status, _ = states([MODELS, said(PLAN), said(PLAN), CALLED, said(PLAN), said("I am ready.")])
    assert status["stop sequences"] == "unchecked"


def test_a_model_that_thinks_too_long_is_said_to() -> None:
    thinking = said("", finish_reason="length")
    _, detail = states([MODELS, thinking, thinking, CALLED, said(PLAN), said("ready")])
    assert "512 tokens before its first word" in detail["text"]
    assert "cut off" in detail["json_schema"]


def test_a_model_that_is_not_there_is_answered_with_those_that_are() -> None:
    status, detail = states([MODELS, no(404, "The model `gone` does not exist")], model="gone")
    assert status == {"language model": "broken"}
    assert "404" in detail["language model"]
    assert "the server offers: other, scripted" in detail["language model"]


def test_a_model_that_is_not_named_is_answered_with_those_that_are_there() -> None:
    status, detail = states([MODELS], model=None)
    assert status == {"language model": "missing"}
    assert "LOOPCOPILOT_LLM_MODEL is not set; the server offers: other, scripted" in detail["language model"]


def test_a_server_that_fails_is_broken() -> None:
    status, detail = states([Reply(502, "<html><title>Bad Gateway</title></html>")] * 2)
    assert status == {"language model": "broken"}
    assert "502" in detail["language model"]


def test_a_server_that_is_not_there_is_broken() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}/v1"
        (finding,) = diagnose_llm(LlmSettings(base_url=url, model="m", retries=0))
    assert (finding.status, url in finding.detail) == ("broken", True)


@pytest.mark.parametrize(
    ("settings", "status", "match"),
    [
        ({}, "missing", "none is set up"),
        ({"model": "m"}, "missing", "LOOPCOPILOT_LLM_BASE_URL or OPENAI_API_KEY is not set"),
        ({"model": "m", "base_url": "localhost:1"}, "broken", "must be an address"),
        (
            {"model": "m", "base_url": "http://127.0.0.1:1/v1", "api_key": "sk-planted"},
            "unchecked",
            "m on .*127.0.0.1:1/v1",
        ),
        ({"model": "m", "api_key": "sk-planted"}, "unchecked", "api.openai.com"),
    ],
)
def test_what_is_set_up_is_said_without_a_call(settings: dict[str, Any], status: str, match: str) -> None:
    import re

    finding = configured(LlmSettings.model_validate(settings))
    assert finding.status == status
    assert re.search(match, finding.detail)
    assert "planted" not in f"{finding.detail}{finding.remedy}"

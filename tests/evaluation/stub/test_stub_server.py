from __future__ import annotations

import ast
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from stub_prompts import body, content, post, raw, refused

from evaluation.stub.server import StubServer, serving


@pytest.fixture(scope="module")
def stub() -> Iterator[StubServer]:
    with serving() as server:
        yield server


SCHEMA = {"type": "json_schema", "json_schema": {"name": "plan", "schema": {"type": "object"}, "strict": False}}
PLAN = {"type": "function", "function": {"name": "plan", "parameters": {"type": "object"}}}
STEP = {"tool": "add_track", "arguments": {"instrument": "flute"}}


def test_the_models_are_listed_with_every_fault(stub: StubServer) -> None:
    with urllib.request.urlopen(stub.base_url + "/models", timeout=10) as answer:
        names = [model["id"] for model in json.loads(answer.read())["data"]]
    assert names[0] == "stub"
    assert "stub+truncated" in names


@pytest.mark.parametrize("response_format", [None, SCHEMA, {"type": "json_object"}])
def test_a_plan_is_one_json_object(stub: StubServer, response_format: Any) -> None:
    answer = post(stub, body("add a flute", response_format=response_format))
    assert content(answer) == {"steps": [STEP], "answer": None, "question": None, "unmet": []}
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert answer["usage"]["prompt_tokens"] > 500


def test_a_forced_function_is_called_with_the_plan(stub: StubServer) -> None:
    forced = {"type": "function", "function": {"name": "plan"}}
    answer = post(stub, body("add a flute", tools=[PLAN], tool_choice=forced))
    (call,) = answer["choices"][0]["message"]["tool_calls"]
    assert call["function"]["name"] == "plan"
    assert json.loads(call["function"]["arguments"])["steps"] == [STEP]


def test_native_tools_are_called_one_at_a_time_and_their_results_read(stub: StubServer) -> None:
    request = body("add a flute and mute the drums", prompt="react_tools")
    first = post(stub, request)["choices"][0]
    (call,) = first["message"]["tool_calls"]
    assert (first["finish_reason"], call["function"]["name"]) == ("tool_calls", "add_track")
    result = {
        "role": "tool",
        "tool_call_id": call["id"],
        "content": json.dumps({"status": "passed", "failed_checks": []}),
    }
    request["messages"] += [first["message"], result]
    (second,) = post(stub, request)["choices"][0]["message"]["tool_calls"]
    assert second["function"]["name"] == "adjust_track"


def test_the_papers_text_is_written_action_by_action(stub: StubServer) -> None:
    request = body("add a flute and mute the drums", prompt="react")
    said = post(stub, request)["choices"][0]["message"]["content"]
    assert said == 'Thought: Do I need to use a tool? Yes\nAction: add_track\nAction Input: {"instrument": "flute"}'
    seen = json.dumps({"status": "passed", "failed_checks": []})
    request["messages"][1]["content"] += f"\n{said}\nObservation: {seen}\n"
    then = post(stub, request)["choices"][0]["message"]["content"]
    assert "Action: adjust_track" in then
    request["messages"][1]["content"] += f"\n{then}\nObservation: {seen}\n"
    assert post(stub, request)["choices"][0]["message"]["content"].splitlines()[1].startswith("AI: Done")


def test_a_prompt_without_the_stop_sequence_gets_an_invented_observation(stub: StubServer) -> None:
    said = post(stub, body("add a flute", prompt="react", stop=None))["choices"][0]["message"]["content"]
    assert "Observation:" in said


def test_a_prompt_that_does_not_say_what_a_plan_is_gets_prose(stub: StubServer) -> None:
    request = body("add a flute")
    request["messages"][0]["content"] = request["messages"][0]["content"].replace('"steps"', "the steps")
    with pytest.raises(ValueError):
        content(post(stub, request))


def test_a_stream_ends_in_the_same_message(stub: StubServer) -> None:
    whole = post(stub, body("add a flute"))
    options = {"stream": True, "stream_options": {"include_usage": True}}
    lines = raw(stub, json.dumps(body("add a flute", **options)).encode()).decode().split("\n\n")
    assert lines[-2] == "data: [DONE]"
    events = [json.loads(line.removeprefix("data: ")) for line in lines[:-2]]
    pieces = [choice["delta"].get("content", "") for event in events for choice in event["choices"]]
    assert "".join(pieces) == whole["choices"][0]["message"]["content"]
    assert events[-1]["usage"]["completion_tokens"] == whole["usage"]["completion_tokens"]


def test_a_short_max_tokens_cuts_the_answer(stub: StubServer) -> None:
    choice = post(stub, body("add a flute", max_tokens=10))["choices"][0]
    assert (choice["finish_reason"], len(choice["message"]["content"])) == ("length", 40)


def test_what_is_no_request_is_refused_with_a_status(stub: StubServer) -> None:
    assert refused(stub, {"model": "gpt-9", "messages": [{"role": "user", "content": "x"}]})[0] == 404
    assert refused(stub, {"model": "stub", "messages": []})[0] == 400
    assert refused(stub, {"model": "stub", "messages": ["x"]})[0] == 400
    for data, path in ((b"{", "/chat/completions"), (b"[" * 9999, "/chat/completions"), (b"{}", "/nowhere")):
        with pytest.raises(urllib.error.HTTPError) as error:
            raw(stub, data, path)
        error.value.close()
        assert error.value.code == (404 if path == "/nowhere" else 400)


def test_a_json_object_is_refused_where_no_message_speaks_of_json(stub: StubServer) -> None:
    request = {
        "model": "stub",
        "messages": [{"role": "user", "content": "hello"}],
        "response_format": {"type": "json_object"},
    }
    assert refused(stub, request)[0] == 400


def test_only_loopback_is_served() -> None:
    for host in ("0.0.0.0", "192.168.1.4", "example.org"):
        with pytest.raises(ValueError, match="loopback"):
            StubServer(host)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_prints_its_address_and_ends_cleanly(number: signal.Signals) -> None:
    command = [sys.executable, "-m", "loopcopilot", "llm-stub", "--json"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    base_url = json.loads(process.stdout.readline())["base_url"]
    with urllib.request.urlopen(base_url + "/models", timeout=10) as answer:
        assert answer.status == 200
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


def test_the_command_prints_what_to_export_and_refuses_other_hosts() -> None:
    process = subprocess.Popen([sys.executable, "-m", "loopcopilot", "llm-stub"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline().startswith("export LOOPCOPILOT_LLM_BASE_URL=http://127.0.0.1:")
    assert process.stdout.readline() == "export LOOPCOPILOT_LLM_MODEL=stub\n"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 0
    command = [sys.executable, "-m", "loopcopilot", "llm-stub", "--host", "0.0.0.0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stdout) == (2, "")
    assert "--host" in done.stderr


def test_the_stub_imports_nothing_of_the_project_but_itself() -> None:
    for path in Path("evaluation/stub").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert name.startswith("evaluation.stub.") or name.split(".")[0] in sys.stdlib_module_names, (
                    path,
                    name,
                )

"""The language model's server, through a real socket."""

from __future__ import annotations

from typing import Any

import pytest
from server_calls import KEY, SCHEMA, TOOL, ask, prompt

from nodes.planners.exchange import Message, Prompt, ToolCall, Unsupported
from nodes.planners.llm.server import OpenAiServer
from scripted_server import Reply, ScriptedServer, call, no, said
from state.errors import ServerError, SetupError
from state.settings import LlmSettings


def test_an_answer_comes_with_its_counts_and_the_models_name() -> None:
    with ScriptedServer([said("hello", model="m-2025")]) as server:
        answer = ask(
            server, prompt(model="m", temperature=0.5, max_tokens=99, seed=3, stop=("\nObservation:",)), api_key=KEY
        )
    assert (answer.text, answer.finish, answer.model, answer.calls, answer.refusal) == (
        "hello",
        "stop",
        "m-2025",
        (),
        None,
    )
    assert (answer.input_tokens, answer.output_tokens, answer.estimated) == (11, 7, False)
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.body == {
        "model": "m",
        "messages": [{"role": "system", "content": "You plan."}, {"role": "user", "content": "hi"}],
        "temperature": 0.5,
        "max_tokens": 99,
        "seed": 3,
        "stop": ["\nObservation:"],
        "stream": False,
    }


def test_a_server_without_keys_gets_a_stand_in_and_the_settings_model() -> None:
    with ScriptedServer([said("hello")]) as server:
        ask(server, prompt())
    assert server.requests[0].headers["authorization"] == "Bearer none"
    assert server.bodies[0]["model"] == "scripted"


def test_response_format_and_tools_are_sent_as_openai_takes_them() -> None:
    with ScriptedServer([said("{}"), said(None, tool_calls=[call("add_track", "{}")])]) as server:
        llm = OpenAiServer(server.settings())
        llm.complete(prompt(response_format=SCHEMA), 10)
        llm.complete(prompt(tools=(TOOL,), tool_choice="add_track"), 10)
    assert server.bodies[0]["response_format"] == SCHEMA
    assert server.bodies[1]["tools"] == [{"type": "function", "function": TOOL}]
    assert server.bodies[1]["tool_choice"] == {"type": "function", "function": {"name": "add_track"}}


@pytest.mark.parametrize("form", [{}, {"response_format": SCHEMA}, {"response_format": {"type": "json_object"}}])
@pytest.mark.parametrize("finish", ["stop", "length", "content_filter"])
def test_prose_and_truncation_are_answers(form: dict[str, Any], finish: str) -> None:
    with ScriptedServer([said('Sure! {"steps": [', finish_reason=finish)]) as server:
        answer = ask(server, prompt(**form))
    assert (answer.text, answer.finish) == ('Sure! {"steps": [', finish)


def test_a_refusal_is_an_answer() -> None:
    with ScriptedServer([said(None, refusal="I can't help with that.")]) as server:
        answer = ask(server, prompt(response_format=SCHEMA))
    assert (answer.text, answer.refusal) == ("", "I can't help with that.")


@pytest.mark.parametrize(
    "arguments", ['{"instrument": "flu', "not json", "[1, 2]", "null", "", '{"a": 1}', '{"a":  NaN}']
)
def test_arguments_of_tool_calls_come_back_as_they_were_written(arguments: str) -> None:
    calls = [call("add_track", arguments, "b"), call("no_such_tool", '{"x": 1}', "a")]
    with ScriptedServer([said(None, tool_calls=calls, finish_reason="tool_calls")]) as server:
        answer = ask(server, prompt(tools=(TOOL,)))
    assert answer.calls == (
        ToolCall(id="b", name="add_track", arguments=arguments),
        ToolCall(id="a", name="no_such_tool", arguments='{"x": 1}'),
    )
    assert answer.finish == "tool_calls"


def test_arguments_that_are_no_text_become_text_and_missing_ids_are_made() -> None:
    calls = [call("add_track", {"instrument": "flute"}, None), call("describe", None, None)]
    with ScriptedServer([said(None, tool_calls=calls)]) as server:
        answer = ask(server, prompt(tools=(TOOL,)))
    assert [(c.id, c.arguments) for c in answer.calls] == [("call_0", '{"instrument": "flute"}'), ("call_1", "{}")]


def test_tool_calls_and_their_results_are_sent_back_as_they_were() -> None:
    calls = (
        ToolCall(id="b", name="add_track", arguments='{"instr'),
        ToolCall(id="a", name="describe", arguments="{ }"),
    )
    messages = (
        Message(role="user", content="hi"),
        Message(role="assistant", calls=calls),
        Message(role="tool", content="broken", call_id="b"),
        Message(role="tool", content="fine", call_id="a"),
        Message(role="assistant", content="Done."),
    )
    with ScriptedServer([said("ok")]) as server:
        ask(server, Prompt(messages=messages, tools=(TOOL,)))
    sent = server.bodies[0]["messages"]
    assert [c["function"] for c in sent[1]["tool_calls"]] == [
        {"name": "add_track", "arguments": '{"instr'},
        {"name": "describe", "arguments": "{ }"},
    ]
    assert [c["id"] for c in sent[1]["tool_calls"]] == ["b", "a"]
    assert sent[2] == {"role": "tool", "content": "broken", "tool_call_id": "b"}
    assert sent[4] == {"role": "assistant", "content": "Done."}


@pytest.mark.parametrize("usage", [None, {}, {"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, "none"])
def test_missing_counts_are_estimated_and_marked(usage: Any) -> None:
    body = said("12345678")
    body["usage"] = usage
    asked = prompt(tools=(TOOL,))
    with ScriptedServer([body]) as server:
        answer = ask(server, asked)
    assert answer.estimated
    assert (answer.input_tokens, answer.output_tokens) == (-(-asked.characters // 4), 2)


def test_content_in_parts_is_joined() -> None:
    body = said("")
    body["choices"][0]["message"]["content"] = [{"type": "text", "text": "one "}, {"type": "text", "text": "two"}]
    with ScriptedServer([body]) as server:
        assert ask(server, prompt()).text == "one two"


def test_an_overrun_stop_sequence_is_cut_and_remembered() -> None:
    with ScriptedServer([said("Thought: x\nObservation: made up", finish_reason="length")]) as server:
        llm = OpenAiServer(server.settings())
        answer = llm.complete(prompt(stop=("\nObservation:",)), 10)
    assert (answer.text, answer.finish) == ("Thought: x", "stop")
    assert llm.found("scripted").overruns_stop


@pytest.mark.parametrize(
    ("name", "reply"),
    [
        ("seed", no(400, "Unrecognized request argument supplied: seed")),
        (
            "seed",
            Reply(422, {"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted", "input": 3}]}),
        ),
        ("seed", no(400, "property 'seed' is unsupported")),
        ("stop", no(400, "Unsupported parameter: 'stop' is not supported with this model.", param="stop")),
        ("stop", no(400, "no", param="stop")),
        (
            "temperature",
            no(400, "Unsupported value: 'temperature' does not support 0 with this model.", param="temperature"),
        ),
        (
            "tool_choice",
            Reply(400, {"error": "Invalid tool_choice type: 'object'. Supported string values: none, auto"}),
        ),
    ],
)
def test_a_parameter_that_is_not_known_is_left_out_and_remembered(name: str, reply: Reply) -> None:
    asked = prompt(seed=3, stop=("X",), tools=(TOOL,), tool_choice="add_track")
    with ScriptedServer([reply, said("one"), said("two")]) as server:
        llm = OpenAiServer(server.settings())
        assert [llm.complete(asked, 10).text, llm.complete(asked, 10).text] == ["one", "two"]
    assert [name in body for body in server.bodies] == [True, False, False]
    assert all(set(server.bodies[0]) - set(body) == {name} for body in server.bodies[1:])
    assert llm.found("scripted").left_out == {name}


def test_what_one_model_does_not_know_is_sent_to_another() -> None:
    with ScriptedServer([no(400, "Unknown parameter: 'seed'"), said("one"), said("two")]) as server:
        llm = OpenAiServer(server.settings())
        llm.complete(prompt(seed=1, model="a"), 10)
        llm.complete(prompt(seed=1, model="b"), 10)
    assert ["seed" in body for body in server.bodies] == [True, False, True]


def test_the_length_is_sent_under_its_other_name_when_the_server_asks_for_it() -> None:
    message = (
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    )
    with ScriptedServer([no(400, message, param="max_tokens"), said("one")]) as server:
        ask(server, prompt(max_tokens=50))
    assert (server.bodies[0]["max_tokens"], server.bodies[1]["max_completion_tokens"]) == (50, 50)
    assert "max_tokens" not in server.bodies[1]


def test_a_length_beyond_the_models_is_an_error_and_not_left_out() -> None:
    message = "max_tokens is too large: 32768. This model supports at most 4096 completion tokens."
    with (
        ScriptedServer([no(400, message, param="max_tokens")]) as server,
        pytest.raises(ServerError, match="at most 4096"),
    ):
        ask(server, prompt())


FORMATS = [
    no(400, "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.", param="response_format"),
    no(400, "Invalid schema for response_format 'plan': 'additionalProperties' is required"),
    no(404, "No endpoints found that support structured outputs"),
    Reply(422, {"detail": [{"loc": ["body", "response_format", "type"], "msg": "Input should be 'text'", "input": "tools"}]}),
    Reply(200, {"error": {"message": "json_schema is not available", "code": 400}}),
]  # fmt: skip


@pytest.mark.parametrize("reply", FORMATS)
def test_a_response_format_that_is_not_taken_is_unsupported(reply: Reply) -> None:
    with ScriptedServer([reply]) as server, pytest.raises(Unsupported, match="response_format"):
        ask(server, prompt(response_format=SCHEMA))


@pytest.mark.parametrize(
    "reply",
    [
        no(400, "registry.ollama.ai/library/gemma:latest does not support tools"),
        no(400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'),
        no(500, "tools param requires --jinja flag"),
        no(404, "No endpoints found that support tool use"),
    ],
)
def test_tools_that_are_not_taken_are_unsupported(reply: Reply) -> None:
    with ScriptedServer([reply]) as server, pytest.raises(Unsupported, match="does not take tools"):
        ask(server, prompt(tools=(TOOL,)))


@pytest.mark.parametrize("reply", FORMATS)
def test_without_a_response_format_the_same_words_are_an_error(reply: Reply) -> None:
    with ScriptedServer([reply]) as server, pytest.raises(ServerError):
        ask(server, prompt())


def test_the_models_on_offer_are_listed() -> None:
    with ScriptedServer([{"object": "list", "data": [{"id": "b"}, {"id": "a"}]}, no(404, "page not found")]) as server:
        llm = OpenAiServer(server.settings())
        assert llm.models(10) == ["a", "b"]
        with pytest.raises(ServerError, match="404"):
            llm.models(10)
    assert server.requests[0].path == "/v1/models"


@pytest.mark.parametrize("url", ["127.0.0.1:11434/v1", "localhost", "ftp://host/v1", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(SetupError, match="LOOPCOPILOT_LLM_BASE_URL: must be an address"):
        OpenAiServer(LlmSettings(base_url=url, model="m"))


def test_openai_without_a_key_is_refused() -> None:
    with pytest.raises(SetupError, match="OPENAI_API_KEY"):
        OpenAiServer(LlmSettings(model="m"))


def test_a_model_has_to_be_named() -> None:
    with ScriptedServer([]) as server, pytest.raises(SetupError, match="LOOPCOPILOT_LLM_MODEL"):
        ask(server, prompt(), model=None)

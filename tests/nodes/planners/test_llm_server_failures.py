"""A server that fails, is busy, slow or away: one line each, in time, and no key in it."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import pytest
from server_calls import KEY, SCHEMA, TOOL, ask, prompt

from nodes.planners.exchange import Unsupported
from nodes.planners.llm.server import OpenAiServer
from scripted_server import Reply, ScriptedServer, no, said
from state.errors import ServerError
from state.settings import LlmSettings


@pytest.mark.parametrize(
    ("reply", "match"),
    [
        (no(401, "Incorrect API key provided: sk-planted*****6789."), r"401: Incorrect API key provided: sk-\*\*\*; LOOPCOPILOT_LLM_API_KEY"),
        (no(403, f"Project of {KEY} does not have access"), r"may not use the model 'scripted'"),
        (no(404, "The model `scripted` does not exist"), r"404: .*LOOPCOPILOT_LLM_MODEL"),
        (no(400, "This model's maximum context length is 8192 tokens, you sent 9000 (200 in the functions, json_schema)"), "planner.history"),
        (no(429, "You exceeded your current quota"), r"429: You exceeded.*limit is reached"),
        (no(500, "CUDA out of memory"), r"500: CUDA out of memory; .*log"),
        (Reply(503, "<html><title>Service Unavailable</title><body>...</body></html>"), r"503: a web page \(Service Unavailable\)"),
        (Reply(200, "<!DOCTYPE html><title>Hello</title>"), r"a web page|no JSON object"),
        (Reply(200, {"hello": 1}), "no choices, only hello:"),
        (Reply(200, {"choices": []}), "an empty list of choices"),
        (Reply(200, {"choices": None, "id": 3}), "no choices, only id:"),
        (Reply(200, b"{", {"Content-Type": "application/json"}), "unreadable"),
        (Reply(200, [1]), "no JSON object|no choices|unreadable"),
        (Reply(200, {"error": {"message": "upstream\nfailed"}}), "reported an error: upstream failed"),
    ],
)  # fmt: skip
def test_other_failures_are_server_errors_of_one_line(reply: Reply, match: str) -> None:
    asked = prompt(response_format=SCHEMA, tools=(TOOL,))
    with ScriptedServer([reply]) as server, pytest.raises(ServerError, match=match) as caught:
        ask(server, asked, api_key=KEY)
    assert caught.value.message.startswith(f"the language model's server at {server.url} ")
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 600
    assert KEY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_key_that_the_server_repeats_is_not_passed_on() -> None:
    reply = no(400, f"response_format: no plan of {KEY} has it")
    with ScriptedServer([reply]) as server, pytest.raises(Unsupported) as caught:
        ask(server, prompt(response_format=SCHEMA), api_key=KEY)
    assert KEY not in str(caught.value)
    assert "***" in str(caught.value)


def test_a_password_in_the_address_is_not_shown() -> None:
    with ScriptedServer([no(500, "boom")]) as server:
        url = server.url.replace("//", "//me:hush-hush@") + "?key=abcdef"
        with pytest.raises(ServerError) as caught:
            OpenAiServer(LlmSettings(base_url=url, model="m", retries=0)).complete(prompt(), 10)
    assert "hush-hush" not in str(caught.value)
    assert "abcdef" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


SOON = {"Retry-After-Ms": "1"}


def test_a_busy_server_is_asked_again() -> None:
    with ScriptedServer(
        [no(429, "slow down", headers=SOON), no(503, "starting", headers=SOON), said("hello")]
    ) as server:
        assert ask(server, prompt(), retries=2).text == "hello"
    assert server.bodies[0] == server.bodies[1] == server.bodies[2]


def test_a_server_that_keeps_failing_is_given_up_after_the_retries() -> None:
    with ScriptedServer([no(500, "boom", headers=SOON)] * 3) as server, pytest.raises(ServerError, match="500: boom"):
        ask(server, prompt(), retries=2)
    assert len(server.requests) == 3


def test_a_wait_beyond_the_deadline_is_not_waited_for() -> None:
    with (
        ScriptedServer([no(429, "later", headers={"Retry-After": "60"})]) as server,
        pytest.raises(ServerError, match="429"),
    ):
        ask(server, prompt(), 30, retries=2)


def test_a_server_that_does_not_answer_is_given_up_in_time() -> None:
    with ScriptedServer([Reply(200, said("late"), hold=threading.Event())]) as server:
        with pytest.raises(ServerError, match=r"no answer within 0\.2 s; LOOPCOPILOT_LLM_TIMEOUT"):
            ask(server, prompt(), 0.2, retries=2)
        assert len(server.requests) == 1


def test_a_server_that_keeps_sending_blanks_is_given_up_in_time() -> None:
    with (
        ScriptedServer([Reply(200, drip=b"\n" * 100)]) as server,
        pytest.raises(ServerError, match=r"no answer within 0\.2 s"),
    ):
        ask(server, prompt(), 0.2)


def test_a_server_that_is_not_there_is_named() -> None:
    with socket.socket() as held:  # bound and not listening: nobody else can have the port
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}/v1"
        with pytest.raises(ServerError, match=r"refused.*LOOPCOPILOT_LLM_BASE_URL") as caught:
            OpenAiServer(LlmSettings(base_url=url, model="m", retries=0)).complete(prompt(), 10)
    assert url in caught.value.message


class Slow(OpenAiServer):
    """Takes longer to load its client than the server may be silent."""

    def _chat(self, model: str) -> Any:
        if model not in self._chats:
            time.sleep(2.2)
        return super()._chat(model)


def test_loading_the_client_is_no_silence_of_the_servers() -> None:
    with ScriptedServer([said("hello")]) as server:
        assert Slow(server.settings()).complete(prompt(), 2.0).text == "hello"

"""A server that takes the question and says nothing: in time, too late, or by hanging up."""

from __future__ import annotations

import socket
import threading

import pytest

from nodes.planners.exchange import Message, Prompt
from nodes.planners.llm.server import OpenAiServer
from scripted_server import Reply, ScriptedServer, said
from state.errors import ServerError, ServerTimeout
from state.settings import LlmSettings

HELLO = Prompt(messages=(Message(role="user", content="hi"),))


def test_an_empty_list_of_choices_is_called_one() -> None:
    with ScriptedServer([{**said("x"), "choices": []}]) as server, pytest.raises(ServerError) as caught:
        OpenAiServer(server.settings()).complete(HELLO, 10)
    assert "answered with an empty list of choices" in str(caught.value)
    assert "BASE_URL" not in str(caught.value)


def test_a_connection_that_is_closed_without_an_answer_is_told_so() -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def hang_up() -> None:
        for _ in range(2):
            connection, _address = listener.accept()
            connection.recv(65536)
            connection.close()

    thread = threading.Thread(target=hang_up, daemon=True)
    thread.start()
    settings = LlmSettings(
        base_url=f"http://127.0.0.1:{listener.getsockname()[1]}/v1", model="m", retries=1, timeout_seconds=10
    )
    with listener, pytest.raises(ServerError, match="closed the connection without an answer") as caught:
        OpenAiServer(settings).complete(HELLO, 10)
    thread.join()
    assert "cannot be reached" not in str(caught.value)
    assert not isinstance(caught.value, ServerTimeout)


def test_no_answer_in_time_is_a_kind_of_its_own() -> None:
    hold = threading.Event()
    with ScriptedServer([Reply(200, said("late"), hold=hold)]) as server, pytest.raises(ServerTimeout):
        OpenAiServer(server.settings()).complete(HELLO, 0.2)

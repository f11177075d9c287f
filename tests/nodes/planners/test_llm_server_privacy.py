"""What the environment holds sends no prompt anywhere else."""

from __future__ import annotations

from typing import Any

import pytest
from server_calls import ask, prompt

from scripted_server import ScriptedServer, said


@pytest.mark.parametrize("variable", ["LANGSMITH_TRACING", "LANGCHAIN_TRACING_V2"])
def test_no_trace_leaves_because_of_the_environment(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from langsmith import utils

    with ScriptedServer([said("hello")]) as server, ScriptedServer([]) as collector:
        monkeypatch.setenv(variable, "true")
        monkeypatch.setenv("LANGSMITH_ENDPOINT", collector.url)
        monkeypatch.setenv("LANGSMITH_API_KEY", "k")
        utils.get_env_var.cache_clear()
        assert utils.tracing_is_enabled()  # else this test shows nothing
        ask(server, prompt())
        from langchain_core.tracers.langchain import wait_for_all_tracers

        wait_for_all_tracers()
        assert collector.requests == []
    monkeypatch.undo()
    utils.get_env_var.cache_clear()


def test_a_tracer_of_the_graph_around_it_sees_no_prompt() -> None:
    from langchain_core.callbacks import BaseCallbackHandler
    from langchain_core.runnables import RunnableLambda

    class Tracer(BaseCallbackHandler):
        def on_chain_start(self, *args: Any, **more: Any) -> None:
            seen.append("chain")

        def on_chat_model_start(self, *args: Any, **more: Any) -> None:
            seen.append("model")

    seen: list[str] = []
    with ScriptedServer([said("hello")]) as server:
        node = RunnableLambda(lambda _: ask(server, prompt()).text)
        assert node.invoke(None, {"callbacks": [Tracer()]}) == "hello"
    assert seen == ["chain"]


def test_a_gateway_in_the_environment_does_not_redirect(monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer([said("hello")]) as server, ScriptedServer([]) as elsewhere:
        monkeypatch.setenv("OPENAI_API_BASE", elsewhere.url)
        monkeypatch.setenv("OPENAI_BASE_URL", elsewhere.url)
        monkeypatch.setenv("HTTP_PROXY", elsewhere.url)
        assert ask(server, prompt()).text == "hello"
        assert elsewhere.requests == []

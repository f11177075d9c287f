"""No test can reach a real language model: every way there is closed by tests/conftest.py."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conversing import begun, conducting, settings_for, strategy_for

from nodes.planners.exchange import Message, Prompt
from nodes.planners.llm.server import OPENAI, OpenAiServer
from state.errors import LoopCopilotError
from state.settings import LlmSettings


@pytest.mark.parametrize("url", [OPENAI, "http://192.0.2.1/v1", "http://[2001:db8::1]/v1"])
def test_the_client_cannot_leave_this_machine_and_a_test_that_tries_fails(url: str, reached: list[object]) -> None:
    server = OpenAiServer(LlmSettings(base_url=url, api_key="sk-not-a-key", model="gpt-9", retries=0))
    with pytest.raises((LoopCopilotError, AssertionError)):
        server.complete(Prompt(messages=(Message(role="user", content="hello"),)), 5.0)
    assert reached, "the attempt was seen, whatever the client made of the error"
    reached.clear()


def test_a_turn_cannot_leave_this_machine_either(tmp_path: Path, reached: list[object]) -> None:
    settings = settings_for(tmp_path, "http://192.0.2.1/v1", LOOPCOPILOT_LLM_RETRIES="0")
    with conducting(settings, strategy_for("single_shot")) as conductor:
        record = conductor.send(conductor.fork(begun(settings), 1), "add a flute")
    assert record.status == "failed"
    assert reached
    reached.clear()


def test_a_command_that_a_test_runs_knows_no_server_and_no_key() -> None:
    assert not [name for name in os.environ if name.startswith(("OPENAI_", "LOOPCOPILOT_LLM_"))]
    program = (
        "from state.settings import Settings; llm = Settings.read().llm; print(llm.base_url, llm.api_key, llm.model)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.stdout == "None None None\n", done.stderr

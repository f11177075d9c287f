from __future__ import annotations

from pathlib import Path

import pytest

from state.errors import InputError
from state.settings import LlmSettings, Settings


def llm(**environment: str) -> LlmSettings:
    return Settings.read(environment, home=Path("/nowhere")).llm


def test_no_language_model_is_set_up_by_default() -> None:
    assert llm() == LlmSettings()
    assert (llm().base_url, llm().model, llm().api_key, llm().timeout_seconds, llm().retries) == (
        None,
        None,
        None,
        60,
        2,
    )


def test_every_variable_is_read() -> None:
    found = llm(
        LOOPCOPILOT_LLM_BASE_URL="http://127.0.0.1:1/v1",
        LOOPCOPILOT_LLM_MODEL="m",
        LOOPCOPILOT_LLM_API_KEY="key",
        LOOPCOPILOT_LLM_TIMEOUT="2.5",
        LOOPCOPILOT_LLM_RETRIES="0",
    )
    assert (found.base_url, found.model, found.timeout_seconds, found.retries) == ("http://127.0.0.1:1/v1", "m", 2.5, 0)
    assert found.api_key is not None
    assert found.api_key.get_secret_value() == "key"


def test_openais_own_variables_are_taken_and_ours_win() -> None:
    theirs = {"OPENAI_BASE_URL": "http://127.0.0.1:2/v1", "OPENAI_API_KEY": "theirs"}
    found = llm(**theirs)
    assert found.base_url == "http://127.0.0.1:2/v1"
    assert found.api_key is not None
    assert found.api_key.get_secret_value() == "theirs"
    found = llm(**theirs, LOOPCOPILOT_LLM_BASE_URL="http://127.0.0.1:1/v1", LOOPCOPILOT_LLM_API_KEY="ours")
    assert found.base_url == "http://127.0.0.1:1/v1"
    assert found.api_key is not None
    assert found.api_key.get_secret_value() == "ours"


def test_an_empty_variable_is_none() -> None:
    assert llm(LOOPCOPILOT_LLM_MODEL="", OPENAI_API_KEY="") == LlmSettings()


def test_a_key_is_never_shown() -> None:
    settings = Settings.read({"OPENAI_API_KEY": "planted-key"}, home=Path("/nowhere"))
    assert "planted" not in f"{settings!r} {settings} {settings.model_dump_json()} {settings.llm.model_dump()}"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("LOOPCOPILOT_LLM_TIMEOUT", "soon"),
        ("LOOPCOPILOT_LLM_TIMEOUT", "0"),
        ("LOOPCOPILOT_LLM_RETRIES", "-1"),
        ("LOOPCOPILOT_LLM_RETRIES", "many"),
    ],
)
def test_a_wrong_value_names_its_variable(variable: str, value: str) -> None:
    with pytest.raises(InputError, match=variable) as caught:
        llm(**{variable: value})
    assert value in caught.value.message

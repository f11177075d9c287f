"""The language model of a turn: budgets, what is kept, what is asked again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from nodes.planners.exchange import Message, Prompt, Unsupported
from nodes.planners.llm.metered import NO_USAGE, MeteredLlm
from nodes.planners.llm.server import OpenAiServer
from scripted_server import Reply, ScriptedServer, no, said
from state.errors import BudgetSpent, Cancelled, ServerError
from state.planning import SingleShotChoice
from state.sessions import SessionStore
from state.strategy import Budget

CHOICE = SingleShotChoice(kind="single_shot", model="m", temperature=0.25, max_tokens=77)
HELLO = Prompt(messages=(Message(role="user", content="hello"),))
FORMED = HELLO.model_copy(update={"response_format": {"type": "json_object"}})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SessionStore]:
    sessions = SessionStore(tmp_path / "sessions.sqlite")
    yield sessions
    sessions.close()


def metered(server: ScriptedServer, store: SessionStore, **more: Any) -> MeteredLlm:
    options: dict[str, Any] = {
        "session": "s",
        "turn": 1,
        "seed": 40,
        "usage": NO_USAGE,
        "budget": Budget(),
        "spent_seconds": 0.0,
        "timeout_seconds": 10.0,
        "cancelled": lambda: False,
    }
    return MeteredLlm(OpenAiServer(server.settings()), CHOICE, store.exchanges, **{**options, **more})


def test_calls_and_tokens_are_counted(store: SessionStore) -> None:
    with ScriptedServer([said("one"), said("two")]) as server:
        llm = metered(server, store)
        assert [llm.ask(HELLO).text, llm.ask(HELLO).text] == ["one", "two"]
    assert llm.usage == {"llm_calls": 2, "input_tokens": 22, "output_tokens": 14, "tokens_estimated": False}
    assert not NO_USAGE["llm_calls"]


def test_counts_of_a_server_that_gives_none_are_marked(store: SessionStore) -> None:
    bare = said("12345678")
    del bare["usage"]
    with ScriptedServer([bare, said("two")]) as server:
        llm = metered(server, store)
        llm.ask(HELLO)
        llm.ask(HELLO)
    assert llm.usage["tokens_estimated"]
    assert llm.usage["output_tokens"] == 2 + 7


def test_the_strategy_fills_in_what_the_prompt_leaves_open_and_every_call_has_its_seed(store: SessionStore) -> None:
    with ScriptedServer([said("one"), said("two")]) as server:
        llm = metered(server, store)
        llm.ask(HELLO)
        llm.ask(HELLO)
    assert [(b["model"], b["temperature"], b["max_tokens"]) for b in server.bodies] == [("m", 0.25, 77)] * 2
    assert [b["seed"] for b in server.bodies] == [40, 41]


def test_the_limit_of_calls_is_kept(store: SessionStore) -> None:
    with ScriptedServer([said("one")]) as server:
        llm = metered(server, store, budget=Budget(llm_calls=1))
        llm.ask(HELLO)
        with pytest.raises(BudgetSpent, match="1 language model call a turn"):
            llm.ask(HELLO)


def test_the_limit_of_tokens_ends_before_the_next_call(store: SessionStore) -> None:
    with ScriptedServer([said("one")]) as server:
        llm = metered(server, store, budget=Budget(tokens=18))
        llm.ask(HELLO)
        with pytest.raises(BudgetSpent, match="18 tokens"):
            llm.ask(HELLO)


def test_the_limit_of_seconds_counts_from_the_turns_start(store: SessionStore) -> None:
    with ScriptedServer([]) as server:
        llm = metered(server, store, budget=Budget(seconds=60), spent_seconds=61)
        with pytest.raises(BudgetSpent, match="60 seconds"):
            llm.ask(HELLO)


def test_a_call_waits_no_longer_than_the_turn_may_take(store: SessionStore) -> None:
    class Waited:
        def complete(self, prompt: Prompt, timeout_seconds: float) -> Any:
            waits.append(timeout_seconds)
            raise ServerError("away")

    waits: list[float] = []
    with ScriptedServer([]) as server:
        llm = metered(server, store, budget=Budget(seconds=100), spent_seconds=50, timeout_seconds=80)
        llm._server = Waited()
        with pytest.raises(ServerError):
            llm.ask(HELLO)
    assert 0 < waits[0] <= 50


def test_what_a_turn_used_before_a_crash_counts(store: SessionStore) -> None:
    with ScriptedServer([]) as server:
        used = {**NO_USAGE, "llm_calls": 3}
        with pytest.raises(BudgetSpent):
            metered(server, store, usage=used, budget=Budget(llm_calls=3)).ask(HELLO)


def test_a_cancelled_turn_asks_nothing(store: SessionStore) -> None:
    with ScriptedServer([]) as server, pytest.raises(Cancelled):
        metered(server, store, cancelled=lambda: True).ask(HELLO)


def test_every_exchange_is_kept_as_it_was_sent_and_answered(store: SessionStore) -> None:
    with ScriptedServer([said("one")]) as server:
        metered(server, store).ask(HELLO)
    (kept,) = store.exchanges.all("s")
    assert (kept.turn, kept.number) == (1, 0)
    assert (kept.prompt["model"], kept.prompt["seed"]) == ("m", 40)
    assert (kept.answer["text"], kept.answer["input_tokens"]) == ("one", 11)


def test_an_answer_from_before_a_crash_is_not_bought_again(store: SessionStore) -> None:
    with ScriptedServer([said("one"), said("two")]) as server:
        metered(server, store).ask(HELLO)
        again = metered(server, store)
        assert [again.ask(HELLO).text, again.ask(HELLO).text] == ["one", "two"]
        assert len(server.requests) == 2
    assert again.usage["llm_calls"] == 2
    assert again.usage["input_tokens"] == 22


def test_another_prompt_another_turn_and_another_session_are_asked_anew(store: SessionStore) -> None:
    with ScriptedServer([said("one"), said("two"), said("three"), said("four")]) as server:
        metered(server, store).ask(HELLO)
        assert metered(server, store).ask(FORMED).text == "two"
        assert metered(server, store, turn=2).ask(HELLO).text == "three"
        assert metered(server, store, session="t").ask(HELLO).text == "four"


def test_a_servers_failure_is_kept_and_not_given_again(store: SessionStore) -> None:
    with ScriptedServer([no(500, "boom"), said("one")]) as server:
        with pytest.raises(ServerError, match="boom"):
            metered(server, store).ask(HELLO)
        assert store.exchanges.all("s")[0].answer["error"]["kind"] == "server"
        assert metered(server, store).ask(HELLO).text == "one"
    assert store.exchanges.all("s")[0].answer["text"] == "one"


def test_a_form_that_was_not_taken_is_not_tried_again_after_a_crash(store: SessionStore) -> None:
    with ScriptedServer([no(400, "response_format is not supported")]) as server:
        for _ in range(2):
            llm = metered(server, store)
            with pytest.raises(Unsupported, match="response_format"):
                llm.ask(FORMED)
            assert llm.usage["llm_calls"] == 1


def test_no_key_is_kept(store: SessionStore, tmp_path: Path) -> None:
    key = "planted-key-0123456789"
    with ScriptedServer([said("one"), no(401, f"no such key: {key}"), Reply(400, {"error": key})]) as server:
        llm = metered(server, store)
        llm._server = OpenAiServer(server.settings(api_key=key))
        llm.ask(HELLO)
        for _ in range(2):
            with pytest.raises(ServerError):
                llm.ask(HELLO)
    assert len(store.exchanges.all("s")) == 3
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and key.encode() in path.read_bytes()]

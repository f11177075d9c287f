"""Every planner with every fault of a model or server injected: told what was wrong it goes on; else the turn ends well."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from conversing import LLM_KINDS, REQUEST, STEP_BY_STEP, begun, conducting, notes, settings_for, strategy_for, takes

from evaluation.stub.faults import FAULTS
from evaluation.stub.server import StubServer, serving
from state.settings import Settings
from state.strategy import Retry
from state.turn import TurnRecord

SERVERS = ("no_usage", "no_json_schema", "text_only", "error_500", "slow")
MODELS = tuple(fault for fault in FAULTS if fault not in SERVERS)
CALLS = {"single_shot": 1, "plan_execute": 1, "react": 3, "react_tools": 3, "reflect": 2, "vote": 3, "hybrid": 1}
"""Language model calls of the request when nothing goes wrong."""

NOTED = {
    "missing_stem": "impossible",
    "invented_file": "impossible",
    "contradiction": "impossible",
    "prose": "prose_around_json",
    "refusal_in_words": "refusal",
    "call_in_words": "invalid_tool_call",
    "unfinished_thought": "truncated",
}
"""How a fault is called in the record, where not by its own name."""


@dataclass
class Place:
    """A stub, and a session to fork from."""

    server: StubServer
    home: Any
    origin: str

    def settings(self, model: str, **more: str) -> Settings:
        return settings_for(self.home, self.server.base_url, model, **more)

    def turn(self, kind: str, model: str, **more: str) -> TurnRecord:
        """The request under that planner and model, on a fork of the short loop."""
        strategy = strategy_for(kind, verifier="none", retry=Retry(kind="none", attempts=1))
        with conducting(self.settings(model, **more), strategy) as conductor:
            return conductor.send(conductor.fork(self.origin, 1), REQUEST)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    home = tmp_path_factory.mktemp("home")
    with serving(slow_seconds=60) as server:
        yield Place(server, home, begun(settings_for(home, server.base_url)))


@pytest.fixture(scope="module")
def good(place: Place) -> dict[str, TurnRecord]:
    """What each planner makes of the request with a well-behaved model."""
    return {kind: place.turn(kind, "stub") for kind in LLM_KINDS}


def noted(kind: str, fault: str) -> str | None:
    """The name that `fault` must have in the record of planner `kind`; None where that planner cannot meet it."""
    if kind == "react_tools" and fault in ("no_json", "prose"):
        return None  # prose is how that loop ends, and may stand beside a call
    if kind not in STEP_BY_STEP and fault == "several_actions":
        return None
    if kind == "react_tools" and fault == "malformed_json":
        return "invalid_tool_call"
    if kind == "react" and fault == "invalid_tool_call":
        return "malformed_json"
    if kind == "react" and fault == "prose":
        return None  # what stands before an action is thought
    return NOTED.get(fault, fault)


@pytest.mark.parametrize("kind", LLM_KINDS)
def test_the_request_is_carried_out_by_every_planner_when_nothing_goes_wrong(
    kind: str, good: dict[str, TurnRecord]
) -> None:
    record = good[kind]
    assert [step.tool for step in record.plan] == ["add_track", "adjust_track"]
    assert (record.status, notes(record), record.usage.llm_calls) == ("done", [], CALLS[kind])
    assert list(takes(record.gat)) == ["piano", "bass", "drums", "clarinet"]
    assert not record.usage.tokens_estimated


@pytest.mark.parametrize("fault", MODELS)
@pytest.mark.parametrize("kind", LLM_KINDS)
def test_a_fault_goes_back_to_the_model_once_and_nothing_is_lost(
    kind: str, fault: str, place: Place, good: dict[str, TurnRecord]
) -> None:
    name = noted(kind, fault)
    record = place.turn(kind, f"stub+{fault}")
    if kind == "react_tools" and fault == "no_json":
        # A model of that loop that only talks has ended its turn: its words are shown as unchecked, nothing is changed.
        assert (record.status, record.plan) == ("done", [])
        assert "unchecked" in record.reply
        assert "Nothing was changed" in record.reply
        return
    assert (record.status, record.error) == ("done", None), record.reply
    assert record.gat == good[kind].gat
    assert [(step.tool, step.status) for step in record.plan] == [("add_track", "passed"), ("adjust_track", "passed")]
    if name is None:
        assert (notes(record), record.usage.llm_calls) == ([], CALLS[kind])
        return
    assert set(notes(record)) == {name}
    assert all(note.detail for note in record.planning if note.kind == "fault")
    assert record.usage.llm_calls == CALLS[kind] + (fault != "prose")


@pytest.mark.parametrize("fault", MODELS)
@pytest.mark.parametrize("kind", LLM_KINDS)
def test_a_fault_that_is_never_mended_ends_the_turn_with_its_reason(
    kind: str, fault: str, place: Place, good: dict[str, TurnRecord]
) -> None:
    name = noted(kind, fault)
    record = place.turn(kind, f"stub+{fault}:always")
    before = {stem: take for stem, take in takes(good[kind].gat).items() if stem != "clarinet"}
    assert {stem: takes(record.gat)[stem] for stem in before} == before, "the loop is never lost"
    if name is None or fault == "prose":
        assert record.status == "done"
        return
    assert name in notes(record)
    assert record.usage.llm_calls <= CALLS[kind] + (2 if kind == "reflect" else 1)
    if kind in STEP_BY_STEP and fault == "endless_plan":
        assert (record.status, [step.status for step in record.plan]) == ("partial", ["passed"])
        assert "endless_plan" in record.reply
    elif name in ("impossible", "refusal"):
        assert (record.status, takes(record.gat), record.error) == ("asked", before, None)
        assert record.reply
    else:
        assert (record.status, takes(record.gat)) == ("failed", before)
        assert record.error is not None
        assert (record.error.kind, name in record.error.message) == ("planner", True)


@pytest.mark.parametrize("kind", LLM_KINDS)
def test_a_refusal_and_a_stem_that_is_not_there_end_as_a_question(kind: str, place: Place) -> None:
    for fault in ("refusal", "refusal_in_words"):
        declined = place.turn(kind, f"stub+{fault}:always")
        assert (declined.status, "declined" in declined.reply) == ("asked", True)
    missing = place.turn(kind, "stub+missing_stem:always")
    assert (missing.status, "theremin" in missing.reply) == ("asked", True)


@pytest.mark.parametrize("kind", LLM_KINDS)
def test_a_server_without_token_counts_gets_estimates_that_are_marked(kind: str, place: Place) -> None:
    record = place.turn(kind, "stub+no_usage")
    assert (record.status, record.usage.tokens_estimated) == ("done", True)
    assert record.usage.input_tokens > 100


@pytest.mark.parametrize("kind", LLM_KINDS)
@pytest.mark.parametrize(("fault", "form"), [("no_json_schema", "function_calling"), ("text_only", "text")])
def test_the_ladder_goes_down_to_what_the_server_takes(
    kind: str, fault: str, form: str, place: Place, good: dict[str, TurnRecord]
) -> None:
    record = place.turn(kind, f"stub+{fault}")
    if kind == "react_tools" and fault == "text_only":
        assert record.status == "failed"
        assert record.error is not None
        assert "native tool calls" in record.error.message
        return
    assert (record.status, record.gat) == ("done", good[kind].gat)
    if kind not in STEP_BY_STEP:
        assert form in notes(record, "form")


@pytest.mark.parametrize("kind", LLM_KINDS)
def test_a_server_error_is_tried_again_and_one_that_stays_fails_the_turn(
    kind: str, place: Place, good: dict[str, TurnRecord]
) -> None:
    once = place.turn(kind, "stub+error_500", LOOPCOPILOT_LLM_RETRIES="2")
    assert (once.status, once.gat) == ("done", good[kind].gat)
    stays = place.turn(kind, "stub+error_500:always", LOOPCOPILOT_LLM_RETRIES="0")
    assert stays.status == "failed"
    assert stays.error is not None
    assert (stays.error.kind, "clarinet" in takes(stays.gat)) == ("server", False)


@pytest.mark.parametrize("kind", LLM_KINDS)
def test_a_server_that_does_not_answer_in_time_fails_the_turn(kind: str, place: Place) -> None:
    record = place.turn(kind, "stub+slow:always", LOOPCOPILOT_LLM_TIMEOUT="0.2", LOOPCOPILOT_LLM_RETRIES="0")
    assert record.status == "failed"
    assert record.error is not None
    assert (record.error.kind, "clarinet" in takes(record.gat)) == ("server", False)

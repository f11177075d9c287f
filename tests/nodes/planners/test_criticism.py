"""A critic that gives nothing usable leaves the plan that it was to judge, checked as it is, to run. Over a real socket."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conversing import conducting, notes, settings_for, strategy_for
from llm_situations import ScriptedModel, Turn, planned, tools_of

from evaluation.replay import replay
from nodes.planners.exchange import Answer
from scripted_server import Reply, ScriptedServer, no, said
from state.errors import Cancelled, ReplayError
from state.settings import Settings
from state.strategy import Budget, Retry
from state.turn import TurnRecord

MUTE: tuple[str, dict[str, Any]] = ("adjust_track", {"stems": ["piano"], "mute": True})
TUBA: tuple[str, dict[str, Any]] = ("remove_track", {"stems": ["tuba"]})
CUT = '{"steps": [{"tool": "adjust_track", "argu'


@dataclass
class Place:
    """A session with a short loop, to fork from."""

    home: Path
    origin: str

    def turn(self, *replies: Any, timeout: str = "10", **budget: Any) -> tuple[TurnRecord, Settings]:
        """A turn under `reflect` whose first answer is a good plan and whose critic answers with `replies`."""
        strategy = strategy_for("reflect", retry=Retry(kind="none", attempts=1), budget=Budget(**budget))
        with ScriptedServer([said(planned(MUTE)), *replies]) as server:
            more = {"LOOPCOPILOT_LLM_RETRIES": "0", "LOOPCOPILOT_LLM_TIMEOUT": timeout}
            settings = settings_for(self.home, server.url, "scripted", **more)
            with conducting(settings, strategy) as conductor:
                return conductor.send(conductor.fork(self.origin, 1), "mute the piano"), settings


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Place:
    home = tmp_path_factory.mktemp("home")
    with conducting(settings_for(home, "http://127.0.0.1:9/v1"), strategy_for("rules")) as conductor:
        origin = conductor.start(seed=1)
        assert conductor.send(origin, "a 1-bar rock loop with piano and drums, 120 bpm").status == "done"
    return Place(home, origin)


UNUSABLE: dict[str, tuple[Callable[[], list[Any]], list[str], str]] = {
    "refuses": (lambda: [said(None, refusal="I cannot help with that.")] * 2, ["refusal"] * 2, "you declined: I cannot help"),
    "refuses in words": (lambda: [said(planned(answer="I can't help with that."))] * 2, ["refusal"] * 2, "you declined"),
    "invents a stem": (lambda: [said(planned(TUBA))] * 2, ["impossible"] * 2, "There is no tuba in this loop"),
    "is cut off": (lambda: [said(CUT, finish_reason="length")] * 2, ["truncated"] * 2, "cut off"),
    "talks": (lambda: [said("Good!")] * 2, ["no_json"] * 2, "no JSON object"),
    "empties the plan": (lambda: [said(planned())] * 2, ["empty_plan"] * 2, "the plan is empty"),
    "errs, then fails": (lambda: [said(planned(TUBA)), no(500, "broken")], ["impossible", "server"], "500"),
    "fails": (lambda: [no(500, "broken")], ["server"], "500"),
    "hangs": (lambda: [Reply(200, said(planned(MUTE)), hold=threading.Event())], ["server"], "0.3 s"),
}  # fmt: skip


@pytest.mark.parametrize("how", UNUSABLE)
def test_an_unusable_critic_leaves_the_first_plan_to_run(how: str, place: Place) -> None:
    replies, faults, reason = UNUSABLE[how]
    record, settings = place.turn(*replies(), timeout="0.3" if how == "hangs" else "10")
    assert (record.status, record.error) == ("done", None), record.reply
    assert [(step.tool, step.arguments, step.status) for step in record.plan] == [(*MUTE, "passed")]
    assert notes(record) == faults
    (note,) = [note for note in record.planning if note.kind == "reflection"]
    assert (note.name, reason in note.detail) == ("unusable", True), note.detail
    result = replay(settings, record.session)
    assert result.identical, [str(divergence) for divergence in result.divergences]


@pytest.mark.parametrize("budget", [{"llm_calls": 1}, {"tokens": 5}])
def test_a_budget_without_room_for_criticism_leaves_the_first_plan_to_run(budget: dict[str, int], place: Place) -> None:
    record, settings = place.turn(**budget)
    assert (record.status, [step.status for step in record.plan]) == ("done", ["passed"])
    ((kind, name, detail),) = [(note.kind, note.name, note.detail) for note in record.planning]
    assert (kind, name) == ("reflection", "no_budget")
    assert detail.startswith("the budget left no room for the criticism: The limit of ")
    assert replay(settings, record.session).identical


def test_a_budget_that_ends_while_the_critic_errs_leaves_the_first_plan_to_run(place: Place) -> None:
    record, settings = place.turn(said(planned(TUBA)), llm_calls=2)
    assert (record.status, [step.status for step in record.plan]) == ("done", ["passed"])
    assert [(note.kind, note.name) for note in record.planning] == [
        ("fault", "impossible"),
        ("reflection", "no_budget"),
    ]
    assert replay(settings, record.session).identical


def test_a_critic_that_mends_its_answer_is_heard_and_one_that_asks_too(place: Place) -> None:
    down = ("adjust_track", {"stems": ["piano"], "gain_db": -3.0})
    record, _ = place.turn(said(planned(TUBA)), said(planned(down)))
    assert [(step.tool, step.arguments) for step in record.plan] == [down]
    assert [note.name for note in record.planning] == ["impossible", "changed"]
    record, _ = place.turn(said(planned(question="Mute or down?")))
    assert (record.status, record.reply) == ("asked", "Mute or down?")


@pytest.mark.parametrize("error", [Cancelled("stopped"), ReplayError("asks something else")])
def test_what_is_no_fault_of_the_critic_passes_on(error: Exception, tmp_path: Path) -> None:
    with pytest.raises(type(error)):
        Turn().ask(ScriptedModel(planned(MUTE), error), tmp_path, kind="reflect")


def test_how_often_a_critic_is_told_is_the_strategys(tmp_path: Path) -> None:
    server, turn = ScriptedModel(planned(MUTE), *[Answer(refusal="No.")] * 3), Turn()
    assert tools_of(turn.ask(server, tmp_path, kind="reflect", repairs=2)) == [MUTE]
    assert turn.faults == ["refusal"] * 3
    assert "declined" in json.dumps(server.last)

"""A turn whose budget runs out: nothing more is asked or played, and what was verified stays."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest
from asking import ScriptedServer

from evaluation.replay import replay
from graph.conductor import Conductor
from nodes.planners.exchange import Answer, Prompt, ToolCall
from scripted import LOOP, ScriptedPlanner, steps
from state.errors import ServerError, ServerTimeout
from state.settings import Settings
from state.strategy import Strategy
from state.turn import TurnRecord

CLARINET: tuple[str, dict[str, Any]] = ("add_track", {"instrument": "clarinet"})
UP: tuple[str, dict[str, Any]] = ("shift_pitch", {"semitones": 2})
LATE = "The limit of 30 seconds a turn was reached."


def planned(*calls: tuple[str, dict[str, Any]]) -> Answer:
    return Answer(text=json.dumps({"steps": [{"tool": tool, "arguments": given} for tool, given in calls]}))


def action(kind: str, tool: str, arguments: dict[str, Any]) -> Answer:
    if kind == "react_tools":
        return Answer(calls=(ToolCall(id="1", name=tool, arguments=json.dumps(arguments)),), finish="tool_calls")
    return Answer(text=f"Thought: Do I need to use a tool? Yes\nAction: {tool}\nAction Input: {json.dumps(arguments)}")


class Server(ScriptedServer):
    """Also raises the timeouts of its script."""

    def __init__(self, answers: Sequence[Any]) -> None:
        super().__init__(answers)
        self.waits: list[float] = []

    def complete(self, prompt: Prompt, timeout_seconds: float) -> Answer:
        self.waits.append(timeout_seconds)
        return super().complete(prompt, timeout_seconds)


def strategy(kind: str, **budget: Any) -> Strategy:
    retry = {"kind": "none", "attempts": 1}
    return Strategy.model_validate({"planner": {"kind": kind, "model": "m"}, "budget": budget, "retry": retry})


def conducted(settings: Settings, chosen: Strategy, *answers: Any) -> tuple[TurnRecord, Server]:
    server = Server(answers)
    with Conductor(settings, strategy=chosen, server=server) as conductor:
        record = conductor.send(conductor.start(seed=1, name="s"), "zq vxw grmpf")
    assert server.answers == [], "the script was played to its end"
    return record, server


NO_ANSWER = ServerTimeout("the server gave no answer within 30 s")


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        ("single_shot", []),
        ("react", []),
        ("react_tools", []),
        ("reflect", [planned(LOOP)]),
        ("vote", [planned(LOOP)]),
        ("hybrid", []),
    ],
)
def test_no_time_for_the_server_is_a_spent_budget_and_is_replayed_as_one(
    settings: Settings, kind: str, before: list[Answer]
) -> None:
    record, server = conducted(settings, strategy(kind, seconds=30), *before, NO_ANSWER)
    assert record.error is not None
    assert (record.status, record.error.kind, record.error.field) == ("failed", "budget", "budget.seconds")
    assert record.error.message + "." == LATE
    assert server.waits[-1] <= 30
    result = replay(settings, "s")
    assert result.identical, [str(divergence) for divergence in result.divergences]


@pytest.mark.parametrize("kind", ["react", "react_tools"])
def test_no_time_for_the_next_step_keeps_what_was_done(settings: Settings, kind: str) -> None:
    record, _ = conducted(settings, strategy(kind, seconds=30), action(kind, *LOOP), NO_ANSWER)
    assert (record.status, record.error) == ("partial", None)
    assert LATE in record.reply
    assert record.gat is not None
    assert replay(settings, "s").identical


def test_a_server_that_is_slow_or_away_while_the_turn_has_time_is_the_servers_fault(settings: Settings) -> None:
    record, server = conducted(settings, strategy("single_shot", seconds=600), NO_ANSWER)
    assert record.error is not None
    assert record.error.kind == "server"
    assert server.waits == [settings.llm.timeout_seconds]
    other = settings.model_copy(update={"home": settings.home / "other"})
    record, _ = conducted(other, strategy("single_shot", seconds=30), ServerError("is away"))
    assert record.error is not None
    assert record.error.kind == "server"


@pytest.mark.parametrize("kind", ["react", "react_tools"])
def test_without_a_tool_call_left_no_model_is_asked(settings: Settings, kind: str) -> None:
    answers = [action(kind, *LOOP), action(kind, *CLARINET)]
    record, _ = conducted(settings, strategy(kind, tool_calls=2), *answers)
    assert record.status == "partial"
    assert "The limit of 2 tool calls a turn was reached." in record.reply
    assert [step.status for step in record.plan] == ["passed", "passed"]
    assert "That is" not in record.reply


def test_several_steps_of_a_step_by_step_planner_are_told_the_limit_too(settings: Settings) -> None:
    planner = ScriptedPlanner([steps(LOOP, complete=False), steps(CLARINET, UP, complete=False)])
    with Conductor(settings, strategy=strategy("react", tool_calls=2), planner=planner) as conductor:
        record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == "partial"
    assert "The limit of 2 tool calls a turn was reached." in record.reply
    assert "That is" not in record.reply


@pytest.mark.parametrize(
    ("plans", "says"),
    [
        ([steps(LOOP, CLARINET, UP)], "That is 3 steps, and a turn has at most 2. What comes first?"),
        ([steps(LOOP, complete=False), steps(UP, UP)], "That is 2 more steps after 1, and a turn has at most 2."),
    ],
)
def test_a_whole_plan_of_too_many_steps_says_how_many(settings: Settings, plans: list[Any], says: str) -> None:
    with Conductor(settings, strategy=strategy("react", tool_calls=2), planner=ScriptedPlanner(plans)) as conductor:
        assert says in conductor.send(conductor.start(seed=1), "a loop").reply


def test_one_more_step_is_one(settings: Settings) -> None:
    plans = [steps(LOOP, complete=False), steps(UP)]
    chosen = strategy("react", tool_calls=1)
    with Conductor(settings, strategy=chosen, planner=ScriptedPlanner(plans)) as conductor:
        record = conductor.send(conductor.start(seed=1), "a loop")
    assert "The limit of 1 tool call a turn was reached." in record.reply


def test_votes_that_the_budget_does_not_reach_are_noted_and_the_others_decide(settings: Settings) -> None:
    answers = [Answer(text="hm"), planned(LOOP)]
    record, _ = conducted(settings, strategy("vote", llm_calls=2), *answers)
    assert record.status == "done", record.reply
    (note,) = [note for note in record.planning if note.kind == "vote"]
    limit = "The limit of 2 language model calls a turn was reached."
    assert note.detail == f"1 of 3 equal, 1 unusable, 1 not asked for ({limit}): text_to_music"


def test_no_usable_vote_before_the_budget_ends_is_a_spent_budget(settings: Settings) -> None:
    record, _ = conducted(settings, strategy("vote", llm_calls=1), Answer(text="hm"))
    assert record.error is not None
    assert (record.error.kind, record.error.message) == (
        "budget",
        "The limit of 1 language model call a turn was reached",
    )


@pytest.mark.parametrize("budget", [{"llm_calls": 1}, {"tokens": 5}])
def test_a_critic_without_a_budget_leaves_the_plan_as_it_is(settings: Settings, budget: dict[str, int]) -> None:
    first = planned(LOOP).model_copy(update={"input_tokens": 9})
    record, _ = conducted(settings, strategy("reflect", **budget), first)
    assert record.status == "done", record.reply
    assert [(note.kind, note.name) for note in record.planning] == [("reflection", "no_budget")]

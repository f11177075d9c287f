"""Baselines: what each does, and that it does nothing else."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

import pytest
from lab import Room, request
from pydantic import Field

from ensemble.tools.registry import ALL, Toolbox
from ensemble.tools.tool import Arguments, Contract, Stage, Tool
from graph.conductor import Conductor
from nodes.planners.laboratory.do_nothing import DoNothing
from nodes.planners.laboratory.liar import Liar
from nodes.planners.laboratory.oracle import Oracle
from nodes.planners.laboratory.random_tool import RandomTool
from scripted import LOOP
from state.artifacts import ArtifactStore
from state.effects import Reverb
from state.errors import PlannerError, StrategyError
from state.gat import GlobalAttributeTable
from state.plan import Plan
from state.planning import OracleChoice
from state.settings import Settings
from state.strategy import Strategy
from state.take import Take


def oracle(*plans: list[dict[str, object]] | None) -> OracleChoice:
    return OracleChoice.model_validate({"kind": "oracle", "plans": plans})


def test_do_nothing_plans_says_and_asks_nothing(room: Room) -> None:
    assert DoNothing().plan(request(room.store, gat=room.table, text="a loop")) == Plan()


def test_the_liar_claims_what_was_asked_and_changes_nothing(settings: Settings) -> None:
    conductor = Conductor(settings, strategy=Strategy(planner={"kind": "liar"}))
    record = conductor.send(conductor.start(seed=1), "a loop with drums")
    assert record.plan == []
    assert record.gat is None
    assert "Done: a loop with drums." in record.reply
    assert record.reply != "Done: a loop with drums.", "the reply must say that nothing was changed by that"
    assert Liar().plan(request(ArtifactStore(settings.artifacts))).grounded is False


def test_a_random_call_is_possible_and_equal_seeds_draw_the_same(room: Room) -> None:
    for seed in range(40):
        for gat in (None, room.table):
            asked = request(room.store, seed=seed, gat=gat)
            plan = RandomTool().plan(asked)
            assert len(plan.steps) == 1
            asked.check(plan.steps)
            assert RandomTool().plan(asked) == plan
    drawn = {RandomTool().plan(request(room.store, seed=seed, gat=room.table)).model_dump_json() for seed in range(40)}
    assert len(drawn) > 30


def test_every_tool_that_can_do_something_is_drawn_about_equally_often(room: Room) -> None:
    draws = 600
    counts = Counter(
        RandomTool().plan(request(room.store, seed=seed, gat=room.table)).steps[0].tool for seed in range(draws)
    )
    # `undo` has earlier revisions to reach and every other tool its stems, so all eighteen can do something.
    assert set(counts) == set(ALL.names)
    expected = draws / len(ALL.names)
    bound = 4 * (expected * (1 - 1 / len(ALL.names))) ** 0.5
    assert all(abs(count - expected) <= bound for count in counts.values()), counts


def test_a_random_call_takes_only_the_tools_allowed_and_none_where_none_is_possible(room: Room) -> None:
    only = Toolbox.of(["add_track", "remove_track"])
    names = {
        RandomTool().plan(request(room.store, seed=seed, gat=room.table, tools=only)).steps[0].tool
        for seed in range(20)
    }
    assert names == {"add_track", "remove_track"}
    assert RandomTool().plan(request(room.store, gat=None, tools=only)) == Plan()


def test_a_drawn_call_never_holds_the_users_words(room: Room) -> None:
    asked = "xylophone quarrel"
    plans = [RandomTool().plan(request(room.store, seed=seed, gat=room.table, text=asked)) for seed in range(60)]
    assert not [plan for plan in plans if "quarrel" in plan.model_dump_json()]


def test_random_calls_hold_a_conversation_and_write_no_file_that_export_did_not_write(
    settings: Settings,
) -> None:
    conductor = Conductor(settings, strategy=Strategy(planner={"kind": "random_tool"}))
    session = conductor.start(seed=4)
    records = [conductor.send(session, f"message {number}") for number in range(4)]
    assert {len(record.plan) for record in records} == {1}
    assert "failed" not in {record.status for record in records}, [record.error for record in records]
    exports = sum(step.tool == "export" for record in records for step in record.plan)
    assert len(list(settings.home.rglob("export-*"))) == exports


def test_the_oracle_plays_the_plan_of_each_turn_and_an_empty_one_does_nothing(settings: Settings) -> None:
    tool, arguments = LOOP
    plans = oracle(
        [{"tool": tool, "arguments": arguments}], [], [{"tool": "shift_pitch", "arguments": {"semitones": 2}}]
    )
    conductor = Conductor(settings, strategy=Strategy(planner=plans))
    session = conductor.start(seed=1)
    first, second, third = (conductor.send(session, text) for text in ("nonsense", "more nonsense", "and more"))
    assert first.gat is not None
    assert first.gat.key == "G minor"
    assert (second.status, second.plan, second.gat) == ("done", [], first.gat)
    assert third.gat is not None
    assert third.gat.key == "A minor"


def test_the_oracle_says_which_turn_has_no_plan(room: Room, settings: Settings) -> None:
    player = Oracle(oracle([{"tool": "undo"}], None))
    assert player.plan(request(room.store, turn=1)).signature == "undo"
    for turn in (2, 3):
        with pytest.raises(PlannerError, match=f"no plan for turn {turn}; it knows turn 1") as caught:
            player.plan(request(room.store, turn=turn))
        assert caught.value.field == f"turns[{turn - 1}].plan"
    conductor = Conductor(settings, strategy=Strategy(planner=oracle(None)))
    record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.status == "failed"
    assert record.error is not None
    assert (record.error.kind, record.error.field) == ("planner", "turns[0].plan")


def test_an_oracle_without_any_plans_is_refused_before_a_turn_begins(settings: Settings) -> None:
    conductor = Conductor(settings, strategy=Strategy(planner={"kind": "oracle"}))
    session = conductor.start(seed=1)
    with pytest.raises(StrategyError, match="dialogue") as caught:
        conductor.send(session, "a loop")
    assert caught.value.field == "planner.plans"
    assert conductor.history(session) == []
    assert conductor.sessions.open_turn(session) is None


class OddArguments(Arguments):
    """Forms of arguments that no tool of ours has."""

    span: tuple[float, float]
    depth: float = Field(le=-3)
    level: Literal["low", "high"]
    nested: Reverb
    labels: dict[str, int] = Field(default_factory=dict)
    more: int = Field(gt=3)


class Odd(Tool[OddArguments]):
    """Somebody's own tool."""

    name = "odd"
    summary = "Odd."
    arguments = OddArguments
    contract = Contract(changes="nothing", preserves="everything")

    def foresee(self, arguments: OddArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Any:
        return gat

    def perform(self, arguments: OddArguments, gat: GlobalAttributeTable | None, stage: Stage) -> Take:
        return Take(gat=gat, seed=stage.seed)


def test_a_tool_from_outside_is_drawn_from_by_its_own_model(room: Room) -> None:
    only = Toolbox({"odd": Odd()})
    plans = [RandomTool().plan(request(room.store, seed=seed, gat=room.table, tools=only)) for seed in range(20)]
    drawn = [only.parse(step)[1] for plan in plans for step in plan.steps]
    assert len(drawn) == 20
    assert {arguments.level for arguments in drawn} == {"low", "high"}
    assert len({arguments.span for arguments in drawn}) == 20

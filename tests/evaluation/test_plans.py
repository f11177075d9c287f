"""The plans that a dialogue expects, in the hands of the strategies that play them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ensemble.tools.registry import TOOLS
from evaluation.dialogue import Dialogue, load
from evaluation.plans import with_plans
from evaluation.runner import play
from state.errors import StrategyError
from state.settings import Settings
from state.strategy import Strategy, load_strategy

PAPER_TASKS = Path("evaluation/dialogues/paper_tasks.yaml")
LOOP = {
    "tool": "text_to_music",
    "arguments": {"genre": "lofi", "bpm": 120, "bars": 1, "instruments": ["piano", "bass"]},
}


def dialogue(*plans: Any) -> Dialogue:
    return Dialogue.model_validate({"turns": [{"text": f"turn {at}", "plan": plan} for at, plan in enumerate(plans)]})


def test_the_paper_s_twelve_tasks_are_played_to_their_end_by_the_oracle(settings: Settings) -> None:
    written = load(PAPER_TASKS)
    records = play(written, settings, strategy=load_strategy("oracle"))
    assert [record.status for record in records] == ["done"] * len(written.turns), [r.reply for r in records]
    played = [step.tool for record in records for step in record.plan]
    assert sorted(played) == sorted(name for name, tool in TOOLS.items() if tool.paper_task)
    assert records[-1].plan == []
    assert records[-1].gat == records[-2].gat


def test_a_turn_without_a_plan_is_refused_before_the_first_is_played(settings: Settings) -> None:
    for name in ("oracle", "noisy oracle"):
        planner: Any = {"kind": "oracle"}
        if name != "oracle":
            planner = {"kind": "noisy", "planner": {"kind": "noisy", "planner": planner}}
        with pytest.raises(StrategyError, match=r"is missing; .* or \[\] for nothing") as caught:
            play(dialogue([LOOP], None, []), settings, strategy=Strategy(name=name, planner=planner))
        assert caught.value.field == "turns[1].plan"
    assert not settings.database.exists(), "no session was begun"


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ({"tool": "add_trak"}, "there is no tool 'add_trak'"),
        ({"tool": "add_track"}, "add_track.instrument: is missing"),
        ({"tool": "shift_pitch", "arguments": {"semitones": "up"}}, "shift_pitch.semitones"),
        ({"tool": "export"}, "there is no tool 'export'; there are undo"),
    ],
)
def test_an_expected_step_that_is_no_call_is_told_before_the_first_turn(step: dict[str, Any], says: str) -> None:
    tools = ["undo"] if step["tool"] == "export" else None
    with pytest.raises(StrategyError) as caught:
        with_plans(Strategy(planner={"kind": "oracle"}, tools=tools), dialogue([], [{"tool": "undo"}, step]))
    assert caught.value.field == "turns[1].plan[1]"
    assert says in caught.value.message


def test_a_noisy_oracle_gets_the_plans_too_and_they_are_no_part_of_the_hash(settings: Settings) -> None:
    planner = {"kind": "noisy", "planner": {"kind": "oracle"}, "rates": {"drop_step": 1.0}}
    strategy = Strategy(planner=planner)
    (record,) = play(
        dialogue([LOOP, {"tool": "shift_pitch", "arguments": {"semitones": 2}}]), settings, strategy=strategy
    )
    assert [note.name for note in record.planning] == ["drop_step"]
    assert len(record.plan) == 1
    assert record.strategy.hash == strategy.hash


def test_every_other_strategy_and_an_oracle_with_plans_of_its_own_are_left_as_they_are() -> None:
    other = Strategy(planner={"kind": "noisy", "planner": "rules"})
    assert with_plans(other, dialogue(None)) is other
    own = Strategy(planner={"kind": "oracle", "plans": [[LOOP]]})
    assert with_plans(own, dialogue(None)) is own

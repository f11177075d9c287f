"""With nothing verified, more candidates and attempts still count where a tool fails: a strategy that has them is taken."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from graph.conductor import Conductor
from scripted import LOOP, ScriptedPlanner, SpoiltBand, steps
from state.errors import ToolError
from state.settings import Settings
from state.strategy import Strategy


class FailingBand(SpoiltBand):
    """Its first rendering fails."""

    def render(self, part: Any, bpm: float, samples: int) -> Any:
        self.rendered += 1
        if self.rendered == 1:
            raise ToolError("out of breath")
        return super().render(part, bpm, samples)


@pytest.mark.parametrize(
    ("more", "status", "attempts"),
    [
        ({"retry": {"kind": "none"}}, "failed", 1),
        ({"retry": {"kind": "none"}, "candidates": 2}, "done", 1),
        ({"retry": {"kind": "resample", "attempts": 2}}, "done", 2),
        ({"retry": {"kind": "repair", "attempts": 2}}, "done", 2),
    ],
)
def test_what_a_tool_could_not_do_is_tried_again(
    tmp_path: Path, more: dict[str, Any], status: str, attempts: int
) -> None:
    chosen = Strategy.model_validate({"verifier": "none", **more})
    settings = Settings.read({}, home=tmp_path)
    with Conductor(
        settings, strategy=chosen, planner=ScriptedPlanner([steps(LOOP)]), band=FailingBand(silent=0)
    ) as conductor:
        record = conductor.send(conductor.start(seed=1), "a loop")
    assert (record.status, record.plan[0].attempts) == (status, attempts), record.reply

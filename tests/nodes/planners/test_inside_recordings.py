"""What is asked of a recording when a separation model is seated, and when none is."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from nodes.planners.planner import PlanRequest
from nodes.planners.rules.planner import RulesPlanner
from state.gat import GlobalAttributeTable, Stem
from state.plan import Plan

FOUR = ("drums", "bass", "other", "vocals")
SONG = GlobalAttributeTable(
    revision=1,
    bpm=120,
    bars=4,
    duration_seconds=8.0,
    stems=(Stem(name="recording", instrument="recording", audio="a", tool="upload", seed=0, backend="upload"),),
    mix="a",
)


class Nothing:
    def revision(self, number: int) -> GlobalAttributeTable | None:
        return None

    def lineage(self) -> list[int]:
        return [1]


def plan(text: str, sources: Sequence[str]) -> Plan:
    return RulesPlanner().plan(PlanRequest(text, SONG, Nothing(), sources=sources))


@pytest.mark.parametrize(
    ("text", "tool", "stems"),
    [
        ("remove the vocals", "remove_track", ["vocals"]),
        ("isolate the drums and the bass", "extract_track", ["drums", "bass"]),
        ("extract the vocals from this", "extract_track", ["vocals"]),
        ("remove the drums", "remove_track", ["drums"]),
        ("everything but the vocals", "remove_track", ["vocals"]),
    ],
)
def test_what_the_seated_model_tells_apart_is_planned(text: str, tool: str, stems: list[str]) -> None:
    (step,) = plan(text, FOUR).steps
    assert (step.tool, step.arguments) == (tool, {"stems": stems})


def test_what_it_cannot_tell_apart_is_asked_about_with_what_it_can() -> None:
    made = plan("remove the guitar", FOUR)
    assert not made.steps
    assert "tells drums, bass, other and vocals from each other; the guitar" in (made.question or "")


def test_without_a_model_only_the_drums_can_be_had() -> None:
    assert plan("remove the drums", ()).steps
    assert "needs a source-separation model" in (plan("remove the vocals", ()).question or "")

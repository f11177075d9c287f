"""Who describes uploads and loops: a seated captioner, whose part in it is told; else what is measured, and why is told once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from ensemble import registry
from ensemble.capabilities import Sheet, Sound, Work
from ensemble.registry import Entry
from graph.conductor import Conductor
from scripted import ScriptedPlanner, steps
from state.errors import ModelUnavailable, ToolError
from state.plan import Plan
from state.settings import Settings
from state.strategy import Strategy
from state.turn import TurnRecord

TRIED: list[str] = []
TORN = "reviewer cannot use the weights 'torn': the file ends too early; give others"
CREDIT = "reviewer (whole) on here described {}; its weights are for tests only."
MEASURED = f"{TORN}. What was measured stands in place of its words."


class Reviewer:
    """Says that it is calm; with the weights 'torn' it cannot be loaded, with 'faint' it fails at the first file only."""

    name = "reviewer"

    def __init__(self, weights: str, *, device: str, precision: str) -> None:
        self.weights = weights
        self.device = "here"
        self.memory_bytes = 0

    @property
    def sheet(self) -> Sheet:
        if self.weights == "torn":
            TRIED.append("load")
            raise ModelUnavailable(TORN, field="weights", model=self.name, weights=self.weights)
        return Sheet(16_000, 1, 30.0, deterministic=True, licence="for tests only")

    def unload(self) -> None:
        pass

    def caption(self, sound: Sound, work: Work) -> str:
        TRIED.append("call")
        if self.weights == "faint" and len(TRIED) == 1:
            raise ToolError("reviewer failed: too loud")
        return "It is calm."


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = Entry("reviewer", ("caption",), f"{__name__}:Reviewer", (), "torn", "for tests only", 0.1)
    monkeypatch.setitem(registry.MODELS, "reviewer", entry)
    TRIED.clear()


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    beat = np.zeros((88_200, 2), np.float32)
    beat[::22_050] = 0.5
    places = [tmp_path / name for name in ("one.wav", "two.wav", "three.wav")]
    for level, place in enumerate(places, 1):
        soundfile.write(place, beat / level, 44_100)
    return places


def held(settings: Settings, files: list[Path], weights: str, **more: Any) -> list[TurnRecord]:
    """A first upload, two later ones at once, a description."""
    seat = {"model": "reviewer", "weights": weights}
    strategy = Strategy.model_validate({"ensemble": {"caption": seat, **more}, "retry": {"kind": "none"}})
    said = [Plan(answer="A beat."), Plan(answer="More."), steps(("describe", {}))]
    with Conductor(settings, planner=ScriptedPlanner(said), strategy=strategy) as conductor:
        session = conductor.start()
        sent = [("a beat", files[:1]), ("two more", files[1:]), ("what is it?", [])]
        return [conductor.send(session, text, attached) for text, attached in sent]


def test_who_described_what_is_told_in_every_way_in(settings: Settings, files: list[Path]) -> None:
    first, later, described = held(settings, files, "whole")
    assert first.gat is not None
    assert "In the words of reviewer, a model, not measured" in first.gat.description
    for record, what in ((first, "one.wav"), (later, "two.wav and three.wav"), (described, "the loop")):
        assert record.status == "done"
        assert record.reply.count(CREDIT.format(what)) == 1
        assert record.reply.count("its weights are") == 1


def test_where_what_is_measured_may_stand_in_the_turn_is_done_and_that_is_said_once(
    settings: Settings, files: list[Path]
) -> None:
    records = held(settings, files, "torn", fallback=True)
    for record in records:
        assert (record.status, record.error) == ("done", None), record.reply
        assert record.reply.count(MEASURED) == 1
        assert record.reply.count("the file ends too early") == 1
    assert TRIED == ["load"], "what cannot be loaded is tried once a conversation"


def test_a_captioner_that_was_never_there_is_told_of_too(settings: Settings, files: list[Path]) -> None:
    records = held(settings, files, "/no/such/weights", fallback=True)
    told = (
        "reviewer's weights '/no/such/weights' are not here: there is no such file or folder. What was measured stands"
    )
    assert [(record.status, record.reply.count(told)) for record in records] == [("done", 1)] * 3


def test_without_leave_uploads_are_kept_and_why_nobody_described_them_is_said_once(
    settings: Settings, files: list[Path]
) -> None:
    first, later, described = held(settings, files, "torn")
    assert (first.status, later.status, described.status) == ("partial", "partial", "failed")
    assert f"No captioner described one.wav: {TORN}." in first.reply
    assert f"No captioner described two.wav and three.wav: {TORN}." in later.reply
    assert [record.reply.count("the file ends too early") for record in (first, later, described)] == [1, 1, 1]
    assert described.error is not None
    assert described.error.message == TORN
    assert TRIED == ["load"] * 3, "once a turn"


def test_a_captioner_that_fails_at_one_file_describes_the_next(settings: Settings, files: list[Path]) -> None:
    first, later, _ = held(settings, files, "faint", fallback=True)
    assert first.status == "partial"
    assert "No captioner described one.wav: reviewer failed: too loud." in first.reply
    assert "described one.wav;" not in first.reply
    assert later.status == "done"


def test_a_description_right_after_the_upload_says_once_who_stands_in(settings: Settings, files: list[Path]) -> None:
    strategy = Strategy.model_validate({"ensemble": {"caption": "reviewer", "fallback": True}})
    with Conductor(settings, planner=ScriptedPlanner([steps(("describe", {}))]), strategy=strategy) as conductor:
        record = conductor.send(conductor.start(), "what is this?", files[:1])
    assert record.status == "done"
    assert record.reply.count("What was measured stands in place of its words") == 1


def test_a_turn_that_keeps_the_upload_alone_has_an_error_line_and_says_why_once(
    settings: Settings, files: list[Path]
) -> None:
    seat = {"model": "reviewer", "weights": "torn"}
    strategy = Strategy.model_validate({"ensemble": {"caption": seat}, "verifier": "none"})
    reverb = ("add_effect", {"effects": [{"kind": "reverb"}]})
    for plan in (Plan(answer="A beat."), steps(("describe", {})), steps(reverb)):
        with Conductor(settings, planner=ScriptedPlanner([plan]), strategy=strategy) as conductor:
            record = conductor.send(conductor.start(), "a beat", files[:1])
        assert (record.status, record.reply.count("the file ends too early")) == ("partial", 1), record.reply
        assert record.error is not None
        assert record.error.message == TORN

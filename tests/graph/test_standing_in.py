"""A seated model that cannot be loaded: the band stands in where the strategy lets it; else the turn fails once, and says why once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ensemble import registry
from ensemble.capabilities import Sheet, Sound, Work
from ensemble.registry import Entry
from graph.conductor import Conductor
from scripted import LOOP, ScriptedPlanner, steps
from state.errors import ModelUnavailable, SetupError, ToolError
from state.plan import Plan
from state.settings import Settings
from state.strategy import Strategy

ASKED: list[str] = []
BROKEN = "spoilt cannot use the weights 'torn': the file ends too early; give others"


class Spoilt:
    """Every call finds that the weights cannot be loaded, or, with the weights 'whole', that the call fails."""

    name = "spoilt"

    def __init__(self, weights: str, *, device: str, precision: str) -> None:
        self.weights = weights
        self.device = "here"
        self.memory_bytes = 0
        self.sheet = Sheet(32_000, 1, 30.0, deterministic=True, licence="none")

    def load(self) -> None:
        pass

    def unload(self) -> None:
        pass

    def generate(self, text: str, seconds: float, seeds: Any, work: Work) -> list[Sound]:
        ASKED.append(text)
        if self.weights == "whole":
            raise ToolError("spoilt ran into something")
        raise ModelUnavailable(BROKEN, field="weights", model=self.name, weights=self.weights)

    def caption(self, sound: Sound, work: Work) -> str:
        raise ModelUnavailable(BROKEN, field="weights", model=self.name, weights=self.weights)


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = Entry("spoilt", ("generate", "caption"), f"{__name__}:Spoilt", (), "torn", "none", 0.1)
    monkeypatch.setitem(registry.MODELS, "spoilt", entry)
    ASKED.clear()


def played(settings: Settings, **ensemble: Any) -> Any:
    strategy = Strategy.model_validate({"ensemble": ensemble, "candidates": 2})
    with Conductor(settings, planner=ScriptedPlanner([steps(LOOP), steps(LOOP)]), strategy=strategy) as conductor:
        session = conductor.start(seed=1)
        first = conductor.send(session, "a loop")
        return first, conductor.send(session, "another loop")


def test_the_band_stands_in_for_weights_that_cannot_be_loaded_and_it_is_said(settings: Settings) -> None:
    first, second = played(settings, generate="spoilt", fallback=True)
    assert (first.status, first.plan[0].backend, first.plan[0].attempts) == ("done", "band", 1)
    assert BROKEN in first.reply
    assert "The band played in its place." in first.reply
    assert (second.status, second.plan[0].backend) == ("done", "band")
    assert len(ASKED) == 1, "what cannot be loaded is tried once a conversation"


def test_without_leave_the_turn_fails_after_one_attempt_and_says_why_once(settings: Settings) -> None:
    first, _ = played(settings, generate="spoilt")
    assert (first.status, first.plan[0].attempts, len(first.verdicts)) == ("failed", 1, 1)
    assert first.error.kind == "unavailable"
    assert first.reply.count("the file ends too early") == 1
    assert first.gat is None


def test_a_model_that_fails_while_it_plays_is_tried_again(settings: Settings) -> None:
    first, _ = played(settings, generate={"model": "spoilt", "weights": "whole"}, fallback=True)
    assert first.status == "failed"
    assert first.plan[0].attempts > 1


@pytest.mark.parametrize("place", ["/no/such/folder", "./nor/here", "~/nor-there"])
def test_weights_that_are_no_place_on_this_machine_are_told_before_the_first_turn(
    settings: Settings, place: str
) -> None:
    seat = {"model": "spoilt", "weights": place}
    with Conductor(settings, strategy=Strategy.model_validate({"ensemble": {"generate": seat}})) as conductor:
        session = conductor.start()
        with pytest.raises(SetupError, match="no such file or folder"):
            conductor.send(session, "a loop")
        assert conductor.history(session) == []
    first, _ = played(settings, generate=seat, fallback=True)
    assert (first.status, first.plan[0].backend) == ("done", "band")
    assert place in first.reply
    assert ASKED == []


def test_an_upload_that_no_captioner_can_describe_is_kept_and_the_turn_is_partial(
    settings: Settings, tmp_path: Path
) -> None:
    import numpy as np
    import soundfile

    beat = np.zeros((88_200, 2), np.float32)
    beat[::22_050] = 0.5
    soundfile.write(tmp_path / "beat.wav", beat, 44_100)
    strategy = Strategy.model_validate({"ensemble": {"caption": "spoilt"}})
    with Conductor(settings, planner=ScriptedPlanner([Plan(answer="A beat.")]), strategy=strategy) as conductor:
        session = conductor.start()
        record = conductor.send(session, "here is a beat", [tmp_path / "beat.wav"])
        assert record.status == "partial"
        assert record.gat is not None
        assert "No captioner described beat.wav: spoilt cannot use the weights 'torn'" in record.reply
        (upload,) = conductor.sessions.uploads(session)
    assert upload.words == ""

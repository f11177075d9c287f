"""A seated model that cannot be loaded: the band stands in where the strategy lets it; else the turn fails once, and says why once."""

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

    @property
    def sources(self) -> tuple[str, ...]:
        raise ModelUnavailable(BROKEN, field="weights", model=self.name, weights=self.weights)

    def separate(self, sound: Sound, work: Work) -> dict[str, Sound]:
        return {}

    def score(self, sound: Sound, texts: Any, work: Work) -> list[float]:
        ASKED.append("score")
        raise ModelUnavailable(BROKEN, field="weights", model=self.name, weights=self.weights)

    def caption(self, sound: Sound, work: Work) -> str:
        raise ModelUnavailable(BROKEN, field="weights", model=self.name, weights=self.weights)


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = Entry("spoilt", ("generate", "caption", "score", "separate"), f"{__name__}:Spoilt", (), "torn", "none", 0.1)
    monkeypatch.setitem(registry.MODELS, "spoilt", entry)
    ASKED.clear()


def played(settings: Settings, more: dict[str, Any] | None = None, **ensemble: Any) -> Any:
    strategy = Strategy.model_validate({"ensemble": ensemble, "candidates": 2, **(more or {})})
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


@pytest.mark.parametrize("verifier", ["clap", "both"])
def test_the_claims_judge_for_a_scorer_that_cannot_be_loaded_and_it_is_said_once(
    settings: Settings, verifier: str
) -> None:
    first, second = played(settings, {"verifier": verifier, "scorer": "clap"}, score="spoilt", fallback=True)
    assert (first.status, first.error) == ("done", None)
    assert first.reply.count(f"{BROKEN}. What can be measured was checked in its place.") == 1
    assert {verdict.scorer for verdict in first.verdicts + second.verdicts} == {"claims"}
    assert first.verdicts[0].clap is not None
    assert second.status == "done"
    assert ASKED == ["score"], "what cannot be loaded is tried once a conversation"


@pytest.mark.parametrize(
    ("ensemble", "more"),
    [({}, {}), ({"fallback": True}, {"thresholds": {"score": 0.3}})],
    ids=["without leave", "with a threshold of its scores"],
)
def test_a_scorer_that_cannot_be_loaded_and_not_be_replaced_fails_the_turn_in_one_line(
    settings: Settings, ensemble: dict[str, Any], more: dict[str, Any]
) -> None:
    first, _ = played(settings, {"verifier": "clap", "scorer": "clap", **more}, score="spoilt", **ensemble)
    assert first.status == "failed"
    assert (first.error.kind, first.error.message) == ("unavailable", BROKEN)
    assert first.reply.count("the file ends too early") == 1


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


@pytest.fixture
def beat(tmp_path: Path) -> Path:
    samples = np.zeros((88_200, 2), np.float32)
    samples[::22_050] = 0.5
    soundfile.write(tmp_path / "beat.wav", samples, 44_100)
    return tmp_path / "beat.wav"


@pytest.fixture
def song(tmp_path: Path) -> Path:
    """A recording of more than drums."""
    at = np.arange(88_200) / 44_100
    samples = 0.2 * np.sin(2 * np.pi * 330 * at)
    samples[::22_050] += 0.5
    soundfile.write(tmp_path / "song.wav", np.stack([samples] * 2, axis=1), 44_100)
    return tmp_path / "song.wav"


def test_what_listening_draws_out_stands_in_for_a_separator_that_cannot_even_name_its_sources(
    settings: Settings, song: Path
) -> None:
    strategy = Strategy.model_validate({"verifier": "none", "ensemble": {"separate": "spoilt", "fallback": True}})
    plan, more = (steps(("extract_track", {"stems": [name]})) for name in ("drums", "piano"))
    with Conductor(settings, planner=ScriptedPlanner([plan]), strategy=strategy) as conductor:
        record = conductor.send(conductor.start(), "the drums alone", [song])
    assert (record.status, record.plan[0].backend) == ("done", "percussive split"), record.reply
    assert record.reply.count(BROKEN) == 1
    with Conductor(settings, planner=ScriptedPlanner([more]), strategy=strategy) as conductor:
        record = conductor.send(conductor.start(), "the piano alone", [song])
    assert record.status == "asked"
    assert f"{BROKEN}. Taking piano out of" in record.reply


def test_an_upload_that_no_captioner_can_describe_is_kept_and_the_turn_is_partial(
    settings: Settings, beat: Path
) -> None:
    strategy = Strategy.model_validate({"ensemble": {"caption": "spoilt"}})
    with Conductor(settings, planner=ScriptedPlanner([Plan(answer="A beat.")]), strategy=strategy) as conductor:
        session = conductor.start()
        record = conductor.send(session, "here is a beat", [beat])
        assert record.status == "partial"
        assert record.gat is not None
        assert "No captioner described beat.wav: spoilt cannot use the weights 'torn'" in record.reply
        (upload,) = conductor.sessions.uploads(session)
    assert upload.words == ""


def test_an_upload_is_kept_where_the_separator_that_is_to_take_it_apart_cannot_be_loaded(
    settings: Settings, song: Path
) -> None:
    strategy = Strategy.model_validate({"verifier": "none", "ensemble": {"separate": "spoilt"}})
    wanted = steps(("extract_track", {"stems": ["drums"]}))
    with Conductor(settings, planner=ScriptedPlanner([wanted, wanted]), strategy=strategy) as conductor:
        session = conductor.start()
        first = conductor.send(session, "the drums alone", [song])
        again = conductor.send(session, "the drums alone")
        assert len(conductor.sessions.uploads(session)) == 1
    assert (first.status, again.status) == ("partial", "failed")
    assert first.gat is not None
    assert [stem.name for stem in first.gat.stems] == ["recording"]
    assert again.gat == first.gat
    for record in (first, again):
        assert record.reply.count(BROKEN) == 1
        assert record.error is not None
        assert (record.error.kind, record.error.field) == ("unavailable", "weights")

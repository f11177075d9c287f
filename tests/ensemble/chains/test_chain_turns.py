"""Seated models through the whole graph: planned, asked once an attempt, judged, committed, told."""

from __future__ import annotations

import pytest
from scripted_player import LICENCE

from graph.conductor import Conductor
from state.errors import StrategyError
from state.strategy import Strategy

SEATS = {"generate": {"model": "scripted", "weights": "bpm=113,key=A minor"}, "score": "scripted"}


def test_a_turn_is_played_by_the_model_and_scored_by_the_other(settings, log):
    strategy = Strategy.model_validate({"ensemble": SEATS, "candidates": 3, "verifier": "both", "scorer": "clap"})
    conducting = Conductor(settings, strategy=strategy)
    session = conducting.start(seed=3)
    record = conducting.send(session, "a 4-bar pop loop in A minor at 120 bpm")
    assert record.status == "done", record.reply
    (step,) = record.plan
    assert (step.backend, record.gat.stems[0].backend, record.gat.stems[0].licence) == ("scripted", "scripted", LICENCE)
    assert record.verdicts[0].scorer == "scripted"
    assert [call[0] for call in log.calls] == ["generate", "score", "score", "score"]
    assert "stretched to 120" in record.reply
    assert LICENCE in record.reply


def test_a_threshold_of_another_scorer_is_not_kept(settings):
    strategy = Strategy.model_validate(
        {
            "ensemble": {"score": "away", "fallback": True},
            "verifier": "clap",
            "scorer": "clap",
            "thresholds": {"score": 0.3},
        }
    )
    conducting = Conductor(settings, strategy=strategy)
    with pytest.raises(StrategyError, match=r"threshold 0\.3 is of its scores only"):
        conducting.send(conducting.start(seed=3), "a pop loop")


def test_a_failing_model_fails_the_turn_in_one_line(settings, log):
    seats = {"generate": {"model": "scripted", "weights": "fails=1"}}
    strategy = Strategy.model_validate({"ensemble": seats, "candidates": 2, "retry": {"kind": "none", "attempts": 1}})
    conducting = Conductor(settings, strategy=strategy)
    record = conducting.send(conducting.start(seed=3), "a pop loop")
    assert record.status == "failed"
    assert "scripted failed as it was told to" in record.reply
    assert len(log.calls) == 1

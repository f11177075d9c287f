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


@pytest.mark.parametrize("candidates", [1, 2])
def test_a_model_that_outlasts_the_turns_seconds_is_stopped_and_told(settings, log, candidates):
    seats = {"generate": {"model": "scripted", "weights": "steps=6000"}}
    choice = {"ensemble": seats, "candidates": candidates, "budget": {"seconds": 1.5}}
    conducting = Conductor(settings, strategy=Strategy.model_validate(choice))
    record = conducting.send(conducting.start(seed=3), "a pop loop")
    assert (record.status, record.error.kind, record.error.field) == ("failed", "budget", "budget.seconds")
    assert record.reply.count("limit of 1.5 seconds a turn was reached") == 1
    assert len(log.calls) == 1
    assert sum(record.usage.seconds.values()) < 20


def test_what_was_verified_before_the_seconds_ran_out_is_kept(settings, log):
    seats = {"rearrange": {"model": "scripted", "weights": "steps=6000"}}
    choice = {"ensemble": seats, "budget": {"seconds": 15}}
    conducting = Conductor(settings, strategy=Strategy.model_validate(choice))
    record = conducting.send(
        conducting.start(seed=3), "a 2-bar pop loop with drums and bass, then rearrange it as jazz"
    )
    assert [step.tool for step in record.plan] == ["text_to_music", "rearrange"]
    assert (record.status, record.gat.genre) == ("partial", "pop")
    assert record.reply.count("The limit of 15 seconds a turn was reached.") == 1

"""Takes chosen and judged by a text-audio score, alone or beside the measured attributes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import ValidationError

import graph.equip
from ensemble.protocols import Mixer
from graph.conductor import Conductor
from scripted import LOOP, ScriptedPlanner, SpoiltBand, steps
from state.artifacts import ArtifactStore
from state.errors import StrategyError
from state.gat import GlobalAttributeTable
from state.settings import Settings
from state.strategy import Retry, Strategy, Thresholds
from state.turn import TurnRecord
from state.verdict import Verdict


class ScriptedScorer:
    """Gives its scores one after the other and keeps what it was asked; raises when the script is exhausted."""

    name = "scripted"

    def __init__(self) -> None:
        self.scores: list[float | None] = []
        self.asked: list[tuple[str, str]] = []

    def score(self, table: GlobalAttributeTable, store: ArtifactStore, band: Mixer, text: str) -> float | None:
        assert store.audio(table.mix).shape == (2, table.samples)
        self.asked.append((text, table.mix))
        return self.scores.pop(0)


scripted = ScriptedScorer()
"""What the strategies below name as 'test_scoring:scripted'."""


@pytest.fixture
def scorer() -> Iterator[ScriptedScorer]:
    scripted.__init__()  # type: ignore[misc]
    yield scripted
    assert scripted.scores == [], "the script was not played to its end"


def strategy(**more: Any) -> Strategy:
    fields = {"verifier": "clap", "scorer": "test_scoring:scripted", "retry": Retry(kind="none", attempts=1), **more}
    return Strategy.model_validate(fields)


def turn(settings: Settings, chosen: Strategy, *calls: Any, seed: int = 1, **more: Any) -> TurnRecord:
    conductor = Conductor(settings, strategy=chosen, planner=ScriptedPlanner([steps(*(calls or (LOOP,)))]), **more)
    return conductor.send(conductor.start(seed=seed), "a loop")


def only(record: TurnRecord) -> Verdict:
    (verdict,) = record.verdicts
    return verdict


def test_the_score_chooses_the_take_and_fails_none(settings: Settings, scorer: ScriptedScorer) -> None:
    scorer.scores = [0.1, 0.4, None, 0.4, 0.2, 0.3]
    record = turn(settings, strategy(candidates=6))
    assert record.status == "done", record.reply
    verdict = only(record)
    assert (verdict.scorer, verdict.clap, verdict.passed, verdict.checks) == ("scripted", 0.4, True, [])
    assert record.gat is not None
    assert record.gat.mix == scorer.asked[1][1], "the first of the two best"
    assert len({mix for _, mix in scorer.asked}) == 6
    assert {text for text, _ in scorer.asked} == {
        "hip hop. bpm: 90. key: G minor. bars: 2. instruments: piano, bass, drums"
    }


def test_a_threshold_makes_a_check_that_passes_fails_or_cannot_be_measured(
    settings: Settings, scorer: ScriptedScorer
) -> None:
    for score, status, ended, said in (
        (0.5, "passed", "done", "Checked by listening: text."),
        (0.49, "failed", "partial", "Not reached: text (wanted 0.5, measured 0.49)."),
        (None, "unmeasurable", "done", "Could not be checked: text."),
    ):
        scorer.scores = [score]
        record = turn(settings, strategy(thresholds=Thresholds(score=0.5)))
        (check,) = only(record).checks
        assert (check.name, check.expected, check.measured, check.status) == ("text", 0.5, score, status)
        assert record.status == ended
        assert only(record).clap == score
        assert said in record.reply


def test_both_puts_failed_checks_before_the_score(settings: Settings, scorer: ScriptedScorer) -> None:
    # The first take's three stems are silent: its checks fail, so that its high score is of no account.
    scorer.scores = [0.9, 0.2, 0.7]
    record = turn(settings, strategy(verifier="both", candidates=3), band=SpoiltBand(silent=3))
    verdict = only(record)
    assert verdict.clap == 0.7
    assert {check.status for check in verdict.checks} <= {"passed", "unmeasurable"}
    assert "text" not in {check.name for check in verdict.checks}
    assert record.gat is not None
    assert record.gat.mix == scorer.asked[2][1]


def test_of_attempts_that_all_fail_the_one_that_scored_highest_is_kept(
    settings: Settings, scorer: ScriptedScorer
) -> None:
    scorer.scores = [0.2, 0.6, 0.4]
    record = turn(settings, strategy(thresholds=Thresholds(score=0.8), retry=Retry(kind="resample", attempts=3)))
    assert [verdict.clap for verdict in record.verdicts] == [0.2, 0.6, 0.4]
    assert record.status == "partial"
    assert record.gat is not None
    assert record.gat.mix == scorer.asked[1][1]


def test_a_step_whose_arguments_say_nothing_is_not_scored(settings: Settings, scorer: ScriptedScorer) -> None:
    scorer.scores = [0.4]
    record = turn(settings, strategy(thresholds=Thresholds(score=0.3)), LOOP, ("vary", {}))
    assert [verdict.clap for verdict in record.verdicts] == [0.4, None]
    assert [check.status for check in record.verdicts[1].checks] == ["unmeasurable"]
    assert record.status == "done"


@pytest.mark.parametrize(("verifier", "scorer_id"), [("none", None), ("attributes", "measured")])
def test_without_a_wish_for_a_score_none_is_measured(settings: Settings, verifier: str, scorer_id: str | None) -> None:
    verdict = only(turn(settings, strategy(verifier=verifier, scorer="claims")))
    assert (verdict.scorer, verdict.clap) == (scorer_id, None)


def test_the_shipped_scorer_finds_the_take_that_holds_what_was_asked(settings: Settings) -> None:
    # Of two takes the first lost its drums and everything else: the claims of the text hold of the second only.
    chosen = strategy(scorer="claims", candidates=2)
    record = turn(settings, chosen, band=SpoiltBand(silent=3))
    assert (only(record).scorer, only(record).clap) == ("claims", 1.0)
    spoilt = turn(settings, strategy(scorer="claims"), band=SpoiltBand(silent=3))
    assert only(spoilt).clap is not None
    assert only(spoilt).clap < 0.5


class Nameless:
    def score(self) -> None: ...


class Needy:
    name = "needy"

    def __init__(self, weights: str) -> None: ...

    def score(self) -> None: ...


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("klap", "there is no scorer 'klap'; there are claims, clap"),
        ("nowhere_at_all:Scorer", "cannot be imported"),
        ("test_scoring:missing", "cannot be imported"),
        ("test_scoring:Nameless", "makes no scorer"),
        ("test_scoring:Needy", "cannot be made"),
    ],
)
def test_a_wrong_scorer_is_told_before_the_first_turn(settings: Settings, name: str, says: str) -> None:
    for verifier in ("clap", "both"):
        conductor = Conductor(settings, strategy=strategy(scorer=name, verifier=verifier))
        session = conductor.start(seed=1)
        with pytest.raises(StrategyError, match=says) as caught:
            conductor.send(session, "a loop")
        assert caught.value.field == "scorer"
        assert conductor.history(session) == []


def test_where_no_score_is_asked_for_there_is_no_scorer(settings: Settings) -> None:
    assert graph.equip.equip(strategy(scorer="claims", verifier="attributes"), settings).scorer is None
    with pytest.raises(ValidationError, match="nowhere_at_all:Scorer does nothing with verifier attributes"):
        strategy(scorer="nowhere_at_all:Scorer", verifier="attributes")

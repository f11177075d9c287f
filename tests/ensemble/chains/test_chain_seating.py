"""Where no model is seated the band plays exactly as before; where one is missing it stands in and says so."""

from __future__ import annotations

import pytest

from ensemble.listen.scorer import scorer_of
from ensemble.players import Players
from state.errors import SetupError, StrategyError
from state.seating import Ensemble

CALLS = {
    "generate": ("text_to_music", {"description": "a lofi loop", "bars": 2}),
    "continue": ("add_track", {"instrument": "clarinet"}),
    "rearrange": ("rearrange", {"genre": "jazz"}),
    "vary": ("vary", {}),
    "inpaint": ("regenerate_span", {"start_bar": 2}),
}
MORE = {
    "generate": ("impression_to_music", {"impression": "rain at night"}),
    "continue": ("drum_to_music", {"genre": "pop"}),
}
ALL = [(capability, *call) for calls in (CALLS, MORE) for capability, call in calls.items()]


@pytest.mark.parametrize(
    ("capability", "tool", "arguments"), ALL, ids=lambda value: value if isinstance(value, str) else ""
)
def test_without_its_seat_a_tool_is_the_bands(studio, loop, log, capability, tool, arguments):
    others = {name: "scripted" for name in CALLS if name != capability}
    plain = studio.play(tool, loop, **arguments)
    assert studio.play(tool, loop, seats=others, **arguments) == plain
    assert log.calls == []
    assert all(stem.licence is None for stem in plain.gat.stems)


@pytest.mark.parametrize(
    ("capability", "tool", "arguments"), ALL, ids=lambda value: value if isinstance(value, str) else ""
)
def test_who_is_missing_is_stood_in_for_and_named(studio, loop, capability, tool, arguments):
    plain = studio.play(tool, loop, **arguments)
    take = studio.play(tool, loop, seats={capability: "away", "fallback": True}, **arguments)
    assert (take.gat, take.backend) == (plain.gat, "band")
    extra = [note for note in take.notes if note not in plain.notes]
    assert extra == ["away is not here: package_that_is_not_here must be installed. The band played in its place."]


def test_who_is_missing_stops_the_work_where_nobody_may_stand_in(studio, loop):
    with pytest.raises(SetupError, match="away is not here"):
        studio.play("vary", loop, seats={"vary": "away"})


def players(studio, **seats):
    return Players(Ensemble.model_validate(seats), studio.settings)


def test_the_clap_scorer_is_the_seated_model(studio, loop, log, tmp_path):
    weights = tmp_path / "larger_clap"
    weights.mkdir()
    scorer = scorer_of("clap", players(studio, score={"model": "scripted", "weights": str(weights)}))
    assert scorer.name == "scripted larger_clap"
    score = scorer.score(loop, studio.store, studio.stage.band, "a dusty loop")
    assert score is not None
    assert score > 0
    assert log.calls == [("score", "a dusty loop", pytest.approx(loop.duration_seconds), ())]
    assert scorer.score(loop, studio.store, studio.stage.band, " ") is None


def test_a_clap_scorer_without_a_seat_is_refused(studio):
    for seated in (None, players(studio, generate="scripted")):
        with pytest.raises(StrategyError, match="seat one"):
            scorer_of("clap", seated)


def test_the_claims_stand_in_for_a_missing_scorer(studio):
    assert scorer_of("clap", players(studio, score="away", fallback=True)).name == "claims"

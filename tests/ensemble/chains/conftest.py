"""A stage with seated players, and a short loop of the band's."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scripted_player import AWAY, ENTRY, LOG

from ensemble import registry
from ensemble.band.band import BuiltInBand
from ensemble.listen.verify import verify
from ensemble.players import Players
from ensemble.tools.registry import parse
from ensemble.tools.tool import PENDING, Batch, Stage
from state.artifacts import ArtifactStore
from state.plan import Step
from state.seating import Ensemble
from state.settings import Settings

RATE = 44_100
FIELDS = ("bpm", "key", "bars", "duration_seconds", "chords", "genre", "mood", "sources", "time_signature")


class Studio:
    """Calls tools as the graph does, with the seats that a test gives."""

    def __init__(self, folder):
        self.store = ArtifactStore(folder / "artifacts")
        self.settings = Settings.read({}, home=folder)
        self.stage = Stage(self.store, BuiltInBand(), 7, None)

    def seat(self, **seats):
        players = Players(Ensemble.model_validate(seats), self.settings) if seats else None
        return replace(self.stage, players=players)

    def play(self, tool, gat=None, *, seats=None, seed=7, batch=None, **arguments):
        """The take; its forecast must have come true."""
        called, parsed = parse(Step(tool=tool, arguments=arguments))
        stage = replace(self.seat(**(seats or {})), seed=seed, batch=batch)
        forecast = called.foresee(parsed, gat, replace(stage, batch=None, seed=batch.seeds[0] if batch else seed))
        take = called.perform(parsed, gat, stage)
        assert forecast.stem_names == take.gat.stem_names
        for name in FIELDS:
            assert getattr(forecast, name) == getattr(take.gat, name), name
        for stem in forecast.stems:
            made = take.gat.stem(stem.name)
            if made.backend == "scripted":
                assert (made.instrument, made.backend, made.tool) == (stem.instrument, stem.backend, stem.tool)
            assert (made.score is None) == (stem.score is None)
        lengths = {self.store.audio(stem.audio).shape for stem in take.gat.stems} | {self.mix(take).shape}
        assert lengths == {(2, take.gat.samples)}
        assert PENDING not in {take.gat.mix, *(stem.audio for stem in take.gat.stems)}
        return take

    def takes(self, tool, gat=None, *, count, seats, **arguments):
        """The candidates of one attempt."""
        batch = Batch(range(11, 11 + count))
        return [self.play(tool, gat, seats=seats, seed=seed, batch=batch, **arguments) for seed in batch.seeds]

    def mix(self, take):
        return self.store.audio(take.gat.mix)

    def dry(self, take, name):
        return self.store.audio(take.gat.stem(name).audio)

    def checks(self, take, before=None):
        return {check.name: check for check in verify(take, before, self.store, self.stage.band)}


@pytest.fixture(autouse=True)
def log(monkeypatch):
    """What the scripted player was asked; it stands in the registry while a test runs."""
    monkeypatch.setitem(registry.MODELS, "scripted", ENTRY)
    monkeypatch.setitem(registry.MODELS, "away", AWAY)
    LOG.calls.clear()
    return LOG


@pytest.fixture(scope="session")
def studio(tmp_path_factory):
    return Studio(tmp_path_factory.mktemp("studio"))


@pytest.fixture(scope="session")
def loop(studio):
    """Two bars of the band's: keys, bass and drums, 4 seconds at 120 bpm in G minor."""
    wish = {"genre": "hip hop", "bpm": 120, "key": "G minor", "bars": 2, "instruments": ["keys", "bass", "drums"]}
    return studio.play("text_to_music", description="a dusty hip hop loop", **wish).gat

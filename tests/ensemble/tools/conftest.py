"""A store, a band and a short loop for the tools' tests."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from ensemble.band.band import BuiltInBand
from ensemble.tools.registry import parse
from ensemble.tools.tool import PENDING, Stage
from state.artifacts import ArtifactStore
from state.gat import GlobalAttributeTable, Stem
from state.plan import Step
from state.take import Upload

RATE = 44_100


@dataclass
class Shelf:
    """Revisions as a session keeps them; `line` runs from the head to the first."""

    tables: dict[int, GlobalAttributeTable] = field(default_factory=dict)
    line: list[int] = field(default_factory=list)

    def revision(self, number):
        return self.tables.get(number)

    def lineage(self):
        return self.line


class Hall:
    """Calls tools as the graph does: parse, foresee, perform; and checks that the forecast came true."""

    def __init__(self, folder):
        self.stage = Stage(ArtifactStore(folder / "artifacts"), BuiltInBand(), 7, Shelf())
        self.folder = folder

    def play(self, tool, gat=None, *, seed=7, uploads=(), **arguments):
        called, parsed = parse(Step(tool=tool, arguments=arguments))
        stage = replace(self.stage, seed=seed, uploads=tuple(uploads))
        forecast = called.foresee(parsed, gat, stage)
        take = called.perform(parsed, gat, stage)
        assert forecast is not None
        assert take.gat is not None
        assert forecast.stem_names == take.gat.stem_names
        for name in ("bpm", "key", "bars", "duration_seconds", "chords", "genre", "mood", "sources", "time_signature"):
            assert getattr(forecast, name) == getattr(take.gat, name), name
        for stem in take.gat.stems:
            assert PENDING not in (stem.audio, stem.score)
        assert take.gat.mix != PENDING
        lengths = {self.audio(stem.audio).shape for stem in take.gat.stems} | {self.audio(take.gat.mix).shape}
        assert lengths == {(2, take.gat.samples)}
        return take

    def foresee(self, tool, gat=None, *, uploads=(), **arguments):
        called, parsed = parse(Step(tool=tool, arguments=arguments))
        return called.foresee(parsed, gat, replace(self.stage, uploads=tuple(uploads)))

    def audio(self, name):
        return self.stage.store.audio(name)

    def mix(self, gat):
        return self.audio(gat.mix)

    def dry(self, gat, name):
        return self.audio(gat.stem(name).audio)

    def score(self, gat, name):
        return self.stage.store.file(gat.stem(name).score)

    def upload(self, audio, name="take.wav", **known):
        store = self.stage.store
        known = {"duration_seconds": audio.shape[1] / RATE, **known}
        return Upload(name=name, original=store.put_file(b"bytes", ".wav"), audio=store.put_audio(audio), **known)

    def table_of(self, upload, name="recording"):
        """Revision 1 as it is made of an upload when there is no loop yet."""
        stem = Stem(
            name=name, instrument=upload.instrument, audio=upload.audio, tool="upload", seed=0, backend="upload"
        )
        measured = {"bpm": upload.bpm, "key": upload.key, "bars": upload.bars}
        return GlobalAttributeTable(
            revision=1,
            time_signature=upload.time_signature,
            duration_seconds=upload.duration_seconds,
            chords=upload.chords,
            stems=(stem,),
            mix=upload.audio,
            sources=dict.fromkeys([known for known, value in measured.items() if value], "measured"),
            **measured,
        )


@pytest.fixture(scope="session")
def hall(tmp_path_factory):
    return Hall(tmp_path_factory.mktemp("hall"))


@pytest.fixture(scope="session")
def first(hall):
    """The take of a two-bar loop: keys, bass and drums, 4 seconds at 120 bpm in G minor."""
    return hall.play(
        "text_to_music",
        description="a dusty hip hop loop",
        genre="hip hop",
        bpm=120,
        key="G minor",
        bars=2,
        instruments=["keys", "bass", "drums"],
    )


@pytest.fixture(scope="session")
def loop(first):
    return first.gat


@pytest.fixture(scope="session")
def clicks():
    """Two bars of a drum-like pattern at 100 bpm: a thump on the beats, noise between them. 4.8 seconds."""
    generator = np.random.default_rng(5)
    samples = round(8 * 60 / 100 * RATE)
    audio = np.zeros((2, samples), np.float32)
    for eighth in range(16):
        start = round(eighth * 30 / 100 * RATE)
        time = np.arange(RATE // 10) / RATE
        hit = np.sin(2 * np.pi * 60 * time) if eighth % 2 == 0 else generator.normal(0, 0.3, len(time))
        audio[:, start : start + len(time)] += (0.5 * hit * np.exp(-time * 30)).astype(np.float32)
    return audio


@pytest.fixture(scope="session")
def chords():
    """Two bars of four sine chords in A minor at 100 bpm, 4.8 seconds, silent at both ends of each chord."""
    samples = round(8 * 60 / 100 * RATE)
    quarter = samples // 4
    audio = np.zeros((2, samples), np.float32)
    time = np.arange(quarter) / RATE
    shape = np.sin(np.pi * np.arange(quarter) / quarter) ** 0.5
    for index, pitches in enumerate(((57, 60, 64), (53, 57, 60), (60, 64, 67), (55, 59, 62))):
        tone = sum(np.sin(2 * np.pi * 440 * 2 ** ((pitch - 69) / 12) * time) for pitch in pitches)
        audio[:, index * quarter : (index + 1) * quarter] = (0.1 * tone * shape).astype(np.float32)
    return audio

"""A conversation made by hand, as the stores hold one: four turns, three revisions, a retry, a question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from ensemble.band.score import Note, Part, to_midi
from state.artifacts import ArtifactStore
from state.gat import SAMPLE_RATE, GlobalAttributeTable, Stem
from state.plan import Step
from state.sessions import SessionStore
from state.settings import Settings
from state.strategy import Strategy
from state.turn import Files, StrategyName, TurnRecord, Usage
from state.verdict import Check, Verdict

if TYPE_CHECKING:
    from state.artifacts import Audio

SECONDS = 2.0


def tone(hertz: float, level: float = 0.3) -> Audio:
    """A stereo sine of two seconds that dies away each half second."""
    time = np.arange(round(SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    wave = level * np.sin(2 * np.pi * hertz * time) * np.exp(-4 * (time % 0.5))
    return np.stack([wave, 0.8 * wave]).astype(np.float32)


@dataclass
class Held:
    """A home folder with one conversation in it."""

    settings: Settings
    sessions: SessionStore
    store: ArtifactStore
    session: str

    @property
    def records(self) -> list[TurnRecord]:
        return self.sessions.records(self.session)

    def say(
        self,
        request: str,
        reply: str,
        status: str,
        plan: list[Step],
        draft: GlobalAttributeTable | None = None,
        verdicts: list[Verdict] | None = None,
    ) -> TurnRecord:
        """Append one turn; `draft` is committed as a new revision and its files are written."""
        turn = self.sessions.begin_turn(self.session, request)
        if draft is not None:
            self.sessions.commit(self.session, turn, draft)
        info = self.sessions.get(self.session)
        table = self.sessions.revision(self.session, info.head)
        record = TurnRecord(
            session=self.session,
            turn=turn,
            request=request,
            reply=reply,
            seed=info.seed,
            strategy=StrategyName(name=info.strategy.name, hash=info.strategy.hash),
            status=status,
            plan=plan,
            gat=table,
            files=self._files(table) if table else None,
            verdicts=verdicts or [],
            usage=Usage(seconds={"understand": 0.001, "plan": 0.02, "execute": 0.6, "verify": 0.2, "respond": 0.01}),
        )
        self.sessions.finish_turn(record)
        return record

    def _files(self, table: GlobalAttributeTable) -> Files:
        place = self.settings.sessions / self.session / f"revision-{table.revision:04d}"
        stems = {stem.name: place / "stems" / f"{stem.name.replace(' ', '-')}.wav" for stem in table.stems}
        if not place.exists():
            (place / "stems").mkdir(parents=True)
            for path, artifact in [(place / "mix.wav", table.mix), *((stems[s.name], s.audio) for s in table.stems)]:
                soundfile.write(path, self.store.audio(artifact).T, SAMPLE_RATE, subtype="PCM_24")
            (place / "loop.mid").write_bytes(b"MThd")
        return Files(
            mix=str(place / "mix.wav"), stems={k: str(v) for k, v in stems.items()}, midi=str(place / "loop.mid")
        )


def stem(store: ArtifactStore, name: str, instrument: str, hertz: float, *, drums: bool = False) -> Stem:
    rng = np.random.default_rng(round(hertz))
    pitches = (36, 42, 38, 42) if drums else (57, 60, 64, 67)
    notes = [
        Note(beat / 2, pitches[beat % 4] + (0 if drums else int(rng.integers(0, 3)) * 2), 0.4, 60 + beat * 6)
        for beat in range(8)
    ]
    part = Part(0, drums, ()).with_notes(notes)
    return Stem(
        name=name,
        instrument=instrument,
        audio=store.put_audio(tone(hertz)),
        score=store.put_file(to_midi({name: part}, 120.0, "4/4"), ".mid"),
        tool="text_to_music",
        seed=1,
        backend="band",
    )


def hold(home: Path) -> Iterator[Held]:
    settings = Settings.read({}, home=home)
    sessions, store = SessionStore(settings.database), ArtifactStore(settings.artifacts)
    info = sessions.create(7, Strategy(), title="First steps")
    found = Held(settings, sessions, store, info.id)
    keys, drums = stem(store, "keys", "electric piano 1", 220), stem(store, "drums", "standard kit", 60, drums=True)
    first = GlobalAttributeTable(
        revision=1,
        bpm=120,
        key="A minor",
        bars=1,
        duration_seconds=SECONDS,
        genre="lofi",
        chords=("Am7",),
        stems=(keys, drums),
        mix=store.put_audio(tone(220) + tone(60)),
        sources={"bpm": "asked", "key": "inferred"},
    )
    bpm = Check(name="bpm", expected=120.0, measured=120.4, status="passed")
    wrong = Check(name="bpm", expected=120.0, measured=93.0, status="failed")
    word = Check(name="has", expected="keys", measured=None, status="unmeasurable")
    found.say(
        "a lofi loop, 120 bpm, <keys> & drums",
        "A lofi loop with keys and drums.",
        "done",
        [Step(tool="text_to_music", arguments={"bpm": 120}, status="passed", attempts=2, backend="band", seconds=0.4)],
        first,
        [
            Verdict(step=0, attempt=1, passed=False, checks=[wrong]),
            Verdict(step=0, attempt=2, passed=True, checks=[bpm, word]),
        ],
    )
    head = sessions.revision(info.id, 1)
    assert head is not None
    clarinet = stem(store, "clarinet", "clarinet", 440)
    second = head.with_stem(clarinet).revised(mix=store.put_audio(tone(220) + tone(60) + tone(440)))
    found.say(
        "put a soft clarinet on top",
        "Added clarinet.",
        "partial",
        [Step(tool="add_track", arguments={"instrument": "clarinet"}, status="failed", attempts=1, backend="band")],
        second,
        [Verdict(step=0, attempt=1, passed=False, checks=[wrong.model_copy(update={"name": "added"})])],
    )
    found.say("make it sing", "I have no voice. Shall a flute play it?", "asked", [])
    head = sessions.revision(info.id, 2)
    assert head is not None
    third = head.revised(
        stems=tuple(s.model_copy(update={"gain_db": -3.0}) if s.name == "drums" else s for s in head.stems),
        mix=store.put_audio(tone(220) + 0.7 * tone(60) + tone(440)),
    )
    found.say(
        "a touch less drums",
        "Drums 3 dB down.",
        "done",
        [Step(tool="adjust_track", arguments={"stem": "drums", "gain_db": -3.0}, status="passed", attempts=1)],
        third,
    )
    yield found
    sessions.close()

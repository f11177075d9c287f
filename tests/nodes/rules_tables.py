"""Tables, revisions and histories that the planner's test requests speak of. No audio: the planner never hears any."""

from __future__ import annotations

from dataclasses import dataclass, field

from nodes.planners.planner import PastTurn, PlanRequest
from state.effects import Reverb
from state.gat import GlobalAttributeTable, Stem
from state.plan import Step
from state.take import Upload


@dataclass
class FakeRevisions:
    """Revisions 1..n; `head` is the last unless said."""

    tables: list[GlobalAttributeTable] = field(default_factory=list)
    head: int | None = None

    def revision(self, number: int) -> GlobalAttributeTable | None:
        return next((table for table in self.tables if table.revision == number), None)

    def lineage(self) -> list[int]:
        line: list[int] = []
        number = self.head if self.head is not None else (self.tables[-1].revision if self.tables else None)
        while number is not None:
            line.append(number)
            table = self.revision(number)
            number = table.parent if table else None
        return line


@dataclass
class Situation:
    """What a request meets."""

    revisions: FakeRevisions
    history: list[PastTurn] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)

    @property
    def gat(self) -> GlobalAttributeTable | None:
        line = self.revisions.lineage()
        return self.revisions.revision(line[0]) if line else None

    def request(self, text: str) -> PlanRequest:
        return PlanRequest(text, self.gat, self.revisions, self.history, self.uploads)


def stem(name: str, instrument: str, **fields: object) -> Stem:
    base = {"audio": f"{name}-1", "score": f"{name}-s", "tool": "text_to_music", "seed": 1, "backend": "band"}
    return Stem.model_validate({"name": name, "instrument": instrument, **base, **fields})


KEYS = stem("keys", "electric piano 1", gain_db=-2.0)
BASS = stem("bass", "electric bass (finger)")
DRUMS = stem("drums", "standard kit")
GUITAR = stem("guitar", "electric guitar (clean)")
PIANO = stem("piano", "acoustic grand piano")
CLARINET = stem("clarinet", "clarinet", tool="add_track")


def table(*stems: Stem, revision: int = 1, parent: int | None = None, **fields: object) -> GlobalAttributeTable:
    base = {
        "bpm": 86.0, "key": "G minor", "bars": 4, "duration_seconds": 4 * 4 * 60 / 86, "genre": "hip hop", "mix": f"mix-{revision}",
        "chords": ("Gm7", "Cm7", "D7", "Gm7"), "sources": {"bpm": "asked", "key": "asked", "chords": "inferred"},
    }  # fmt: skip
    return GlobalAttributeTable.model_validate(
        {**base, "stems": stems, "revision": revision, "parent": parent, **fields}
    )


def past(turn: int, request: str, revision: int | None, *steps: Step) -> PastTurn:
    return PastTurn(turn, request, "Done.", "done", steps, revision)


def step(tool: str, **arguments: object) -> Step:
    return Step(tool=tool, arguments=arguments, status="passed")


FIRST = past(
    1,
    "a dusty hip hop loop, 86 bpm, G minor, keys, bass and drums",
    1,
    step("text_to_music", genre="hip hop", bpm=86.0, key="G minor"),
)
ADDED = past(2, "put a soft clarinet on top", 2, step("add_track", instrument="clarinet", dynamics="soft", role="lead"))
UPLOADED = Upload(
    name="beat.wav", original="o", audio="a", duration_seconds=8.0, bpm=100.0, bars=4, instrument="drum recording"
)
SONG = Upload(name="song.wav", original="o", audio="a", duration_seconds=8.0, bpm=100.0, bars=4, key="A minor")
RIFF = Upload(name="riff.wav", original="o", audio="r", duration_seconds=8.0, bpm=100.0, bars=4)


def _one(
    *stems: Stem, history: list[PastTurn] | None = None, uploads: list[Upload] | None = None, **fields: object
) -> Situation:
    return Situation(FakeRevisions([table(*stems, **fields)]), [FIRST] if history is None else history, uploads or [])


def _two(second: GlobalAttributeTable, turn: PastTurn) -> Situation:
    return Situation(FakeRevisions([table(KEYS, BASS, DRUMS), second]), [FIRST, turn])


def situation(name: str) -> Situation:
    """The situation of that name, new each time."""
    trio = (KEYS, BASS, DRUMS)
    added = table(*trio, CLARINET, revision=2, parent=1)
    slower = table(*trio, CLARINET, revision=3, parent=2, bpm=73.1, duration_seconds=16 * 60 / 73.1)
    slowed = past(3, "slower", 3, step("change_speed", factor=0.85))
    band = {"bpm": 120.0, "key": "E minor", "genre": "rock", "duration_seconds": 8.0, "chords": ("Em", "C", "G", "D")}
    made = {
        "none": lambda: Situation(FakeRevisions()),
        "trio": lambda: _one(*trio),
        "clarinet": lambda: _two(added, ADDED),
        "three": lambda: Situation(FakeRevisions([table(*trio), added, slower]), [FIRST, ADDED, slowed]),
        "slowed": lambda: _two(table(*trio, revision=2, parent=1, bpm=73.1), past(2, "slower", 2, step("change_speed", factor=0.85))),
        "undone": lambda: Situation(
            FakeRevisions([table(*trio), added, slower], head=2), [FIRST, ADDED, slowed, past(4, "undo", 2, step("undo"))]
        ),
        "undone_clarinet": lambda: Situation(
            FakeRevisions([table(*trio), added], head=1), [FIRST, ADDED, past(3, "undo", 1, step("undo"))]
        ),
        "band": lambda: _one(GUITAR, PIANO, BASS, DRUMS, **band),
        "band2": lambda: _one(GUITAR, BASS, DRUMS, **band),
        "band3": lambda: _one(GUITAR, KEYS, BASS, DRUMS, **band),
        "band_no_bass": lambda: _one(GUITAR, PIANO, DRUMS, **band),
        "percussion": lambda: _one(KEYS, DRUMS, stem("congas", "congas")),
        "loud_two": lambda: _one(PIANO, GUITAR),
        "strings": lambda: _one(stem("violin", "violin"), stem("cello", "cello"), BASS),
        "loud_duo": lambda: _one(PIANO.model_copy(update={"gain_db": 2.0}), GUITAR.model_copy(update={"gain_db": -3.0})),
        "muted": lambda: _one(KEYS, BASS, DRUMS.model_copy(update={"muted": True})),
        "wet": lambda: _one(KEYS.model_copy(update={"effects": (Reverb(wet=0.4),)}), BASS, DRUMS),
        "major": lambda: _one(*trio, key="C major", chords=("C", "Am", "F", "G")),
        "piano": lambda: _one(PIANO),
        "upload": lambda: _one(
            stem("song", "recording", tool="upload", backend="upload", score=None), history=[], uploads=[SONG], key="A minor",
            bpm=100.0, genre=None, duration_seconds=9.6, chords=(),
        ),
        "drum_upload": lambda: _one(
            stem("beat", "drum recording", tool="upload", backend="upload", score=None), history=[], uploads=[UPLOADED], key=None,
            bpm=100.0, genre=None, duration_seconds=9.6, chords=(),
        ),
        "trio_upload": lambda: _one(*trio, uploads=[RIFF]),
    }  # fmt: skip
    return made[name]()

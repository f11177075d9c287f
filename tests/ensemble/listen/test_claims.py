"""The scorer "claims": what a text is taken to claim, and how a take that was really played fares."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ensemble.band.band import BuiltInBand
from ensemble.listen.claims import Claims, TempoRange, claims
from ensemble.tools.registry import parse
from ensemble.tools.tool import Stage
from state.artifacts import ArtifactStore
from state.gat import GlobalAttributeTable
from state.plan import Step


class NoRevisions:
    def revision(self, number: int) -> None:
        return None

    def lineage(self) -> list[int]:
        return []


class Room:
    """A store with the table of one loop: guitar, bass and drums at 140 bpm in E minor, two bars."""

    def __init__(self, folder: Path) -> None:
        self.stage = Stage(ArtifactStore(folder), BuiltInBand(), 3, NoRevisions())
        self.table = self.play(
            "text_to_music",
            None,
            genre="rock",
            bpm=140,
            key="E minor",
            bars=2,
            instruments=["guitar", "bass", "drums"],
        )

    def play(self, tool: str, gat: GlobalAttributeTable | None, **arguments: Any) -> GlobalAttributeTable:
        called, parsed = parse(Step(tool=tool, arguments=arguments))
        made = called.perform(parsed, gat, replace(self.stage)).gat
        assert made is not None
        return made

    def score(self, text: str, table: GlobalAttributeTable | None = None) -> float | None:
        return Claims().score(table or self.table, self.stage.store, self.stage.band, text)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    return Room(tmp_path_factory.mktemp("claims"))


def said(text: str) -> list[tuple[str, Any]]:
    return [
        (claim.name, (claim.value.low, claim.value.high) if isinstance(claim.value, TempoRange) else claim.value)
        for claim in claims(text)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "a dusty loop, 86 bpm, G minor, keys and drums",
            [("bpm", 86), ("key", "G minor"), ("has", "keys"), ("has", "drums")],
        ),
        ("rock. bpm: 120. key: F# minor. instruments: guitar", [("bpm", 120), ("key", "F# minor"), ("has", "guitar")]),
        ("four bars in Bb major", [("key", "Bb major"), ("bars", 4)]),
        ("an 8-bar waltz time loop, 6/8", [("bars", 8), ("time_signature", "6/8"), ("time_signature", "3/4")]),
        ("a very slow one", [("bpm", (30, 70))]),
        ("fast-paced, at 100 bpm", [("bpm", 100)]),
        ("not too fast", []),
        # A negator denies what stands behind it, over "or"; what "and" or a comma joins to it is claimed neither way.
        ("piano without drums", [("has", "piano"), ("lacks", "drums")]),
        ("no drums, bass or guitar", [("lacks", "drums"), ("lacks", "bass"), ("lacks", "guitar")]),
        ("neither drums nor bass", [("lacks", "drums"), ("lacks", "bass")]),
        ("without: drums", [("lacks", "drums")]),
        ("without drums and piano", [("lacks", "drums")]),
        ("no drums, just piano", [("lacks", "drums"), ("has", "piano")]),
        ("a drums-free loop", [("lacks", "drums")]),
        ("instrumental, no vocals", [("lacks", "vocals")]),
        ("piano or guitar", []),
        ("a piano, and no piano", []),
        # Words that hold an instrument's name and mean something else.
        ("drum and bass", []),
        ("drum and bass with a reese bass", [("has", "reese bass")]),
        ("a lofi beat, no strings attached", []),
        ("a minor change of key", []),
        ("in a minor key", []),
        ("in a minor", [("key", "A minor")]),
        ("re-generate the 3-5s part", []),
        ("a dreamy, warm, sad song", []),
        ("", []),
    ],
)
def test_a_text_is_read_as_claims(text: str, expected: list[tuple[str, Any]]) -> None:
    assert said(text) == expected


def test_a_text_that_is_true_of_a_take_scores_higher_than_one_that_is_not(room: Room) -> None:
    assert room.score("a fast rock loop at 140 bpm in E minor with guitar, bass and drums, without piano") == 1
    assert room.score("70 bpm") == 1, "half of the pulse is the same pulse"
    assert room.score("a loop at 100 bpm in Eb major with piano, without drums") == 0
    assert room.score("drums, and a piano") == 0.5
    assert room.score("two bars with drums") == 1
    assert room.score("three bars with drums") == 0.5


def test_a_text_without_a_measurable_claim_has_no_score(room: Room) -> None:
    for text in ("", "something dreamy", "in 3/4", "make it nicer"):
        assert room.score(text) is None
    assert room.score("in 3/4 with drums") == 1, "what cannot be measured counts neither way"


def test_a_tempo_word_is_judged_by_what_is_heard_not_by_what_the_table_says(room: Room) -> None:
    assert room.score("fast") == 1
    assert room.score("slow") == 0
    lying = room.table.revised(bpm=85)
    assert room.score("slow", lying) != 1, "the pulse is 140, whatever the table claims"
    unknown = room.table.revised(bpm=None)
    assert room.score("slow", unknown) is None, "70 and 140 are one pulse"


def test_what_is_heard_decides_about_an_instrument(room: Room) -> None:
    assert room.score("guitar") == 1
    muted = room.play("adjust_track", room.table, stems=["guitar"], mute=True)
    assert room.score("guitar", muted) == 0
    assert room.score("no guitar", muted) == 1
    gone = room.play("remove_track", room.table, stems=["drums"])
    assert (room.score("drums", gone), room.score("without drums", gone)) == (0, 1)

"""README's own dialogues, under every planner with a language model, on the stub that README offers in its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from conversing import LLM_KINDS, conducting, notes, settings_for

import sound
from evaluation.stub.server import StubServer, serving
from state.strategy import shipped
from state.turn import TurnRecord

README = Path("README.md").read_text("utf-8")
MODELS = Path("docs/language-models.md").read_text("utf-8")
CHAT = [line.removeprefix("> ") for line in README.splitlines() if line.startswith("> ")]
SAID = re.findall(r'^loopcopilot say "([^"]+)"(.*)$', f"{README}\n{MODELS}", re.MULTILINE)
SENT = re.findall(r'conductor\.send\(session, "([^"]+)"', f"{README}\n{MODELS}")


@dataclass(frozen=True)
class Said:
    """One message, and whether a file comes with it."""

    text: str
    attached: bool = False


def dialogues() -> dict[str, list[Said]]:
    """Every conversation that README and docs/language-models.md show, by its first message."""
    found = [[Said(text) for text in CHAT], *([Said(text)] for text in SENT)]
    for text, options in SAID:
        if "--session" in options:
            found[-1].append(Said(text))
        else:
            found.append([Said(text, "--attach" in options)])
    for fenced in re.findall(r"^```yaml\n(.*?)^```", README, re.MULTILINE | re.DOTALL):
        turns: list[dict[str, Any]] = (yaml.safe_load(fenced) or {}).get("turns", [])
        found += [[Said(turn["text"], "attach" in turn) for turn in turns]] if turns else []
    return {dialogue[0].text: dialogue for dialogue in found}


@pytest.fixture(scope="module")
def stub() -> Iterator[StubServer]:
    with serving() as server:
        yield server


def held(kind: str, said: list[Said], home: Path, stub: StubServer) -> list[TurnRecord]:
    drums = sound.write(home / "beat.wav", sound.drum_loop(100, 1))
    settings = settings_for(home, stub.base_url)
    with conducting(settings, shipped()[kind]) as conductor:
        session = conductor.start(seed=1)
        return [conductor.send(session, each.text, [drums] if each.attached else []) for each in said]


def test_readme_shows_what_is_tried_here() -> None:
    shown = dialogues()
    assert len(shown) >= 6
    assert any(said.attached for dialogue in shown.values() for said in dialogue)
    assert max(map(len, shown.values())) == 4


@pytest.mark.parametrize("kind", LLM_KINDS)
def test_the_dialogue_on_top_is_held_as_it_reads(kind: str, tmp_path: Path, stub: StubServer) -> None:
    made, added, moved, back = held(kind, [Said(text) for text in CHAT], tmp_path, stub)
    assert [record.status for record in (made, added, moved, back)] == ["done"] * 4
    assert made.gat is not None and added.gat is not None and moved.gat is not None  # noqa: PT018 - for the types
    assert (made.gat.bpm, made.gat.key, len(made.gat.stems)) == (86, "G minor", 3)
    assert made.gat.genre == "hip hop"
    assert added.gat.stem_names == [*made.gat.stem_names, "clarinet"]
    if kind != "hybrid":  # whose rules ask no model
        assert [(step.tool, step.arguments) for step in added.plan] == [
            ("add_track", {"instrument": "clarinet", "dynamics": "soft"})
        ]
    assert (moved.gat.key, moved.gat.bpm < 86, moved.gat.stem_names) == ("D minor", True, added.gat.stem_names)
    assert back.gat == added.gat


@pytest.mark.parametrize("kind", ["single_shot", "react", "react_tools", "paper"])
@pytest.mark.parametrize("first", dialogues())
def test_every_dialogue_of_the_docs_is_understood(kind: str, first: str, tmp_path: Path, stub: StubServer) -> None:
    records = held(kind, dialogues()[first], tmp_path, stub)
    unable = [record.reply for record in records if record.status != "done"]
    assert unable == (["None of my tools can undo. What shall I do?"] if kind == "paper" and first == CHAT[0] else [])
    assert [notes(record) for record in records] == [[]] * len(records)


@pytest.mark.parametrize("kind", ["single_shot", "react", "react_tools"])
def test_the_dialogue_file_plays_what_it_says(kind: str, tmp_path: Path, stub: StubServer) -> None:
    (dialogue,) = [turns for first, turns in dialogues().items() if first.startswith("a lofi loop with piano, bass")]
    made, swapped, built, added = held(kind, dialogue, tmp_path, stub)
    assert made.gat is not None and added.gat is not None and built.gat is not None  # noqa: PT018 - for the types
    assert (made.gat.bpm, made.gat.key, made.gat.stem_names) == (80, "C major", ["piano", "bass", "drums"])
    assert [step.tool for record in (swapped, built, added) for step in record.plan] == [
        "replace_track",
        "drum_to_music",
        "add_track",
    ]
    assert (built.gat.genre, "clarinet" in added.gat.stem_names) == ("rock", True)

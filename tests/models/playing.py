"""Dialogues through the whole graph by `loopcopilot play`, and what their records and sound must keep to."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import yaml

from ensemble.registry import MODELS

RATE = 44_100
Record = dict[str, Any]
DRIVEN = "driven"
"""The property of a test's report in which it says 'capability model tool' for each call through the whole graph."""

SERVES = {
    "text_to_music": "generate",
    "impression_to_music": "generate",
    "drum_to_music": "continue",
    "add_track": "continue",
    "rearrange": "rearrange",
    "regenerate_span": "inpaint",
    "vary": "vary",
    "extract_track": "separate",
    "remove_track": "separate",
}
"""Tool -> the capability whose model is its backend."""


@dataclass(frozen=True)
class Seated:
    """A strategy's ensemble: capability -> (model, weights)."""

    seats: Mapping[str, tuple[str, str]]
    more: Mapping[str, Any] = field(default_factory=dict)
    """Other fields of the strategy."""

    def written(self, folder: Path) -> Path:
        """The strategy as a file. No verifier, unless `more` asks for one: random weights play nothing that would pass."""
        seats = {what: {"model": model, "weights": weights} for what, (model, weights) in self.seats.items()}
        content = {"verifier": "none", "candidates": 2, "ensemble": seats, **self.more}
        path = folder / "strategy.yaml"
        path.write_text(yaml.safe_dump(content))
        return path


def home_with(home: Path, environments: Path) -> Path:
    """A new LOOPCOPILOT_HOME that shares the environments."""
    home.mkdir(parents=True)
    if environments.is_dir():
        (home / "environments").symlink_to(environments.absolute(), target_is_directory=True)
    return home


def play(
    home: Path,
    seated: Seated,
    turns: Sequence[Mapping[str, str]],
    *,
    expected: tuple[str, ...] = ("done",),
    **more: str,
) -> list[Record]:
    """Plays `turns` in a new session of `home` (an existing folder) in a process of its own; returns the records."""
    folder = home.with_name(f"{home.name}-dialogue")
    folder.mkdir()
    dialogue = folder / "dialogue.yaml"
    dialogue.write_text(yaml.safe_dump({"id": home.name, "seed": 5, "turns": [dict(turn) for turn in turns]}))
    command = [sys.executable, "-m", "loopcopilot", "play", str(dialogue), "--strategy", str(seated.written(folder))]
    environment = {**os.environ, "LOOPCOPILOT_TRACKING": "off", **more}
    done = subprocess.run(
        [*command, "--json", "--home", str(home)], capture_output=True, text=True, env=environment, timeout=900
    )
    records = [json.loads(line) for line in done.stdout.splitlines()]
    said = f"{[(record['status'], record['reply']) for record in records]}\n{done.stderr[-3000:]}"
    assert len(records) == len(turns), said
    assert all(record["status"] in expected for record in records), said
    for record in records:
        check_sound(record)
    return records


def check_sound(record: Record) -> None:
    """Mix and stems have the house's rate, the table's length to the sample, and are finite; the mix is heard."""
    if record["files"] is None:
        return
    samples = round(record["gat"]["duration_seconds"] * RATE)
    for path in (record["files"]["mix"], *record["files"]["stems"].values()):
        audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
        assert (rate, audio.shape) == (RATE, (samples, 2)), path
        assert np.isfinite(audio).all(), path
    mix, _ = soundfile.read(record["files"]["mix"], dtype="float32")
    assert 1e-3 < float(np.abs(mix).max()) < 1
    for stem in record["gat"]["stems"]:
        if stem["backend"] in MODELS:
            assert stem["licence"], f"{stem['name']} by {stem['backend']} has no licence"


def driven(records: Sequence[Record], seated: Seated) -> list[str]:
    """'capability model tool' for each of the calls that the records say a seated model played a part in."""
    found = []
    for record in records:
        for step in record["plan"]:
            tool, backend, reply = step["tool"], step["backend"], record["reply"]
            capability = SERVES.get(tool)
            if capability in seated.seats and seated.seats[capability][0] == backend and step["status"] == "passed":
                found.append(f"{capability} {backend} {tool}")
            separator = seated.seats.get("separate", ("", ""))[0]
            if capability == "continue" and separator and f"by {separator}" in reply:
                found.append(f"separate {separator} {tool}")
            captioner = seated.seats.get("caption", ("", ""))[0]
            if captioner and f"In the words of {captioner}" in reply:
                found.append(f"caption {captioner} {tool}")
        scorer = seated.seats.get("score", ("", ""))[0]
        for verdict in record["verdicts"]:
            if scorer and verdict["clap"] is not None and scorer in str(verdict["scorer"]):
                found.append(f"score {scorer} {record['plan'][verdict['step']]['tool']}")
    return found


def content(record: Record) -> list[str]:
    """The audio of a turn by content: the mix and every stem."""
    return [record["gat"]["mix"], *(stem["audio"] for stem in record["gat"]["stems"])]


def dry(home: Path, record: Record, name: str) -> np.ndarray:
    """The take of a stem as it is kept, shape (samples, 2)."""
    artifact = next(stem["audio"] for stem in record["gat"]["stems"] if stem["name"] == name)
    audio, rate = soundfile.read(next((home / "artifacts").rglob(artifact)), dtype="float32", always_2d=True)
    assert rate == RATE
    return audio

"""The twelve example inputs of the paper's task table, through the command line, each checked on its audio."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sound import RATE, chroma, drum_loop, read, residual_db, rms_db, semitones_between, tune, write

A_MINOR = [9, 11, 0, 2, 4, 5, 7]


class Shell:
    """Runs the installed command line and keeps a session."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.session: str | None = None

    def say(self, text: str, attach: Path | None = None) -> dict[str, Any]:
        command = [sys.executable, "-m", "loopcopilot", "say", text, "--json", "--home", str(self.home)]
        command += ["--session", self.session] if self.session else ["--seed", "11"]
        command += ["--attach", str(attach)] if attach else []
        environment = {**os.environ, "LOOPCOPILOT_TRACKING": "off"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        assert done.returncode == 0, f"{text!r}: {done.stdout}{done.stderr}"
        (line,) = done.stdout.splitlines()
        record: dict[str, Any] = json.loads(line)
        assert record["status"] == "done", record["reply"]
        self.session = record["session"]
        return record


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "home")


def stems(record: dict[str, Any]) -> dict[str, np.ndarray]:
    return {name: read(path) for name, path in record["files"]["stems"].items()}


def the(record: dict[str, Any], word: str) -> str:
    """The name of the stem that `word` is part of, by its name or instrument."""
    found = [s["name"] for s in record["gat"]["stems"] if word in s["name"] or word in s["instrument"]]
    assert found, f"no {word} among {[s['name'] for s in record['gat']['stems']]}"
    return str(found[0])


def test_a_rock_loop_and_all_that_is_done_to_it(shell: Shell) -> None:
    # Text to music
    loop = shell.say("Generate a rock music loop with guitar and drums")
    parts = stems(loop)
    guitar, drums = the(loop, "guitar"), the(loop, "drums")
    assert set(parts) == {guitar, drums}
    assert rms_db(parts[guitar]) > -50
    assert rms_db(parts[drums]) > -50
    mix = read(loop["files"]["mix"])
    assert abs(mix.shape[1] / RATE - loop["gat"]["duration_seconds"]) < 1e-4
    assert residual_db(sum(parts.values()), mix) < -60
    assert np.abs(mix).max() < 1
    high = np.abs(np.fft.rfft(parts[drums].mean(axis=0)))[int(5000 * mix.shape[1] / RATE) :]
    assert np.sum(high**2) > 0.001 * np.sum(np.abs(np.fft.rfft(parts[drums].mean(axis=0))) ** 2), "drums without highs"

    # Add sound effects
    wet = shell.say("Add some reverb to the guitar solo")
    wet_parts = stems(wet)
    assert np.array_equal(wet_parts[drums], parts[drums])
    assert wet["gat"]["stems"][0]["audio"] == loop["gat"]["stems"][0]["audio"], "the dry take is the same"
    assert _quiet_share(wet_parts[guitar]) < _quiet_share(parts[guitar]), "a room fills the gaps"

    # Pitch shifting
    shifted = shell.say("Shift this music by 3 semitone")
    shifted_parts = stems(shifted)
    assert semitones_between(wet_parts[guitar], shifted_parts[guitar]) == pytest.approx(3, abs=0.15)
    assert np.array_equal(shifted_parts[drums], wet_parts[drums])
    assert shifted_parts[guitar].shape == wet_parts[guitar].shape

    # Speed changing
    fast = shell.say("Speed up this music by 1.2")
    fast_parts = stems(fast)
    assert fast_parts[drums].shape[1] == pytest.approx(mix.shape[1] / 1.2, abs=1)
    assert abs(semitones_between(shifted_parts[guitar], fast_parts[guitar])) < 0.15
    assert fast["gat"]["bars"] == loop["gat"]["bars"]

    # Re-generation
    renewed = shell.say("Re-generate the 3-5s part of the music loop")
    renewed_parts = stems(renewed)
    start, end = 3 * RATE, 5 * RATE
    for name in (guitar, drums):
        dry_old, dry_new = _dry(shell, fast, name), _dry(shell, renewed, name)
        assert np.array_equal(dry_old[:, :start], dry_new[:, :start])
        assert np.array_equal(dry_old[:, end:], dry_new[:, end:])
        assert not np.array_equal(dry_old[:, start:end], dry_new[:, start:end])
    assert np.array_equal(renewed_parts[drums][:, :start], fast_parts[drums][:, :start])

    # Music captioning
    told = shell.say("Describe the current music loop")
    assert told["gat"] == renewed["gat"]
    assert str(round(told["gat"]["bpm"])) in told["reply"]
    assert told["gat"]["key"].split()[0] in told["reply"]
    assert "guitar" in told["reply"]
    assert "drum" in told["reply"]

    # Remove a track
    left = shell.say("Remove the guitar from this music loop")
    left_parts = stems(left)
    assert set(left_parts) == {drums}
    assert left["gat"]["stems"][0]["audio"] == next(s["audio"] for s in renewed["gat"]["stems"] if s["name"] == drums)
    assert residual_db(left_parts[drums], read(left["files"]["mix"])) < -60, "nothing of the guitar is left in the mix"


def test_a_loop_around_an_uploaded_drum(shell: Shell, tmp_path: Path) -> None:
    beat = drum_loop(100, 2)
    record = shell.say("Generate a rock music with guitar based on this drum", write(tmp_path / "beat.wav", beat))
    parts = stems(record)
    assert rms_db(parts[the(record, "guitar")]) > -50
    drums = next(s["name"] for s in record["gat"]["stems"] if s["tool"] == "upload")
    assert parts[drums].shape == beat.shape
    assert residual_db(parts[drums], beat) < -60, "the beat is the one that was given"
    assert record["gat"]["bpm"] == pytest.approx(100, rel=0.002)


def test_a_loop_from_an_impression(shell: Shell) -> None:
    record = shell.say("Generate a music loop feels like 'Hey Jude''s choral part")
    assert len(record["gat"]["stems"]) >= 2
    assert all(rms_db(part) > -60 for part in stems(record).values())
    assert record["gat"]["sources"]["bpm"] == "inferred"


def test_an_upload_rearranged(shell: Shell, tmp_path: Path) -> None:
    song = write(tmp_path / "song.wav", tune(110))
    record = shell.say("Rearrange this music audio to jazz with saxophone solo", song)
    parts = stems(record)
    assert record["gat"]["bpm"] == pytest.approx(110, rel=0.005)
    assert "jazz" in record["gat"]["genre"]
    sax = parts[the(record, "sax")]
    assert rms_db(sax) > -50
    assert chroma(sax)[A_MINOR].sum() > 0.75, "the solo stays in the song's scale"
    assert abs(sax.shape[1] - tune(110).shape[1]) < 0.05 * RATE


def test_a_loop_that_sounds_like_an_upload(shell: Shell, tmp_path: Path) -> None:
    song = tune(110)
    record = shell.say("Generate a music loop sounds like this music", write(tmp_path / "song.wav", song))
    assert record["gat"]["bpm"] == pytest.approx(110, rel=0.005)
    mix = read(record["files"]["mix"])
    assert residual_db(mix[:, : song.shape[1]], song[:, : mix.shape[1]]) > -20, "a new loop, not a copy"
    pitched = sum(audio for name, audio in stems(record).items() if "drum" not in name)
    assert chroma(pitched)[A_MINOR].sum() > 0.85


def test_a_track_added_to_an_upload(shell: Shell, tmp_path: Path) -> None:
    song = tune(110)
    record = shell.say("Add a saxophone track to this music", write(tmp_path / "song.wav", song))
    parts = stems(record)
    recording = next(s["name"] for s in record["gat"]["stems"] if s["tool"] == "upload")
    length = min(song.shape[1], parts[recording].shape[1])
    assert residual_db(parts[recording][:, :length], song[:, :length]) < -60
    sax = parts[the(record, "sax")]
    assert rms_db(sax) > -50
    assert chroma(sax)[A_MINOR].sum() > 0.85
    assert residual_db(sum(parts.values()), read(record["files"]["mix"])) < -60


def _quiet_share(audio: np.ndarray) -> float:
    """Share of 20 ms frames that are 40 dB or more below the loudest."""
    frames = audio.mean(axis=0)[: audio.shape[1] // 882 * 882].reshape(-1, 882)
    level = np.sqrt(np.mean(frames**2, axis=1))
    return float(np.mean(level < level.max() / 100))


def _dry(shell: Shell, record: dict[str, Any], name: str) -> np.ndarray:
    """The dry take of a stem, from the artifact store."""
    artifact = next(s["audio"] for s in record["gat"]["stems"] if s["name"] == name)
    return read(next((shell.home / "artifacts").rglob(artifact)))

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from sound import drum_loop, read, residual_db, tune, write

SECRET = "sk-planted-0123456789abcdef"


class Run:
    """What a command did."""

    def __init__(self, home: Path, *arguments: str, **environment: str) -> None:
        full = {**os.environ, "LOOPCOPILOT_TRACKING": "off", "LOOPCOPILOT_HOME": str(home), **environment}
        done = subprocess.run(
            [sys.executable, "-m", "loopcopilot", *arguments], capture_output=True, text=True, env=full
        )
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def objects(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A home with one session of one turn, made with a secret in the environment."""
    home = tmp_path_factory.mktemp("home")
    run = Run(home, "say", "a 2-bar lofi loop with piano and drums", "--seed", "1", "--json", OPENAI_API_KEY=SECRET)
    assert run.status == 0, run.err
    (record,) = run.objects
    return home, record


def test_say_prints_one_object_with_the_documented_fields(spoken: tuple[Path, dict[str, Any]]) -> None:
    _, record = spoken
    assert {"session", "turn", "request", "reply", "seed", "strategy", "status", "plan", "gat", "verdicts", "files", "usage",
            "error", "mlflow_run"} <= set(record)  # fmt: skip
    assert (record["turn"], record["seed"], record["status"]) == (1, 1, "done")
    assert set(record["plan"][0]) == {"tool", "arguments", "status", "attempts", "backend", "seconds"}
    assert set(record["verdicts"][0]) == {"step", "attempt", "passed", "scorer", "clap", "checks"}
    assert Path(record["files"]["mix"]).is_absolute()
    assert all(Path(path).exists() for path in (record["files"]["mix"], *record["files"]["stems"].values()))
    assert set(record["usage"]["seconds"]) == {"understand", "plan", "execute", "verify", "commit", "respond"}


def test_a_secret_in_the_environment_reaches_no_file(spoken: tuple[Path, dict[str, Any]]) -> None:
    home, _ = spoken
    files = [path for path in home.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]


def test_history_show_fork_and_export_read_what_say_wrote(spoken: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    home, record = spoken
    session = record["session"]
    assert record["session"] in Run(home, "history").out
    assert Run(home, "history", session, "--json").objects[0] == record
    assert Run(home, "show", session, "--json").objects[0] == record["gat"]
    assert "piano" in Run(home, "show", session).out
    fork = Run(home, "fork", session, "--json").objects[0]["session"]
    assert Run(home, "show", fork, "--json").objects[0] == record["gat"]
    exported = Run(home, "export", session, "--out", str(tmp_path / "export"), "--json").objects[0]
    suffixes = {Path(path).suffix for path in exported["files"]}
    assert {".wav", ".mid", ".json"} <= suffixes
    assert all(Path(path).exists() for path in exported["files"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["say", "hello", "--attach", "no-such.wav"], "no file no-such.wav"),
        (["say", "hello", "--strategy", "no_such"], "no shipped strategy"),
        (["say", "hello", "--session", "20200101-abcdef"], "no session '20200101-abcdef'"),
        (["say", "hello", "--session", "../../etc"], "'../../etc'"),
        (["say", "   "], "empty"),
        (["say"], "TEXT"),
        (["show", "nope"], "no session 'nope'"),
        (["undo", "nope"], "no session 'nope'"),
        (["history", "nope"], "no session 'nope'"),
        (["listen", "no-such.wav"], "no-such.wav"),
        (["listen", "README.md"], "README.md"),
        (["listen", "README.md", "--expect", "colour=red"], "colour"),
        (["play", "no-such.yaml"], "no-such.yaml"),
        (["no-such-command"], "no-such-command"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_unusable_input_gets_one_line_and_exit_status_2(tmp_path: Path, arguments: list[str], words: str) -> None:
    run = Run(tmp_path, *arguments)
    assert run.status == 2, run.out + run.err
    assert len(run.err.strip().splitlines()) == 1, run.err
    assert words in run.err
    assert run.out == ""
    database = tmp_path / "sessions.sqlite"
    assert not database.exists() or Run(tmp_path, "history", "--json").out == "", "nothing may be started"


@pytest.mark.parametrize("name", ["noise.wav", "picture.png", "notes.txt", "half.flac"])
def test_a_file_that_is_no_music_is_named_and_starts_nothing_audible(tmp_path: Path, name: str) -> None:
    content = {
        "noise.wav": b"RIFF\x24\x00\x00\x00WAVEfmt ",
        "picture.png": b"\x89PNG\r\n\x1a\n" + bytes(100),
        "notes.txt": b"just words",
        "half.flac": b"fLaC\x00\x00\x00\x22" + bytes(30),
    }
    path = tmp_path / name
    path.write_bytes(content[name])
    run = Run(tmp_path / "home", "say", "use this", "--attach", str(path), "--json")
    assert run.status == 2, run.out + run.err
    assert name in run.err
    assert "Traceback" not in run.err


def test_an_upload_alone_becomes_the_first_revision_even_for_a_question(tmp_path: Path) -> None:
    path = write(tmp_path / "beat.wav", drum_loop(96, 2))
    run = Run(tmp_path / "home", "say", "how fast is this?", "--attach", str(path), "--json")
    assert run.status == 0, run.err
    (record,) = run.objects
    assert record["gat"]["revision"] == 1
    assert [stem["tool"] for stem in record["gat"]["stems"]] == ["upload"]
    assert record["gat"]["bpm"] == pytest.approx(96, rel=0.002)
    assert "96" in record["reply"]


def test_listen_says_of_each_expectation_what_was_measured(tmp_path: Path) -> None:
    path = write(tmp_path / "song.wav", tune(110))
    expectations = {"bpm": "110", "key": "A minor", "has": "bass", "bars": "4"}
    arguments = [item for name, value in expectations.items() for item in ("--expect", f"{name}={value}")]
    run = Run(tmp_path, "listen", str(path), *arguments, "--json")
    assert run.status == 0, run.err
    (report,) = run.objects
    assert [check["name"] for check in report["checks"]] == list(expectations)
    assert {check["status"] for check in report["checks"]} == {"passed"}
    beat = write(tmp_path / "beat.wav", drum_loop(96))
    assert (
        Run(tmp_path, "listen", str(beat), "--expect", "has=drums", "--json").objects[0]["checks"][0]["status"]
        == "passed"
    )
    wrong = Run(tmp_path, "listen", str(path), "--expect", "bpm=97", "--json")
    assert wrong.status == 1
    assert wrong.objects[0]["checks"][0]["status"] == "failed"


def test_asking_is_no_failure_unless_it_is_said_to_be_one(tmp_path: Path) -> None:
    assert Run(tmp_path, "say", "make it louder", "--json").objects[0]["status"] == "asked"
    assert Run(tmp_path, "say", "make it louder").status == 0
    assert Run(tmp_path, "say", "make it louder", "--asked-fails").status == 1


def test_a_home_that_cannot_be_written_is_infrastructure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    run = Run(tmp_path / "file" / "home", "say", "hello")
    assert run.status == 3
    assert len(run.err.strip().splitlines()) == 1, run.err


def test_doctor_tries_the_parts_and_names_what_it_did_not_check(tmp_path: Path) -> None:
    run = Run(tmp_path, "doctor", "--json")
    assert run.status == 0, run.out
    findings = {finding["subject"]: finding for finding in run.objects[0]["findings"]}
    assert findings["band"]["status"] == "ok"
    assert findings["rules planner"]["status"] == "ok"
    assert findings["language model"]["status"] == "missing"
    assert "LOOPCOPILOT_LLM_MODEL" in findings["language model"]["remedy"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_names_the_command(tmp_path: Path, shell: str) -> None:
    run = Run(tmp_path, "completion", shell)
    assert run.status == 0
    assert "_LOOPCOPILOT_COMPLETE" in run.out


def test_strategies_are_listed_with_their_hashes(tmp_path: Path) -> None:
    listed = Run(tmp_path, "strategies", "--json").objects
    assert "default" in {item["name"] for item in listed}
    assert len({item["hash"] for item in listed}) == len(listed)


def test_an_upload_beyond_full_scale_is_turned_down_and_the_stems_still_sum_to_the_mix(tmp_path: Path) -> None:
    hot = tmp_path / "hot.wav"
    soundfile.write(hot, (tune(110, 2) * 5).T, 44_100, subtype="FLOAT")
    (record,) = Run(tmp_path / "home", "say", "how fast is this?", "--attach", str(hot), "--json").objects
    mix, stem = read(record["files"]["mix"]), read(next(iter(record["files"]["stems"].values())))
    assert np.abs(mix).max() < 1
    assert residual_db(stem * 10 ** (record["gat"]["master_gain_db"] / 20), mix) < -60


def test_a_waiting_turn_is_answered_once_and_forks_leave_it_out(tmp_path: Path) -> None:
    Run(tmp_path, "say", "a 2-bar funk loop with drums and bass", "--session", "s", "--strategy", "careful")
    (waiting,) = Run(tmp_path, "say", "remove the bass", "--session", "s", "--json").objects
    assert waiting["status"] == "awaiting_approval"
    assert Run(tmp_path, "resume", "s", "--accept", "--reject").status == 2
    assert Run(tmp_path, "undo", "s").status == 2
    assert Run(tmp_path, "fork", "s", "--json").objects[0]["forked_from"]["turn"] == 1
    (accepted,) = Run(tmp_path, "resume", "s", "--accept", "--json").objects
    assert [stem["name"] for stem in accepted["gat"]["stems"]] == ["drums"]
    again = Run(tmp_path, "resume", "s", "--accept", "--json")
    assert (again.status, again.out) == (2, "")


def test_a_seed_cannot_be_changed_in_mid_conversation(spoken: tuple[Path, dict[str, Any]]) -> None:
    home, record = spoken
    run = Run(home, "say", "hello", "--session", record["session"], "--seed", "99")
    assert run.status == 2
    assert "seed 1" in run.err

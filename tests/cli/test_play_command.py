"""Ctrl-C while a dialogue is played."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

TURNS = ["a 16-bar rock loop with piano, guitar, bass and drums at 60 bpm"] + ["vary the drums", "vary the bass"] * 10


def test_ctrl_c_stops_the_turn_under_way_and_the_session_goes_on(tmp_path: Path) -> None:
    dialogue = tmp_path / "long.yaml"
    dialogue.write_text(json.dumps({"turns": [{"text": text} for text in TURNS]}))
    environment = {**os.environ, "LOOPCOPILOT_HOME": str(tmp_path / "home"), "LOOPCOPILOT_TRACKING": "off"}
    command = [sys.executable, "-m", "loopcopilot"]
    process = subprocess.Popen(
        [*command, "play", str(dialogue), "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )  # fmt: skip
    while not _begun(tmp_path / "home" / "sessions.sqlite"):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, error = process.communicate(timeout=120)
    assert process.returncode == 1, error
    records = [json.loads(line) for line in out.splitlines()]
    assert len(records) == 1
    assert (records[0]["status"], records[0]["error"]["kind"]) == ("failed", "cancelled")
    assert "stopping" in error

    session = records[0]["session"]
    again = subprocess.run(
        [*command, "say", "a 2-bar lofi loop with piano", "--session", session, "--json"],
        capture_output=True, text=True, env=environment,
    )  # fmt: skip
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["turn"] == 2


def _begun(database: Path) -> bool:
    """Whether the first turn is under way."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as db:
            return bool(db.execute("SELECT count(*) FROM turns").fetchone()[0])
    except sqlite3.OperationalError:
        return False  # not there yet

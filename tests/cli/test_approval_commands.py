"""Approval from the command line: each command is a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from evaluation.replay import replay
from state.settings import Settings


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Nothing can be typed: a command that waits for a person would fail."""
    environment = {**os.environ, "LOOPCOPILOT_HOME": str(home), "LOOPCOPILOT_TRACKING": "off", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-m", "loopcopilot", *arguments],
        capture_output=True, text=True, env=environment, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_a_plan_is_shown_edited_and_run_and_the_conversation_replays(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run(home, "say", "a 1-bar funk loop with drums, piano and bass", "--session", "s", "--strategy", "careful")
    asked = run(home, "say", "remove the bass", "--session", "s")
    assert asked.returncode == 0
    shown = [
        "awaiting approval",
        "Waiting for your yes to this:",
        "1. remove track (stems bass)",
        "   changes: the named stems are gone; undo brings back what is lost",
    ]
    assert asked.stdout.splitlines()[:4] == shown
    assert "Answer: loopcopilot resume s --accept | --edit FILE | --reject" in asked.stdout
    again = run(home, "resume", "s")
    assert again.returncode == 2
    assert again.stdout.splitlines()[:4] == shown, "it can be looked at once more"
    assert "accept, edit or reject" in again.stderr

    edited = tmp_path / "plan.yaml"
    edited.write_text(
        "- {tool: remove_track, arguments: {stems: [piano]}}\n- {tool: remove_track, arguments: {stems: [oboe]}}\n"
    )
    wrong = run(home, "resume", "s", "--edit", str(edited))
    assert wrong.returncode == 2
    assert wrong.stderr.startswith("loopcopilot: step 2 (remove_track): ")
    assert "oboe" in wrong.stderr
    (waiting,) = (json.loads(line) for line in run(home, "history", "s", "--json").stdout.splitlines()[-1:])
    assert waiting["status"] == "awaiting_approval"

    # The record's own steps, changed, are a plan.
    (step,) = waiting["plan"]
    edited.write_text(json.dumps({"steps": [{**step, "arguments": {"stems": ["piano"]}}]}))
    done = run(home, "resume", "s", "--edit", str(edited), "--json")
    assert done.returncode == 0, done.stderr
    assert [stem["name"] for stem in json.loads(done.stdout)["gat"]["stems"]] == ["drums", "bass"]

    replayed = run(home, "replay", "s")
    assert (replayed.returncode, replayed.stdout) == (0, "2 turns replayed: identical\n")
    assert replay(Settings.read({}, home=home), "s").identical
    unknown = run(home, "replay", "nobody")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert unknown.stderr.count("\n") == 1


def test_a_dialogue_never_waits_for_a_person(tmp_path: Path) -> None:
    (tmp_path / "dialogue.yaml").write_text(
        "turns: [{text: 'a 1-bar funk loop with drums and bass'}, {text: 'remove the bass'}, {text: 'faster'}]"
    )
    arguments = ("play", str(tmp_path / "dialogue.yaml"), "--strategy", "careful", "--json")
    stopped = run(tmp_path / "one", *arguments)
    assert stopped.returncode == 1
    assert [json.loads(line)["status"] for line in stopped.stdout.splitlines()] == ["done", "awaiting_approval"]
    assert "1 more were not played; give --approve" in stopped.stderr
    given = run(tmp_path / "two", *arguments, "--approve", "reject")
    statuses = [
        (record["status"], len(record["gat"]["stems"])) for record in map(json.loads, given.stdout.splitlines())
    ]
    assert statuses == [("done", 2), ("done", 2), ("done", 2)]

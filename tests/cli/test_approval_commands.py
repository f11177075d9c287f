"""Approval from the command line: each command is a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evaluation.replay import replay
from loopcopilot.cli import cli
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
    assert (again.returncode, again.stdout) == (0, asked.stdout), "it can be looked at once more"

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


def test_a_waiting_plan_is_looked_at_as_often_as_one_likes(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run(home, "say", "a 1-bar funk loop with drums and bass", "--session", "s", "--strategy", "careful")
    ended = run(home, "resume", "s", "--json")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "there is nothing to resume" in ended.stderr
    asked = run(home, "say", "remove the bass", "--session", "s", "--json")
    assert asked.returncode == 0
    for _ in range(2):
        again = run(home, "resume", "s", "--json")
        assert (again.returncode, again.stdout, again.stderr) == (0, asked.stdout, "")
    assert run(home, "resume", "s", "--reject").returncode == 0
    assert run(home, "resume", "s").returncode == 2


@pytest.mark.parametrize("played", [1, 2, 3])
def test_a_dialogue_that_a_waiting_turn_cut_short_is_no_success_wherever_it_waits(tmp_path: Path, played: int) -> None:
    (tmp_path / "dialogue.yaml").write_text(
        json.dumps({"turns": [{"text": "a 1-bar loop with drums"}, *[{"text": "louder"}] * 2][:played]})
    )
    (tmp_path / "mine.yaml").write_text("approval: always\n")
    stopped = run(tmp_path / "home", "play", str(tmp_path / "dialogue.yaml"), "--strategy", str(tmp_path / "mine.yaml"))
    assert stopped.returncode == 1
    left = {1: "", 2: ", so 1 more turn was not played", 3: ", so 2 more turns were not played"}[played]
    assert (
        f"loopcopilot: turn 1 waits for approval{left}; give --approve, or answer: loopcopilot resume" in stopped.stderr
    )


def test_a_waiting_turn_is_an_answer_unless_it_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("approval: always\n")
    for more, status in (([], 0), (["--asked-fails"], 1)):
        asked = run(
            tmp_path / "home", "say", "a 1-bar loop with drums", "--strategy", str(tmp_path / "mine.yaml"), *more
        )
        assert (asked.returncode, asked.stdout.splitlines()[0]) == (status, "awaiting approval")


@pytest.mark.parametrize("command", ["", "say", "play", "resume", "listen", "replay", "doctor"])
def test_what_an_exit_status_means_is_said_where_it_is_looked_for(
    capsys: pytest.CaptureFixture[str], command: str
) -> None:
    cli.main([*command.split(), "--help"], standalone_mode=False)
    assert "  Exit status: " in capsys.readouterr().out


def test_a_file_that_repeats_a_key_is_refused_wherever_one_is_read(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for name, content in {
        "dialogue.yaml": "seed: 1\nturns: [{text: a 1-bar loop}]\nseed: 2\n",
        "turn.yaml": "turns:\n  - text: a loop\n    text: another\n",
        "strategy.yaml": "candidates: 1\ncandidates: 2\n",
        "plan.yaml": "- tool: describe\n- tool: remove_track\n  tool: undo\n",
        "broken.yaml": "- tool: describe\n- [",
    }.items():
        (tmp_path / name).write_text(content)
    strategy = ["--strategy", str(tmp_path / "strategy.yaml")]
    for arguments, says in (
        (["play", str(tmp_path / "dialogue.yaml")], "dialogue.yaml repeats the key 'seed' in line 3, which line 1 has"),
        (["play", str(tmp_path / "turn.yaml")], "turn.yaml repeats the key 'text' in line 3, which line 2 has"),
        (["say", "a loop", *strategy], "strategy.yaml repeats the key 'candidates' in line 2, which line 1 has"),
        (["strategies", str(tmp_path / "strategy.yaml")], "strategy.yaml repeats the key 'candidates' in line 2"),
        (["resume", "s", "--edit", str(tmp_path / "plan.yaml")], "plan.yaml repeats the key 'tool' in line 3"),
        (["resume", "s", "--edit", str(tmp_path / "broken.yaml")], "broken.yaml is not YAML: line 2: "),
        (["resume", "s", "--edit", str(tmp_path / "none.yaml")], "there is no file "),
        (["resume", "s", "--edit", str(tmp_path)], "cannot be read"),
    ):
        refused = run(home, *arguments)
        assert (refused.returncode, refused.stdout) == (2, "")
        assert says in refused.stderr, refused.stderr
        assert refused.stderr.count("\n") == 1


def test_a_dialogue_never_waits_for_a_person(tmp_path: Path) -> None:
    (tmp_path / "dialogue.yaml").write_text(
        "turns: [{text: 'a 1-bar funk loop with drums and bass'}, {text: 'remove the bass'}, {text: 'faster'}]"
    )
    arguments = ("play", str(tmp_path / "dialogue.yaml"), "--strategy", "careful", "--json")
    stopped = run(tmp_path / "one", *arguments)
    assert stopped.returncode == 1
    assert [json.loads(line)["status"] for line in stopped.stdout.splitlines()] == ["done", "awaiting_approval"]
    assert "turn 2 waits for approval, so 1 more turn was not played; give --approve" in stopped.stderr
    given = run(tmp_path / "two", *arguments, "--approve", "reject")
    statuses = [
        (record["status"], len(record["gat"]["stems"])) for record in map(json.loads, given.stdout.splitlines())
    ]
    assert statuses == [("done", 2), ("done", 2), ("done", 2)]

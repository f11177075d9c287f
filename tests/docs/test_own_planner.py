"""docs/own-planner.md: every block of it is written to a folder and run as it stands."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from evaluation.stub.faults import MODEL
from evaluation.stub.server import serving
from graph.conductor import Conductor
from state.planning import OracleChoice
from state.settings import Settings
from state.strategy import load_strategy

PAGE = Path("docs/own-planner.md")
_BLOCK = re.compile(r"```(python|yaml)\n# (\S+)\n(.*?)```", re.DOTALL)


def blocks() -> dict[str, str]:
    """File name -> content, of every block that names its file."""
    return {name: content for _, name, content in _BLOCK.findall(PAGE.read_text("utf-8"))}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with every file of the page; what is imported from there is forgotten afterwards."""
    place = tmp_path / "elsewhere"
    place.mkdir()
    for name, content in blocks().items():
        (place / name).write_text(content, "utf-8")
    monkeypatch.setattr(sys, "path", [*sys.path])
    before = set(sys.modules)
    yield place
    for name in set(sys.modules) - before:
        if (getattr(sys.modules[name], "__file__", None) or "").startswith(str(place)):
            del sys.modules[name]


def test_the_planner_is_at_most_twenty_lines_and_no_block_is_left_untested() -> None:
    assert len([line for line in blocks()["first_word.py"].splitlines() if line.strip()]) <= 20
    named = PAGE.read_text("utf-8").count("```python") + PAGE.read_text("utf-8").count("```yaml")
    assert len(blocks()) == named == 8


def test_the_planner_plays_a_dialogue_by_the_command_shown(folder: Path, tmp_path: Path) -> None:
    command = next(line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("loopcopilot play"))
    (tmp_path / "dialogue.yaml").write_text(
        "turns: [{text: a lofi loop with piano and drums}, {text: more clarinet please}, {text: hm}]"
    )
    arguments = [part.replace("first_word.yaml", str(folder / "first_word.yaml")) for part in command.split()[1:]]
    environment = {
        **os.environ,
        "PYTHONPATH": str(Path.cwd()),
        "LOOPCOPILOT_TRACKING": "off",
        "LOOPCOPILOT_HOME": str(tmp_path / "home"),
    }
    done = subprocess.run(
        [sys.executable, "-m", "loopcopilot", *arguments, "--json"],
        capture_output=True,
        text=True,
        env=environment,
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr
    first, second, third = (json.loads(line) for line in done.stdout.splitlines())
    assert [record["status"] for record in (first, second, third)] == ["done", "done", "asked"]
    assert first["gat"]["bars"] == 1, "the option of the strategy file"
    assert [step["arguments"] for step in second["plan"]] == [{"instrument": "clarinet"}]
    assert third["reply"] == "Which instrument shall I add?"
    assert {record["strategy"]["name"] for record in (first, second, third)} == {"first_word"}


def test_the_planner_with_a_model_works_with_the_stub_as_it_stands(folder: Path, tmp_path: Path) -> None:
    with serving() as stub:
        reachable = Settings.read(
            {
                "LOOPCOPILOT_TRACKING": "off",
                "LOOPCOPILOT_LLM_BASE_URL": stub.base_url,
                "LOOPCOPILOT_LLM_MODEL": MODEL,
            },
            home=tmp_path / "home",
        )
        with Conductor(reachable, strategy=load_strategy(str(folder / "asks_a_model.yaml"))) as conductor:
            session = conductor.start(seed=1)
            first = conductor.send(session, "a 1-bar lofi loop with piano and drums")
            record = conductor.send(session, "add a clarinet")
    assert (first.status, record.status) == ("done", "done"), (first.reply, record.reply)
    assert record.gat is not None
    assert "clarinet" in record.gat.stem_names
    assert record.usage.llm_calls == 1
    assert record.usage.input_tokens > 0


def test_the_planner_with_a_model_says_when_there_is_none(folder: Path, settings: Settings) -> None:
    with Conductor(settings, strategy=load_strategy(str(folder / "asks_a_model.yaml"))) as conductor:
        record = conductor.send(conductor.start(seed=1), "a loop")
    assert record.error is not None
    assert (record.error.kind, record.error.message) == (
        "planner",
        "this planner asks a language model, and none is set",
    )


def test_the_tool_the_scorer_and_the_graph_work_together(folder: Path, settings: Settings) -> None:
    strategy = load_strategy(str(folder / "mine.yaml"))
    conductor = Conductor(settings, strategy=strategy)
    session = conductor.start(seed=1)
    record = conductor.send(session, "a rock loop with guitar, bass and drums")
    assert record.status == "done", record.reply
    (verdict,) = record.verdicts
    assert verdict.scorer == "loud is good"
    assert verdict.clap is not None
    assert 0 < verdict.clap < 1
    assert record.usage.seconds == {}, "the graph of the page times no node, ours times each"

    oracle = OracleChoice.model_validate({"kind": "oracle", "plans": [None, [{"tool": "swap_sides"}]]})
    swapped = Conductor(settings, strategy=strategy.model_copy(update={"planner": oracle}))
    fork = swapped.fork(session, 1)
    turned = swapped.send(fork, "swap the sides")
    assert turned.status == "done", turned.reply
    assert record.gat is not None
    assert turned.gat is not None
    assert [stem.pan for stem in turned.gat.stems] == [-stem.pan for stem in record.gat.stems]
    assert [stem.audio for stem in turned.gat.stems] == [stem.audio for stem in record.gat.stems]
    assert any(stem.pan for stem in turned.gat.stems), "something was there to be swapped"

"""`loopcopilot strategies`: readable, and the same hashes as the records."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from loopcopilot.cli import cli
from state.errors import StrategyError
from state.settings import Settings
from state.strategy import load_strategy, shipped


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert cli.main(["strategies", *arguments], standalone_mode=False) == 0
    return capsys.readouterr().out


@pytest.fixture(autouse=True)
def model(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("LOOPCOPILOT_LLM_MODEL", "some-model")
    return "some-model"


def test_each_is_listed_with_what_it_is_and_what_it_differs_in(capsys: pytest.CaptureFixture[str]) -> None:
    out = listed(capsys)
    settings = Settings.read()
    for name, strategy in shipped().items():
        assert f"{name}  planner {strategy.planner.kind}  hash {strategy.on(settings).hash}" in out
    assert "best_of_three" in out
    assert "  differs in: candidates 3, retry.kind none, retry.attempts 1\n" in out
    assert "  Rules; what would lose something asks first.\n  differs in: approval destructive\n" in out
    assert "nothing, it is the default" in out
    assert "some-model" not in out, "the model is the settings', no strategy differs in it"


def test_the_list_for_programs_says_the_same(capsys: pytest.CaptureFixture[str], model: str) -> None:
    found = {item["name"]: item for item in map(json.loads, listed(capsys, "--json").splitlines())}
    assert list(found) == list(shipped())
    assert found["default"]["differs"] == {}
    assert found["single_shot"]["differs"] == {"planner.kind": "single_shot", "retry.kind": "none", "retry.attempts": 1}
    assert found["single_shot"]["planner"]["model"] == model
    noisy = {"planner.kind": "noisy", "planner.planner.kind": "rules", "planner.rates.drop_step": 0.1}
    assert noisy.items() <= found["noisy"]["differs"].items()
    assert all(item["about"] for item in found.values())


@pytest.mark.parametrize("name", shipped())
def test_one_is_printed_whole_and_is_that_strategy_when_read_again(
    name: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = listed(capsys, name)
    (tmp_path / "whole.yaml").write_text(out)
    again = load_strategy(str(tmp_path / "whole.yaml"))
    assert again.hash == shipped()[name].on(Settings.read()).hash
    assert f"# hash {again.hash}" in out
    assert set(yaml.safe_load(out)) == set(type(again).model_fields), "every field is there, defaults too"


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("tools: [add_trak]", "tools"),
        ("planner: {kind: react, prompt: v99}", "planner.prompt"),
        ("planner: 'nowhere_at_all:Own'", "planner.kind"),
        ("verifier: both\nscorer: clop", "scorer"),
        ("candidates: true", "candidates"),
    ],
)
def test_what_no_turn_could_be_conducted_with_is_refused_wherever_it_is_named(
    tmp_path: Path, content: str, field: str
) -> None:
    (tmp_path / "mine.yaml").write_text(content)
    (tmp_path / "dialogue.yaml").write_text("turns: [{text: a loop}]")
    mine, home = str(tmp_path / "mine.yaml"), ["--home", str(tmp_path / "home")]
    for arguments in (
        ["strategies", mine],
        ["say", "a loop", "--strategy", mine, *home],
        ["chat", "--strategy", mine, *home],
        ["play", str(tmp_path / "dialogue.yaml"), "--strategy", mine, *home],
    ):
        with pytest.raises(StrategyError) as caught:
            cli.main(arguments, standalone_mode=False)
        assert caught.value.field == field
    assert not (tmp_path / "home").exists(), "nothing was begun"


def test_a_file_of_ones_own_is_printed_whole(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "default.yaml").write_text("candidates: 2\n")
    out = listed(capsys, str(tmp_path / "default.yaml"))
    assert yaml.safe_load(out)["candidates"] == 2
    assert "what runs when nothing is said" not in out


def test_the_models_seat_that_continues_is_called_as_in_a_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "mine.yaml").write_text("ensemble: {continue: musicgen, fallback: true}\n")
    mine = str(tmp_path / "mine.yaml")
    assert yaml.safe_load(listed(capsys, mine))["ensemble"]["continue"]["model"] == "musicgen"
    (said,) = map(json.loads, listed(capsys, mine, "--json").splitlines())
    assert said["ensemble"]["continue"]["model"] == said["differs"]["ensemble.continue"]["model"] == "musicgen"
    assert "continue_" not in json.dumps(said)

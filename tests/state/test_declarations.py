from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from state.errors import InputError, StrategyError
from state.gat import GlobalAttributeTable, Stem, loop_seconds, quarters_per_bar
from state.seeds import take_seed
from state.settings import Settings
from state.strategy import Strategy, load_strategy, shipped


def test_importing_state_loads_no_langgraph_and_no_audio_package() -> None:
    names = sorted(path.stem for path in Path("state").glob("*.py"))
    program = (
        "import sys, importlib\n"
        f"for name in {names!r}: importlib.import_module('state.' + name)\n"
        "heavy = {'langgraph', 'numpy', 'symusic', 'soundfile', 'pedalboard', 'mlflow', 'yaml', 'torch'} & set(sys.modules)\n"
        "ours = {'graph', 'nodes', 'ensemble', 'evaluation', 'loopcopilot'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy | ours}' if heavy | ours else 0)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_two_stems_cannot_share_a_name() -> None:
    stem = Stem(name="bass", instrument="acoustic bass", audio="a", tool="t", seed=0, backend="band")
    with pytest.raises(ValidationError, match="unique"):
        GlobalAttributeTable(revision=1, duration_seconds=1, stems=(stem, stem), mix="m")


def test_a_table_cannot_be_changed() -> None:
    table = GlobalAttributeTable(revision=1, duration_seconds=1, mix="m")
    with pytest.raises(ValidationError, match="frozen"):
        table.bpm = 100.0


@pytest.mark.parametrize(("signature", "quarters"), [("4/4", 4), ("3/4", 3), ("6/8", 3), ("7/8", 3.5), ("5/4", 5)])
def test_a_bar_has_as_many_quarters_as_its_signature_says(signature: str, quarters: float) -> None:
    assert quarters_per_bar(signature) == quarters


def test_four_bars_of_four_at_120_last_eight_seconds() -> None:
    assert loop_seconds(4, 120, "4/4") == 8.0


def test_every_place_in_a_conversation_has_a_seed_of_its_own() -> None:
    seeds = {
        take_seed(7, turn, step, attempt, candidate)
        for turn in (1, 2)
        for step in (0, 1)
        for attempt in (1, 2)
        for candidate in (0, 1)
    }
    assert len(seeds) == 16
    assert take_seed(7, 1, 0, 1, 0) == take_seed(7, 1, 0, 1, 0)
    assert take_seed(8, 1, 0, 1, 0) not in seeds


def test_a_strategys_hash_follows_its_content_and_not_its_name() -> None:
    assert Strategy(name="a").hash == Strategy(name="b").hash
    assert len({strategy.hash for strategy in shipped().values()}) == len(shipped())


def test_a_copy_has_a_hash_of_its_own(tmp_path: Path) -> None:
    strategy = Strategy.model_validate({"planner": "react"})
    before = strategy.hash
    assert strategy.model_copy(update={"candidates": 2}).hash != before
    settings = Settings.read({"LOOPCOPILOT_LLM_MODEL": "some-model"}, home=tmp_path)
    assert strategy.on(settings).hash != before


def test_a_strategy_file_is_read_and_named_by_its_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text("candidates: 4\nretry: {kind: resample, attempts: 2}\n")
    strategy = load_strategy(str(path))
    assert (strategy.name, strategy.candidates, strategy.retry.kind) == ("mine", 4, "resample")


@pytest.mark.parametrize(
    ("content", "field", "words"),
    [
        ("candidates: 0", "candidates", "greater than or equal to 1"),
        ("retry: {kind: often}", "retry.kind", "'none', 'resample', 'repair' or 'replan'"),
        ("colour: red", "colour", "allowed at the top are"),
        ("- a list", "strategy", "mapping"),
        ("a: [", "strategy", "not YAML"),
    ],
)
def test_a_wrong_strategy_file_says_which_field_and_what_is_right(
    tmp_path: Path, content: str, field: str, words: str
) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(content)
    with pytest.raises(StrategyError, match=words) as caught:
        load_strategy(str(path))
    assert caught.value.field == field


def test_an_unknown_strategy_names_those_that_are_shipped() -> None:
    with pytest.raises(StrategyError, match="default"):
        load_strategy("nope")


def test_settings_come_from_the_environment_and_the_home_given_wins(tmp_path: Path) -> None:
    environment = {"LOOPCOPILOT_HOME": str(tmp_path / "a"), "MLFLOW_TRACKING_URI": "http://127.0.0.1:5000"}
    assert Settings.read(environment).home == tmp_path / "a"
    assert Settings.read(environment, home=tmp_path / "b").home == tmp_path / "b"
    assert Settings.read(environment).tracking_uri == "http://127.0.0.1:5000"
    assert Settings.read({}, home=tmp_path).tracking_uri == f"sqlite:///{tmp_path / 'mlflow.db'}"


def test_a_wrong_setting_names_its_variable() -> None:
    with pytest.raises(InputError, match="LOOPCOPILOT_MAX_UPLOAD_SECONDS"):
        Settings.read({"LOOPCOPILOT_MAX_UPLOAD_SECONDS": "long"})

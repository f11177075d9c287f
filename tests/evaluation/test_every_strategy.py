"""One dialogue under every shipped strategy: runs that can be told apart, replays that are bit-identical, no key anywhere."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from evaluation.dialogue import Dialogue, load
from evaluation.replay import replay
from evaluation.runner import play
from evaluation.stub.server import serving
from state.planning import ModelChoice
from state.settings import Settings
from state.strategy import Strategy, shipped
from state.turn import TurnRecord

KEY = "sk-planted-0123456789abcdef"

DIALOGUE = """
seed: 5
turns:
  - text: a 1-bar rock loop with piano and drums, 120 bpm, E minor
    plan: [{tool: text_to_music, arguments: {genre: rock, bars: 1, bpm: 120, key: E minor, instruments: [piano, drums]}}]
  - text: add a clarinet
    plan: [{tool: add_track, arguments: {instrument: clarinet}}]
  - text: remove the piano
    plan: [{tool: remove_track, arguments: {stems: [piano]}}]
"""


@dataclass
class Played:
    """What one strategy made of the dialogue."""

    strategy: Strategy
    records: list[TurnRecord]
    out: Path


@dataclass
class Study:
    """Every strategy's run in one home."""

    settings: Settings
    played: dict[str, Played]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory, empty_store: Path) -> Study:
    place = tmp_path_factory.mktemp("study")
    (place / "dialogue.yaml").write_text(DIALOGUE)
    dialogue: Dialogue = load(place / "dialogue.yaml")
    with serving() as server:
        environment = {
            "LOOPCOPILOT_LLM_BASE_URL": server.base_url, "LOOPCOPILOT_LLM_MODEL": "stub", "OPENAI_API_KEY": KEY,
        }  # fmt: skip
        settings = Settings.read(environment, home=place / "home")
        settings.home.mkdir()
        shutil.copyfile(empty_store, settings.home / "mlflow.db")
        played = {}
        for name, strategy in shipped().items():
            out = place / "out" / name
            records = play(dialogue, settings, out=out, strategy=strategy, approval="accept")
            played[name] = Played(strategy.on(settings), records, out)
    return Study(settings, played)


def test_the_runs_can_be_told_apart_by_their_parameters(study: Study) -> None:
    from mlflow import MlflowClient

    client = MlflowClient(tracking_uri=study.settings.tracking_uri)
    seen: dict[tuple[tuple[str, str], ...], str] = {}
    for name, played in study.played.items():
        run = client.get_run(str(played.records[0].mlflow_run))
        parameters = run.data.params
        assert parameters["strategy.name"] == name
        assert parameters["strategy.planner.kind"] == played.strategy.planner.kind
        assert parameters["strategy.hash"] == played.strategy.hash == played.records[0].strategy.hash
        # By what they are, too, and not only by what they are called.
        telling = tuple(
            sorted(
                (field, value)
                for field, value in parameters.items()
                if field.startswith("strategy.") and field not in ("strategy.name", "strategy.hash")
            )
        )
        assert telling not in seen, f"{name} looks like {seen.get(telling)}"
        seen[telling] = name
        figures = run.data.metrics
        assert figures["total/llm_calls"] == sum(record.usage.llm_calls for record in played.records)
        assert figures["total/tokens"] == sum(
            record.usage.input_tokens + record.usage.output_tokens for record in played.records
        )
    assert set(seen.values()) == set(shipped())


@pytest.mark.parametrize("name", shipped())
def test_a_replay_without_the_server_is_bit_identical(study: Study, name: str) -> None:
    records = study.played[name].records
    result = replay(study.settings, str(records[0].mlflow_run))
    assert [str(divergence) for divergence in result.divergences] == []
    assert (result.session, result.turns, result.remarks) == (records[0].session, 3, [])


@pytest.mark.parametrize("name", shipped())
def test_every_exchange_is_kept_with_the_run_and_beside_the_sound(study: Study, name: str) -> None:
    played = study.played[name]
    calls = sum(record.usage.llm_calls for record in played.records)
    if isinstance(played.strategy.planner, ModelChoice) and name != "hybrid":
        assert calls >= 3
    written = played.out / "exchanges.jsonl"
    found = list(
        (study.settings.home / "mlartifacts").glob(f"*/{played.records[0].mlflow_run}/artifacts/exchanges.jsonl")
    )
    if not calls:
        assert (written.exists(), found) == (False, [])
        return
    (logged,) = found
    assert logged.read_text() == written.read_text()
    lines = [json.loads(line) for line in written.read_text().splitlines()]
    assert len(lines) == calls
    assert [line["turn"] for line in lines] == [
        record.turn for record in played.records for _ in range(record.usage.llm_calls)
    ]
    assert all(line["prompt"]["messages"] and "input_tokens" in line["answer"] for line in lines)


def test_the_key_is_nowhere(study: Study) -> None:
    files = [path for path in study.settings.home.parent.rglob("*") if path.is_file()]
    assert files
    assert [path for path in files if KEY.encode() in path.read_bytes()] == []

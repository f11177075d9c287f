"""The budget of memory: who is unloaded for whom, and when."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tiny_clap
import tiny_demucs
import tiny_musicgen

from ensemble.players import Players
from ensemble.registry import MODELS
from state.seating import Ensemble
from state.settings import Settings


@pytest.fixture(scope="module")
def seats(tmp_path_factory: pytest.TempPathFactory) -> Ensemble:
    built = {
        "generate": ("musicgen", tiny_musicgen.build(tmp_path_factory.mktemp("musicgen"))),
        "score": ("clap", tiny_clap.build(tmp_path_factory.mktemp("clap"))),
        "separate": ("demucs", tiny_demucs.build(tmp_path_factory.mktemp("demucs"))),
    }
    chosen = {name: {"model": model, "weights": str(path), "device": "cpu"} for name, (model, path) in built.items()}
    return Ensemble.model_validate(chosen)


def loaded(models: dict[str, Any]) -> set[str]:
    """The seats whose models hold memory."""
    return {name for name, model in models.items() if model.memory_bytes}


def seated(seats: Ensemble, home: Path, budget_gb: float | None) -> tuple[Players, dict[str, Any]]:
    settings = Settings.read({}, home=home).model_copy(update={"model_memory_gb": budget_gb})
    players = Players(seats, settings)
    return players, {name: players.get(name) for name in ("generate", "score", "separate")}


def test_without_a_budget_all_stay(seats: Ensemble, tmp_path: Path) -> None:
    players, models = seated(seats, tmp_path, None)
    for model in models.values():
        model.load()
    assert loaded(models) == {"generate", "score", "separate"}
    players.close()
    assert loaded(models) == set()


def test_the_least_recently_used_goes_when_another_one_loads_and_not_before(seats: Ensemble, tmp_path: Path) -> None:
    players, models = seated(seats, tmp_path, None)
    for model in models.values():
        model.load()
    largest = max(models[name].memory_bytes for name in ("generate", "score"))
    players.close()

    # Room for Demucs as large as the registry says that it is, beside one of the tiny ones.
    players, models = seated(seats, tmp_path, MODELS["demucs"].memory_gb + (largest + 1) / 1e9)
    models["generate"].load()
    models["score"].load()
    players.get("generate")
    players.get("separate")
    assert loaded(models) == {"generate", "score"}, "to ask who sits there unloads nobody"
    models["separate"].load()
    assert loaded(models) == {"generate", "separate"}, "the score was used before the others"
    models["score"].load()
    assert loaded(models) == {"generate", "separate", "score"}, "by now it is known how small they are"
    players.close()

"""One model object serves every seat that names the same weights, however the seat writes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ensemble import registry
from ensemble.capabilities import Sound, Work
from ensemble.players import Players
from ensemble.registry import Entry
from state.errors import ModelUnavailable
from state.seating import Ensemble
from state.settings import Settings

MADE: list[str] = []


class Player:
    """Keeps what it was made with."""

    name = "player"

    def __init__(self, weights: str, *, device: str, precision: str) -> None:
        MADE.append(weights)
        self.weights = weights
        self.unloaded = 0
        self.memory_bytes = 0
        self.cancelled: Callable[[], bool] = lambda: False

    def unload(self) -> None:
        self.unloaded += 1

    def generate(self, text: str, seconds: float, seeds: Any, work: Work) -> list[Sound]:
        return []

    continue_ = generate


@pytest.fixture(autouse=True)
def _registered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    entry = Entry("player", ("generate", "continue"), f"{__name__}:Player", (), "hub/small", "none", 0.1)
    monkeypatch.setitem(registry.MODELS, "player", entry)
    MADE.clear()
    home = tmp_path / "me"
    (home / "weights" / "small").mkdir(parents=True)
    (home / "weights" / "large").mkdir()
    (home / "link").symlink_to(home / "weights" / "small")
    monkeypatch.chdir(home)
    monkeypatch.setenv("HOME", str(home))


def seated(settings: Settings, one: dict[str, Any], other: dict[str, Any], **more: Any) -> Players:
    seats = {"generate": {"model": "player", **one}, "continue": {"model": "player", **other}, **more}
    return Players(Ensemble.model_validate(seats), settings)


@pytest.mark.parametrize(
    "other",
    ["./weights/small", "weights/small/", "weights/./large/../small", "~/weights/small", "link", "./link/", "{here}"],
)
def test_a_path_written_another_way_loads_nothing_twice(settings: Settings, other: str) -> None:
    other = other.format(here=Path.cwd() / "weights" / "small")
    players = seated(settings, {"weights": "weights/small"}, {"weights": other})
    assert players.get("generate") is players.get("continue")
    assert MADE == ["weights/small"], "as the first seat writes it"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"weights": "hub/small"}),
        ({"device": "cpu"}, {}),
    ],
    ids=["the default weights by name", "the device of the settings"],
)
def test_what_is_said_and_what_is_the_default_are_one(
    settings: Settings, one: dict[str, Any], other: dict[str, Any]
) -> None:
    players = seated(settings.model_copy(update={"device": "cpu"}), one, other)
    assert players.get("generate") is players.get("continue")


@pytest.mark.parametrize(
    "other",
    [{"weights": "weights/large"}, {"weights": "hub/large"}, {"weights": "weights/small", "precision": "bfloat16"}],
)
def test_other_weights_or_another_precision_are_another_model(settings: Settings, other: dict[str, Any]) -> None:
    players = seated(settings, {"weights": "weights/small"}, other)
    assert players.get("generate") is not players.get("continue")


def test_who_cannot_be_loaded_is_stood_in_for_at_every_seat_and_let_go(settings: Settings) -> None:
    players = seated(settings, {"weights": "weights/small"}, {"weights": "./link"}, fallback=True)
    model = players.get("continue")
    assert model is not None
    assert players.stand_in(ModelUnavailable("torn", model="player", weights=model.weights))
    assert (players.get("generate"), players.get("continue")) == (None, None)
    assert set(players.missing) == {"generate", "continue"}
    assert model.unloaded == 1


def test_models_ask_their_players_whether_the_work_was_stopped(settings: Settings) -> None:
    players = seated(settings, {}, {})
    model = players.get("generate")
    assert model is not None
    assert not model.cancelled()
    players.cancelled = lambda: True
    assert model.cancelled()

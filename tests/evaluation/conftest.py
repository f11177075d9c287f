"""Fixtures of tests that need a conversation, or an MLflow store."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from held import Held, hold

from state.settings import Settings


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def held(home: Path) -> Iterator[Held]:
    yield from hold(home)


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh MLflow database, made once a test run (its migrations take seconds)."""
    from evaluation.tracking import prepare_store

    settings = Settings.read({}, home=tmp_path_factory.mktemp("store"))
    prepare_store(settings)
    return settings.home / "mlflow.db"


@pytest.fixture
def tracked(held: Held, empty_store: Path) -> Held:
    """The conversation, and a store to log it to."""
    shutil.copyfile(empty_store, held.settings.home / "mlflow.db")
    return held


@pytest.fixture
def waited() -> Callable[[Callable[[], bool], float], bool]:
    """Wait until something holds, at most so many seconds."""

    def wait(holds: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if holds():
                return True
            time.sleep(0.1)
        return holds()

    return wait

"""A worker that runs in this very Python."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ensemble.registry import Entry
from ensemble.worker import client
from ensemble.worker.client import WorkerModel
from state.settings import Settings

ADAPTER = f"{Path(__file__).with_name('scripted_adapter.py')}:ScriptedModel"
ENTRY = Entry(
    "scripted", ("generate", "continue", "separate", "caption", "score"), ADAPTER, ("no_such_package",), "none", "CC0-1.0",
    0.1, "scripted",
)  # fmt: skip

Make = Callable[..., WorkerModel]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every environment is this Python."""
    monkeypatch.setattr(client, "python_of", lambda environment, settings: Path(sys.executable))


@pytest.fixture
def make(settings: Settings, tmp_path: Path, here: None) -> Iterator[Make]:
    """Makes a worker model on weights that are a folder of the test's own, and ends it."""
    made: list[WorkerModel] = []

    def one(weights: str | None = None, timeout_seconds: float = 60.0) -> WorkerModel:
        folder = tmp_path / "weights"
        folder.mkdir(exist_ok=True)
        model = WorkerModel(
            ENTRY,
            weights or str(folder),
            device="cpu",
            precision="float32",
            settings=settings.model_copy(update={"worker_timeout_seconds": timeout_seconds}),
        )
        made.append(model)
        return model

    yield one
    for model in made:
        model.unload()

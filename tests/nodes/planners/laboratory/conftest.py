"""One played loop for all of the laboratory's tests: planning reads it and changes nothing."""

from __future__ import annotations

import pytest
from lab import Room, loop

from state.artifacts import ArtifactStore


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    store = ArtifactStore(tmp_path_factory.mktemp("laboratory") / "artifacts")
    return Room(store, loop(store))

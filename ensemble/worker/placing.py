"""Where workers start: on this machine, or wherever the setting says."""

from __future__ import annotations

from ensemble.registry import Entry
from ensemble.worker.client import Start
from state.errors import SetupError
from state.settings import Settings


def start_of(entry: Entry, device: str, settings: Settings) -> Start | None:
    """What starts the workers of `entry`; None: `WorkerModel` does, on this machine. Raises SetupError where what the setting
    names is not here."""
    if settings.worker_placement == "here":
        return None
    from ensemble.worker import environments
    from ensemble.worker.ray_placement import RayPlacement

    name = entry.environment or entry.name
    python = environments.python_of(name, settings)
    if python is None:
        raise SetupError(
            f"{entry.name} is not here: its environment is not built; `loopcopilot worker install {name}` builds it",
            field="ensemble",
        )
    return RayPlacement(python, device=device, timeout_seconds=settings.worker_timeout_seconds)

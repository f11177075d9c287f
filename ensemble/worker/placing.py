"""Where workers start: on this machine, or wherever the setting says."""

from __future__ import annotations

from ensemble.registry import Entry
from ensemble.worker.client import Start
from state.settings import Settings


def start_of(entry: Entry, device: str, settings: Settings) -> Start | None:
    """What starts the workers of `entry`; None: `WorkerModel` does, on this machine. Raises SetupError where what the setting
    names is not here; the environment need not be, whose recipe travels."""
    if settings.worker_placement == "here":
        return None
    from ensemble.worker.environments import recipe_of
    from ensemble.worker.ray_placement import RayPlacement

    return RayPlacement(
        recipe_of(entry.environment or entry.name),
        settings.home,
        address=settings.ray_address,
        device=device,
        threads=settings.threads,
        timeout_seconds=settings.worker_timeout_seconds,
    )

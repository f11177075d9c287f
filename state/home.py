"""Where everything is kept. Needs Python alone: machines ask, too, that have nothing of ours installed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def home_of(environment: Mapping[str, str]) -> Path:
    """LOOPCOPILOT_HOME, else the platform's data folder."""
    if environment.get("LOOPCOPILOT_HOME"):
        return Path(environment["LOOPCOPILOT_HOME"]).expanduser().absolute()
    try:
        from platformdirs import user_data_path
    except ImportError:
        return Path.home() / ".local" / "share" / "loopcopilot"  # what it says on Linux
    return user_data_path("loopcopilot")

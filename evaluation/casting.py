"""Who can play what on this machine: for every capability the built-in player and every model, and what each one lacks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from ensemble.capabilities import CAPABILITIES, Capability
from ensemble.registry import Entry, able
from ensemble.worker.environments import python_of
from ensemble.worker.recipes import RECIPES
from evaluation.diagnosis import Finding
from state.errors import LoopCopilotError
from state.settings import Settings

State = Literal["plays", "ready", "no weights", "missing"]

EXTRA = "pip install '.[models]' in the project's folder"
_BUILT_IN: Mapping[Capability, tuple[str, str]] = {
    "generate": ("band", "composes and plays"),
    "continue": ("band", "composes a part that fits"),
    "rearrange": ("band", "plays the chords and the melody anew"),
    "inpaint": ("band", "plays bars anew; in a recording nothing can be"),
    "vary": ("band", "plays a variation; of a recording, a new loop like it"),
    "separate": ("listener", "draws the drums out of a recording, nothing else"),
    "caption": ("listener", "says what it measured: tempo, key, chords, what is heard"),
    "score": ("listener", "checks claims that can be measured; mood and style it does not hear"),
}
"""Who serves a capability where no model is seated."""


@dataclass(frozen=True)
class Player:
    """One player at one capability."""

    capability: Capability
    name: str
    state: State
    """plays: built in. ready: its packages and weights are here, though not loaded for this. no weights: its packages are
    here, the weights are fetched at first use, or a seat names a local path. missing: `command` gets the packages."""
    detail: str
    command: str | None = None
    """The one command that gets what is missing."""
    memory_gb: float | None = None
    """About what the default weights need."""
    licence: str | None = None
    """Of the default weights."""
    weights: str | None = None
    """What is loaded when a strategy names none."""
    environment: str | None = None
    """The worker environment that it runs in; null: in this process."""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def casting(settings: Settings) -> list[Player]:
    """Every player at every capability, the built-in one first. Loads and downloads nothing."""
    players = []
    for capability in CAPABILITIES:
        name, what = _BUILT_IN[capability]
        players.append(Player(capability, name, "plays", what))
        players += [_player(capability, entry, settings) for entry in able(capability)]
    return players


def device(settings: Settings) -> Finding:
    """Where models would run. Imports torch where it is installed."""
    budget = "no limit" if settings.model_memory_gb is None else f"{settings.model_memory_gb:g} GB"
    if find_spec("torch") is None:
        return Finding("models' device", "missing", "PyTorch is not installed in this environment", EXTRA)
    from ensemble.models.device import available, place

    try:
        placement = place(settings.device)
    except LoopCopilotError as error:
        return Finding("models' device", "broken", str(error), "set LOOPCOPILOT_DEVICE to one of these, or to auto")
    except (ImportError, OSError) as error:
        return Finding("models' device", "broken", f"PyTorch cannot be imported: {error}", EXTRA)
    return Finding("models' device", "ok", f"{placement} of {', '.join(available())}; memory for models: {budget}")


def _player(capability: Capability, entry: Entry, settings: Settings) -> Player:
    state, detail, command = _state(entry, settings)
    return Player(
        capability,
        entry.name,
        state,
        "; ".join(filter(None, (detail, entry.note))),
        command,
        entry.memory_gb,
        entry.licence,
        entry.weights,
        entry.environment,
    )


def _state(entry: Entry, settings: Settings) -> tuple[State, str, str | None]:
    if not entry.here:
        if entry.environment is None:
            lacking = [package for package in entry.packages if find_spec(package) is None]
            return "missing", f"not installed: {', '.join(lacking)}", EXTRA
        recipe = RECIPES.get(entry.environment)
        if recipe is None:
            return "missing", f"nothing here builds its environment {entry.environment!r}", None
        if python_of(entry.environment, settings) is None:
            told = f"its environment {entry.environment!r} is not built ({recipe.size_gb:g} GB on disk, or more)"
            return "missing", told, f"loopcopilot worker install {entry.environment}"
    if _in_cache(entry.weights):
        return "ready", f"{entry.weights} is in the hub's cache", None
    return "no weights", f"{entry.weights} is fetched at first use; or seat a local path", None


def _in_cache(weights: str) -> bool:
    """Whether a snapshot of the hub's repository `weights` lies in the hub's cache here."""
    if "/" not in weights or find_spec("huggingface_hub") is None:
        return False
    from huggingface_hub.constants import HF_HUB_CACHE

    snapshots = Path(HF_HUB_CACHE) / f"models--{weights.replace('/', '--')}" / "snapshots"
    return snapshots.is_dir() and any(path.is_file() for path in snapshots.rglob("*"))

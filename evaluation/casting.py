"""Who can play what on this machine: for every capability the built-in player and every model, and what each one lacks;
and the same of the models that a strategy seats."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from ensemble.capabilities import CAPABILITIES, Capability
from ensemble.registry import Entry, able, entry_of
from ensemble.worker.environments import faults, python_of
from ensemble.worker.recipes import RECIPES
from evaluation.diagnosis import Finding
from state.errors import LoopCopilotError, StrategyError
from state.seating import Ensemble
from state.settings import Settings

State = Literal["plays", "ready", "elsewhere", "no weights", "missing", "broken"]

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
_FILES: Mapping[str, tuple[str, ...]] = {
    "audiocraft": ("state_dict.bin", "compression_state_dict.bin"),
    "lp-musiccaps": ("transfer.pth",),
    "vampnet": ("coarse.pth", "c2f.pth", "codec.pth"),
}
"""What is read of a repository at the hub; of the others' all that the libraries choose."""


@dataclass(frozen=True)
class Player:
    """One player at one capability."""

    capability: Capability
    name: str
    state: State
    """plays: built in. ready: its packages and weights are here, though not loaded for this. elsewhere: Ray places it,
    and the machines of its cluster were not looked at. no weights: its packages are
    here, the weights are fetched at first use or by `command`, or a seat names a local path. missing: `command` gets the
    packages. broken: they were here, `command` builds their environment anew."""
    detail: str
    command: str | None = None
    """The one command that gets what is missing; null for local weights that are not there."""
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


@dataclass(frozen=True)
class Seated(Player):
    """One model that a strategy seats, with the weights that it names."""

    device: str = ""
    """Where it would run and in which precision; what was asked for where PyTorch is not here."""
    stands_in: str | None = None
    """Who plays where it cannot; null: the turn, or the strategy, fails."""

    @property
    def plays(self) -> bool:
        """Whether, as far as is known without loading it, a conversation can begin."""
        return (
            self.stands_in is not None
            or self.state in ("ready", "elsewhere")
            or (self.state == "no weights" and self.command is not None)
        )


def seating(ensemble: Ensemble, settings: Settings) -> list[Seated]:
    """Every model that `ensemble` seats. Loads and downloads nothing. Raises StrategyError for a seat that is none."""
    broken, seated = faults(settings), []
    for capability in CAPABILITIES:
        seat = ensemble.seat(capability)
        if seat is None:
            continue
        entry = entry_of(seat.model, field=f"ensemble.{capability}")
        if capability not in entry.capabilities:
            raise StrategyError(f"{seat.model} cannot {capability}", field=f"ensemble.{capability}")
        weights = seat.weights or entry.weights
        state, detail, command = _state(entry, weights, settings, broken)
        asked = seat.device or settings.device
        elsewhere = (
            entry.environment is not None and not entry.here
        )  # with a PyTorch of its own, and maybe on another machine
        where, wrong = (f"{asked} {seat.precision}", None) if elsewhere else _placed(asked, seat.precision)
        if wrong is not None:
            state, detail, command = "broken", wrong, None
        own = weights == entry.weights
        seated.append(
            Seated(
                capability,
                entry.name,
                state,
                detail,
                command,
                entry.memory_gb if own else None,
                entry.licence if own else None,
                weights,
                entry.environment,
                where,
                _BUILT_IN[capability][0] if ensemble.fallback else None,
            )
        )
    return seated


def _placed(device: str, precision: str) -> tuple[str, str | None]:
    """The device and precision, and what is wrong with them."""
    if find_spec("torch") is None:
        return f"{device} {precision}", None
    from ensemble.models.device import place

    try:
        return str(place(device, precision)), None
    except LoopCopilotError as error:
        return f"{device} {precision}", error.message
    except (ImportError, OSError) as error:
        return f"{device} {precision}", f"PyTorch cannot be imported: {error}"


def placement(settings: Settings) -> Finding:
    """Where workers would start."""
    if settings.worker_placement == "here":
        return Finding("workers' place", "ok", "they start on this machine (LOOPCOPILOT_WORKER_PLACEMENT: here)")
    if find_spec("ray") is None:
        extra = "pip install '.[ray]' in the project's folder"
        return Finding("workers' place", "broken", "LOOPCOPILOT_WORKER_PLACEMENT is ray, which is not installed", extra)
    return Finding("workers' place", "unchecked", "they start where Ray has room; its cluster was not contacted")


def casting(settings: Settings) -> list[Player]:
    """Every player at every capability, the built-in one first. Loads and downloads nothing."""
    players, broken = [], faults(settings)
    for capability in CAPABILITIES:
        name, what = _BUILT_IN[capability]
        players.append(Player(capability, name, "plays", what))
        players += [_player(capability, entry, settings, broken) for entry in able(capability)]
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


def _player(capability: Capability, entry: Entry, settings: Settings, broken: Mapping[str, str]) -> Player:
    state, detail, command = _state(entry, entry.weights, settings, broken)
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


def _state(entry: Entry, weights: str, settings: Settings, broken: Mapping[str, str]) -> tuple[State, str, str | None]:
    if not entry.here:
        if entry.environment is None:
            lacking = [package for package in entry.packages if find_spec(package) is None]
            return "missing", f"not installed: {', '.join(lacking)}", EXTRA
        recipe = RECIPES.get(entry.environment)
        if recipe is None:
            return "missing", f"nothing here builds its environment {entry.environment!r}", None
        if settings.worker_placement == "ray":
            return (
                "elsewhere",
                f"Ray places it; its environment is built there at first use ({recipe.size_gb:g} GB)",
                None,
            )
        if python_of(entry.environment, settings) is None:
            told = f"its environment {entry.environment!r} is not built ({recipe.size_gb:g} GB on disk, or more)"
            return "missing", told, f"loopcopilot worker install {entry.environment}"
        if entry.environment in broken:
            told = f"its environment {entry.environment!r} is broken: {broken[entry.environment]}"
            return "broken", told, f"loopcopilot worker install {entry.environment} --again"
    if Path(weights).expanduser().exists():
        return "ready", f"{weights} is there, and was not read", None
    if weights.startswith(("/", "./", "../", "~")):
        return "no weights", f"there is no file or folder {weights}", None
    repository, files = hub(entry.name, weights)
    if _in_cache(repository, files):
        return "ready", f"{weights} is in the hub's cache", None
    told = f"{weights} is fetched at first use; or seat a local path"
    return "no weights", told, " ".join([_client(entry, settings), "download", repository, *files])


def hub(model: str, weights: str) -> tuple[str, tuple[str, ...]]:
    """The repository at the hub that holds `weights`, and what is read of it; nothing named: what the library chooses."""
    if model == "laion-clap":
        return "lukewys/laion_clap", (weights,)
    if model == "demucs":
        # As demucs.hf names them.
        if weights == "htdemucs" or weights.startswith("htdemucs_"):
            return f"adefossez/{weights.replace('htdemucs', 'HTDemucs', 1).replace('_', '-', 1)}", ()
        return f"adefossez/Demucs-{weights}", ()
    return weights, _FILES.get(model, ())


def _client(entry: Entry, settings: Settings) -> str:
    """The hub's command line: beside this Python, else in the model's own environment."""
    if find_spec("huggingface_hub") is None and entry.environment is not None:
        python = python_of(entry.environment, settings)
        if python is not None and python.with_name("hf").is_file():
            return shlex.quote(str(python.with_name("hf")))
    return "hf"


def _in_cache(repository: str, files: Sequence[str]) -> bool:
    """Whether a snapshot of the hub's repository lies in the hub's cache here, with these files in it."""
    if find_spec("huggingface_hub") is None:
        return False
    from huggingface_hub.constants import HF_HUB_CACHE

    for snapshot in (Path(HF_HUB_CACHE) / f"models--{repository.replace('/', '--')}" / "snapshots").glob("*"):
        if all((snapshot / name).is_file() for name in files) and any(path.is_file() for path in snapshot.rglob("*")):
            return True
    return False

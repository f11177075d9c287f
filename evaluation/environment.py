"""The environment that a conversation was held in, as far as it can change what is heard.

Only what is listed here is ever recorded: no environment variable, no user or host name, no path.
"""

from __future__ import annotations

import hashlib
import os
import platform
import sys
from functools import lru_cache
from importlib import metadata, util
from pathlib import Path
from typing import Any

from ensemble.capabilities import CAPABILITIES
from ensemble.registry import MODELS
from state.code import code_hash
from state.seating import Ensemble
from state.settings import Settings

PACKAGES = (
    "langgraph",
    "langgraph-checkpoint-sqlite",
    "langchain-openai",
    "mlflow",
    "numpy",
    "pedalboard",
    "pydantic",
    "soundfile",
    "soxr",
    "symusic",
)
"""Distributions whose version can change a plan, a sound or a measurement."""


MODEL_PACKAGES = ("torch", "transformers", "diffusers", "demucs", "audiocraft", "laion-clap", "vampnet")
"""Distributions whose version can change what a model plays."""


def environment(settings: Settings, ensemble: Ensemble | None = None) -> dict[str, str]:
    """Names and versions, flat: 'python', 'platform', 'code.version', 'code.sha256', 'package.NAME',
    'soundfont.sha256'. What is not installed is left out. Where `ensemble` seats models also theirs, see `of_models`."""
    found = {
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": f"{platform.system()} {platform.machine()}",
        "code.version": _version("loopcopilot") or "not installed",
        "code.sha256": code_hash(),
    }
    for package in PACKAGES:
        version = _version(package)
        if version is not None:
            found[f"package.{package}"] = version
    soundfont = settings.soundfont or _shipped_soundfont()
    if soundfont is not None and soundfont.is_file():
        found["soundfont.sha256"] = _file_hash(soundfont)
    return found if ensemble is None else {**found, **of_models(settings, ensemble)}


def of_models(settings: Settings, ensemble: Ensemble) -> dict[str, str]:
    """'package.NAME' of what models stand on, 'worker.ENVIRONMENT.NAME' in the environments of those seated that have their
    own, 'threads' (equal samples are promised for equal numbers) and, where a model was played in this process,
    'accelerator'. Nothing without a seat. Imports none of them."""
    seats = [seat for capability in CAPABILITIES if (seat := ensemble.seat(capability)) is not None]
    if not seats:
        return {}
    found = {f"package.{name}": version for name in MODEL_PACKAGES if (version := _version(name)) is not None}
    for model in sorted({seat.model for seat in seats}):
        entry = MODELS.get(model)
        if entry is not None and entry.environment is not None and not entry.here:
            found |= _in_worker(entry.environment, settings)
    found["threads"] = str(settings.threads or _cpus())
    accelerator = _accelerator()
    return found if accelerator is None else {**found, "accelerator": accelerator}


def _in_worker(name: str, settings: Settings) -> dict[str, str]:
    from ensemble.worker.environments import folder_of

    paths = [str(path) for path in folder_of(name, settings).glob("[Ll]ib/**/site-packages") if path.is_dir()]
    held = {one.metadata["Name"]: one.version for one in metadata.distributions(path=paths)} if paths else {}
    return {f"worker.{name}.{package}": held[package] for package in MODEL_PACKAGES if package in held}


def _cpus() -> int:
    """As many as PyTorch takes threads for: those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _accelerator() -> str | None:
    """The accelerator's name, or 'none'; None where PyTorch is not loaded here."""
    torch: Any = sys.modules.get("torch")
    if torch is None:
        return None
    if torch.cuda.is_available():
        return str(torch.cuda.get_device_name())
    return "mps" if torch.backends.mps.is_available() else "none"


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _shipped_soundfont() -> Path | None:
    # Located without importing: pretty_midi brings scipy with it.
    found = util.find_spec("pretty_midi")
    if found is None or found.origin is None:
        return None
    return Path(found.origin).with_name("TimGM6mb.sf2")


@lru_cache(maxsize=4)
def _file_hash(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()

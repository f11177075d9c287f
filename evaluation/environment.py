"""The environment that a conversation was held in, as far as it can change what is heard.

Only what is listed here is ever recorded: no environment variable, no user or host name, no path.
"""

from __future__ import annotations

import hashlib
import platform
from functools import lru_cache
from importlib import metadata, util
from pathlib import Path

from state.code import code_hash
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


def environment(settings: Settings) -> dict[str, str]:
    """Names and versions, flat: 'python', 'platform', 'code.version', 'code.sha256', 'package.NAME',
    'soundfont.sha256'. What is not installed is left out."""
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
    return found


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

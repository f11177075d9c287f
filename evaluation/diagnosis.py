"""What this machine can do: each part tried, not guessed; what was not tried is called unchecked."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from state.errors import LoopCopilotError
from state.settings import Settings


@dataclass(frozen=True)
class Finding:
    """One part of the system. `remedy` is the one command or step that would help."""

    subject: str
    status: Literal["ok", "missing", "broken", "unchecked"]
    detail: str
    remedy: str | None = None
    licence: str | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def diagnose(settings: Settings) -> list[Finding]:
    """Every finding, the embedded default first."""
    return [
        _home(settings),
        _band(settings),
        _ear(),
        _planner(),
        _tracking(settings),
        _language_model(settings),
        _device(settings),
        Finding(
            "Jukebox",
            "missing",
            "not supported: Python 3.7 code, hours a clip, dropped from transformers; the paper names it as context only",
        ),
    ]


def _home(settings: Settings) -> Finding:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=settings.home):
            pass
    except OSError as error:
        return Finding(
            "home folder",
            "broken",
            f"{settings.home}: {error.strerror}",
            "set LOOPCOPILOT_HOME to a folder you may write to",
        )
    if settings.database.exists():
        from state.sessions import SessionStore

        try:
            sessions = SessionStore(settings.database)
            count = len(sessions.sessions())
            sessions.close()
        except (LoopCopilotError, sqlite3.Error) as error:
            return Finding("home folder", "broken", str(error), "set LOOPCOPILOT_HOME to another folder")
        return Finding("home folder", "ok", f"{settings.home}; sessions: {count}")
    return Finding("home folder", "ok", str(settings.home))


def _band(settings: Settings) -> Finding:
    """Plays one bar."""

    def play() -> str:
        import numpy as np

        from ensemble.band.band import BuiltInBand
        from ensemble.band.score import Note, Part

        band = BuiltInBand(settings.soundfont)
        part = Part(0, False, (Note(0.0, 60, 1.0, 100),))
        peak = float(np.abs(band.render(part, 120.0, 44_100)).max())
        if not peak > 0.01:
            raise ValueError(f"a piano note came out at peak {peak:.4f}")
        return f"a piano note was played; SoundFont {settings.soundfont or 'TimGM6mb (in the package pretty_midi)'}"

    return _tried("band", play, "pip install --force-reinstall pretty_midi symusic", "SoundFont TimGM6mb: GPL-2")


def _ear() -> Finding:
    """Measures a tone."""

    def measure() -> str:
        import numpy as np

        from ensemble.band.loudness import loudness_lufs

        seconds = np.arange(44_100) / 44_100
        tone = np.sin(2 * np.pi * 997 * seconds).astype(np.float32)
        measured = loudness_lufs(np.stack([tone, tone]))
        if abs(measured) > 0.3:
            raise ValueError(f"a full-scale tone measured {measured:.2f} LUFS, expected 0.0")
        return f"a reference tone measured {measured:.2f} LUFS (0.00 expected); mood and style it does not hear"

    return _tried("listener", measure, None)


def _planner() -> Finding:
    def plan() -> str:
        from nodes.planners.planner import PlanRequest
        from nodes.planners.rules.planner import RulesPlanner

        proposal = RulesPlanner().plan(PlanRequest("a lofi loop with piano at 80 bpm", None, _NoRevisions()))
        if proposal.signature != "text_to_music":
            raise ValueError(f"a plain request was planned as {proposal.signature!r}")
        return "a plain request was planned as text_to_music"

    return _tried("rules planner", plan, None)


class _NoRevisions:
    def revision(self, number: int) -> None:
        return None

    def lineage(self) -> list[int]:
        return []


def _language_model(settings: Settings) -> Finding:
    from evaluation.language_model import configured

    return configured(settings.llm)


def _tracking(settings: Settings) -> Finding:
    if not settings.tracking:
        return Finding("MLflow", "missing", "switched off by LOOPCOPILOT_TRACKING", "unset LOOPCOPILOT_TRACKING")
    installed = _version("mlflow")
    if installed is None:
        return Finding("MLflow", "broken", "the package is not installed", "pip install mlflow")
    if not settings.tracking_uri.startswith("sqlite:///"):
        return Finding("MLflow", "unchecked", f"{installed}; the store at MLFLOW_TRACKING_URI was not contacted")
    path = Path(settings.tracking_uri.removeprefix("sqlite:///"))
    if not path.exists():
        return Finding("MLflow", "ok", f"{installed}; the store will be made at the first conversation")
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=2) as database:
            (runs,) = database.execute("SELECT count(*) FROM runs").fetchone()
    except sqlite3.Error as error:
        return Finding(
            "MLflow",
            "broken",
            f"{path}: {error}",
            "move the file away; `loopcopilot log` fills a new one from the records",
        )
    return Finding("MLflow", "ok", f"{installed}; {runs} runs in {path}")


def _device(settings: Settings) -> Finding:
    from evaluation.casting import device

    return device(settings)


def _tried(subject: str, attempt: Callable[[], str], remedy: str | None, licence: str | None = None) -> Finding:
    try:
        return Finding(subject, "ok", attempt(), None, licence)
    except (LoopCopilotError, ImportError, OSError, ValueError) as error:
        return Finding(subject, "broken", f"{type(error).__name__}: {error}", remedy, licence)


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None

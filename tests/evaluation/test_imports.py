"""Logging is paid for when it happens, not when a conversation starts."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_importing_evaluation_loads_nothing_heavy() -> None:
    code = (
        "import sys, evaluation.tracking, evaluation.runner, evaluation.report, evaluation.dialogue, evaluation.environment;"
        "print([name for name in ('mlflow', 'langgraph', 'scipy', 'librosa', 'matplotlib', 'pandas', 'soundfile') if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def test_one_file_imports_mlflow() -> None:
    folders = ("state", "ensemble", "nodes", "graph", "evaluation", "loopcopilot")
    found = [
        path.relative_to(ROOT).as_posix()
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"^\s*(from|import) mlflow\b", path.read_text("utf-8"), re.MULTILINE)
    ]
    assert found == ["evaluation/tracking.py"]

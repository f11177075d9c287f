"""The house rules that a reader relies on, read from the code itself."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LAYERS = ["state", "ensemble", "nodes", "graph", "evaluation", "loopcopilot"]
FILES = sorted(path for layer in LAYERS for path in Path(layer).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        yield from imported_by(node)


def imported_by(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module


def importers(package: str) -> set[str]:
    return {str(path) for path in FILES for name in imported(path) if name.split(".")[0] == package}


@pytest.mark.parametrize("path", FILES, ids=str)
def test_arrows_point_one_way(path: Path) -> None:
    allowed = LAYERS[: LAYERS.index(path.parts[0]) + 1]
    upward = [name for name in imported(path) if name.split(".")[0] in LAYERS and name.split(".")[0] not in allowed]
    assert not upward, f"{path} imports {upward}"


def test_mlflow_is_imported_in_one_file() -> None:
    assert importers("mlflow") <= {"evaluation/tracking.py"}


@pytest.mark.parametrize("package", ["torch", "transformers", "diffusers", "demucs", "safetensors"])
def test_model_packages_are_imported_by_adapters_alone_and_never_at_import(package: str) -> None:
    assert {path for path in importers(package) if not path.startswith("ensemble/models/")} == set()
    for path in Path("ensemble/models").rglob("*.py"):
        top = [
            node for node in ast.parse(path.read_text("utf-8")).body if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        names = {name for node in top for name in imported_by(node)}
        assert package not in {name.split(".")[0] for name in names}, path


def test_the_environment_is_read_in_one_place() -> None:
    readers = {
        str(path)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv") and isinstance(node.value, ast.Name)
    }
    # The tracking file sets a variable before MLflow is imported; it reads none. A host runs on another machine, which has no
    # settings of ours: it asks for its home.
    assert readers <= {"state/settings.py", "evaluation/tracking.py", "ensemble/worker/host.py"}


def test_nothing_generated_is_ever_executed() -> None:
    for path in FILES:
        tree = ast.parse(path.read_text("utf-8"))
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        assert not [c for c in calls if isinstance(c.func, ast.Name) and c.func.id in ("eval", "exec", "compile")], path
        assert not [k for c in calls for k in c.keywords if k.arg == "shell"], path
        assert not {"pickle", "shelve", "marshal"} & set(imported(path)), path


def test_files_stay_readable() -> None:
    long = {str(path): count for path in FILES if (count := len(path.read_text("utf-8").splitlines())) > 400}
    assert not long


def test_a_first_reply_loads_nothing_heavy(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from loopcopilot import Conductor, Settings\n"
        f"conductor = Conductor(Settings.read({{'LOOPCOPILOT_TRACKING': 'off'}}, home=Path({str(tmp_path)!r})))\n"
        "record = conductor.send(conductor.start(seed=1), 'a 2-bar lofi loop with piano, bass and drums')\n"
        "assert record.status == 'done', record.reply\n"
        "heavy = {'mlflow', 'scipy', 'pyloudnorm', 'librosa', 'pretty_midi', 'matplotlib', 'pandas', 'torch'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

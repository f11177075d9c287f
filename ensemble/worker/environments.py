"""The workers' own environments: where they lie, whether they are there, how they are built.

LOOPCOPILOT_HOME/environments/NAME        a virtual environment
LOOPCOPILOT_HOME/environments/NAME.json   written last: which recipe it was built from. Without it the environment is not there
LOOPCOPILOT_HOME/environments/NAME.log    what pip said
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

from ensemble.registry import MODELS
from ensemble.worker.recipes import RECIPES, Recipe
from state.errors import InputError, SetupError

Progress = Callable[[str], None]


class Homed(Protocol):
    """Settings, or what stands for them on a machine that has nothing of ours installed."""

    @property
    def home(self) -> Path: ...


_CHECK_SECONDS = 20.0
_FINDING = "import sys; from importlib.util import find_spec; print(*[n for n in sys.argv[1:] if find_spec(n) is None], sep=', ')"


def folder_of(name: str, settings: Homed) -> Path:
    """Where the environment lies, or would."""
    return settings.home / "environments" / name


def python_of(environment: str, settings: Homed) -> Path | None:
    """The environment's Python; None while it is not built."""
    folder = folder_of(environment, settings)
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    return python if folder.with_suffix(".json").is_file() and python.exists() else None


def recipe_of(name: str) -> Recipe:
    """Raises InputError listing those there are."""
    if name not in RECIPES:
        raise InputError(f"there is no environment {name!r}; there are {', '.join(RECIPES)}", field="name")
    return RECIPES[name]


def up_to_date(recipe: Recipe, settings: Homed) -> bool:
    """Whether the environment is there and was built from this very recipe."""
    if python_of(recipe.name, settings) is None:
        return False
    try:
        kept = json.loads(folder_of(recipe.name, settings).with_suffix(".json").read_text("utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(kept, dict) and kept.get("recipe") == _digest(recipe)


def modules_of(name: str) -> tuple[str, ...]:
    """Top-level modules that must be found in the environment: the recipe's, those of its models, and our own side's."""
    recipe = RECIPES.get(name)
    if recipe is None:
        return ()
    models = [module for entry in MODELS.values() if entry.environment == name for module in entry.packages]
    named = [*recipe.imports, *models, *(("pydantic", "soxr") if recipe.steps else ())]
    return tuple(dict.fromkeys(module.partition(".")[0] for module in named))


def fault_of(name: str, settings: Homed) -> str | None:
    """What is wrong with a built environment, in half a sentence: its Python does not run, or modules are gone. None where
    nothing is, and where it is not built. Imports nothing there, so it takes a tenth of a second."""
    python = python_of(name, settings)
    if python is None:
        return None
    command = [str(python), "-I", "-c", _FINDING, *modules_of(name)]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=_CHECK_SECONDS
        )
    except OSError as error:
        return f"its Python does not run ({error.strerror})"
    except subprocess.TimeoutExpired:
        return f"its Python did not answer within {_CHECK_SECONDS:g} s"
    if done.returncode:
        return f"its Python does not run (status {done.returncode})"
    gone = done.stdout.strip()
    return f"{gone} {'are' if ',' in gone else 'is'} not there any more" if gone else None


def faults(settings: Homed) -> Mapping[str, str]:
    """`fault_of` for every environment that has one; they are looked at side by side."""
    names = [name for name in RECIPES if python_of(name, settings) is not None]
    if not names:
        return {}
    with ThreadPoolExecutor(len(names)) as pool:
        found = zip(names, pool.map(lambda name: fault_of(name, settings), names), strict=True)
        return {name: fault for name, fault in found if fault is not None}


def rebuilding(name: str, fault: str) -> str:
    """The sentence about a broken environment, with what mends it."""
    return f"its environment {name!r} is broken: {fault}; `loopcopilot worker install {name} --again` builds it anew"


def install(
    recipe: Recipe,
    settings: Homed,
    *,
    python: Path | None = None,
    again: bool = False,
    wait: bool = False,
    progress: Progress = lambda message: None,
) -> Path:
    """Build the environment where it is not, is broken, or is not of this recipe, or `again`; returns its Python.

    `python` (default: ours) is what the environment is made with. Where another process builds it, `wait` for that one instead of
    failing. Raises SetupError in one line, naming the log.
    """
    from filelock import FileLock, Timeout

    folder = folder_of(recipe.name, settings)
    there = python_of(recipe.name, settings)
    if there is not None and not again and _whole(recipe, settings):
        return there  # also where nothing may be written, such as a shared folder
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder.with_suffix(".lock"))
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if not wait:
                raise
            progress("another process builds it")
            lock.acquire()
        try:
            if again or not _whole(recipe, settings):
                _build(recipe, folder, python or Path(sys.executable), progress)
        finally:
            lock.release()
    except Timeout:
        raise SetupError(f"the environment {recipe.name} is being built by another process", field="name") from None
    except OSError as error:
        raise SetupError(f"cannot write {folder}: {error.strerror}", field="LOOPCOPILOT_HOME") from None
    built = python_of(recipe.name, settings)
    assert built is not None
    return built


def _whole(recipe: Recipe, settings: Homed) -> bool:
    """Whether it is there, of this recipe, and works."""
    return up_to_date(recipe, settings) and fault_of(recipe.name, settings) is None


def _build(recipe: Recipe, folder: Path, base: Path, progress: Progress) -> None:
    _check(recipe, base)
    mark, log = folder.with_suffix(".json"), folder.with_suffix(".log")
    mark.unlink(missing_ok=True)
    if folder.exists():
        shutil.rmtree(folder)  # what an interrupted installation left is not to be trusted
    log.write_text("", "utf-8")
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    steps = len(recipe.steps) + 2
    progress(f"[1/{steps}] a virtual environment in {folder}")
    _run([str(base), "-m", "venv", str(folder)], log, progress)
    for number, step in enumerate(recipe.steps, start=2):
        progress(f"[{number}/{steps}] {' '.join(step.packages)}")
        options = ["--no-deps"] if step.exact else []
        _run([str(python), "-m", "pip", "install", "--progress-bar", "off", *options, *step.packages], log, progress)
    progress(f"[{steps}/{steps}] importing {', '.join(recipe.imports)}")
    for program in recipe.mending:
        _run([str(python), "-I", "-c", program], log, progress)
    _run([str(python), "-I", "-c", f"import {', '.join(recipe.imports)}"], log, progress)
    partial = mark.with_suffix(".partial")
    partial.write_text(json.dumps({"recipe": _digest(recipe), "steps": asdict(recipe)["steps"]}, indent=1), "utf-8")
    os.replace(partial, mark)


def _check(recipe: Recipe, base: Path) -> None:
    """Raise SetupError where installing cannot end well."""
    program = "import sys; print(*sys.version_info[:2])"
    try:
        said = subprocess.run([str(base), "-I", "-c", program], capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise SetupError(f"{base} is no Python that runs", field="--python") from None
    major, minor = (int(part) for part in said.split())
    if not (3, 11) <= (major, minor) <= recipe.newest_python:
        newest = ".".join(map(str, recipe.newest_python))
        raise SetupError(
            f"{recipe.name} needs Python 3.11 to {newest}, this is {major}.{minor}; name one with --python",
            field="--python",
        )
    if recipe.git and shutil.which("git") is None:
        raise SetupError(f"{recipe.name} is installed from its Git repository: git is needed", field="git")


def _run(command: Sequence[str], log: Path, progress: Progress) -> None:
    """Run to the end, its output into `log`, its milestones to `progress`. Raises SetupError with its last error line."""
    reason = ""
    with log.open("a", encoding="utf-8") as record:
        record.write(f"$ {' '.join(command)[:2000]}\n")
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            encoding="utf-8", errors="replace",
        ) as process:  # fmt: skip
            assert process.stdout is not None
            for line in process.stdout:
                record.write(line)
                said = line.strip()
                if said.startswith(("Downloading ", "Building ", "Cloning ", "Installing ", "mended: ")):
                    progress(f"      {said[:150]}")
                elif said.lower().startswith("error:") or (said and not reason.lower().startswith("error:")):
                    reason = said
        if process.returncode:
            raise SetupError(f"{reason[:300] or 'installing failed'} (all of it: {log})", field=log.stem)


def _digest(recipe: Recipe) -> str:
    told = json.dumps([[asdict(step) for step in recipe.steps], recipe.mending]).encode()
    return hashlib.sha256(told).hexdigest()[:16]

"""Environments are built once, from their recipe, or one line says why not. Nothing is downloaded here."""

from __future__ import annotations

import json
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from ensemble.registry import MODELS
from ensemble.worker import recipes
from ensemble.worker.environments import (
    fault_of,
    faults,
    folder_of,
    install,
    modules_of,
    python_of,
    recipe_of,
    up_to_date,
)
from ensemble.worker.recipes import RECIPES, Recipe, Step
from loopcopilot.cli import cli
from state.errors import InputError, SetupError
from state.settings import Settings

EMPTY = Recipe("empty", (), ("json",), 0.0, (3, 99), "here", mending=("print('mended: nothing')",))


def wheel(folder: Path) -> Path:
    """A package of one module, as a wheel."""
    import zipfile

    path = folder / "lone-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("lone.py", "answer = 42\n")
        archive.writestr(
            "lone-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: lone\nVersion: 1.0\nRequires-Dist: absent\n"
        )
        archive.writestr("lone-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("lone-1.0.dist-info/RECORD", "")
    return path


def test_an_environment_is_built_once_and_anew_when_its_recipe_changes(settings: Settings, tmp_path: Path) -> None:
    said: list[str] = []
    assert python_of("empty", settings) is None
    python = install(EMPTY, settings, progress=said.append)
    assert said[0].startswith("[1/2] a virtual environment")
    assert "      mended: nothing" in said
    assert python == python_of("empty", settings)
    assert up_to_date(EMPTY, settings)
    said.clear()
    assert install(EMPTY, settings, progress=said.append) == python
    assert said == []
    more = Recipe("empty", (Step((str(wheel(tmp_path)),), exact=True),), ("lone",), 0.0, (3, 99), "here")
    assert not up_to_date(more, settings)
    install(more, settings, progress=said.append)
    found = subprocess.run([str(python), "-c", "import lone; print(lone.answer)"], capture_output=True, text=True)
    assert found.stdout == "42\n"


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        (
            Recipe("broken", (Step(("/no/such/thing-1.0-py3-none-any.whl",)),), (), 0.0, (3, 99), ""),
            "ERROR: .*No such file",
        ),
        (Recipe("broken", (), (), 0.0, (3, 10), ""), r"needs Python 3\.11 to 3\.10"),
    ],
)
def test_what_cannot_be_built_is_one_line_and_leaves_nothing_that_seems_built(
    settings: Settings, recipe: Recipe, words: str
) -> None:
    with pytest.raises(SetupError, match=words) as raised:
        install(recipe, settings)
    assert "\n" not in raised.value.message
    assert python_of("broken", settings) is None


def test_a_python_that_does_not_run_is_named(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="is no Python that runs"):
        install(EMPTY, settings, python=tmp_path / "python9")


def test_every_model_of_a_worker_has_a_recipe() -> None:
    wanted = {entry.environment for entry in MODELS.values() if entry.environment is not None}
    assert wanted == set(RECIPES)
    with pytest.raises(InputError, match="there are audiocraft, laion-clap, vampnet"):
        recipe_of("musicgen")


def test_the_command_lists_installs_and_refuses(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    home = ["--home", str(settings.home)]
    half = folder_of("empty", settings) / "bin" / "python"  # what an interrupted installation left
    half.parent.mkdir(parents=True)
    half.write_text("half a program")
    monkeypatch.setattr(recipes, "RECIPES", {"empty": EMPTY})
    monkeypatch.setattr("ensemble.worker.environments.RECIPES", {"empty": EMPTY})
    listed = CliRunner().invoke(cli, ["worker", "list", "--json", *home])
    assert json.loads(listed.stdout)["state"] == "not built"
    installed = CliRunner().invoke(cli, ["worker", "install", "empty", *home])
    assert installed.stdout.strip() == str(python_of("empty", settings))
    assert "[2/2] importing json" in installed.stderr
    assert "is built" in CliRunner().invoke(cli, ["worker", "install", "empty", *home]).stdout
    assert json.loads(CliRunner().invoke(cli, ["worker", "list", "--json", *home]).stdout)["state"] == "built"
    assert "empty" in CliRunner().invoke(cli, ["worker", "list", *home]).stdout
    refused = CliRunner().invoke(cli, ["worker", "install", "elsewhere", *home])
    assert isinstance(refused.exception, InputError)
    refused = CliRunner().invoke(cli, ["worker", "serve", "audiocraft", *home])
    assert isinstance(refused.exception, SetupError)
    assert "loopcopilot worker install audiocraft" in str(refused.exception)


def pretended(settings: Settings, name: str, program: str | None) -> None:
    """An environment that says that it is built; its Python is a script, or a file that does not run."""
    python = folder_of(name, settings) / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(program or "half a program")
    python.chmod(0o755 if program else 0o644)
    python.parents[1].with_suffix(".json").write_text("{}")


def test_a_broken_environment_is_told_from_a_whole_one(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "torch" in modules_of("laion-clap")
    assert "laion_clap" in modules_of("laion-clap"), "which the recipe does not import"
    pretended(settings, "audiocraft", "#!/bin/sh\n")
    pretended(settings, "laion-clap", "#!/bin/sh\necho torch, numpy\n")
    assert faults(settings) == {"laion-clap": "torch, numpy are not there any more"}
    pretended(settings, "vampnet", None)
    assert fault_of("vampnet", settings) == "its Python does not run (Permission denied)"
    folder_of("audiocraft", settings).joinpath("bin", "python").write_text("#!/bin/sh\nexit 3\n")
    assert fault_of("audiocraft", settings) == "its Python does not run (status 3)"
    assert fault_of("elsewhere", settings) is None
    home = ["--home", str(settings.home)]
    listed = CliRunner().invoke(cli, ["worker", "list", "--json", *home]).stdout.splitlines()
    assert [json.loads(line)["state"] for line in listed] == ["broken"] * 3
    told = CliRunner().invoke(cli, ["worker", "list", *home]).stdout
    assert "vampnet: its Python does not run (Permission denied): loopcopilot worker install vampnet --again" in told


def test_a_broken_environment_is_built_anew_without_being_told_to(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = Recipe("empty", (Step((str(wheel(tmp_path)),), exact=True),), ("lone",), 0.0, (3, 99), "here")
    monkeypatch.setattr("ensemble.worker.environments.RECIPES", {"empty": recipe})
    monkeypatch.setattr("ensemble.worker.environments.modules_of", lambda name: ("json", "lone"))
    python = install(recipe, settings)
    assert fault_of("empty", settings) is None
    (module,) = folder_of("empty", settings).rglob("lone.py")
    module.unlink()
    assert fault_of("empty", settings) == "lone is not there any more"
    installed = CliRunner().invoke(cli, ["worker", "install", "empty", "--home", str(settings.home)])
    assert installed.stdout.strip() == str(python)
    assert fault_of("empty", settings) is None


def test_of_two_that_build_at_once_one_waits_or_is_told(settings: Settings, tmp_path: Path) -> None:
    program = f"import time; time.sleep(1); open({str(tmp_path / 'times')!r}, 'a').write('once ')"
    slow = Recipe("slow", (), ("json",), 0.0, (3, 99), "here", (program,))
    said: list[str] = []
    began = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(install, slow, settings, progress=lambda message: began.set())
        assert began.wait(30)
        with pytest.raises(SetupError, match="is being built by another process"):
            install(slow, settings)
        assert install(slow, settings, wait=True, progress=said.append) == first.result()
    assert said == ["another process builds it"]
    assert (tmp_path / "times").read_text() == "once "


def test_a_whole_environment_is_used_also_where_nothing_may_be_written(settings: Settings) -> None:
    python = install(EMPTY, settings)
    folder_of("empty", settings).with_suffix(".lock").unlink(missing_ok=True)
    assert install(EMPTY, settings) == python
    assert not folder_of("empty", settings).with_suffix(".lock").exists()

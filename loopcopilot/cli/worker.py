"""`loopcopilot worker`: models whose packages fight ours, in processes and environments of their own."""

from __future__ import annotations

import json
from pathlib import Path

import click

from loopcopilot.cli import options


@click.group("worker")
def command() -> None:
    """Build the environments of models whose packages fight ours, or run one as a worker by hand."""


@command.command("list")
@options.home
@options.as_json
def list_(home: Path | None, as_json: bool) -> int:
    """The environments: what plays in each, whether it is built, how large it is."""
    from ensemble.registry import MODELS
    from ensemble.worker.environments import faults, python_of, up_to_date
    from ensemble.worker.recipes import RECIPES
    from loopcopilot.cli.terminal import show_rows

    settings = options.settings_of(home)
    found, broken = [], faults(settings)
    for recipe in RECIPES.values():
        python = python_of(recipe.name, settings)
        state = "not built" if python is None else "built" if up_to_date(recipe, settings) else "of an older recipe"
        state = "broken" if recipe.name in broken else state
        models = [entry.name for entry in MODELS.values() if entry.environment == recipe.name]
        found.append((recipe, python, state, models))
    if as_json:
        for recipe, python, state, models in found:
            told = {"name": recipe.name, "models": models, "state": state, "size_gb": recipe.size_gb}
            told |= {"python": python and str(python), "exercised": recipe.exercised, "fault": broken.get(recipe.name)}
            click.echo(json.dumps(told))
        return 0
    rows = [
        [recipe.name, state, f"{recipe.size_gb:g} GB", ", ".join(models), recipe.exercised]
        for recipe, _, state, models in found
    ]
    show_rows(["environment", "state", "size", "models", "exercised where it is developed"], rows)
    for name, fault in broken.items():
        click.echo(f"  {name}: {fault}: loopcopilot worker install {name} --again")
    return 0


@command.command("install")
@click.argument("name")
@click.option(
    "--python", type=click.Path(path_type=Path), help="The Python to make it with (default: the one that runs this)."
)
@click.option("--again", is_flag=True, help="Build it anew also when it is there.")
@options.home
def install(name: str, python: Path | None, again: bool, home: Path | None) -> int:
    """Build the environment NAME; nothing happens when it is there and whole. Exit status 3, one line, when it cannot be."""
    from ensemble.worker.environments import fault_of, recipe_of, up_to_date
    from ensemble.worker.environments import install as build

    settings, recipe = options.settings_of(home), recipe_of(name)
    if up_to_date(recipe, settings) and not again and fault_of(name, settings) is None:
        click.echo(f"{name} is built; --again builds it anew")
        return 0
    built = build(recipe, settings, python=python, again=again, progress=lambda message: click.echo(message, err=True))
    click.echo(str(built))
    return 0


@command.command("serve")
@click.argument("name")
@click.option("--weights", help="A name at a hub or a local path (default: the model's own).")
@click.option("--device", default="auto", show_default=True)
@click.option("--precision", default="auto", show_default=True)
@options.home
def serve(name: str, weights: str | None, device: str, precision: str, home: Path | None) -> None:
    """Run the model NAME as a worker: frames of JSON and float32 arrays on standard input and output.

    Conversations start their workers themselves; this is for a look from outside, and for schedulers. It opens no port and
    ends with its standard input.
    """
    import os
    import sys

    from ensemble.registry import entry_of
    from ensemble.worker.environments import python_of
    from ensemble.worker.line import BOOT
    from state.errors import SetupError

    entry, settings = entry_of(name, field="name"), options.settings_of(home)
    python: Path | None = Path(sys.executable)
    if entry.environment is not None and not entry.here:
        python = python_of(entry.environment, settings)
    if python is None:
        raise SetupError(f"its environment is not built; `loopcopilot worker install {entry.environment}`", field=name)
    arguments = ["--adapter", entry.adapter, "--weights", weights or entry.weights]
    arguments += ["--device", device, "--precision", precision]
    os.execv(str(python), [str(python), "-I", "-u", str(BOOT), *arguments])  # noqa: S606 - a list, no shell

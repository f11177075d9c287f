"""`make demo`: a four-turn conversation, its loops, its tables and its MLflow run."""

from __future__ import annotations

from pathlib import Path

import click

import evaluation
from evaluation.background import how_to_open
from evaluation.dialogue import load
from evaluation.runner import play
from loopcopilot.cli.terminal import Progress, exit_status, show_record, show_table, tell
from state.settings import Settings
from state.turn import TurnRecord


@click.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("demo-out"), show_default=True)
def demo(out: Path) -> None:
    """Hold the conversation of evaluation/dialogues/demo.yaml and show what came of it."""
    settings = Settings.read(home=out / "home")
    progress = Progress()

    def show(record: TurnRecord) -> None:
        progress.clear()
        tell(f"\n[{record.turn}] {record.request}", bold=True)
        show_record(record)
        if record.gat is not None:
            click.echo()
            show_table(record.gat)

    folder = Path(evaluation.__file__).parent / "dialogues"
    click.echo("A conversation of four turns (the first MLflow run of a new store takes a little longer):")
    records = play(load(folder / "demo.yaml"), settings, out=out, on_record=show, on_event=progress)
    progress.clear()
    click.echo(f"\nThe loop of every turn lies in {out.absolute()}, one folder a revision.")
    if records[-1].mlflow_run:
        click.echo(how_to_open(settings).replace("mlflow ui", ".venv/bin/mlflow ui"))
    raise SystemExit(exit_status(records))


if __name__ == "__main__":
    demo()

"""`loopcopilot play`: a written dialogue, turn by turn."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from loopcopilot.cli import options


@click.command("play")
@click.argument("dialogue", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Write files and records here.")
@options.strategy
@options.seed
@click.option("--asked-fails", is_flag=True, help="Exit with 1 when a turn ends in a question.")
@click.option("--approve", type=click.Choice(["accept", "reject"]), help="Answer every plan that waits for a yes.")
@options.home
@options.as_json
def command(
    dialogue: Path,
    out: Path | None,
    strategy: str | None,
    seed: int | None,
    asked_fails: bool,
    approve: Literal["accept", "reject"] | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """Play DIALOGUE (YAML) in a new session and log it to MLflow; the seed is the file's, else 0.

    Exit status: 0 all turns done or asked, 1 one partial, failed or left waiting for approval, 2 unusable input,
    3 infrastructure.
    """
    from evaluation.dialogue import load
    from evaluation.runner import play
    from loopcopilot.cli.terminal import Progress, complain, exit_status, show_record, stoppable, tell, tell_json
    from state.turn import TurnRecord

    written = load(dialogue)
    settings = options.settings_of(home)
    progress = Progress()

    def on_record(record: TurnRecord) -> None:
        progress.clear()
        if not as_json:
            tell(f"> {record.request}", bold=True)
            show_record(record)

    records = play(
        written,
        settings,
        out=out,
        strategy=options.strategy_of(strategy, settings) if strategy else None,
        seed=seed,
        on_record=on_record,
        on_event=progress,
        approval=approve,
        stoppable=stoppable,
    )
    progress.clear()
    if as_json:
        for record in records:
            tell_json(record.model_dump_json())
    elif records and records[-1].mlflow_run:
        click.echo(f"MLflow run {records[-1].mlflow_run}")
    complain(records)
    if settings.tracking and records[-1].mlflow_run is None:
        click.echo("loopcopilot: the MLflow store cannot be reached; later: loopcopilot log --pending", err=True)
    status = exit_status(records, asked_fails=asked_fails)
    if (last := records[-1]).status == "awaiting_approval":
        unplayed = len(written.turns) - len(records)
        turns = f"{unplayed} more turn{' was' if unplayed == 1 else 's were'}"
        tell(
            f"loopcopilot: turn {last.turn} waits for approval{f', so {turns} not played' if unplayed else ''};"
            f" give --approve, or answer: loopcopilot resume {last.session} --accept | --edit FILE | --reject",
            err=True,
        )
        return max(1, status)
    return status

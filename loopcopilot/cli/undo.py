"""`loopcopilot undo`: move the head back."""

from __future__ import annotations

from pathlib import Path

import click

from loopcopilot.cli import options


@click.command("undo")
@click.argument("session")
@click.option("--steps", type=click.IntRange(1), default=1, show_default=True, help="Revisions back along the parents.")
@click.option("--revision", type=click.IntRange(1), help="Instead: the revision to make the head, earlier or later.")
@options.home
@options.as_json
def command(session: str, steps: int, revision: int | None, home: Path | None, as_json: bool) -> int:
    """Move the head of SESSION back; no revision is ever lost."""
    from loopcopilot.cli.terminal import show_table, tell_json

    with options.open_conductor(home) as conductor:
        table = conductor.undo(session, steps=steps, revision=revision)
        tell_json(table.model_dump_json()) if as_json else show_table(table)
    return 0

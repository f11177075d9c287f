"""`loopcopilot export`: a revision as files for other programs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from loopcopilot.cli import options


@click.command("export")
@click.argument("session")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder to write to (default: beside the session)."
)
@click.option("--revision", type=click.IntRange(1), help="Default: the head.")
@click.option("--stem", "stems", multiple=True, help="Only this stem (repeatable).")
@options.home
@options.as_json
def command(
    session: str, out: Path | None, revision: int | None, stems: tuple[str, ...], home: Path | None, as_json: bool
) -> int:
    """Write stems and mix (WAV), notes (MIDI) and the table (JSON) of SESSION."""
    from loopcopilot.cli.terminal import tell

    with options.open_conductor(home) as conductor:
        take = conductor.export(session, folder=out, revision=revision, stems=stems)
    if as_json:
        click.echo(json.dumps({"files": list(take.exported), "told": take.answer}))
        return 0
    for path in take.exported:
        tell(path)
    tell(take.answer or "", fg="bright_black", err=True)
    return 0

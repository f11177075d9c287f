"""`loopcopilot show`: a session's table."""

from __future__ import annotations

from pathlib import Path

import click

from loopcopilot.cli import options


@click.command("show")
@click.argument("session")
@click.option("--revision", type=click.IntRange(1), help="Default: the head.")
@options.home
@options.as_json
def command(session: str, revision: int | None, home: Path | None, as_json: bool) -> int:
    """Show the table of SESSION, and where its files lie."""
    from loopcopilot.cli.terminal import show_table, tell, tell_json
    from nodes.context import session_folder
    from nodes.files import files_of

    with options.open_conductor(home) as conductor:
        table = conductor.table(session, revision)
        if as_json:
            tell_json("null" if table is None else table.model_dump_json())
        elif table is None:
            click.echo("There is no loop in this session yet.")
        else:
            show_table(table)
            files = files_of(table, session_folder(conductor.settings, conductor.sessions.get(session)))
            tell(f"\n  {files.mix}", fg="bright_black")
    return 0

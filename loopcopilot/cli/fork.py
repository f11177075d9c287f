"""`loopcopilot fork`: a new session from any turn of another."""

from __future__ import annotations

import json
from pathlib import Path

import click

from loopcopilot.cli import options


@click.command("fork")
@click.argument("session")
@click.option("--turn", type=click.IntRange(1), help="Share everything up to and with this turn (default: the last).")
@options.home
@options.as_json
def command(session: str, turn: int | None, home: Path | None, as_json: bool) -> int:
    """Start a new session that shares the past of SESSION."""
    from state.errors import InputError

    with options.open_conductor(home) as conductor:
        conductor.sessions.get(session)
        chosen = turn or conductor.sessions.last_ended(session)
        if chosen is None:
            raise InputError(f"session {session} has no ended turn to fork from", field="session")
        new = conductor.fork(session, chosen)
        click.echo(
            json.dumps({"session": new, "forked_from": {"session": session, "turn": chosen}}) if as_json else new
        )
    return 0

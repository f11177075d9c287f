"""`loopcopilot history`: sessions, or the turns of one."""

from __future__ import annotations

import json
from pathlib import Path

import click

from loopcopilot.cli import options


@click.command("history")
@click.argument("session", required=False)
@options.home
@options.as_json
def command(session: str | None, home: Path | None, as_json: bool) -> int:
    """List all sessions, or the turns of SESSION."""
    from loopcopilot.cli.terminal import show_rows, tell, tell_json
    from state.sessions import SessionStore

    sessions = SessionStore(options.settings_of(home).database)
    if session is not None:
        sessions.get(session)
        records = sessions.records(session)
        if as_json:
            for record in records:
                tell_json(record.model_dump_json())
            return 0
        rows = [
            [
                str(r.turn),
                r.status,
                str(r.gat.revision) if r.gat else "-",
                r.request[:48],
                " > ".join(s.tool for s in r.plan) or "-",
            ]
            for r in records
        ]
        show_rows(["turn", "status", "revision", "request", "plan"], rows)
        return 0
    listed = sessions.sessions(lambda error: tell(f"passed over: {error.message}", err=True))
    if as_json:
        for item in listed:
            line = {"session": item.id, "created": item.created, "title": item.title, "seed": item.seed, "head": item.head,
                    "strategy": {"name": item.strategy.name, "hash": item.strategy.hash},
                    "forked_from": {"session": item.parent_session, "turn": item.parent_turn} if item.parent_session else None}  # fmt: skip
            click.echo(json.dumps(line))
        return 0
    rows = [[s.id, s.created[:16].replace("T", " "), str(s.head or "-"), s.strategy.name, s.title[:48]] for s in listed]
    show_rows(["session", "created", "head", "strategy", "began with"], rows)
    if not rows:
        click.echo('No session yet. Begin with: loopcopilot say "a lofi loop with piano and drums"')
    return 0

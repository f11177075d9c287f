"""`loopcopilot log`: write conversations to MLflow from the records on disk."""

from __future__ import annotations

from pathlib import Path

import click

from loopcopilot.cli import options


@click.command("log")
@click.argument("sessions", nargs=-1)
@click.option("--pending", is_flag=True, help="Every conversation whose logging failed.")
@click.option("--experiment", default="loopcopilot", show_default=True)
@options.home
def command(sessions: tuple[str, ...], pending: bool, experiment: str, home: Path | None) -> int:
    """Log SESSIONS to MLflow; a session logged before is brought up to date."""
    from evaluation.background import how_to_open, log_pending
    from evaluation.pending import Pending
    from evaluation.tracking import log_conversation
    from graph.build import mermaid
    from loopcopilot.cli.terminal import tell
    from state.artifacts import ArtifactStore
    from state.sessions import SessionStore

    if not sessions and not pending:
        raise click.UsageError("name sessions, or give --pending")
    settings = options.settings_of(home)
    store, database = ArtifactStore(settings.artifacts), SessionStore(settings.database)
    for session in sessions:
        database.get(session)
    for session in dict.fromkeys(sessions):
        run = log_conversation(settings, database, store, session, experiment=experiment, graph_picture=mermaid())
        tell(f"{session} -> MLflow run {run}")
    if pending:
        for session, run_id in log_pending(settings, database, store, graph_picture=mermaid()).items():
            mark = None if run_id else Pending(settings.home).get(session)
            reason = (mark and mark.error) or "the store cannot be reached"
            tell(f"{session} -> " + (f"MLflow run {run_id}" if run_id else f"still waiting; {reason}"))
    tell(how_to_open(settings))
    return 0

"""`loopcopilot resume`: answer a plan that waits for approval, or finish a turn that was cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from loopcopilot.cli import options


@click.command("resume")
@click.argument("session")
@click.option("--accept", is_flag=True, help="Run the plan as it is.")
@click.option("--reject", is_flag=True, help="Run nothing.")
@click.option(
    "--edit", type=click.Path(path_type=Path), metavar="FILE", help="Run the steps in this JSON or YAML file instead."
)
@options.home
@options.as_json
def command(session: str, accept: bool, reject: bool, edit: Path | None, home: Path | None, as_json: bool) -> int:
    """Go on with the turn of SESSION that was cut off, or answer the one that waits for approval.

    Without an answer the waiting plan is shown once more and goes on waiting.

    Exit status: as of `say`; 2 when no turn is open.
    """
    from loopcopilot.cli.terminal import Progress, complain, exit_status, show_record, stoppable, tell_json
    from state.errors import InputError

    if accept + reject + bool(edit) > 1:
        raise click.UsageError("give one of --accept, --reject and --edit FILE")
    decision: dict[str, Any] | None = {"decision": "accept" if accept else "reject"} if accept or reject else None
    if edit:
        decision = {"decision": "edit", "steps": _steps(edit)}
    progress = Progress()
    with options.open_conductor(home, on_event=progress) as conductor:
        conductor.sessions.get(session)
        opened = conductor.sessions.open_turn(session)
        if decision is None and opened is not None and opened.status == "awaiting_approval":
            waiting = conductor.history(session)[-1]
            tell_json(waiting.model_dump_json()) if as_json else show_record(waiting)
            return exit_status([waiting])
        with stoppable(conductor.cancel):
            record = conductor.resume(session, decision)
        progress.clear()
        if record is None:
            raise InputError(
                f"no turn of {session} waits for approval or was cut off; there is nothing to resume", field="session"
            )
        tell_json(record.model_dump_json()) if as_json else show_record(record)
        complain([record])
        settings = conductor.settings
    if settings.tracking:
        from evaluation.background import log_later

        log_later(settings, session)
    return exit_status([record])


def _steps(path: Path) -> Any:
    from state.documents import read
    from state.errors import InputError

    content = read(path, InputError, field="edit")
    return content.get("steps") if isinstance(content, dict) else content

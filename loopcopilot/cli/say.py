"""`loopcopilot say`: one message, one turn."""

from __future__ import annotations

from pathlib import Path

import click

from loopcopilot.cli import options


@click.command("say")
@click.argument("text")
@click.option("--session", metavar="S", help="Go on in this session; a new name starts one. Default: a new session.")
@click.option(
    "--attach", multiple=True, metavar="FILE", type=click.Path(path_type=Path), help="An audio file (repeatable)."
)
@options.strategy
@options.seed
@click.option("--asked-fails", is_flag=True, help="Exit with 1 when the turn ends in a question, or waits.")
@options.home
@options.as_json
def command(
    text: str,
    session: str | None,
    attach: tuple[Path, ...],
    strategy: str | None,
    seed: int | None,
    asked_fails: bool,
    home: Path | None,
    as_json: bool,
) -> int:
    """Say TEXT: make a loop, change it, or ask about it.

    Exit status: 0 done, asked, or waiting for approval, 1 partial or failed, 2 unusable input, 3 infrastructure.
    """
    from loopcopilot.cli.terminal import Progress, complain, exit_status, show_record, stoppable, tell_json
    from state.errors import InputError

    progress = Progress()
    with options.open_conductor(home, strategy, on_event=progress) as conductor:
        conductor.check(text, attach)
        identifier = session if session and conductor.sessions.exists(session) else None
        if identifier is None:
            if session and not conductor.sessions.may_be_new(session):
                conductor.sessions.get(session)  # raises: a mistyped id must not start a conversation
            identifier = conductor.start(seed=seed, name=session, title=text[:80])
        elif seed is not None and seed != (known := conductor.sessions.get(identifier).seed):
            raise InputError(
                f"session {identifier} has the seed {known}; leave --seed out, or start a new session", field="seed"
            )
        with stoppable(conductor.cancel):
            record = conductor.send(identifier, text, attach)
        progress.clear()
        if as_json:
            tell_json(record.model_dump_json())
        else:
            show_record(record)
            click.secho(f"  session {identifier}, turn {record.turn}", fg="bright_black", err=True)
        complain([record])
        settings = conductor.settings
    if settings.tracking:
        from evaluation.background import log_later

        log_later(settings, identifier)
    return exit_status([record], asked_fails=asked_fails)

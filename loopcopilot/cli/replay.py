"""`loopcopilot replay`: hold a recorded conversation once more, without a server, and compare."""

from __future__ import annotations

import json
from pathlib import Path

import click

from loopcopilot.cli import options


@click.command("replay")
@click.argument("run")
@options.home
@options.as_json
def command(run: str, home: Path | None, as_json: bool) -> int:
    """Hold the conversation RUN (a session, or its MLflow run) again and say where anything differs.

    No language model is asked: its answers were kept.

    Exit status: 0 identical, 1 different, 2 no such run, 3 infrastructure or a record that cannot be read.
    """
    from evaluation.replay import replay
    from loopcopilot.cli.terminal import Progress, tell, tell_json

    progress = Progress()
    result = replay(options.settings_of(home), run, on_event=progress)
    progress.clear()
    if as_json:
        tell_json(json.dumps(result.as_json(), ensure_ascii=False))
    else:
        for remark in result.remarks:
            tell(remark, fg="bright_black")
        for divergence in result.divergences:
            tell(str(divergence))
        turns = f"{result.turns} turn{'' if result.turns == 1 else 's'}"
        click.echo(f"{turns} replayed: " + ("identical" if result.identical else "different"))
    return 0 if result.identical else 1

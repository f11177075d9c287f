"""`loopcopilot graph`: the state machine, drawn from the code."""

from __future__ import annotations

import click


@click.command("graph")
def command() -> int:
    """Print the state machine of a turn as mermaid text."""
    from graph.build import mermaid

    click.echo(mermaid())
    return 0

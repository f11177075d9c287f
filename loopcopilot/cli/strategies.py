"""`loopcopilot strategies`: what is shipped and how each differs from the default."""

from __future__ import annotations

import json

import click

from loopcopilot.cli import options


@click.command("strategies")
@options.as_json
def command(as_json: bool) -> int:
    """List the shipped strategies and what each differs in."""
    from loopcopilot.cli.terminal import show_rows
    from state.strategy import SHIPPED, Strategy

    default = Strategy().model_dump(mode="json", exclude={"name"})
    rows: list[list[str]] = []
    for strategy in SHIPPED.values():
        fields = strategy.model_dump(mode="json", exclude={"name"})
        if as_json:
            click.echo(json.dumps({"name": strategy.name, "hash": strategy.hash, **fields}))
        differs = {name: value for name, value in fields.items() if value != default[name]}
        rows.append([strategy.name, strategy.hash, json.dumps(differs)[1:-1] or "(the default)"])
    if not as_json:
        show_rows(["name", "hash", "differs in"], rows)
    return 0

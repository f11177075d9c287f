"""`loopcopilot doctor`: what can play here, what is missing and how to get it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loopcopilot.cli import options

if TYPE_CHECKING:
    from evaluation.casting import Player


@click.command("doctor")
@options.home
@click.option(
    "--llm", is_flag=True, help="Ask the language model's server what it can do, in a handful of short calls."
)
@options.as_json
def command(home: Path | None, llm: bool, as_json: bool) -> int:
    """Say what works on this machine, who can play what, and plainly what was not checked.

    For every capability of the ensemble: who can play it here, what is missing and the one command that gets it, the
    memory that it needs and the licence of its weights. Nothing is downloaded or loaded.

    With --llm only the language model: whether its server answers, and which forms of request it takes. Exit status 3 when
    something is broken, or when --llm finds none.
    """
    from loopcopilot.cli.terminal import show_rows, styled, tell

    settings = options.settings_of(home)
    players: list[Player] = []
    if llm:
        from evaluation.language_model import diagnose_llm

        findings = diagnose_llm(settings.llm)
    else:
        from evaluation.casting import casting
        from evaluation.diagnosis import diagnose

        findings, players = diagnose(settings), casting(settings)
    if as_json:
        told: dict[str, object] = {"findings": [finding.as_dict() for finding in findings]}
        if not llm:
            told["ensemble"] = [player.as_dict() for player in players]
        click.echo(json.dumps(told))
    else:
        colours = {"ok": "green", "missing": "yellow", "broken": "red", "unchecked": "bright_black"}
        rows = [[styled(f.status, fg=colours[f.status]), f.subject, f.detail] for f in findings]
        show_rows(["state", "what", "details"], rows)
        for finding in findings:
            if finding.remedy:
                tell(f"  {finding.subject}: {finding.remedy}")
        _show_players(players)
    lacking = llm and findings[0].status != "ok"
    return 3 if lacking or any(finding.status == "broken" for finding in findings) else 0


def _show_players(players: list[Player]) -> None:
    """Capability by capability who can play; then each command once, with what it gets."""
    from loopcopilot.cli.terminal import show_rows, styled

    if not players:
        return
    colours = {"plays": "green", "ready": "green", "no weights": "yellow", "missing": "bright_black"}
    rows, before, commands = [], "", dict[str, list[str]]()
    for player in players:
        label = player.capability if player.capability != before else ""
        before = player.capability
        memory = "" if player.memory_gb is None else f"{player.memory_gb:g} GB"
        state = styled(player.state, fg=colours[player.state])
        rows.append([label, player.name, state, memory, player.licence or "", player.detail])
        if player.command and player.name not in commands.setdefault(player.command, []):
            commands[player.command].append(player.name)
    click.echo()
    show_rows(["capability", "player", "state", "memory", "licence of the weights", "details"], rows)
    for command, names in commands.items():
        click.echo(f"  {', '.join(names)}: {command}")

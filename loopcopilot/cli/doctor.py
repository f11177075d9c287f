"""`loopcopilot doctor`: what can play here, what is missing and how to get it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from loopcopilot.cli import options

if TYPE_CHECKING:
    from evaluation.casting import Player, Seated


@click.command("doctor")
@options.home
@click.option(
    "--llm", is_flag=True, help="Ask the language model's server what it can do, in a handful of short calls."
)
@click.option("--strategy", metavar="NAME|FILE", help="Look at the models that this strategy seats.")
@options.as_json
def command(home: Path | None, llm: bool, strategy: str | None, as_json: bool) -> int:
    """Say what works on this machine, who can play what, and plainly what was not checked.

    For every capability of the ensemble: who can play it here, what is missing and the one command that gets it, the
    memory that it needs and the licence of its weights. Nothing is downloaded or loaded.

    With --strategy the models that it seats: whether the weights that it names are here, where each would run and who plays
    where it cannot. With --llm only the language model: whether its server answers, and which forms of request it takes.

    Exit status: 0 well, 3 something is broken, a seated model cannot play and nobody stands in, or --llm finds no server.
    """
    from loopcopilot.cli.terminal import show_rows, styled, tell

    settings = options.settings_of(home)
    players: list[Player] = []
    seats: list[Seated] | None = None
    if llm:
        from evaluation.language_model import diagnose_llm

        findings = diagnose_llm(settings.llm)
    else:
        from evaluation.casting import casting, placement, seating
        from evaluation.diagnosis import diagnose
        from state.strategy import load_strategy

        if strategy is not None:
            seats = seating(load_strategy(strategy).ensemble, settings)
        findings, players = [*diagnose(settings), placement(settings)], casting(settings)
    if as_json:
        told: dict[str, object] = {"findings": [finding.as_dict() for finding in findings]}
        if not llm:
            told["ensemble"] = [player.as_dict() for player in players]
        if seats is not None:
            told["seats"] = [{**seat.as_dict(), "plays": seat.plays} for seat in seats]
        click.echo(json.dumps(told))
    else:
        colours = {"ok": "green", "missing": "yellow", "broken": "red", "unchecked": "bright_black"}
        rows = [[styled(f.status, fg=colours[f.status]), f.subject, f.detail] for f in findings]
        show_rows(["state", "what", "details"], rows)
        for finding in findings:
            if finding.remedy:
                tell(f"  {finding.subject}: {finding.remedy}")
        if seats is None:
            _show_players(players)
        else:
            _show_seats(seats)
    lacking = (llm and findings[0].status != "ok") or not all(seat.plays for seat in seats or [])
    broken = [*(finding.status for finding in findings), *(player.state for player in players if seats is None)]
    return 3 if lacking or "broken" in broken else 0


_COLOURS = {
    "plays": "green",
    "ready": "green",
    "elsewhere": "yellow",
    "no weights": "yellow",
    "missing": "bright_black",
    "broken": "red",
}


def _show_seats(seats: list[Seated]) -> None:
    """Seat by seat what is there; then each command once."""
    from loopcopilot.cli.terminal import show_rows, styled

    click.echo()
    if not seats:
        click.echo("  The strategy seats no model: the band plays everything.")
        return
    rows = [
        [s.capability, s.name, styled(s.state, fg=_COLOURS[s.state]), s.device, s.stands_in or "nobody", s.detail]
        for s in seats
    ]
    show_rows(["capability", "model", "state", "device", "stands in", "details"], rows)
    for command in dict.fromkeys(seat.command for seat in seats if seat.command):
        click.echo(f"  {', '.join(dict.fromkeys(seat.name for seat in seats if seat.command == command))}: {command}")


def _show_players(players: list[Player]) -> None:
    """Capability by capability who can play; then each command once, with what it gets."""
    from loopcopilot.cli.terminal import show_rows, styled

    if not players:
        return
    rows, before, commands = [], "", dict[str, list[str]]()
    for player in players:
        label = player.capability if player.capability != before else ""
        before = player.capability
        memory = "" if player.memory_gb is None else f"{player.memory_gb:g} GB"
        state = styled(player.state, fg=_COLOURS[player.state])
        rows.append([label, player.name, state, memory, player.licence or "", player.detail])
        if player.command and player.name not in commands.setdefault(player.command, []):
            commands[player.command].append(player.name)
    click.echo()
    show_rows(["capability", "player", "state", "memory", "licence of the weights", "details"], rows)
    for command, names in commands.items():
        click.echo(f"  {', '.join(names)}: {command}")

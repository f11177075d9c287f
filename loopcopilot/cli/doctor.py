"""`loopcopilot doctor`: what can play here, what is missing and how to get it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from loopcopilot.cli import options


@click.command("doctor")
@options.home
@options.as_json
def command(home: Path | None, as_json: bool) -> int:
    """Say what works on this machine, and plainly what was not checked."""
    from evaluation.diagnosis import diagnose
    from loopcopilot.cli.terminal import show_rows

    findings = diagnose(options.settings_of(home))
    if as_json:
        click.echo(json.dumps({"findings": [finding.as_dict() for finding in findings]}))
    else:
        colours = {"ok": "green", "missing": "yellow", "broken": "red", "unchecked": "bright_black"}
        rows = [[click.style(f.status, fg=colours[f.status]), f.subject, f.detail] for f in findings]
        show_rows(["state", "what", "details"], rows)
        for finding in findings:
            if finding.remedy:
                click.echo(f"  {finding.subject}: {finding.remedy}")
    return 3 if any(finding.status == "broken" for finding in findings) else 0

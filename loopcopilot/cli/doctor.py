"""`loopcopilot doctor`: what can play here, what is missing and how to get it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from loopcopilot.cli import options


@click.command("doctor")
@options.home
@click.option(
    "--llm", is_flag=True, help="Ask the language model's server what it can do, in a handful of short calls."
)
@options.as_json
def command(home: Path | None, llm: bool, as_json: bool) -> int:
    """Say what works on this machine, and plainly what was not checked.

    With --llm only the language model: whether its server answers, and which forms of request it takes. Exit status 3 when
    something is broken, or when --llm finds none.
    """
    from loopcopilot.cli.terminal import show_rows

    settings = options.settings_of(home)
    if llm:
        from evaluation.language_model import diagnose_llm

        findings = diagnose_llm(settings.llm)
    else:
        from evaluation.diagnosis import diagnose

        findings = diagnose(settings)
    if as_json:
        click.echo(json.dumps({"findings": [finding.as_dict() for finding in findings]}))
    else:
        colours = {"ok": "green", "missing": "yellow", "broken": "red", "unchecked": "bright_black"}
        rows = [[click.style(f.status, fg=colours[f.status]), f.subject, f.detail] for f in findings]
        show_rows(["state", "what", "details"], rows)
        for finding in findings:
            if finding.remedy:
                click.echo(f"  {finding.subject}: {finding.remedy}")
    lacking = llm and findings[0].status != "ok"
    return 3 if lacking or any(finding.status == "broken" for finding in findings) else 0

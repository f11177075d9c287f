"""`loopcopilot listen`: measure any audio file."""

from __future__ import annotations

import json
from pathlib import Path

import click

from loopcopilot.cli import options


@click.command("listen")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--expect", multiple=True, metavar="NAME=VALUE", help='E.g. bpm=104, key="D minor", has=drums, bars=4 (repeatable).'
)
@options.as_json
def command(file: Path, expect: tuple[str, ...], as_json: bool) -> int:
    """Measure FILE, and say of each expectation whether it passed, failed or cannot be measured.

    Exit status: 0 none failed, 1 some failed, 2 unusable input.
    """
    from ensemble.listen.expect import parse_expectations
    from ensemble.listen.listen import measure_file
    from loopcopilot.cli.terminal import show_rows, styled, tell

    expectations = parse_expectations(expect)
    report = measure_file(file, expectations)
    if as_json:
        click.echo(json.dumps(report))
    else:
        for name, value in report.items():
            if name not in ("checks", "unchecked"):
                tell(f"  {name.replace('_', ' '):<20}{'unmeasurable' if value is None else value}")
        for line in report["unchecked"]:
            tell(f"  not checked: {line}", fg="bright_black")
        colours = {"passed": "green", "failed": "red", "unmeasurable": "yellow"}
        rows = [
            [
                check["name"],
                str(check["expected"]),
                str(check["measured"]),
                styled(check["status"], fg=colours[check["status"]]),
            ]
            for check in report["checks"]
        ]
        show_rows(["expected", "value", "measured", "result"], rows)
    return 1 if any(check["status"] == "failed" for check in report["checks"]) else 0

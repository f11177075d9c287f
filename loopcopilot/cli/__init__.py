"""The command line: one file a command, loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module

import click

COMMANDS = {
    "chat": "chat",
    "say": "say",
    "play": "play",
    "resume": "resume",
    "history": "history",
    "show": "show",
    "fork": "fork",
    "undo": "undo",
    "export": "export",
    "listen": "listen",
    "strategies": "strategies",
    "replay": "replay",
    "log": "log",
    "graph": "drawing",
    "worker": "worker",
    "llm-stub": "llm_stub",
    "doctor": "doctor",
    "completion": "completion",
}
"""Command -> module of this package that holds it under the same name, in the order of the help page."""


class LazyGroup(click.Group):
    """Imports a command's module when the command is looked up."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f"loopcopilot.cli.{COMMANDS[cmd_name]}").command
        assert isinstance(command, click.Command)
        return command


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="loopcopilot", prog_name="loopcopilot")
def cli() -> None:
    """Make and edit music loops by conversation, and compare how the conversation is conducted.

    \b
    Begin with:  loopcopilot say "a dusty hip hop loop, 86 bpm, G minor, keys, bass and drums"
    Go on with:  loopcopilot say "down a fourth, and a little slower" --session SESSION

    Exit status: 0 well, 1 a turn partial or failed (or stopped by Ctrl-C), 2 unusable input, 3 infrastructure; what else one
    means stands with its command.
    """

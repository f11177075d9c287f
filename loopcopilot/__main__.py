"""`loopcopilot` and `python -m loopcopilot`: one line for every error, and the documented exit status."""

from __future__ import annotations

import sys

import click


def main() -> None:
    """Run the command line. Exit status: 0 well, 1 a turn partial or failed, 2 unusable input, 3 infrastructure."""
    from loopcopilot.cli import cli

    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        sys.exit(2)
    except click.ClickException as error:
        _complain(error.format_message().replace("\n", " "))
        sys.exit(2)
    except click.exceptions.Exit as error:
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        _complain("stopped")
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - the outermost edge: one line for what is known, a traceback for faults
        _exit_for(error)


def _exit_for(error: Exception) -> None:
    import sqlite3

    from state.errors import InputError, LoopCopilotError

    if isinstance(error, LoopCopilotError):
        _complain(str(error).replace("\n", " "))
        sys.exit(2 if isinstance(error, InputError) else 3)
    if isinstance(error, OSError | sqlite3.Error):
        _complain(str(error).replace("\n", " "))
        sys.exit(3)
    raise error


def _complain(message: str) -> None:
    from loopcopilot.cli.terminal import tell

    tell(" ".join(f"loopcopilot: {message}".split()), err=True)


if __name__ == "__main__":
    main()

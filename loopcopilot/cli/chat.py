"""`loopcopilot chat`: a conversation in the terminal."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click

from loopcopilot.cli import options

_HELP = """Say what you would like to hear, or:
  /table            show the Global Attribute Table
  /attach FILE ...  attach audio to your next message
  /undo             go back one revision
  /files            where the sound lies
  /quit             end (the session is kept)"""


@click.command("chat")
@click.option("--session", metavar="S", help="Go on in this session.")
@options.strategy
@options.seed
@options.home
def command(session: str | None, strategy: str | None, seed: int | None, home: Path | None) -> int:
    """Hold a conversation; /help lists what else can be typed."""
    from loopcopilot.cli.terminal import Progress, show_record, show_table, stoppable, tell
    from state.attachments import check_attachment
    from state.errors import LoopCopilotError
    from state.turn import TurnRecord

    with suppress(ImportError):
        import readline  # noqa: F401 - line editing and history at the prompt, where the platform has them
    progress = Progress()
    with options.open_conductor(home, strategy, on_event=progress) as conductor:
        identifier = session or conductor.start(seed=seed, title="chat")
        conductor.sessions.get(identifier)
        click.echo(f"Session {identifier}. /help for help, /quit to end.")
        attached: list[Path] = []
        while True:
            try:
                text = click.prompt(">", prompt_suffix=" ", default="", show_default=False).strip()
            except (click.Abort, EOFError):
                click.echo()
                break
            try:
                if text == "/quit":
                    break
                if text == "/help":
                    click.echo(_HELP)
                elif text == "/table":
                    table = conductor.table(identifier)
                    show_table(table) if table else click.echo("There is no loop yet.")
                elif text == "/files":
                    records = conductor.history(identifier)
                    files = records[-1].files if records else None
                    tell("\n".join([files.mix, *files.stems.values()]) if files else "There is no loop yet.")
                elif text == "/undo":
                    click.echo(f"Back at revision {conductor.undo(identifier).revision}.")
                elif text.startswith("/attach "):
                    path = Path(text.removeprefix("/attach ").strip()).expanduser()
                    check_attachment(path, conductor.settings.max_upload_seconds)
                    attached.append(path)
                    tell(f"{path.name} goes with your next message.")
                elif text.startswith("/"):
                    tell(f"There is no {text.split()[0]}.\n{_HELP}")
                elif text:
                    record: TurnRecord | None
                    with stoppable(conductor.cancel):
                        record = conductor.send(identifier, text, attached)
                    attached = []
                    progress.clear()
                    show_record(record)
                    while record is not None and record.status == "awaiting_approval":
                        answer = "accept" if click.confirm("Do it?", default=False) else "reject"
                        with stoppable(conductor.cancel):
                            record = conductor.resume(identifier, {"decision": answer})
                        progress.clear()
                        if record is not None:
                            show_record(record)
            except LoopCopilotError as error:
                progress.clear()
                tell(str(error), fg="red", err=True)
        settings, spoken = conductor.settings, bool(conductor.history(identifier))
    if settings.tracking and spoken:
        from evaluation.background import log_later

        log_later(settings, identifier)
    click.echo(f"Go on with: loopcopilot chat --session {identifier}")
    return 0

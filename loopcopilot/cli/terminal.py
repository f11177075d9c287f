"""How turns, tables and progress look in a terminal."""

from __future__ import annotations

import re
import shutil
import signal
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from graph.events import Event
    from state.gat import GlobalAttributeTable
    from state.turn import TurnRecord

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f]")
"""C0 and C1 but the line feed: what comes from users, models and files must not steer a terminal."""

_STATUS_COLOUR = {"done": "green", "partial": "yellow", "asked": "cyan", "awaiting_approval": "cyan", "failed": "red"}


class Styled(str):
    """Text of ours with colours; a terminal is given it as it is."""


def styled(text: str, **style: Any) -> Styled:
    """`text` without control characters, in colours of ours."""
    return Styled(click.style(plain(text), **style))


def plain(text: str) -> str:
    """`text` without control characters but line feeds."""
    return text if isinstance(text, Styled) else _CONTROL.sub("", text.replace("\t", " "))


def tell(text: str = "", *, err: bool = False, nl: bool = True, **style: Any) -> None:
    """A line for a person, without what would steer the terminal."""
    click.echo(click.style(plain(text), **style) if style else plain(text), err=err, nl=nl)


def tell_json(text: str) -> None:
    """A line of JSON for a program; what JSON leaves as it is and a terminal would obey is escaped."""
    click.echo(_CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


class Progress:
    """One line on standard error that is rewritten while a turn is under way; silent when that is no terminal."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._shown = 0

    def __call__(self, event: Event) -> None:
        """Show what is being done."""
        if event.message is None:
            return
        if event.node is None and event.message.startswith("finishing turn"):
            self.clear()
            tell(event.message, err=True)
            return
        again = f" (attempt {event.attempt})" if event.attempt and event.attempt > 1 else ""
        if self._live:
            text = plain(f"  ... {event.message}{again}").replace("\n", " ")[: _width() - 1]
            click.echo("\r" + text.ljust(self._shown), nl=False, err=True)
            self._shown = len(text)

    def clear(self) -> None:
        """Take the line away again."""
        if self._shown:
            click.echo("\r" + " " * self._shown + "\r", nl=False, err=True)
            self._shown = 0


@contextmanager
def stoppable(stop: Callable[[], None]) -> Iterator[None]:
    """Ctrl-C asks the turn to stop at its next safe point; a second Ctrl-C ends the process."""

    def first(*_: Any) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        click.echo("\nstopping (press Ctrl-C again to end at once)", err=True)
        stop()

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def show_record(record: TurnRecord) -> None:
    """A turn for a person: the reply, and where the sound lies."""
    if record.status != "done":
        tell(record.status.replace("_", " "), fg=_STATUS_COLOUR[record.status], bold=True)
    for paragraph in record.reply.splitlines():
        for line in wrapped(paragraph):
            tell(line)
    if record.files is not None and record.status in ("done", "partial") and record.plan:
        tell(f"  {record.files.mix}", fg="bright_black")


def wrapped(text: str, indent: str = "") -> list[str]:
    """Lines of `text` as wide as the terminal; those after the first keep the first one's indent."""
    inner = indent + " " * (len(text) - len(text.lstrip()))
    return textwrap.wrap(text.strip(), _width(), initial_indent=inner, subsequent_indent=inner)


def show_table(gat: GlobalAttributeTable) -> None:
    """The Global Attribute Table."""
    marks = {"asked": "", "inferred": " (inferred)", "measured": " (measured)"}

    def row(label: str, value: object, source: str) -> None:
        if value not in (None, "", ()):
            click.echo(
                plain(f"  {label:<12}{value}")
                + click.style(marks.get(gat.sources.get(source, "asked"), ""), fg="bright_black")
            )

    came = f", from revision {gat.parent}" if gat.parent else ""
    click.secho(f"revision {gat.revision}{came}", bold=True)
    row("tempo", f"{gat.bpm:g} bpm" if gat.bpm else None, "bpm")
    row("key", gat.key, "key")
    row("metre", gat.time_signature, "time_signature")
    row("length", f"{f'{gat.bars} bars, ' if gat.bars else ''}{gat.duration_seconds:.3f} s", "bars")
    row("genre", gat.genre, "genre")
    row("mood", gat.mood, "mood")
    row("chords", " ".join(gat.chords), "chords")
    row("mix effects", ", ".join(effect.kind for effect in gat.mix_effects), "mix_effects")
    click.echo()
    rows = [
        [
            stem.name + (" (muted)" if stem.muted else ""),
            stem.instrument,
            f"{stem.gain_db:+.1f} dB",
            "centre" if stem.pan == 0 else f"{abs(stem.pan) * 100:.0f}% {'left' if stem.pan < 0 else 'right'}",
            ", ".join(effect.kind for effect in stem.effects) or "-",
            stem.tool,
            stem.audio[:8],
        ]
        for stem in gat.stems
    ]
    show_rows(["stem", "instrument", "level", "place", "effects", "made by", "take"], rows)
    for line in credits_of(gat):
        tell(f"  {line}", fg="bright_black")


def credits_of(gat: GlobalAttributeTable) -> list[str]:
    """Where the stems come from that the built-in band did not play alone, and the licences of the weights in them."""
    players: dict[tuple[str, str | None], list[str]] = {}
    for stem in gat.stems:
        if stem.backend != "band" or stem.licence:
            players.setdefault((stem.backend, stem.licence), []).append(stem.name)
    return [
        f"{', '.join(names)}: {'from an attached file' if backend == 'upload' else f'by {backend}'}"
        + (f", weights under {licence}" if licence else "")
        for (backend, licence), names in players.items()
    ]


def show_rows(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as they need be; the last one is wrapped in a narrow terminal, nothing is ever cut."""
    if not rows:
        return
    rows = [[cell if isinstance(cell, Styled) else plain(cell).replace("\n", " ") for cell in row] for row in rows]
    widths = [max(len(header[i]), *(len(click.unstyle(row[i])) for row in rows)) for i in range(len(header) - 1)]
    indent = 2 + sum(width + 2 for width in widths)
    room = max(24, _width() - indent) if sys.stdout.isatty() else 10_000

    def show(cells: Sequence[str], **style: str) -> None:
        padded = [
            cell + " " * (width - len(click.unstyle(cell))) for cell, width in zip(cells[:-1], widths, strict=True)
        ]
        first, *more = textwrap.wrap(cells[-1], room) or [""]
        click.secho("  " + "  ".join([*padded, first]).rstrip(), **style)  # type: ignore[arg-type]
        for line in more:
            click.secho(" " * indent + line, **style)  # type: ignore[arg-type]

    show(header, fg="bright_black")
    for row in rows:
        show(row)


def exit_status(records: Sequence[TurnRecord], *, asked_fails: bool = False) -> int:
    """The documented exit status of a command that ran `records`."""
    kinds = {record.error.kind for record in records if record.error}
    if kinds & {
        "infrastructure",
        "artifact_missing",
        "artifact_corrupt",
        "session_busy",
        "setup",
        "server",
        "internal",
        "session_unreadable",
    }:
        return 3
    if kinds & {"input", "upload", "dialogue", "strategy"}:
        return 2
    bad = {"partial", "failed"} | ({"asked", "awaiting_approval"} if asked_fails else set())
    return 1 if any(record.status in bad for record in records) else 0


def complain(records: Sequence[TurnRecord]) -> None:
    """One line on standard error for each turn that failed."""
    for record in records:
        if record.error and record.error.kind != "cancelled":
            where = f"{record.error.field}: " if record.error.field else ""
            tell(" ".join(f"loopcopilot: turn {record.turn}: {where}{record.error.message}".split()), err=True)


def _width() -> int:
    return min(110, shutil.get_terminal_size((100, 24)).columns)

"""`loopcopilot llm-stub`: a language model's stand-in, to try every strategy without a key."""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from loopcopilot.cli import options


@click.command("llm-stub")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0, the default, takes a free one.")
@click.option("--host", default="127.0.0.1", show_default=True, help="A loopback address.")
@click.option(
    "--slow-seconds", type=click.FloatRange(0, 3600), default=10.0, show_default=True, help="How slow stub+slow is."
)
@options.as_json
def command(port: int, host: str, slow_seconds: float, as_json: bool) -> int:
    """Serve a small simulated language model on loopback until Ctrl-C.

    It speaks OpenAI's chat completions, understands a small dialect of English and plans only from the prompt that it
    receives. A model called stub+FAULT errs on purpose in the first answer of every turn, stub+FAULT:always in all.
    """
    from evaluation.stub.faults import FAULTS, MODEL
    from evaluation.stub.server import serving
    from state.errors import InputError

    try:
        with _stopped_by_signal() as stopped, serving(host=host, port=port, slow_seconds=slow_seconds) as server:
            if as_json:
                click.echo(json.dumps({"base_url": server.base_url}))
            else:
                click.echo(f"export LOOPCOPILOT_LLM_BASE_URL={server.base_url}")
                click.echo(f"export LOOPCOPILOT_LLM_MODEL={MODEL}")
                click.echo(f"Faults: {MODEL}+ {', '.join(FAULTS)}\nStop with Ctrl-C.", err=True)
            stopped.wait()
    except ValueError as error:
        raise InputError(str(error), field="--host") from None
    except OSError as error:
        raise InputError(f"{port} cannot be served ({error.strerror}); 0 takes a free one", field="--port") from None
    return 0


@contextmanager
def _stopped_by_signal() -> Iterator[threading.Event]:
    """An event that Ctrl-C and SIGTERM set; in force before anybody is told the address."""
    stopped = threading.Event()

    def stop(*_: Any) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

"""What users say goes to the language model of the strategy and nowhere else.

LangGraph sends every state of every turn to LangSmith when a variable of the environment says so. Such a variable is
mostly set for other programs, and is no consent of the people whose words these are. Tracing that the calling program
switched on itself (`langsmith.tracing_context(enabled=True)`) is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from langsmith.run_helpers import get_tracing_context, tracing_context


@contextmanager
def untraced() -> Iterator[None]:
    """Run a turn without LangSmith unless the calling program asked for it."""
    if get_tracing_context()["enabled"]:
        yield
        return
    with tracing_context(enabled=False):
        yield

"""What a turn tells whoever watches, while it is under way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """`node` ended, or said something while it worked (then `message` is set)."""

    session: str
    turn: int
    node: str | None
    message: str | None = None
    step: int | None = None
    attempt: int | None = None


Watcher = Callable[[Event], None]

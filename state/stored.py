"""Reading what a session's rows hold: a row in no known form is named, and is no crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import ValidationError

from state.errors import SessionUnreadable
from state.text import brief

S = TypeVar("S")
T = TypeVar("T")


def known(read: Callable[[S], T], stored: S, session: str) -> T:
    """`read(stored)`. Raises SessionUnreadable that says in one line what is wrong with it."""
    try:
        return read(stored)
    except (ValueError, TypeError, RecursionError) as error:
        reason = str(error)
        if isinstance(error, ValidationError):
            first = error.errors(include_url=False, include_input=False)[0]
            reason = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        raise SessionUnreadable(
            f"session {session!r} cannot be read: {brief(' '.join(reason.split()))}", field="session"
        ) from None

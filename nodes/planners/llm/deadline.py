"""An HTTP client that keeps a deadline: attempts, waits between them and slowly dripping answers all count.

The client's own timeout is for one silence of one attempt. With two retries, a `Retry-After` of a minute, or a server that
sends a blank line now and then while its queue is full, a call would take many times what a turn may.
"""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import openai

_ENDS: ContextVar[float | None] = ContextVar("ends", default=None)
_BACKOFF_SECONDS = 0.5
"""What the client waits at first when the server names no time."""
_LOCAL = ("localhost", "127.", "::1")

LONGEST_BODY = 8_000_000
"""Bytes of a server's answer that are read: JSON may write a character of the longest answer in six."""
_TOO_LONG = b'{"error": {"message": "an answer of more than 8 MB, which is not read to its end"}}'


@contextmanager
def within(ends: float) -> Iterator[None]:
    """Requests of this thread have to be answered by `ends`, on the monotonic clock."""
    token = _ENDS.set(ends)
    try:
        yield
    finally:
        _ENDS.reset(token)


def client_for(url: str) -> openai.DefaultHttpxClient:
    """The client for the server at `url`; all servers of a process share its connections and certificates."""
    # A proxy from the environment cannot reach this machine's own servers.
    return _client((urlsplit(url).hostname or "").startswith(_LOCAL), os.getpid())


@cache
def _client(local: bool, process: int) -> openai.DefaultHttpxClient:
    """One for each process: two that write to one inherited connection would read each other's answers."""
    client: openai.DefaultHttpxClient = _client_class()(trust_env=not local)
    atexit.register(client.close)
    return client


@cache
def _client_class() -> Any:
    import openai

    class Client(openai.DefaultHttpxClient):
        def send(self, request: Any, *, stream: bool = False, **more: Any) -> Any:
            ends = _ENDS.get()
            if ends is None:
                return super().send(request, stream=stream, **more)
            left = ends - time.monotonic()
            if left <= 0:
                raise openai.APITimeoutError(request)
            request.extensions["timeout"] = dict.fromkeys(("connect", "read", "write", "pool"), left)
            response = super().send(request, stream=True, **more)
            content, status = bytearray(), response.status_code
            try:
                for part in response.iter_bytes():
                    content += part
                    if len(content) > LONGEST_BODY:
                        content, status = bytearray(_TOO_LONG), 413  # which the client does not try again
                        break
                    if time.monotonic() > ends:
                        raise openai.APITimeoutError(request)
            finally:
                response.close()
            headers = response.headers.copy()
            for name in ("content-encoding", "content-length", "transfer-encoding"):
                headers.pop(name, None)  # the content is plain and whole now
            if _wait_seconds(headers) >= ends - time.monotonic():
                headers["x-should-retry"] = "false"
            return type(response)(status, headers=headers, content=bytes(content), request=request)

    return Client


def _wait_seconds(headers: Any) -> float:
    """How long the server asks to be left alone."""
    for name, divisor in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            return float(headers[name]) / divisor
        except (KeyError, ValueError):
            continue
    return _BACKOFF_SECONDS

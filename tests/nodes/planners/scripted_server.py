"""A language model's server whose answers a test scripts: a real HTTP server on the loopback interface."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from state.settings import LlmSettings


@dataclass(frozen=True)
class Reply:
    """One HTTP response. `body` is sent as JSON, a text or bytes as they are, or what a function makes of the request's body."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    hold: threading.Event | None = None
    """Where set, nothing is sent before the event: a server that does not answer."""
    drip: bytes | None = None
    """Where set, sent over and over before the body until the client has gone: a server that keeps a queue waiting."""


@dataclass(frozen=True)
class Request:
    """What the client sent. Names of headers in lower case; `body` is the decoded JSON, None where there was none."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any


class ScriptedServer:
    """Gives the replies of its script one after the other and keeps the requests.

    Use it as a context manager: leaving it fails the test when the script was exhausted or was not played to its end.
    """

    def __init__(self, script: Sequence[Reply | dict[str, Any] | str]) -> None:
        self.script = [reply if isinstance(reply, Reply) else Reply(200, reply) for reply in script]
        self.requests: list[Request] = []
        self.faults: list[str] = []
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    @property
    def bodies(self) -> list[Any]:
        """What was asked, in order."""
        return [request.body for request in self.requests]

    def settings(self, **more: Any) -> LlmSettings:
        """Settings that lead here; no retries unless the test says so."""
        return LlmSettings.model_validate({"base_url": self.url, "model": "scripted", "retries": 0, **more})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for reply in self.script:
            if reply.hold is not None:
                reply.hold.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        if kind is None:
            assert not self.faults, self.faults
            left = len(self.script) - len(self.requests)
            assert left <= 0, f"{left} replies of the script were never asked for"

    def _reply(self, request: Request) -> Reply:
        with self._lock:
            number = len(self.requests)
            self.requests.append(request)
        if number >= len(self.script):
            self.faults.append(f"the script is exhausted, and {request.method} {request.path} came")
            return Reply(418, {"error": {"message": "the script is exhausted"}})
        return self.script[number]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _answer(self) -> None:
                content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                request = Request(self.command, self.path, headers, json.loads(content) if content else None)
                reply = scripted._reply(request)
                if reply.hold is not None:
                    reply.hold.wait()
                body = reply.body(request.body) if isinstance(reply.body, Callable) else reply.body
                raw = (
                    body
                    if isinstance(body, bytes)
                    else body.encode()
                    if isinstance(body, str)
                    else json.dumps(body).encode()
                )
                try:
                    self._send(reply, raw, "text/html" if isinstance(body, str | bytes) else "application/json")
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def _send(self, reply: Reply, raw: bytes, kind: str) -> None:
                self.send_response(reply.status)
                for name, value in {"Content-Type": kind, **reply.headers}.items():
                    self.send_header(name, value)
                if reply.drip is None:
                    self.send_header("Content-Length", str(len(raw)))
                    self.end_headers()
                    self.wfile.write(raw)
                    return
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                while True:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(reply.drip), reply.drip))

            do_GET = do_POST = _answer  # noqa: N815 - the names that http.server looks for

            def log_message(self, *args: Any) -> None:
                pass

        return Handler


def said(text: str | None = None, **more: Any) -> dict[str, Any]:
    """A chat completion. `more`: finish_reason, refusal, tool_calls, usage, model."""
    message = {
        "role": "assistant",
        "content": text,
        "refusal": more.get("refusal"),
        "tool_calls": more.get("tool_calls"),
    }
    body = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": more.get("model", "scripted-1"),
        "choices": [{"index": 0, "message": message, "finish_reason": more.get("finish_reason", "stop")}],
        "usage": more.get("usage", {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}),
    }
    return {name: value for name, value in body.items() if value is not None}


def call(name: str, arguments: Any, id: str | None = "call_a") -> dict[str, Any]:  # noqa: A002 - OpenAI's name
    """A native tool call; `arguments` is the text as the model wrote it."""
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def no(status: int, message: str, **more: Any) -> Reply:
    """An error as OpenAI words it. `more`: param, code, headers."""
    headers = more.pop("headers", {})
    return Reply(status, {"error": {"message": message, "type": "invalid_request_error", **more}}, headers)

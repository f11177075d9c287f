"""The HTTP side: OpenAI's chat completions on loopback, with the standard library alone."""

from __future__ import annotations

import hashlib
import ipaddress
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from evaluation.stub.answers import Written, cut
from evaluation.stub.faults import FAULTS, MODEL, Fault, faults_of, spoilt
from evaluation.stub.planning import decide
from evaluation.stub.request import read

_MOST_BYTES = 8_000_000
_PIECE = 40
"""Characters of one streamed chunk."""


class StubServer(ThreadingHTTPServer):
    """Serves on a loopback address. Port 0 takes a free one; `base_url` says which.

    Raises ValueError for an address that others can reach, OSError when the port is taken.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, host: str = "127.0.0.1", port: int = 0, *, slow_seconds: float = 10.0) -> None:
        if not _is_loopback(host):
            raise ValueError(f"the stub serves on loopback only (127.0.0.1, localhost), not on {host}")
        super().__init__(("127.0.0.1" if host == "localhost" else host, port), _Handler)
        self.slow_seconds = slow_seconds
        self.closing = threading.Event()
        self._failed: set[str] = set()
        self._lock = threading.Lock()

    @property
    def base_url(self) -> str:
        """What OpenAI clients take as base_url."""
        return f"http://{self.server_address[0]!s}:{self.server_address[1]}/v1"

    def first_time(self, body: dict[str, Any]) -> bool:
        """Whether this very request comes for the first time."""
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        with self._lock:
            known = digest in self._failed
            self._failed.add(digest)
        return not known

    def stop(self) -> None:
        """End serving, slow answers included, and free the port."""
        self.closing.set()
        self.shutdown()
        self.server_close()


@contextmanager
def serving(**options: Any) -> Iterator[StubServer]:
    """A stub server for the length of a with block, on a thread of its own."""
    server = StubServer(**options)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


class _RequestError(Exception):
    """Answered with an HTTP status and OpenAI's error object."""

    def __init__(self, status: int, message: str, param: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.param = param


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: StubServer

    def do_GET(self) -> None:
        if self.path.rstrip("/") != "/v1/models":
            self._send(404, _error(f"there is nothing at {self.path}"))
            return
        names = [MODEL, *(f"{MODEL}+{fault}" for fault in FAULTS)]
        models = [{"id": name, "object": "model", "created": 0, "owned_by": MODEL} for name in names]
        self._send(200, {"object": "list", "data": models})

    def do_POST(self) -> None:
        try:
            body = self._body()
            if self.path.rstrip("/") != "/v1/chat/completions":
                raise _RequestError(404, f"there is nothing at {self.path}")
            self._complete(body)
        except _RequestError as error:
            self._send(error.status, _error(str(error), error.param))

    def log_message(self, *args: Any) -> None:
        """Nothing: standard error belongs to the person who started it."""

    def _body(self) -> dict[str, Any]:
        stated = self.headers.get("Content-Length") or "0"
        length = int(stated) if stated.isdecimal() else 0
        if not 0 < length <= _MOST_BYTES:
            self.close_connection = True
            raise _RequestError(413 if length else 400, f"a body of 1 to {_MOST_BYTES} bytes is needed")
        try:
            body = json.loads(self.rfile.read(length))
        except (ValueError, RecursionError):
            raise _RequestError(400, "the body is no JSON") from None
        if not isinstance(body, dict):
            raise _RequestError(400, "the body is no JSON object")
        return body

    def _complete(self, body: dict[str, Any]) -> None:
        faults = faults_of(str(body.get("model")))
        if faults is None:
            known = f"{MODEL}, or {MODEL}+FAULT with {', '.join(FAULTS)}"
            raise _RequestError(404, f"the model {body.get('model')!r} does not exist; there is {known}", "model")
        try:
            asked = read(body)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise _RequestError(400, f"not a chat completion request: {error}") from None
        self._refuse(body, faults)
        message = cut(spoilt(decide(asked), asked, faults), asked.max_tokens)
        message = _stopped(message, asked.stops)
        usage = None if any(fault.name == "no_usage" for fault in faults) else _usage(body, message)
        name = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:12]
        if body.get("stream"):
            self._stream(body, message, usage, name)
            return
        choice = {
            "index": 0,
            "message": message.message(f"call_{name}"),
            "logprobs": None,
            "finish_reason": message.finish,
        }
        answer = {**_head(body, name, "chat.completion"), "choices": [choice]}
        self._send(200, answer if usage is None else {**answer, "usage": usage})

    def _refuse(self, body: dict[str, Any], faults: list[Fault]) -> None:
        """Raise what a server would answer instead of a completion."""
        wanted = (body.get("response_format") or {}).get("type")
        names = {fault.name for fault in faults}
        if "text_only" in names and (body.get("tools") or wanted not in (None, "text")):
            field = "tools" if body.get("tools") else "response_format"
            raise _RequestError(400, f"'{field}' is not supported by this model", field)
        if "no_json_schema" in names and wanted == "json_schema":
            raise _RequestError(
                400, "'response_format' of type 'json_schema' is not supported by this model", "response_format"
            )
        if wanted == "json_object" and "json" not in json.dumps(body["messages"]).lower():
            raise _RequestError(
                400, "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'",
                "messages",
            )  # fmt: skip
        for fault in faults:
            if fault.name in ("error_500", "slow") and (fault.always or self.server.first_time(body)):
                if fault.name == "error_500":
                    raise _RequestError(500, "the server had an error while processing your request")
                self.server.closing.wait(self.server.slow_seconds)

    def _stream(self, body: dict[str, Any], message: Written, usage: dict[str, int] | None, name: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True
        head = _head(body, name, "chat.completion.chunk")
        whole = message.message(f"call_{name}")
        content, calls = whole["content"] or "", whole.get("tool_calls", [])
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        deltas += [{"content": content[at : at + _PIECE]} for at in range(0, len(content), _PIECE)]
        deltas += [{"refusal": whole["refusal"]}] if whole["refusal"] else []
        deltas += [{"tool_calls": [{"index": index, **call}]} for index, call in enumerate(calls)]
        ends: list[str | None] = [*[None] * len(deltas), message.finish]
        for delta, finish in zip([*deltas, {}], ends, strict=True):
            self._event({**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
        if usage is not None and (body.get("stream_options") or {}).get("include_usage"):
            self._event({**head, "choices": [], "usage": usage})
        self._write(b"data: [DONE]\n\n")

    def _event(self, content: dict[str, Any]) -> None:
        self._write(f"data: {json.dumps(content)}\n\n".encode())

    def _send(self, status: int, content: dict[str, Any]) -> None:
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self._write(data)

    def _write(self, data: bytes) -> None:
        try:
            self.wfile.write(data)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client gave up waiting


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _head(body: dict[str, Any], name: str, kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{name}", "object": kind, "created": 0, "model": body["model"]}


def _error(message: str, param: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": None}}


def _usage(body: dict[str, Any], message: Written) -> dict[str, int]:
    sent = len(json.dumps([body["messages"], body.get("tools"), body.get("response_format")]))
    given, taken = max(1, sent // 4), message.tokens
    return {"prompt_tokens": given, "completion_tokens": taken, "total_tokens": given + taken}


def _stopped(message: Written, stops: tuple[str, ...]) -> Written:
    """Text ends where a stop sequence begins."""
    content = message.content
    for stop in stops:
        content = content.split(stop)[0] if content and stop else content
    return replace(message, content=content)

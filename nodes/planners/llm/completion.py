"""Reading a chat completion: whatever a server sends back becomes an Answer, or is called no completion at all."""

from __future__ import annotations

import json
import math
from typing import Any

from nodes.planners.exchange import Answer, Prompt, ToolCall

CHARACTERS_PER_TOKEN = 4
"""For counts that a server does not give: English text and JSON come to 3.5 to 4.5 characters a token."""


class NoCompletion(Exception):
    """A body that holds no answer; the message says what it holds instead, `body` is the server's error if it is one."""

    def __init__(self, message: str, body: Any = None) -> None:
        super().__init__(message)
        self.body = body


def read(body: Any, prompt: Prompt) -> tuple[Answer, bool]:
    """The answer in a body as OpenAI's chat completions send it, and whether the server overran a stop sequence.

    Prose, truncation, refusals and malformed tool arguments are answers. Raises NoCompletion.
    """
    choice = _choice(body)
    message = _mapping(choice.get("message"))
    said = _text(message.get("content"))
    text = before(said, prompt.stop)
    calls = tuple(_call(number, call) for number, call in enumerate(_list(message.get("tool_calls"))))
    input_tokens, output_tokens, estimated = _tokens(body.get("usage"), prompt, said, calls)
    answer = Answer(
        text=text,
        calls=calls,
        refusal=_text(message.get("refusal")) or None,
        finish="stop" if text != said else str(choice.get("finish_reason") or ("tool_calls" if calls else "stop")),
        model=_text(body.get("model")) or None,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        estimated=estimated,
    )
    return answer, text != said


def before(text: str, stop: tuple[str, ...]) -> str:
    """`text` up to the first stop sequence: servers that leave `stop` out or ignore it must not change what is planned."""
    places = [place for sequence in stop if sequence and (place := text.find(sequence)) >= 0]
    return text[: min(places)] if places else text


def _choice(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise NoCompletion(f"text that is no JSON object: {str(body)[:120]!r}")
    # Some gateways put an error into a body of status 200.
    if body.get("error"):
        raise NoCompletion("an error in place of an answer", body["error"])
    choices = _list(body.get("choices"))
    if not choices or not _mapping(choices[0]):
        raise NoCompletion(f"no choices, only {', '.join(sorted(map(str, body))) or 'an empty object'}")
    return _mapping(choices[0])


def _call(number: int, call: Any) -> ToolCall:
    call = _mapping(call)
    function = _mapping(call.get("function"))
    arguments = function.get("arguments")
    return ToolCall(
        id=_text(call.get("id")) or f"call_{number}",
        name=_text(function.get("name")),
        # Some servers send the object itself where OpenAI sends its text; none at all stands for no arguments.
        arguments=arguments if isinstance(arguments, str) else json.dumps({} if arguments is None else arguments),
    )


def _tokens(usage: Any, prompt: Prompt, said: str, calls: tuple[ToolCall, ...]) -> tuple[int, int, bool]:
    """Input and output tokens, and whether a count is ours. A count of 0 input tokens is none."""
    usage = _mapping(usage)
    spent, made = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    written = len(said) + sum(len(call.name) + len(call.arguments) for call in calls)
    estimated = not spent or (not made and written > 0)
    return (
        spent or math.ceil(prompt.characters / CHARACTERS_PER_TOKEN),
        made or math.ceil(written / CHARACTERS_PER_TOKEN),
        estimated,
    )


def _count(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else 0


def _text(value: Any) -> str:
    """A message's content: a text, or parts of which some are text."""
    if isinstance(value, str):
        return value
    return "".join(_text(_mapping(part).get("text")) for part in _list(value))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

"""Reading a chat completion: whatever a server sends back becomes an Answer, or is called no completion at all."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable
from typing import Any

from nodes.planners.exchange import MOST_TOKENS, Answer, Prompt, ToolCall
from state.text import LONGEST_FRAGMENT, quoted

CHARACTERS_PER_TOKEN = 4
"""For counts that a server does not give: English text and JSON come to 3.5 to 4.5 characters a token."""

LONGEST_ANSWER = 1_000_000
"""Characters of one answer, tool calls included; the longest that a strategy can ask for is below a quarter of that."""
MOST_CALLS = 16
"""Of one answer, of which one can be used; each goes back with what is wrong."""
PLACE_OF_A_KEY = "[key]"
SHORTEST_KEY = 8
"""Characters from which a key is one: 'ollama' and 'none' are words that local servers are told."""
_LONGEST_NAME = LONGEST_FRAGMENT + 1
"""One more than what is quoted: a longer name is no name of ours, and is told as cut."""
_DEEPEST_TEXT = 8


NO_CHOICE = "an empty list of choices, so the model said nothing"


class NoCompletion(Exception):
    """A body that holds no answer; the message says what it holds instead, `body` is the server's error if it is one."""

    def __init__(self, message: str, body: Any = None) -> None:
        super().__init__(message)
        self.body = body


def read(body: Any, prompt: Prompt, secrets: Iterable[str] = ()) -> tuple[Answer, bool]:
    """The answer in a body as OpenAI's chat completions send it, and whether the server overran a stop sequence.

    Prose, truncation, refusals and malformed tool arguments are answers; what is longer than LONGEST_ANSWER ends as a
    truncated one. None of `secrets` (keys that the model quotes) gets into it. Raises NoCompletion.
    """
    choice = _choice(body)
    message = _mapping(choice.get("message"))

    def text_of(value: Any) -> str:
        return without(_text(value), secrets)

    said = text_of(message.get("content"))
    made = _list(message.get("tool_calls"))[:MOST_CALLS]
    calls = tuple(_call(number, call, text_of) for number, call in enumerate(made))
    input_tokens, output_tokens, estimated = _tokens(body.get("usage"), prompt, said, calls)
    finish = text_of(choice.get("finish_reason")) or ("tool_calls" if calls else "stop")
    text = before(said, prompt.stop)
    overran = text != said
    if overran:
        finish = "stop"
    if _written(text, calls) > LONGEST_ANSWER:
        text, calls, finish = text[:LONGEST_ANSWER], (), "length"
    answer = Answer(
        text=text,
        calls=calls,
        refusal=text_of(message.get("refusal"))[:LONGEST_ANSWER] or None,
        finish=finish[:_LONGEST_NAME],
        model=text_of(body.get("model"))[:_LONGEST_NAME] or None,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        estimated=estimated,
    )
    return answer, overran


def without(text: str, secrets: Iterable[str]) -> str:
    """`text` with `[key]` in place of each of `secrets`, also as JSON writes it."""
    for secret in secrets:
        if len(secret) >= SHORTEST_KEY:
            for written in (secret, json.dumps(secret)[1:-1]):
                text = text.replace(written, PLACE_OF_A_KEY)
    return text


def before(text: str, stop: tuple[str, ...]) -> str:
    """`text` up to the first stop sequence: servers that leave `stop` out or ignore it must not change what is planned."""
    places = [place for sequence in stop if sequence and (place := text.find(sequence)) >= 0]
    return text[: min(places)] if places else text


def _choice(body: Any) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise NoCompletion(f"text that is no JSON object: {quoted(body, 120)}")
    # Some gateways put an error into a body of status 200.
    if body.get("error"):
        raise NoCompletion("an error in place of an answer", body["error"])
    choices = _list(body.get("choices"))
    if choices == [] == body.get("choices"):
        raise NoCompletion(NO_CHOICE)
    if not choices or not _mapping(choices[0]):
        # The client fills in what the body has not, as None.
        names = ", ".join(sorted(str(name) for name, value in body.items() if value is not None)[:20])
        raise NoCompletion(f"no choices, only {names or 'an empty object'}")
    return _mapping(choices[0])


def _call(number: int, call: Any, text_of: Callable[[Any], str]) -> ToolCall:
    call = _mapping(call)
    function = _mapping(call.get("function"))
    arguments = function.get("arguments")
    # Some servers send the object itself where OpenAI sends its text; none at all stands for no arguments.
    written = arguments if isinstance(arguments, str) else json.dumps({} if arguments is None else arguments)
    return ToolCall(
        id=text_of(call.get("id"))[:_LONGEST_NAME] or f"call_{number}",
        name=text_of(function.get("name"))[:_LONGEST_NAME],
        arguments=text_of(written),
    )


def _tokens(usage: Any, prompt: Prompt, said: str, calls: tuple[ToolCall, ...]) -> tuple[int, int, bool]:
    """Input and output tokens, and whether a count is ours. A count of 0 input tokens is none, nor is what is no number
    or beyond MOST_TOKENS."""
    usage = _mapping(usage)
    spent, made = _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens"))
    written = _written(said, calls)
    estimated = not spent or (not made and written > 0)
    return (
        spent or math.ceil(prompt.characters / CHARACTERS_PER_TOKEN),
        made or math.ceil(written / CHARACTERS_PER_TOKEN),
        estimated,
    )


def _count(value: Any) -> int:
    counted = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= MOST_TOKENS
    return int(value) if counted else 0


def _written(text: str, calls: tuple[ToolCall, ...]) -> int:
    return len(text) + sum(len(call.name) + len(call.arguments) for call in calls)


def _text(value: Any, deepest: int = _DEEPEST_TEXT) -> str:
    """A message's content: a text, or parts of which some are text."""
    if isinstance(value, str):
        return value
    if not deepest:
        return ""
    return "".join(_text(_mapping(part).get("text"), deepest - 1) for part in _list(value))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []

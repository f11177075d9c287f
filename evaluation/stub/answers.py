"""The reply, written in the form in which the prompt wants it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from evaluation.stub.calls import Call, Reply
from evaluation.stub.request import Asked

_CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True)
class Written:
    """A chat completion's message, before it is wrapped. `calls` are (name, arguments as text)."""

    content: str | None = None
    calls: tuple[tuple[str, str], ...] = ()
    refusal: str | None = None
    finish: str = "stop"

    @property
    def tokens(self) -> int:
        """An estimate, as usage data would count them."""
        said = len(self.content or "") + sum(len(name) + len(arguments) for name, arguments in self.calls)
        return max(1, said // _CHARACTERS_A_TOKEN)

    def message(self, call_ids: str) -> dict[str, Any]:
        """The message as OpenAI's chat completions give it."""
        made: dict[str, Any] = {"role": "assistant", "content": self.content, "refusal": self.refusal}
        if self.calls:
            made["tool_calls"] = [
                {"id": f"{call_ids}_{index}", "type": "function", "function": {"name": name, "arguments": arguments}}
                for index, (name, arguments) in enumerate(self.calls)
            ]
        return made


def written(reply: Reply, asked: Asked) -> Written:
    """`reply` in the form of `asked`."""
    match asked.form:
        case "react":
            return Written(react_text(reply, asked))
        case "tools":
            if not reply.calls:
                return Written(_last_words(reply))
            return Written(
                calls=tuple((call.tool, json.dumps(call.arguments)) for call in reply.calls), finish="tool_calls"
            )
        case "function":
            return Written(calls=((asked.function, json.dumps(reply.plan())),))
        case _ if not asked.knows_form:
            # A model that is not told what a plan looks like talks about it.
            return Written(_in_prose(reply))
    return Written(json.dumps(reply.plan()))


def react_text(reply: Reply, asked: Asked) -> str:
    """The paper's format. A model that is not stopped after its action goes on and makes up what it observes."""
    if not reply.calls:
        return f"Thought: Do I need to use a tool? No\nAI: {_last_words(reply)}"
    actions = "\n".join(action(call) for call in reply.calls)
    if not any("Observation" in stop for stop in asked.stops):
        actions += '\nObservation: {"status": "passed"}\nThought: Do I need to use a tool? No\nAI: Done.'
    return f"Thought: Do I need to use a tool? Yes\n{actions}"


def action(call: Call) -> str:
    """One action in the paper's format."""
    return f"Action: {call.tool}\nAction Input: {json.dumps(call.arguments)}"


def cut(message: Written, max_tokens: int) -> Written:
    """`message` no longer than `max_tokens`, cut off as a server does."""
    if message.tokens <= max_tokens:
        return message
    left = max_tokens * _CHARACTERS_A_TOKEN
    calls = tuple((name, arguments[:left]) for name, arguments in message.calls)
    return replace(message, content=message.content and message.content[:left], calls=calls, finish="length")


def _last_words(reply: Reply) -> str:
    return " ".join(part for part in (reply.question or reply.answer or "", *reply.unmet) if part)


def _in_prose(reply: Reply) -> str:
    if not reply.calls:
        return _last_words(reply)
    return "I would " + ", then ".join(call.tool.replace("_", " ") for call in reply.calls) + "."

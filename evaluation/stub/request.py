"""What one chat completion request says: blocks, steps so far, tools, and the form in which an answer is wanted."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

from evaluation.stub.offers import Offers, offered

Form = Literal["json_schema", "function", "json_object", "text", "react", "tools"]
"""How the plan is wanted: the first four as one JSON object, the last two as one action at a time."""

_BLOCK = re.compile(r"^<([a-z_]+)>[ \t]*\n(.*?)\n?</\1>[ \t]*$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Done:
    """A step of this turn as the prompt tells it."""

    tool: str
    arguments: dict[str, Any]
    passed: bool
    failed_checks: list[dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    """A request as the stub understands it."""

    system: str
    blocks: dict[str, str]
    steps: list[Done]
    error: str | None
    offers: Offers
    form: Form
    function: str = "plan"
    said_before: str = ""
    """The assistant's last text, if the request holds one."""
    temperature: float = 0.0
    seed: int = 0
    stops: tuple[str, ...] = ()
    max_tokens: int = 4096
    knows_form: bool = True
    """Whether the prompt says what a plan looks like."""

    @property
    def text(self) -> str:
        """The user's message; empty when the prompt holds none."""
        return _text(self.blocks.get("request", ""))

    @property
    def begins(self) -> bool:
        """Whether this is the first answer of its turn: nothing done, nothing to mend, nothing to judge."""
        return not self.steps and self.error is None and self.draft is None

    @property
    def draft(self) -> str | None:
        """Another's plan that is to be judged."""
        return next((self.blocks[name] for name in ("plan", "draft", "proposal") if name in self.blocks), None)

    def lines(self, block: str) -> list[Any]:
        """The JSON objects of a block, one a line; lines that are none are left out."""
        found = (_json(line) for line in self.blocks.get(block, "").splitlines())
        return [item for item in found if item is not None]

    def table(self) -> Any:
        """The table's JSON object, 'none', or None when the prompt shows no table."""
        shown = self.blocks.get("table")
        if shown is None:
            return None
        return "none" if shown.strip().strip('"') in ("none", "null", "") else _json(shown)


def read(body: dict[str, Any]) -> Asked:
    """`body` of POST /v1/chat/completions. Raises ValueError for what is no such request."""
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise ValueError("'messages' must be a list of at least one message")
    system = "\n".join(_content(m) for m in messages if m.get("role") in ("system", "developer"))
    said = "\n".join(_content(m) for m in messages if m.get("role") == "user")
    assistant = [_content(m) for m in messages if m.get("role") == "assistant"]
    functions = [tool["function"] for tool in body.get("tools") or [] if tool.get("type") == "function"]
    form, function = _form(body, system, bool(functions))
    blocks = dict(_BLOCK.findall(said))
    steps, error = _so_far(messages, blocks)
    native = functions if form == "tools" else []
    shapes = (
        system + json.dumps(body.get("response_format") or {}) + json.dumps(functions if form == "function" else [])
    )
    stop = body.get("stop") or ()
    return Asked(
        system=system,
        blocks=blocks,
        steps=steps,
        error=_text(blocks["error"]) if "error" in blocks else error,
        offers=offered(system, native),
        form=form,
        function=function,
        said_before=next((text for text in reversed(assistant) if text), ""),
        temperature=float(body.get("temperature") or 0.0),
        seed=int(body.get("seed") or 0),
        stops=(stop,) if isinstance(stop, str) else tuple(stop),
        max_tokens=int(body.get("max_completion_tokens") or body.get("max_tokens") or 4096),
        knows_form='"steps"' in shapes,
    )


def _form(body: dict[str, Any], system: str, has_tools: bool) -> tuple[Form, str]:
    choice = body.get("tool_choice")
    if has_tools and isinstance(choice, dict):
        return "function", str(choice["function"]["name"])
    if has_tools and choice != "none":
        return "tools", ""
    kind = (body.get("response_format") or {}).get("type")
    if kind in ("json_schema", "json_object"):
        return kind, ""
    return ("react", "") if "Action Input:" in system else ("text", "")


def _so_far(messages: list[dict[str, Any]], blocks: dict[str, str]) -> tuple[list[Done], str | None]:
    """This turn's steps, from wherever the prompt tells them, and what was wrong with the last action."""
    steps = [_done(item) for item in (_json(line) for line in blocks.get("steps", "").splitlines()) if item]
    called, error = _called(messages)
    if not called and error is None:
        plain = "\n".join(_content(m) for m in messages if m.get("role") in ("user", "assistant"))
        called, error = _scratchpad(_BLOCK.sub("", plain))
    return (steps or called), error


def _called(messages: list[dict[str, Any]]) -> tuple[list[Done], str | None]:
    """Native calls and their results."""
    calls = {
        call["id"]: call["function"]
        for message in messages
        if message.get("role") == "assistant"
        for call in message.get("tool_calls") or []
    }
    steps, error = [], None
    for message in messages:
        if message.get("role") == "tool" and message.get("tool_call_id") in calls:
            function = calls[message["tool_call_id"]]
            step, error = _observed(function["name"], function["arguments"], _content(message))
            steps += [step] if step else []
    return steps, error


def _scratchpad(text: str) -> tuple[list[Done], str | None]:
    """Actions and observations in the paper's format."""
    steps: list[Done] = []
    tool = given = ""
    error = None
    for line in text.splitlines():
        head, _, rest = line.strip().partition(":")
        match head:
            case "Action":
                tool = rest.strip()
            case "Action Input":
                given = rest.strip()
            case "Observation" if tool:
                step, error = _observed(tool, given, rest.strip())
                steps += [step] if step else []
                tool = given = ""
    return steps, error


def _observed(tool: str, arguments: str, result: str) -> tuple[Done | None, str | None]:
    """The step that a result tells of, or the error that it is."""
    told = _json(result)
    if isinstance(told, dict) and told.get("status"):
        return _done({"tool": tool, "arguments": _json(arguments) or {}, **told}), None
    return None, result


def _done(item: dict[str, Any]) -> Done:
    return Done(
        tool=str(item.get("tool", "")),
        arguments=dict(item.get("arguments") or {}),
        passed=item.get("status") == "passed",
        failed_checks=list(item.get("failed_checks") or []),
    )


def _content(message: dict[str, Any]) -> str:
    content = message.get("content") or ""
    if isinstance(content, list):
        return "".join(str(part.get("text", "")) for part in content)
    return str(content)


def _text(block: str) -> str:
    """A JSON string, or whatever stands there."""
    told = _json(block)
    return told if isinstance(told, str) else block.strip()


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None

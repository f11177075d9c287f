"""One exchange with a language model: what it is sent, and what it answers. Plain data, so that it can be kept and replayed."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any, Literal, Protocol

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from state.text import cleaned

MOST_TOKENS = 1_000_000_000
"""Of one call: a server that counts more does not count."""

Text = Annotated[str, BeforeValidator(cleaned)]
"""What a model wrote, as it can be kept and shown. Nothing of a model gets in by another way than through an `Answer`."""


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ToolCall(_Record):
    """A native tool call of the model. `arguments` is the text as it came: it may not be JSON."""

    id: Text
    name: Text
    arguments: Text


class Message(_Record):
    """One message of a chat."""

    role: Literal["system", "user", "assistant", "tool"]
    content: str = ""
    calls: tuple[ToolCall, ...] = Field((), description="of an assistant")
    call_id: str | None = Field(None, description="of a tool's result: the call it answers")


class Prompt(_Record):
    """What the model is sent in one call."""

    messages: tuple[Message, ...]
    tools: tuple[dict[str, Any], ...] = Field((), description="function schemas: {name, description, parameters}")
    tool_choice: str | None = Field(None, description="'auto', 'required', 'none' or the name of the function to call")
    response_format: dict[str, Any] | None = Field(None, description="as OpenAI's chat completions take it")
    stop: tuple[str, ...] = ()
    model: str | None = None
    temperature: float = 0.0
    max_tokens: int = 1024
    seed: int | None = None

    @property
    def characters(self) -> int:
        """Input characters: messages, tool schemas and response format, as sent."""
        said = sum(len(m.content) + sum(len(c.name) + len(c.arguments) for c in m.calls) for m in self.messages)
        schemas = [*self.tools, *([self.response_format] if self.response_format else [])]
        return said + sum(len(json.dumps(schema, separators=(",", ":"))) for schema in schemas)

    @property
    def digest(self) -> str:
        """16 hex digits over everything that is sent."""
        return digest_of(self.model_dump_json())


def digest_of(prompt: str) -> str:
    """`Prompt.digest` of a prompt's JSON text."""
    return hashlib.sha256(prompt.encode()).hexdigest()[:16]


class Answer(_Record):
    """What the model answered in one call."""

    text: Text = ""
    calls: tuple[ToolCall, ...] = ()
    refusal: Text | None = None
    finish: Text = Field("stop", description="why it ended: stop, length, tool_calls, content_filter ...")
    model: Text | None = Field(None, description="as the server names it")
    input_tokens: int = Field(0, ge=0, le=MOST_TOKENS)
    output_tokens: int = Field(0, ge=0, le=MOST_TOKENS)
    estimated: bool = Field(False, description="the counts are ours, at 4 characters a token")


class Unsupported(Exception):
    """The server does not take this form of request (HTTP 400 for a response format or for tools); try another."""


class Server(Protocol):
    """Where a language model runs: one call in, one answer out."""

    def complete(self, prompt: Prompt, timeout_seconds: float) -> Answer:
        """The answer. `model`, `temperature` and the rest of `prompt` are final here. Raises Unsupported or ServerError."""
        ...


class Llm(Protocol):
    """A language model as planners reach it: counted, within the turn's budget, and kept with the turn."""

    def ask(self, prompt: Prompt) -> Answer:
        """The model's answer. Model, temperature, length and seed are filled in from the strategy where `prompt` leaves
        its defaults.

        Raises Unsupported, ServerError, BudgetSpent, or Cancelled.
        """
        ...

    def refused(self) -> list[Prompt]:
        """Earlier prompts of this session, to the same model, whose form the server did not take."""
        ...

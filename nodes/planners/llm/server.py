"""Any server that speaks OpenAI's chat completions: OpenAI itself, Ollama, vLLM, llama.cpp, and what stands behind a gateway.

The only file that imports langchain-openai. A call is retried in one place, the client, and within the time that it may
take; prose, truncation, refusals and malformed tool arguments are answers, never exceptions.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from nodes.planners.exchange import Answer, Message, Prompt, Unsupported
from nodes.planners.llm.completion import read
from nodes.planners.llm.deadline import client_for, within
from nodes.planners.llm.failure import explained, rejected, timed_out
from state.errors import ServerError, ServerTimeout, SetupError
from state.settings import LlmSettings

OPENAI = "https://api.openai.com/v1"
NO_KEY = "none"
"""What servers that want no key are sent: the client does not go without one."""

_LENGTHS = ("max_tokens", "max_completion_tokens")
"""Two names of one limit: OpenAI's newer models reject the first, most other servers ignore or reject the second."""


@dataclass
class Found:
    """What a model turned out to be like."""

    left_out: set[str] = field(default_factory=set)
    """Parameters that were rejected, and are not sent again."""
    overruns_stop: bool = False
    """It wrote on behind a stop sequence; its answers are cut there."""


class OpenAiServer:
    """The server that `settings` name. One object may be used by several threads."""

    def __init__(self, settings: LlmSettings) -> None:
        """Raises SetupError when the address is none, or when OpenAI is meant and there is no key."""
        self.url = settings.base_url or OPENAI
        address = urlsplit(self.url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise SetupError(
                "must be an address such as http://127.0.0.1:11434/v1, beginning with http:// or https://",
                field="LOOPCOPILOT_LLM_BASE_URL",
            )
        key = settings.api_key.get_secret_value() if settings.api_key else None
        if key is None and settings.base_url is None:
            raise SetupError(
                "OpenAI wants a key; for another server set LOOPCOPILOT_LLM_BASE_URL", field="OPENAI_API_KEY"
            )
        self._settings = settings
        self._key = key or NO_KEY
        self._secrets = tuple(secret for secret in (key, address.password) if secret)
        place = address.netloc.rpartition("@")[2]  # an address may hold a password, or a key behind its "?"
        self.name = f"the language model's server at {address.scheme}://{place}{address.path}"
        self._chats: dict[str, Any] = {}
        self._found: dict[str, Found] = {}

    def found(self, model: str) -> Found:
        """What the calls so far have shown of `model`."""
        return self._found.setdefault(model, Found())

    def complete(self, prompt: Prompt, timeout_seconds: float) -> Answer:
        """See `nodes.planners.exchange.Server`. `timeout_seconds` bounds the whole wait, retries included.

        A parameter that the server does not know is left out and the call made again; `found` says which.
        """
        model = prompt.model or self._settings.model
        if not model:
            raise SetupError("must be the model's name at the server", field="LOOPCOPILOT_LLM_MODEL")
        self._chat(model)  # the first call of a process imports the client, a second that is no silence of the server's
        ends = time.monotonic() + timeout_seconds
        found = self.found(model)
        while True:
            sent = self._parameters(prompt, found.left_out)
            try:
                answer, overran = read(self._sent(model, prompt.messages, sent, ends), prompt, self._secrets)
            except Exception as error:  # noqa: BLE001 - whatever the client raises becomes an error of ours, with its reason
                found.left_out.add(self._dispensable(error, prompt, model, sent, timeout_seconds))
                continue
            found.overruns_stop |= overran and "stop" in sent
            return answer

    def models(self, timeout_seconds: float) -> list[str]:
        """The names of the models that the server offers. Raises ServerError."""
        model = self._settings.model or "any"
        try:
            chat = self._chat(model)
            with within(time.monotonic() + timeout_seconds):
                return sorted(str(offered.id) for offered in chat.root_client.models.list())
        except Exception as error:  # noqa: BLE001 - as above
            raise self._failure(error, model, timeout_seconds) from None

    def _parameters(self, prompt: Prompt, left_out: set[str]) -> dict[str, Any]:
        """What is sent besides the messages, without what the server rejected before."""
        lengths = _LENGTHS if self._settings.base_url else _LENGTHS[::-1]
        length = next((name for name in lengths if name not in left_out), None)
        choice: Any = prompt.tool_choice
        if choice not in (None, "auto", "required", "none"):
            choice = {"type": "function", "function": {"name": choice}}
        wanted = {
            "temperature": prompt.temperature,
            "seed": prompt.seed,
            "stop": list(prompt.stop) or None,
            "response_format": prompt.response_format,
            "tools": [{"type": "function", "function": tool} for tool in prompt.tools] or None,
            "tool_choice": choice if prompt.tools else None,
        }
        sent = {name: value for name, value in wanted.items() if value is not None and name not in left_out}
        return sent if length is None else {**sent, length: prompt.max_tokens}

    def _sent(self, model: str, messages: tuple[Message, ...], parameters: dict[str, Any], ends: float) -> Any:
        """The body of the server's answer."""
        # As an extra, so that neither langchain nor openai parses the answer by it (they raise on prose and truncation),
        # and so that max_tokens keeps its name.
        extra = {name: value for name, value in parameters.items() if name in ("response_format", "max_tokens")}
        named = {name: value for name, value in parameters.items() if name not in extra}
        with within(ends):
            return self._chat(model).body([_as_langchain(message) for message in messages], extra_body=extra, **named)

    def _dispensable(self, error: Exception, prompt: Prompt, model: str, sent: dict[str, Any], seconds: float) -> str:
        """The parameter to leave out after `error`. Raises Unsupported or ServerError when that would not help."""
        said = rejected(error, self._secrets)
        if said is not None:
            name = said.dispensable(name for name in sent if name not in ("response_format", "tools"))
            if name is not None:
                return name
            form = said.unsupported(prompt)
            if form is not None:
                raise Unsupported(f"{self.name} does not take {form}: {said.words}") from None
        raise self._failure(error, model, seconds) from None

    def _failure(self, error: Exception, model: str, seconds: float) -> Exception:
        if isinstance(error, ServerError | SetupError):
            return error
        kind = ServerTimeout if timed_out(error) else ServerError
        return kind(explained(error, server=self.name, model=model, timeout_seconds=seconds, secrets=self._secrets))

    def _chat(self, model: str) -> Any:
        """The client for `model`, made once."""
        chat = self._chats.get(model)
        if chat is None:
            chat = self._chats[model] = _chat_class()(
                model=model,
                base_url=self.url,
                api_key=self._key,
                timeout=self._settings.timeout_seconds,
                max_retries=self._settings.retries,
                http_client=client_for(self.url),
                use_responses_api=False,
                disable_streaming=True,
                cache=False,
            )
        return chat


@cache
def _chat_class() -> Any:
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.outputs import ChatGeneration, ChatResult
    from langchain_openai import ChatOpenAI
    from langsmith.run_helpers import get_tracing_context, tracing_context

    class Chat(ChatOpenAI):
        """Hands on the server's answer as it came: langchain's own reading drops the text of arguments and raises on bad ones."""

        def body(self, messages: list[BaseMessage], **parameters: Any) -> Any:
            if get_tracing_context()["enabled"]:
                return self.invoke(messages, **parameters).additional_kwargs["body"]
            # What a user says goes to the language model and nowhere else: a variable of the environment that sends other
            # programs' traces to LangSmith is no consent. Tracing that the calling program switched on is (above).
            with tracing_context(enabled=False):
                return self.invoke(messages, {"callbacks": []}, **parameters).additional_kwargs["body"]

        def _generate(
            self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **parameters: Any
        ) -> ChatResult:
            response = self.client.create(**self._get_request_payload(messages, stop=stop, **parameters))
            body = response.model_dump(warnings=False) if hasattr(response, "model_dump") else response
            return ChatResult(generations=[ChatGeneration(message=AIMessage("", additional_kwargs={"body": body}))])

    return Chat


def _as_langchain(message: Message) -> Any:
    from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

    match message.role:
        case "system":
            return SystemMessage(message.content)
        case "user":
            return HumanMessage(message.content)
        case "tool":
            return ToolMessage(message.content, tool_call_id=message.call_id or "")
    # Every call as an invalid one: only those keep the text of their arguments, and their order.
    calls = [
        {"type": "invalid_tool_call", "id": call.id, "name": call.name, "args": call.arguments, "error": None}
        for call in message.calls
    ]
    return AIMessage(message.content, invalid_tool_calls=calls)

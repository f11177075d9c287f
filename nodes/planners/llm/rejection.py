"""What a server means when it rejects a request: another form, one parameter less, or an error for a person.

Servers word this freely; the rules here follow what OpenAI, Ollama, vLLM, llama.cpp's server, LM Studio, Mistral, Groq
and OpenRouter say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from nodes.planners.exchange import Prompt
from state.text import clean as plain_text
from state.text import quoted

LONGEST = 300
"""Characters of a server's own words that are passed on."""
_DEEPEST, _MOST = 16, 20
"""Levels and list items in which a message is looked for."""

_UNKNOWN = re.compile(
    r"unsupported|not support|unknown|unrecogni[sz]ed|unexpected|extra|not permitted|not allowed|only the default"
    r"|invalid tool_choice type",
    re.I,
)
_FORMAT = re.compile(r"response_?format|json[_ ]?(schema|object|mode)|structured.?output|grammar|guided|schema", re.I)
_TOOLS = re.compile(r"\btools?\b|tool[_-]|\bfunctions?\b|function[_-]?call|--jinja", re.I)
_CONTEXT = re.compile(r"context.?(length|window|size)|maximum context|prompt is too long|exceeds? the context", re.I)
_MAY_CONCERN_THE_FORM = frozenset({200, 400, 404, 405, 415, 422, 500, 501})
_MAY_CONCERN_A_PARAMETER = frozenset({200, 400, 422, 500, 501})


@dataclass(frozen=True)
class Rejection:
    """A server's no: HTTP status, its own words on one line, and the parameter that it names, if it does."""

    status: int
    words: str
    parameter: str | None = None

    @property
    def too_long(self) -> bool:
        """The prompt does not fit into the model's context."""
        return _CONTEXT.search(self.words) is not None

    def unsupported(self, prompt: Prompt) -> str | None:
        """The form of `prompt` that the server does not take: 'response_format' or 'tools'; None when it is not about that."""
        if self.status not in _MAY_CONCERN_THE_FORM or self.too_long:
            return None
        about = f"{self.parameter or ''} {self.words}"
        if prompt.response_format is not None and _FORMAT.search(about):
            return "response_format"
        if prompt.tools and _TOOLS.search(about):
            return "tools"
        return None

    def dispensable(self, sent: Iterable[str]) -> str | None:
        """The parameter among `sent` that the server does not know and that can be left out, or None.

        A bad value of a known one (a length beyond the model's) is no such case: it is the strategy's to mend.
        """
        if self.status not in _MAY_CONCERN_A_PARAMETER or self.too_long:
            return None
        unknown = _UNKNOWN.search(self.words) is not None
        named = [name for name in sent if self._names(name) and (unknown or name in ("seed", "stop"))]
        # "Unsupported parameter: 'max_tokens' ... Use 'max_completion_tokens'": the first one named is meant
        return min(named, key=lambda name: self.words.find(name), default=None)

    def _names(self, name: str) -> bool:
        if self.parameter is not None and name in re.split(r"[.\[\]]", self.parameter):
            return True
        if name == "stop":  # an everyday word
            return (
                re.search(r"['\"`.]stop['\"`]|(parameter|argument|param|property|field)s?:? +stop\b", self.words)
                is not None
            )
        return re.search(rf"(?<![\w-]){name}(?![\w-])", self.words) is not None


def rejection(status: int, body: Any, fallback: str, secrets: Iterable[str] = ()) -> Rejection:
    """What the body of an error says, without any of `secrets`. `fallback` stands in for an empty body."""
    inner = body.get("error", body) if isinstance(body, dict) else body
    parameter = inner.get("param") if isinstance(inner, dict) else None
    words = _words(inner) or fallback
    return Rejection(status, clean(words, secrets), parameter if isinstance(parameter, str) else None)


def clean(words: str, secrets: Iterable[str] = ()) -> str:
    """One line of at most LONGEST characters that holds no key."""
    if re.match(r"\s*<(!doctype|html|head|body)", words, re.I):
        title = re.search(r"<title>(.*?)</title>", words, re.I | re.S)
        words = f"a web page ({title.group(1).strip()})" if title else "a web page"
    for secret in secrets:
        if len(secret) >= 4:
            words = words.replace(secret, "***")
    # OpenAI repeats a wrong key in part
    words = re.sub(r"\bsk-[\w*.-]+", "sk-***", words)
    words = re.sub(r"(Bearer) +(?!token|auth)\S+", r"\1 ***", words)
    words = " ".join(plain_text(words).split())
    return words if len(words) <= LONGEST else words[: LONGEST - 3] + "..."


def _words(body: Any, deepest: int = _DEEPEST) -> str:
    """The message, wherever it stands. Of FastAPI's lists only place and message: they repeat the whole input too."""
    if isinstance(body, str):
        return body.strip()
    if not deepest:
        return ""
    if isinstance(body, list):
        return "; ".join(filter(None, (_words(item, deepest - 1) for item in body[:_MOST])))
    if not isinstance(body, dict):
        return ""
    if "loc" in body and "msg" in body:
        place = body["loc"] if isinstance(body["loc"], list | tuple) else [body["loc"]]
        return f"'{'.'.join(map(_plain, place))}': {_plain(body['msg'])}"
    keys = ("message", "error", "detail", "msg")
    return next((words for key in keys if (words := _words(body.get(key), deepest - 1))), "")


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else quoted(value)

"""What the language model's server can do: each form of request tried once, in a handful of short calls."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from evaluation.diagnosis import Finding
from nodes.planners.exchange import Answer, Message, Prompt, Unsupported
from state.errors import LoopCopilotError, ServerError
from state.settings import LlmSettings

if TYPE_CHECKING:
    from nodes.planners.llm.server import OpenAiServer

SERVER = "language model"
"""The finding on which the others stand."""

SET_UP = (
    "set LOOPCOPILOT_LLM_MODEL, and LOOPCOPILOT_LLM_BASE_URL or OPENAI_API_KEY (docs/language-models.md);"
    " `loopcopilot llm-stub` serves one for trying"
)
_LONGEST = 512
"""Tokens of an answer; models that think before they answer need room."""
_LIST_SECONDS = 10.0
_LISTED = 12
"""Names of models that are shown."""
_SYSTEM = (
    "You answer with one JSON object and nothing else:"
    ' {"steps": [], "answer": a short greeting as a string, "question": null, "unmet": []}'
)
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "steps": {"type": "array", "items": {"type": "object"}},
        "answer": {"type": ["string", "null"]},
        "question": {"type": ["string", "null"]},
        "unmet": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["steps", "answer", "question", "unmet"],
}
_FORMS: dict[str, dict[str, Any]] = {
    "json_schema": {
        "response_format": {"type": "json_schema", "json_schema": {"name": "plan", "schema": _SCHEMA, "strict": False}}
    },
    "function_calling": {
        "tools": ({"name": "plan", "description": "The plan.", "parameters": _SCHEMA},),
        "tool_choice": "plan",
    },
    "json_mode": {"response_format": {"type": "json_object"}},
}


def configured(settings: LlmSettings) -> Finding:
    """Whether one is set up; nothing is sent."""
    if settings.model is None or (settings.base_url is None and settings.api_key is None):
        if settings == LlmSettings():
            return Finding(SERVER, "missing", "none is set up; the rules planner needs none", SET_UP)
        lacks = "LOOPCOPILOT_LLM_MODEL" if settings.model is None else "LOOPCOPILOT_LLM_BASE_URL or OPENAI_API_KEY"
        return Finding(SERVER, "missing", f"set up in part: {lacks} is not set", SET_UP)
    from nodes.planners.llm.server import OpenAiServer

    try:
        name = OpenAiServer(settings).name
    except LoopCopilotError as error:
        return Finding(SERVER, "broken", str(error), SET_UP)
    return Finding(SERVER, "unchecked", f"{settings.model} on {name}", "`loopcopilot doctor --llm` tries it")


def diagnose_llm(settings: LlmSettings) -> list[Finding]:
    """What the server can do, itself first. When it is not there or does not answer, that is the only finding."""
    first = configured(settings)
    if first.status != "unchecked":
        return [_with_models(first, settings)]
    from nodes.planners.llm.server import OpenAiServer

    server, model = OpenAiServer(settings), settings.model or ""
    offered = _offered(server, settings)
    try:
        answer = server.complete(_prompt("say hello"), settings.timeout_seconds)
    except (Unsupported, LoopCopilotError) as error:
        remedy = f"the server offers: {_listed(offered)}" if offered and model not in offered else None
        return [Finding(SERVER, "broken", getattr(error, "message", str(error)), remedy)]
    known = f"; models it offers: {len(offered)}" if offered else ""
    findings = [
        Finding(SERVER, "ok", f"{server.name} answers{known}"),
        Finding(
            "model", "ok", model if answer.model in (None, model) else f"{model}, which the server calls {answer.model}"
        ),
        _text(answer),
    ]
    findings += [_form(name, server, settings) for name in _FORMS]
    findings.append(_usage(answer))
    findings.append(_stop(server, model, settings))
    findings += _parameters(server.found(model).left_out)
    return findings


def _prompt(request: str, **more: Any) -> Prompt:
    """In the form of the planners' own prompts."""
    user = f"<request>\n{json.dumps(request)}\n</request>"
    messages = Message(role="system", content=_SYSTEM), Message(role="user", content=user)
    return Prompt(messages=messages, max_tokens=_LONGEST, seed=1, **more)


def _offered(server: OpenAiServer, settings: LlmSettings) -> list[str]:
    """The models' names; none where the server does not tell."""
    try:
        return server.models(min(_LIST_SECONDS, settings.timeout_seconds))
    except ServerError:
        return []


def _with_models(finding: Finding, settings: LlmSettings) -> Finding:
    """`finding`, with the models to choose from when only the choice is missing."""
    if finding.status != "missing" or settings.model is not None:
        return finding
    from nodes.planners.llm.server import OpenAiServer

    try:
        offered = _offered(OpenAiServer(settings), settings)
    except LoopCopilotError:
        return finding
    if not offered:
        return finding
    return Finding(finding.subject, "missing", f"{finding.detail}; the server offers: {_listed(offered)}", SET_UP)


def _listed(models: list[str]) -> str:
    more = len(models) - _LISTED
    return ", ".join(models[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _text(answer: Answer) -> Finding:
    if answer.text:
        return Finding("text", "ok", "answers in plain text")
    if answer.finish == "length":
        return Finding(
            "text",
            "missing",
            f"the model spent {_LONGEST} tokens before its first word",
            "it thinks first: raise the strategy's planner.max_tokens, or use another model",
        )
    return Finding("text", "missing", f"the answer was empty (finish reason {answer.finish})")


def _form(name: str, server: OpenAiServer, settings: LlmSettings) -> Finding:
    """Whether the server takes that form, and whether the model then keeps to it."""
    try:
        answer = server.complete(_prompt("say hello", **_FORMS[name]), settings.timeout_seconds)
    except Unsupported as error:
        return Finding(name, "missing", str(error).removeprefix(f"{server.name} "))
    except ServerError as error:
        return Finding(name, "broken", error.message)
    if name == "function_calling":
        if not answer.calls:
            return Finding(name, "missing", "taken, and no function was called")
        content = answer.calls[0].arguments
    else:
        content = answer.text
    if answer.finish == "length":
        return Finding(name, "missing", f"cut off at {_LONGEST} tokens")
    try:
        plan = json.loads(content)
    except ValueError:
        return Finding(name, "missing", f"taken and not kept to: {content[:60]!r} is no JSON")
    if not isinstance(plan, dict) or not set(_SCHEMA["required"]) <= set(plan):
        return Finding(name, "missing", f"taken and not kept to: {content[:60]!r} is not of the form asked for")
    return Finding(name, "ok", "taken and kept to")


def _usage(answer: Answer) -> Finding:
    if answer.estimated:
        return Finding("token counts", "missing", "the server gives none; they are estimated at 4 characters a token")
    return Finding("token counts", "ok", f"{answer.input_tokens} in, {answer.output_tokens} out")


def _stop(server: OpenAiServer, model: str, settings: LlmSettings) -> Finding:
    """Has the model write past a stop sequence; whether it does is up to it."""
    prompt = Prompt(
        messages=(
            Message(
                role="user", content="Write exactly these three lines, nothing else:\nready\nObservation: seen\nend"
            ),
        ),
        stop=("\nObservation:",),
        max_tokens=_LONGEST,
        seed=1,
    )
    try:
        answer = server.complete(prompt, settings.timeout_seconds)
    except (Unsupported, ServerError) as error:
        return Finding("stop sequences", "broken", getattr(error, "message", str(error)))
    found = server.found(model)
    if "stop" in found.left_out:
        return Finding("stop sequences", "missing", "rejected; answers are cut here instead")
    if found.overruns_stop:
        return Finding("stop sequences", "missing", "ignored; answers are cut here instead")
    if answer.text.strip() != "ready":
        return Finding("stop sequences", "unchecked", "taken; the model did not write one")
    return Finding("stop sequences", "ok", "kept to")


def _parameters(left_out: set[str]) -> list[Finding]:
    """Seed, and whatever else the server did not take."""
    lost = {
        "seed": "rejected and left out: equal seeds may give different plans",
        "temperature": "rejected and left out: the model's own is used, whatever the strategy says",
        "tool_choice": "rejected and left out: the model may answer without calling the function",
    }
    findings = [Finding(name, "missing", why) for name, why in lost.items() if name in left_out]
    if "seed" not in left_out:
        findings.insert(0, Finding("seed", "unchecked", "taken; whether equal seeds give equal answers was not tried"))
    if {"max_tokens", "max_completion_tokens"} <= left_out:
        findings.append(Finding("max_tokens", "missing", "rejected under both its names: answers have no limit"))
    return findings

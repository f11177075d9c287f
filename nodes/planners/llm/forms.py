"""The ladder of structured outputs: how a plan's form is asked for, from the strictest that a server takes down to text."""

from __future__ import annotations

from typing import Any, Literal

from nodes.planners.exchange import Answer, Llm, Prompt, Unsupported
from nodes.planners.planner import PlanRequest
from state.errors import PlannerError
from state.planning import FormedChoice

Form = Literal["json_schema", "function_calling", "json_mode", "text"]
LADDER: tuple[Form, ...] = ("json_schema", "function_calling", "json_mode", "text")
FUNCTION = "plan"

_TEXT_OR_NULL = {"type": ["string", "null"]}
PLAN_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "steps": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"tool": {"type": "string"}, "arguments": {"type": "object"}},
                "required": ["tool", "arguments"],
            },
        },
        "answer": _TEXT_OR_NULL,
        "question": _TEXT_OR_NULL,
        "unmet": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["steps"],
}


def shaped(prompt: Prompt, form: Form) -> Prompt:
    """`prompt` asking for a plan in `form`."""
    if form == "json_schema":
        schema = {"name": FUNCTION, "schema": PLAN_SCHEMA, "strict": False}
        return prompt.model_copy(update={"response_format": {"type": "json_schema", "json_schema": schema}})
    if form == "function_calling":
        function = {
            "name": FUNCTION,
            "description": "The plan, or an answer, or a question.",
            "parameters": PLAN_SCHEMA,
        }
        return prompt.model_copy(update={"tools": (function,), "tool_choice": FUNCTION})
    if form == "json_mode":
        return prompt.model_copy(update={"response_format": {"type": "json_object"}})
    return prompt


def form_of(prompt: Prompt) -> Form:
    """The form that `shaped` gave `prompt`."""
    kind = (prompt.response_format or {}).get("type")
    return (
        "json_schema"
        if kind == "json_schema"
        else "json_mode"
        if kind
        else "function_calling"
        if prompt.tools
        else "text"
    )


def ask_formed(prompt: Prompt, choice: FormedChoice, request: PlanRequest) -> tuple[Answer, Form]:
    """The model's answer and its form: the one that `choice` names, or with 'auto' the best one that the server has not
    refused in this session; one further down than the first is noted with the turn.

    Raises PlannerError where no form, or not the named one, is taken, and what `Llm.ask` raises.
    """
    llm = model_of(request)
    auto = choice.structured == "auto"
    forms: list[Form] = [form for form in LADDER if auto or form == choice.structured]
    refused = {form_of(earlier) for earlier in llm.refused()} if auto else set()
    reason = "it refused all of them before"
    for form in forms:
        if form in refused and form != "text":
            continue
        try:
            answer = llm.ask(shaped(prompt, form))
        except Unsupported as error:
            reason = str(error)
            continue
        if auto and form != LADDER[0]:
            request.note("form", form, "")
        return answer, form
    if auto:
        raise PlannerError(f"the server takes no form of request: {reason}")
    raise PlannerError(
        f"the server does not take the form {choice.structured} ({reason}); set planner.structured to auto"
    )


def model_of(request: PlanRequest) -> Llm:
    """The request's language model. Raises PlannerError where the strategy has none."""
    if request.llm is None:
        raise PlannerError("this planner asks a language model, and none is set")
    return request.llm

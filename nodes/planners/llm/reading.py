"""From a model's answer to a plan: find the JSON, check its form, and say precisely what is wrong with it."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from nodes.planners.exchange import Answer
from nodes.planners.llm.faults import Fault, declined
from nodes.planners.llm.last_words import answered, refuses, verify_words
from state.plan import Plan, Step
from state.text import cleaned, cut, ended, quoted

_THOUGHT = re.compile(r"<think>.*?(?:</think>|\Z)|\A(?:(?!<think>).)*?</think>", re.DOTALL)
"""Models that reason aloud write drafts there; some servers' templates open the thought themselves."""
_FIELDS = ("steps", "answer", "question", "unmet")
_MOST_DIGITS = 15
"""Of a whole number: what JSON's readers agree on."""
_LONGEST_LOOK = 200
"""Places at which an object may begin; an answer of nothing but braces is not worth more."""


def read_plan(answer: Answer, function: str | None = None) -> tuple[Plan, str]:
    """The plan in `answer`, and what stood around it that was left out ('' for nothing).

    `function` is the one that had to be called, if the form asked for that. Raises Fault.
    """
    text = plan_text(answer, function)
    try:
        found, around = find_object(text)
        return _plan(found), around or _beside(found)
    except Fault:
        if answer.finish == "length":
            raise Fault("truncated", "the answer was cut off at its longest length; be brief") from None
        raise


def plan_text(answer: Answer, function: str | None) -> str:
    """Where the plan stands in `answer`. Raises Fault when the model declined or called something else."""
    if answer.refusal is not None or answer.finish == "content_filter":
        raise declined(answer.refusal or "its content filter stopped it")
    if not answer.calls:
        return answer.text
    call = answer.calls[0]
    if len(answer.calls) > 1:
        raise Fault("several_actions", "several calls were made; make one, with the whole plan")
    if function is None or call.name != function:
        wanted = f"call {function!r}" if function else "call nothing and answer with the plan's JSON object"
        raise Fault("invalid_tool_call", f"{quoted(call.name)} was called; {wanted}")
    return call.arguments


def aloud(text: str) -> str:
    """What `text` says outside of thoughts."""
    return _THOUGHT.sub("", text).strip()


def unfinished(text: str) -> Fault | None:
    """What is wrong with an answer that never left its thought."""
    if text.rfind("<think>") <= text.rfind("</think>"):
        return None
    return Fault("truncated", "the answer ends inside a thought: <think> was never closed; close it, then answer")


def find_object(text: str) -> tuple[dict[str, Any], str]:
    """The first JSON object in `text` that is a plan, and the prose around it. Raises Fault."""
    bare = aloud(text)
    places = [at.start() for at in re.finditer(r"\{", bare)][:_LONGEST_LOOK]
    if not places:
        if refuses(bare):
            raise declined(bare)
        if (fault := unfinished(text)) is not None:
            raise fault
        raise Fault("no_json", f"there is no JSON object in the answer; it begins {bare[:80]!r}")
    for place in places:
        value, length = _decoded(bare[place:])
        if not isinstance(value, dict) or not _is_plan(value, bare[:place]):
            continue
        around = f"{bare[:place]} {bare[place + length :]}"
        return value, " ".join(re.sub(r"```(json)?", " ", around).split())
    first, _ = _decoded(bare[places[0] :])
    if isinstance(first, dict):
        return first, ""  # an object of another form: what it lacks is said where the plan is read
    raise Fault("malformed_json", f"the JSON cannot be read: {first}")


def _is_plan(value: dict[str, Any], before: str) -> bool:
    """Whether an object is a plan rather than a piece of one that cannot be read, such as arguments of `describe`."""
    return "steps" in value or (bool(set(value) & set(_FIELDS)) and '"steps"' not in before)


def read_object(text: str) -> tuple[dict[str, Any], str]:
    """The JSON object that `text` begins with or holds first, of whatever form, and the prose around it. Raises Fault."""
    bare = text.strip()
    place = bare.find("{")
    if place < 0:
        raise Fault("no_json", f"there is no JSON object in {bare[:80]!r}")
    value, length = _decoded(bare[place:])
    if not isinstance(value, dict):
        raise Fault("malformed_json", f"the JSON cannot be read: {value}")
    return value, " ".join(re.sub(r"```(json)?", " ", f"{bare[:place]} {bare[place + length :]}").split())


def arguments_of(value: Any, where: str) -> dict[str, Any]:
    """Arguments as an object: some models write it as a string, or null for none. What is null was not given."""
    if isinstance(value, str):
        value = _decoded(value.strip())[0] if value.strip() else {}
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Fault("malformed_json", f"{where} must be a JSON object such as {{}}")
    return {str(name): inner for name, inner in value.items() if inner is not None}


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON value")


def _finite(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise ValueError(f"{cut(digits, 20)} is too large a number")
    return value


def _bounded(digits: str) -> int:
    if len(digits) > _MOST_DIGITS:
        raise ValueError(f"{cut(digits, 20)} is too large a number")
    return int(digits)


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite, parse_int=_bounded)


def decoded_object(text: str) -> dict[str, Any] | None:
    """The object that `text` is, and nothing else; an empty one for no text; None for all else."""
    bare = text.strip()
    if not bare:
        return {}
    value, length = _decoded(bare)
    return value if isinstance(value, dict) and length == len(bare) else None


def _decoded(text: str) -> tuple[Any, int]:
    """The value at the beginning of `text` and its length; where there is none, a sentence that says why and 0."""
    try:
        value, length = _DECODER.raw_decode(text)
        return cleaned(value), length  # an escape may stand for what the text itself may not hold
    except json.JSONDecodeError as error:
        return f"{error.msg} at line {error.lineno} column {error.colno}", 0
    except RecursionError:
        return "it is nested too deeply", 0
    except ValueError as error:
        return str(error), 0


def _plan(found: dict[str, Any]) -> Plan:
    if found and not set(found) & set(_FIELDS):
        raise Fault(
            "malformed_json",
            f"the object has none of {', '.join(_FIELDS)}; it has {cut(', '.join(found)) or 'no field'}",
        )
    steps = [_step(item, index) for index, item in enumerate(_list(found, "steps"))]
    answer, question = _words(found, "answer"), _words(found, "question")
    unmet = [ended(text) for text in (_sentence(item, "unmet") for item in _list(found, "unmet")) if text]
    if question and steps:
        raise Fault(
            "malformed_json", "both steps and question are filled; fill one: steps if it can be done, else question"
        )
    if not (steps or answer or question or unmet):
        raise Fault("empty_plan", "the plan is empty; fill steps, answer or question")
    if question:
        verify_words(question)
        return Plan(question=question)
    if steps:
        return Plan(steps=steps, unmet=unmet)
    return Plan(answer=answered(answer) if answer else None, grounded=answer is None, unmet=unmet)


def _step(item: Any, index: int) -> Step:
    where = f"steps[{index}]"
    if not isinstance(item, dict) or not isinstance(item.get("tool"), str):
        raise Fault("malformed_json", f'{where} must be an object {{"tool": name, "arguments": {{...}}}}')
    if others := sorted(set(item) - {"tool", "arguments"}):
        raise Fault("malformed_json", f"{where} has a field {quoted(others[0])}; arguments stand inside 'arguments'")
    return Step(tool=item["tool"].strip(), arguments=arguments_of(item.get("arguments"), f"{where}.arguments"))


def _list(found: dict[str, Any], name: str) -> list[Any]:
    value = found.get(name)
    if value is None or value == "":
        return []
    if not isinstance(value, list):
        raise Fault("malformed_json", f"{name} must be a list")
    return value


def _words(found: dict[str, Any], name: str) -> str | None:
    return _sentence(found.get(name), name) or None


def _sentence(value: Any, name: str) -> str:
    if value is not None and not isinstance(value, str):
        raise Fault("malformed_json", f"{name} must hold text")
    return (value or "").strip()


def _beside(found: dict[str, Any]) -> str:
    """An answer that came with steps: words that nothing checked, and that the verified reply takes the place of."""
    return _words(found, "answer") or "" if _list(found, "steps") else ""

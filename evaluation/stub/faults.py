"""What language models get wrong, on purpose: chosen by the model's name, `stub+FAULT` or `stub+FAULT:always`.

By default a fault spoils only the first answer of a turn; told what was wrong, the stub mends it. `:always` never mends.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from evaluation.stub.answers import Written, action, written
from evaluation.stub.calls import Call, Reply
from evaluation.stub.request import Asked

MODEL = "stub"
_NOBODY = "theremin"
_FILE = "clarinet_take3_final.wav"
_ENDLESS = 28
"""Steps; more than a turn may have by default, and short enough for the default max_tokens."""


def _unknown_tool(reply: Reply, asked: Asked) -> Reply:
    return Reply((Call("make_it_better", {"amount": "a lot"}), *reply.calls[1:]))


def _bad_arguments(reply: Reply, asked: Asked) -> Reply:
    """A number out of its bounds where there is one, else an argument that does not exist."""
    calls = list(reply.calls) or [Call(_first_offered(asked))]
    for index, call in enumerate(calls):
        for name, value in call.arguments.items():
            offered = asked.offers.tools.get(call.tool, {}).get(name)
            if offered is not None and offered.most is not None and isinstance(value, (int, float)):
                calls[index] = call.with_arguments(**{name: offered.most * 10})
                return Reply(tuple(calls))
    return Reply((calls[0].with_arguments(loudness_percent="very"), *calls[1:]))


def _missing_stem(reply: Reply, asked: Asked) -> Reply:
    return _named(reply, asked, _NOBODY)


def _invented_file(reply: Reply, asked: Asked) -> Reply:
    for index, call in enumerate(reply.calls):
        if call.tool == "add_track":
            spoilt = call.with_arguments(instrument=_FILE)
            return Reply((*reply.calls[:index], spoilt, *reply.calls[index + 1 :]))
    return _named(reply, asked, _FILE)


def _named(reply: Reply, asked: Asked, name: str) -> Reply:
    """The plan with a step on a stem that nobody has."""
    for index, call in enumerate(reply.calls):
        for field, value in (("stems", [name]), ("stem", name)):
            if field in call.arguments:
                spoilt = call.with_arguments(**{field: value})
                return Reply((*reply.calls[:index], spoilt, *reply.calls[index + 1 :]))
    for tool in ("remove_track", "adjust_track", "extract_track", "vary"):
        if asked.offers.takes(tool, "stems"):
            return _spoilt_with(reply, asked, Call(tool, {"stems": [name]}))
    return _unknown_tool(reply, asked)


def _contradiction(reply: Reply, asked: Asked) -> Reply:
    """Bars that the loop does not have."""
    if asked.offers.takes("regenerate_span", "start_bar"):
        return _spoilt_with(reply, asked, Call("regenerate_span", {"start_bar": 61, "end_bar": 62}))
    return _named(reply, asked, _NOBODY)


def _spoilt_with(reply: Reply, asked: Asked, call: Call) -> Reply:
    """One action at a time: `call` in place of the next; else behind the others."""
    return Reply((call,) if asked.form in ("react", "tools") else (*reply.calls, call))


def _empty_plan(reply: Reply, asked: Asked) -> Reply:
    return Reply()


def _endless_plan(reply: Reply, asked: Asked) -> Reply:
    """More steps than any turn may have; one action at a time: the first one again and again."""
    if asked.form in ("react", "tools"):
        if not asked.steps:
            return reply
        return Reply((Call(asked.steps[0].tool, asked.steps[0].arguments),))
    again = reply.calls[:1] or (Call(_first_offered(asked)),)
    return Reply(tuple(again * _ENDLESS))


def _first_offered(asked: Asked) -> str:
    return next(iter(asked.offers.tools), "vary")


def _malformed_json(message: Written, asked: Asked) -> Written:
    calls = tuple((name, _broken(arguments)) for name, arguments in message.calls)
    return replace(message, content=message.content and _broken(message.content), calls=calls)


def _broken(text: str) -> str:
    """JSON with its last brace gone and a quote missing; text without any gets an open brace."""
    cut = text.rstrip("}\n ")
    return cut.replace('": ', ": ", 1) if '": ' in cut else cut + " {"


def _no_json(message: Written, asked: Asked) -> Written:
    return Written("I would give it more room and a second melody, and it would sound lovely.")


def _prose(message: Written, asked: Asked) -> Written:
    if message.content is None:
        return replace(message, content="Sure, here is what I would do.")
    if asked.form == "react":
        return replace(message, content=f"Sure, let me see.\n{message.content}")
    return replace(message, content=f"Sure! Here is the plan:\n```json\n{message.content}\n```\nEnjoy!")


def _refusal(message: Written, asked: Asked) -> Written:
    return Written(refusal="I am sorry, but I cannot help with that.")


def _refusal_in_words(message: Written, asked: Asked) -> Written:
    """Said to the user, in the form in which anything is: most servers know no field for it."""
    return written(Reply(answer="I'm sorry, but I can't assist with that."), asked)


def _call_in_words(message: Written, asked: Asked) -> Written:
    """A call that stands in what is said to the user, as models write that were trained on another server's form."""
    return written(Reply(answer='{"name": "add_track", "arguments": {"instrument": "clarinet"}}'), asked)


def _unfinished_thought(message: Written, asked: Asked) -> Written:
    return Written("<think>I should call add_track for the clarinet")


def _truncated(message: Written, asked: Asked) -> Written:
    calls = tuple((name, arguments[: len(arguments) // 2]) for name, arguments in message.calls)
    content = message.content and message.content[: len(message.content) * 2 // 3]
    return replace(message, content=content, calls=calls, finish="length")


def _invalid_tool_call(message: Written, asked: Asked) -> Written:
    """A native call whose arguments are no JSON, whatever was asked for; in the paper's text, an input without its end."""
    if asked.form == "react":
        return Written('Thought: Do I need to use a tool? Yes\nAction: add_track\nAction Input: {"instrument": "clar')
    name = message.calls[0][0] if message.calls else "plan"
    return Written(calls=((name, '{"instrument": "clar'),), finish="tool_calls")


def _several_actions(message: Written, asked: Asked) -> Written:
    """Two actions where one is wanted."""
    extra = Call("describe")
    if asked.form == "react" and message.content:
        return replace(message, content=f"{message.content}\n{action(extra)}")
    if asked.form == "tools" and message.calls:
        return replace(message, calls=(*message.calls, (extra.tool, json.dumps(extra.arguments))))
    return message


_PLANS: dict[str, Callable[[Reply, Asked], Reply]] = {
    "unknown_tool": _unknown_tool,
    "bad_arguments": _bad_arguments,
    "missing_stem": _missing_stem,
    "invented_file": _invented_file,
    "contradiction": _contradiction,
    "empty_plan": _empty_plan,
    "endless_plan": _endless_plan,
}
_MESSAGES: dict[str, Callable[[Written, Asked], Written]] = {
    "malformed_json": _malformed_json,
    "no_json": _no_json,
    "prose": _prose,
    "refusal": _refusal,
    "refusal_in_words": _refusal_in_words,
    "call_in_words": _call_in_words,
    "unfinished_thought": _unfinished_thought,
    "truncated": _truncated,
    "invalid_tool_call": _invalid_tool_call,
    "several_actions": _several_actions,
}
_SERVERS = ("no_usage", "no_json_schema", "text_only", "error_500", "slow")
"""Faults of the server rather than the model; see server.py."""

FAULTS = (*_PLANS, *_MESSAGES, *_SERVERS)


@dataclass(frozen=True)
class Fault:
    """A fault, and whether it spoils every answer."""

    name: str
    always: bool = False

    def spoils(self, asked: Asked) -> bool:
        """Whether the answer to this prompt is spoilt."""
        if self.name == "endless_plan" and asked.form in ("react", "tools"):
            return self.always or (asked.error is None and len(asked.steps) == 1)
        return self.always or asked.begins


def faults_of(model: str) -> list[Fault] | None:
    """The faults that a model's name asks for; None for a model that the stub does not have."""
    base, *chosen = model.split("+")
    faults = [Fault(name, mode == "always") for name, _, mode in (each.partition(":") for each in chosen)]
    known = base == MODEL and all(fault.name in FAULTS for fault in faults)
    modes = {each.partition(":")[2] for each in chosen}
    return faults if known and modes <= {"", "always"} else None


def spoilt(reply: Reply, asked: Asked, faults: list[Fault]) -> Written:
    """`reply` as written, with the faults that apply."""
    names = [fault.name for fault in faults if fault.spoils(asked)]
    for name in names:
        if name in _PLANS:
            reply = _PLANS[name](reply, asked)
    message = written(reply, asked)
    for name in names:
        if name in _MESSAGES:
            message = _MESSAGES[name](message, asked)
    return message

"""react: the paper's own loop in the paper's format: thought, action, observation, one tool at a time.

Nothing is kept between calls: the scratchpad is written anew from the turn's steps on every visit, so a turn goes on in
another process where it was cut off.
"""

from __future__ import annotations

import re

from nodes.planners.exchange import Answer, Message, Prompt, Unsupported
from nodes.planners.llm.acting import acted, spoke
from nodes.planners.llm.blocks import blocks, encoded, observations
from nodes.planners.llm.faults import Fault, declined, ended
from nodes.planners.llm.forms import model_of
from nodes.planners.llm.last_words import refuses
from nodes.planners.llm.prompting import SystemText
from nodes.planners.llm.reading import aloud, arguments_of, read_object, unfinished
from nodes.planners.planner import PlanRequest
from state.errors import PlannerError
from state.plan import Plan, Step
from state.planning import PromptedChoice
from state.text import quoted

_STOP = "\nObservation:"
_YES = "Thought: Do I need to use a tool? Yes"
_ACTION = re.compile(r"^[ \t]*Action:[ \t]*(.*?)[ \t]*$", re.MULTILINE)
_INPUT = re.compile(r"^[ \t]*Action Input:", re.MULTILINE)
_SAID = re.compile(r"^[ \t]*(?:AI|Final Answer):", re.MULTILINE)
_NO = re.compile(r"Do I need to use a tool\?[ \t]*No\b\.?", re.IGNORECASE)


class React:
    """One step a visit, until the model speaks to the user."""

    name = "react"

    def __init__(self, choice: PromptedChoice) -> None:
        self._choice = choice
        self._system = SystemText("react", choice)

    def plan(self, request: PlanRequest) -> Plan:
        """The model's next action, or what it says at the end. See `nodes.planners.planner.Planner`."""
        error: str | None = None
        for left in reversed(range(self._choice.repairs + 1)):
            try:
                return self._once(request, error)
            except Fault as fault:
                request.note("fault", fault.name, fault.reason)
                if not left:
                    return ended(fault)
                error = fault.reason
        raise AssertionError("the last attempt returns or raises")

    def _once(self, request: PlanRequest, error: str | None) -> Plan:
        said = blocks(request, sees_gat=self._choice.sees_gat, steps=False, error=error)
        user = Message(role="user", content="\n".join([said, *scratchpad(request)]))
        prompt = Prompt(messages=(self._system.message(request.tools), user), stop=(_STOP,))
        try:
            answer = model_of(request).ask(prompt)
        except Unsupported as reason:
            raise PlannerError(f"the server does not take this form of request: {reason}") from None
        return _next(answer, request)


def scratchpad(request: PlanRequest) -> list[str]:
    """This turn so far in the paper's format, a line each; arguments and results are JSON in which no line can begin."""
    lines: list[str] = []
    for seen in observations(request):
        result = {key: value for key, value in seen.items() if key not in ("tool", "arguments")}
        lines += [
            _YES,
            f"Action: {seen['tool']}",
            f"Action Input: {encoded(seen['arguments'])}",
            f"Observation: {encoded(result)}",
        ]
    return lines


def _next(answer: Answer, request: PlanRequest) -> Plan:
    """The plan in one answer. Raises Fault."""
    if answer.refusal is not None or answer.finish == "content_filter":
        raise declined(answer.refusal or "its content filter stopped it")
    if answer.calls:
        raise Fault(
            "invalid_tool_call", f"{quoted(answer.calls[0].name)} was called; write Action and Action Input as text"
        )
    # A server that knows no stop sequence lets the model imagine the result too.
    text = f"\n{aloud(answer.text)}".split(_STOP)[0].strip()
    actions, said = _ACTION.findall(text), _SAID.search(text)
    if not actions and said is None:
        said = _NO.search(text)  # smaller models forget the mark and speak at once
    if len(actions) > 1 or (actions and said):
        raise Fault("several_actions", "write one Action with its Action Input and stop, or AI and what you say")
    if said:
        if answer.finish == "length":
            raise _cut_off()
        return spoke(text[said.end() :], request)
    if not actions:
        if answer.finish == "length":
            raise _cut_off()
        if refuses(text):
            raise declined(text)
        if (fault := unfinished(answer.text)) is not None:
            raise fault
        raise Fault("no_json", f"there is neither an Action nor a line that begins with AI: in {text[:80]!r}")
    given = _INPUT.search(text)
    if given is None or not text[given.end() :].strip():
        raise _cut_off() if answer.finish == "length" else Fault("no_json", "Action Input is missing; give {} for none")
    try:
        found, around = read_object(text[given.end() :])
    except Fault:
        if answer.finish == "length":
            raise _cut_off() from None
        raise
    plan = acted(Step(tool=actions[0].strip("`'\" "), arguments=arguments_of(found, "Action Input")), request)
    if around:
        request.note("fault", "prose_around_json", around[:200])
    return plan


def _cut_off() -> Fault:
    return Fault("truncated", "the answer was cut off at its longest length; be brief")

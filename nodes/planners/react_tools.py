"""react_tools: the loop of react on native tool calls: one call a visit, its result is the next message."""

from __future__ import annotations

from nodes.planners.exchange import Answer, Message, Prompt, ToolCall, Unsupported
from nodes.planners.llm.acting import acted, spoke
from nodes.planners.llm.blocks import blocks, encoded, error_block, observations
from nodes.planners.llm.faults import LONGEST_ARGUMENTS, Fault, declined, ended
from nodes.planners.llm.forms import model_of
from nodes.planners.llm.prompting import SystemText
from nodes.planners.llm.reading import aloud, arguments_of, decoded_object, unfinished
from nodes.planners.llm.tool_schemas import function_schemas
from nodes.planners.planner import PlanRequest
from state.errors import PlannerError
from state.plan import Plan, Step
from state.planning import PromptedChoice
from state.text import LONGEST_SAID, cut


class ReactTools:
    """One native call a visit, until the model speaks to the user. Keeps nothing between calls."""

    name = "react_tools"

    def __init__(self, choice: PromptedChoice) -> None:
        self._choice = choice
        self._system = SystemText("react_tools", choice, lists_tools=False)

    def plan(self, request: PlanRequest) -> Plan:
        """The model's next call, or what it says at the end. See `nodes.planners.planner.Planner`."""
        messages = [self._system.message(request.tools), self._user(request), *so_far(request)]
        functions = function_schemas(request.tools)
        for left in reversed(range(self._choice.repairs + 1)):
            prompt = Prompt(messages=tuple(messages), tools=functions, tool_choice="auto")
            try:
                answer = model_of(request).ask(prompt)
            except Unsupported as error:
                raise PlannerError(f"the server takes no native tool calls ({error}); use the planner react") from None
            try:
                return _next(answer, request)
            except Fault as fault:
                request.note("fault", fault.name, fault.reason)
                if not left:
                    return ended(fault)
                messages += _sent_back(answer, fault)
        raise AssertionError("the last attempt returns or raises")

    def _user(self, request: PlanRequest) -> Message:
        return Message(role="user", content=blocks(request, sees_gat=self._choice.sees_gat, steps=False))


def so_far(request: PlanRequest) -> list[Message]:
    """This turn's steps as calls and their results."""
    messages = []
    for index, seen in enumerate(observations(request)):
        result = {key: value for key, value in seen.items() if key not in ("tool", "arguments")}
        call = ToolCall(id=f"step_{index + 1}", name=seen["tool"], arguments=encoded(seen["arguments"]))
        messages.append(Message(role="assistant", calls=(call,)))
        messages.append(Message(role="tool", call_id=call.id, content=encoded(result)))
    return messages


def _next(answer: Answer, request: PlanRequest) -> Plan:
    """The plan in one answer. Raises Fault."""
    if answer.refusal is not None or answer.finish == "content_filter":
        raise declined(answer.refusal or "its content filter stopped it")
    if answer.finish == "length":
        raise Fault("truncated", "the answer was cut off at its longest length; be brief")
    if not answer.calls:
        if (fault := unfinished(answer.text)) is not None:
            raise fault
        return spoke(aloud(answer.text), request)
    if len(answer.calls) > 1:
        raise Fault("several_actions", "several calls were made; make one, and wait for its result")
    call = answer.calls[0]
    arguments = decoded_object(call.arguments)
    if arguments is None:
        raise Fault("invalid_tool_call", f"the arguments of {cut(call.name)} are no JSON object: {cut(call.arguments)}")
    return acted(Step(tool=call.name, arguments=arguments_of(arguments, "arguments")), request)


def _goes_back(arguments: str) -> bool:
    """Whether the model is shown what it wrote: not what is no JSON, and not more than it can have meant."""
    return len(arguments) <= LONGEST_ARGUMENTS and bool(decoded_object(arguments))


def _sent_back(answer: Answer, fault: Fault) -> list[Message]:
    """The answer and what was wrong with it. Servers take only calls whose arguments are JSON, each with a result."""
    if not answer.calls:
        return [Message(role="user", content=error_block(fault.reason))]
    calls = tuple(
        call.model_copy(
            update={
                "id": call.id or f"call_{index}",
                "arguments": call.arguments if _goes_back(call.arguments) else "{}",
            }
        )
        for index, call in enumerate(answer.calls)
    )
    results = [Message(role="tool", call_id=call.id, content=encoded({"error": fault.reason})) for call in calls]
    return [Message(role="assistant", content=cut(answer.text, LONGEST_SAID), calls=calls), *results]

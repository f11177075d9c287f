"""One plan from a language model: ask, read, check; go back with the precise error; end as a result, never as a crash."""

from __future__ import annotations

from typing import Any

from nodes.planners.exchange import Message, Prompt
from nodes.planners.llm.blocks import blocks
from nodes.planners.llm.faults import Fault, ended, verify_steps
from nodes.planners.llm.forms import FUNCTION, ask_formed
from nodes.planners.llm.prompting import SystemText
from nodes.planners.llm.reading import read_plan
from nodes.planners.planner import PlanRequest
from state.plan import Plan
from state.planning import FormedChoice


class PlanAsker:
    """Asks for whole plans with one system text."""

    def __init__(self, name: str, choice: FormedChoice, *, own_text: bool = True) -> None:
        self._choice = choice
        self._system = SystemText(name, choice, own_text=own_text)

    def ask(self, request: PlanRequest, *, plan: Any = None) -> Plan:
        """A plan whose steps were rehearsed; a question where the request or the model does not allow one.

        `plan` is another's, to be judged. Raises PlannerError when the model gave nothing usable, also after it was told
        what was wrong, and what `Llm.ask` raises.
        """
        try:
            return self.once(request, plan=plan)
        except Fault as fault:
            return self.again(request, fault, plan=plan)

    def again(self, request: PlanRequest, fault: Fault, *, plan: Any = None) -> Plan:
        """Go back with `fault` as often as the strategy allows, each time with what was wrong last. Ends like `ask`."""
        for _ in range(self._choice.repairs):
            try:
                return self.once(request, plan=plan, error=fault.reason)
            except Fault as another:
                fault = another
        return ended(fault)

    def once(self, request: PlanRequest, *, plan: Any = None, error: str | None = None) -> Plan:
        """One call. Raises Fault, noted with the turn, when its answer cannot be used."""
        said = blocks(request, sees_gat=self._choice.sees_gat, plan=plan, error=error)
        messages = self._system.message(request.tools), Message(role="user", content=said)
        answer, form = ask_formed(Prompt(messages=messages), self._choice, request)
        try:
            made, around = read_plan(answer, FUNCTION if form == "function_calling" else None)
            verify_steps(made.steps, request)
        except Fault as fault:
            request.note("fault", fault.name, fault.reason)
            raise
        if around:
            request.note("fault", "prose_around_json", around[:200])
        if made.unmet and not (made.steps or made.answer or request.steps):
            return Plan(question=" ".join(made.unmet))  # nothing of the request can be done
        return made
